//! Who an account was linked for.

use std::fmt;

/// Who stands behind an account at the provider: a portal, a company, a user. Pinned when the account is linked;
/// a link for somebody else is refused.
///
/// It is shown in errors, so it must not be secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity(Box<str>);

/// An identity has to be a text of 1 to 256 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an identity must have 1 to 256 characters and no control characters")]
pub struct InvalidIdentity;

impl Identity {
    /// An identity as the provider names it, for example `portal:4711`.
    ///
    /// # Errors
    ///
    /// If the text is empty, longer than 256 characters, or holds control characters.
    pub fn new(text: &str) -> Result<Self, InvalidIdentity> {
        if text.is_empty() || text.chars().count() > 256 || text.chars().any(char::is_control) {
            Err(InvalidIdentity)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.0)
    }
}
