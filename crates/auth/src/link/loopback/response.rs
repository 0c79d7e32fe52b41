//! What the browser is told.

/// Why a request is not the callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    BadRequest,
    NotTheCallback,
    NotFound,
    OtherMethod,
    OtherHost,
    TooLarge,
}

/// The whole answer, to the byte. Nothing of the request is in it.
pub(super) fn response(refusal: Option<Refusal>) -> String {
    let (status, extra, sentence) = match refusal {
        None => (
            "200 OK",
            "",
            "This window can be closed. Go back to the program that you came from.",
        ),
        Some(Refusal::BadRequest) => ("400 Bad Request", "", "This request cannot be read."),
        Some(Refusal::NotTheCallback) => (
            "400 Bad Request",
            "",
            "This is not what the program waits for. Go back to it and start again.",
        ),
        Some(Refusal::NotFound) => ("404 Not Found", "", "There is nothing here."),
        Some(Refusal::OtherMethod) => (
            "405 Method Not Allowed",
            "allow: GET\r\n",
            "There is nothing to be sent here.",
        ),
        Some(Refusal::OtherHost) => ("421 Misdirected Request", "", "There is nothing here."),
        Some(Refusal::TooLarge) => (
            "431 Request Header Fields Too Large",
            "",
            "This request is too long.",
        ),
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>Attaché</title>\
         <p>{sentence}</p></html>\n"
    );
    format!(
        "HTTP/1.1 {status}\r\n\
         {extra}\
         cache-control: no-store\r\n\
         connection: close\r\n\
         content-length: {}\r\n\
         content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n\
         content-type: text/html; charset=utf-8\r\n\
         referrer-policy: no-referrer\r\n\
         x-content-type-options: nosniff\r\n\
         x-frame-options: DENY\r\n\
         \r\n{page}",
        page.len()
    )
}
