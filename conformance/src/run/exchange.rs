//! What went over the wire, whole, for reports.

use serde::Serialize;

/// Bodies are shown up to here.
const SHOWN: usize = 4096;

/// A request or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Message {
    /// `POST /connect/token`, `200 OK`
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Of the whole body, also of one that is not shown whole.
    pub(crate) body_bytes: usize,
}

impl Message {
    pub(crate) fn new(line: String, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        Self {
            line,
            headers,
            body: String::from_utf8_lossy(body).into_owned(),
            body_bytes: body.len(),
        }
    }

    /// `200 OK`
    pub(crate) fn answer(status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let reason = http::StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default();
        Self::new(format!("{status} {reason}").trim_end().to_owned(), headers, body)
    }

    /// Secrets first, then the length: a clipped secret would not be found any more.
    fn mask(&mut self, mask: &impl Fn(&str) -> String) {
        self.line = mask(&self.line);
        for (_, value) in &mut self.headers {
            *value = mask(value);
        }
        let body = mask(&self.body);
        self.body = match body.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}...", &body[..end]),
            None => body,
        };
    }
}

/// One request and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Which `do` step was being played, counted from 1; 0 is the set-up.
    pub(crate) turn: usize,
    /// The line of the `expect` step that answered.
    pub(crate) expect: Option<usize>,
    pub(crate) server: &'static str,
    /// `client` or `browser`
    pub(crate) by: &'static str,
    pub(crate) request: Message,
    pub(crate) answer: Option<Message>,
    pub(crate) fault: Option<&'static str>,
    /// What the case says is wrong with the request.
    pub(crate) findings: Vec<String>,
}

impl Exchange {
    pub(crate) fn mask(&mut self, mask: &impl Fn(&str) -> String) {
        self.request.mask(mask);
        if let Some(answer) = &mut self.answer {
            answer.mask(mask);
        }
        for finding in &mut self.findings {
            *finding = mask(finding);
        }
    }

    /// By what is shown of it: calls in flight together arrive in any order.
    pub(crate) fn text(&self) -> String {
        format!("{:?} {:?} {:?}", self.request, self.answer, self.findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_masked_before_it_is_clipped() {
        let mut message = Message::new(
            "GET /".to_owned(),
            vec![],
            format!("{}SECRET", "x".repeat(SHOWN - 3)).as_bytes(),
        );
        message.mask(&|text: &str| text.replace("SECRET", "{{rt1}}"));
        assert_eq!(message.body, format!("{}{{{{r...", "x".repeat(SHOWN - 3)));
        assert_eq!(message.body_bytes, SHOWN + 3);
    }

    #[test]
    fn an_answer_has_its_reason() {
        assert_eq!(Message::answer(404, vec![], b"").line, "404 Not Found");
        assert_eq!(Message::answer(599, vec![], b"").line, "599");
    }
}
