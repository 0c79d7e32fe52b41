//! What Planday's answers mean.

use std::time::Duration;

use attache_client::{Answer, Classified, ErrorBody, ErrorTable, PaceHint, Verdict};
use http::{HeaderMap, StatusCode};

use crate::rate_limits::RateLimits;

/// Sorts Planday's errors (Planday, Guides: Errors).
///
/// - **401** means "token missing, stale or not enough", or that the administrator who authorised the app is
///   inactive, and often has no body: nothing tells these apart. So every 401 counts as a stale token, once: the
///   account renews it and the call is repeated. A token that was minted after a 401 and is refused as well is
///   not renewed again; the call fails with `Unauthorized`.
/// - **403** means that the app lacks the operation's scope ("Your application isn't assigned to the appropriate
///   scope"). It never renews a token.
/// - **400 and 409** both mean that the data are not accepted.
/// - **429** waits until one second after `x-ratelimit-reset` (Planday, Rate Limiting), because that header counts
///   whole seconds, or as long as `Retry-After` says if it is there (it is undocumented) and says longer.
/// - **500** is called a server fault. It is taken as one that may pass, as 502, 503 and 504 are, so that what is
///   safe to repeat is repeated.
///
/// Bodies come in six shapes: problem details, the same with `errors`, an `error` object, `message` with
/// `modelState`, an `errors` list, and plain words; also as HTML and as nothing. All are read leniently, and
/// [`Error::body`](crate::Error::body) keeps the bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlandayErrors;

impl ErrorTable for PlandayErrors {
    fn classify(&self, answer: &Answer<'_>) -> Classified {
        let verdict = match answer.status {
            StatusCode::UNAUTHORIZED => Verdict::Stale,
            status => Verdict::from_status(status),
        };
        let classified = Classified::new(verdict).body(ErrorBody::read(answer.body));
        let reset = RateLimits::read(answer.headers).reset;
        match reset.filter(|_| verdict == Verdict::RateLimited) {
            Some(reset) => classified.retry_after(reset.saturating_add(Duration::from_secs(1))),
            None => classified,
        }
    }

    fn pace_hint(&self, _: StatusCode, headers: &HeaderMap) -> Option<PaceHint> {
        RateLimits::read(headers).hint()
    }
}

#[cfg(test)]
mod tests {
    use attache_client::InvalidField;
    use attache_core::Timestamp;
    use http::HeaderValue;

    use super::*;

    fn classify(status: u16, headers: &HeaderMap, body: &str) -> Classified {
        let status = StatusCode::from_u16(status).unwrap();
        PlandayErrors.classify(&Answer::new(
            status,
            headers,
            body.as_bytes(),
            Timestamp::UNIX_EPOCH,
        ))
    }

    #[test]
    fn every_status_has_its_documented_meaning() {
        let cases = [
            (400, Verdict::Validation),
            (401, Verdict::Stale),
            (403, Verdict::Forbidden),
            (404, Verdict::NotFound),
            (409, Verdict::Validation),
            (415, Verdict::Validation),
            (429, Verdict::RateLimited),
            (500, Verdict::Unavailable),
            (502, Verdict::Unavailable),
            (503, Verdict::Unavailable),
            (504, Verdict::Unavailable),
            (302, Verdict::Unexpected),
        ];
        for (status, expected) in cases {
            assert_eq!(
                classify(status, &HeaderMap::new(), ""),
                Classified::new(expected),
                "{status}"
            );
        }
    }

    #[test]
    fn all_six_shapes_of_a_body_are_read() {
        let refused = |code: Option<&str>, message: Option<&str>, fields: &[(&str, &str)]| {
            let mut classified = Classified::new(Verdict::Validation);
            classified.code = code.map(Into::into);
            classified.message = message.map(Into::into);
            classified.fields = fields
                .iter()
                .map(|(field, text)| InvalidField::new(*field, vec![(*text).to_owned()]))
                .collect();
            classified
        };
        let cases = [
            (
                r#"{"type":"t","title":"Conflict","status":409,"detail":"no shifts that day","instance":"/x","more":1}"#,
                refused(None, Some("no shifts that day"), &[]),
            ),
            (
                r#"{"title":"Validation","status":400,"errors":{"from":["too early"]}}"#,
                refused(None, Some("Validation"), &[("from", "too early")]),
            ),
            (
                r#"{"error":{"code":"E1","message":"no","errors":{"name":["is taken"]}}}"#,
                refused(Some("E1"), Some("no"), &[("name", "is taken")]),
            ),
            (
                r#"{"error":{"validation_errors":[{"property_name":"name","error_message":"is taken","error_message_key":"k"}]}}"#,
                refused(None, Some("is taken"), &[("name", "is taken")]),
            ),
            (
                r#"{"message":"no","ModelState":{"model.name":["is missing"]}}"#,
                refused(None, Some("no"), &[("model.name", "is missing")]),
            ),
            (
                r#"{"errors":[{"key":"name","message":"is missing"}]}"#,
                refused(None, Some("is missing"), &[("name", "is missing")]),
            ),
            (
                r#"{"error_description":"plain words"}"#,
                refused(None, Some("plain words"), &[]),
            ),
            ("<html>Conflict</html>", refused(None, None, &[])),
        ];
        for (body, expected) in cases {
            assert_eq!(classify(409, &HeaderMap::new(), body), expected, "{body}");
        }
    }

    #[test]
    fn only_a_429_waits_for_the_reset_and_a_second_longer() {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-reset", HeaderValue::from_static("7"));
        assert_eq!(
            classify(429, &headers, "").retry_after,
            Some(Duration::from_secs(8))
        );
        assert_eq!(classify(403, &headers, "").retry_after, None);
        assert_eq!(classify(429, &HeaderMap::new(), "").retry_after, None);
    }
}
