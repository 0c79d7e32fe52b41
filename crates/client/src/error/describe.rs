//! What an error shows.

use attache_core::echoes;
use std::fmt;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.write_str(inner.kind.text())?;
        if let Some(detail) = &inner.detail {
            write!(f, ": {detail}")?;
        }
        if let Some(reason) = inner.relink_reason {
            write!(f, ": {reason}")?;
        }
        match self.required_scopes() {
            [] => {}
            [scope] => write!(f, ": the operation needs scope `{scope}`")?,
            scopes => write!(f, ": the operation needs scopes `{}`", scopes.join("`, `"))?,
        }
        if let Some(path) = &inner.decode_path {
            write!(f, ": at `{path}`")?;
        }
        let facts = [
            ("operation", inner.operation.map(ToString::to_string)),
            ("status", inner.status.map(|status| status.to_string())),
            ("code", inner.code.as_deref().map(ToString::to_string)),
            ("request id", inner.request_id.as_deref().map(ToString::to_string)),
            ("account", inner.account.as_ref().map(ToString::to_string)),
        ];
        let mut separator = " (";
        for (name, value) in facts {
            if let Some(value) = value {
                write!(f, "{separator}{name} {value}")?;
                separator = ", ";
            }
        }
        if separator == ", " {
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("detail", &inner.detail)
            .field("sent", &inner.sent)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("request_id", &inner.request_id)
            .field("account", &inner.account)
            .field("operation", &inner.operation)
            .field("required_scopes", &self.required_scopes())
            .field("relink_reason", &inner.relink_reason)
            .field("decode_path", &inner.decode_path)
            .field("source", &inner.source.as_ref().map(ToString::to_string))
            .finish_non_exhaustive()
    }
}

/// A provider's code, if it looks like one: free text is not shown, so it may not stand where codes do.
pub(crate) fn as_code(text: &str) -> Option<Box<str>> {
    let shown = |character: char| character.is_ascii_alphanumeric() || "._-:/".contains(character);
    (!text.is_empty() && text.len() <= 64 && text.chars().all(shown)).then(|| text.into())
}

/// Whether a text that is to be shown repeats the credential in a header.
pub(crate) fn repeats(credential: &http::HeaderValue, text: &str) -> bool {
    let value = String::from_utf8_lossy(credential.as_bytes());
    echoes(value.rsplit(' ').next().unwrap_or_default(), text)
}

/// A request id, if it is short enough for one and has no odd characters.
pub(crate) fn as_request_id(text: &str) -> Option<Box<str>> {
    let shown = |character: char| character.is_ascii_graphic();
    (!text.is_empty() && text.len() <= 128 && text.chars().all(shown)).then(|| text.into())
}
