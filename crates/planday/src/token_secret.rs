//! The credential of one portal.

use std::fmt;

use attache_core::Secret;

use crate::app::App;

/// The credential of one portal: the value of the column "Token" on Planday's page API Access. StackOne's guide
/// calls it the Token Secret.
///
/// In the terms of OAuth it is a refresh token. Linking consumes it: it becomes the first refresh token of exactly
/// one account, is sent to the token endpoint as `refresh_token` and nowhere else, and is never used as a client
/// secret, which Planday's apps do not have. It cannot be cloned and never shows itself.
///
/// # Examples
///
/// ```
/// use attache_planday::{InvalidTokenSecret, TokenSecret};
///
/// let token_secret = TokenSecret::new(" not-a-real-token-0001\n")?;
/// assert_eq!(format!("{token_secret:?}"), "TokenSecret(***)");
/// assert_eq!(TokenSecret::new("").unwrap_err(), InvalidTokenSecret::Empty);
/// # Ok::<(), InvalidTokenSecret>(())
/// ```
pub struct TokenSecret(Secret);

/// What is wrong with a pasted Token Secret. The text itself is never part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTokenSecret {
    /// There is nothing but white space.
    #[error("Token Secret is empty: copy the value of the column Token from the API Access page")]
    Empty,
    /// It begins with `Bearer`, so a whole header was pasted.
    #[error("Token Secret begins with `Bearer`: paste the value of the column Token alone, not a header")]
    Header,
    /// There is white space within it.
    #[error("Token Secret holds white space: copy it again, in one piece")]
    WhiteSpace,
    /// It holds a character that no token has: a control character, or one beyond ASCII (RFC 6749, A.17).
    #[error("Token Secret holds a character that no token has: use the copy button of the API Access page")]
    Character,
    /// It is the Application ID.
    #[error("Token Secret is the Application ID: paste the value of the column Token, not of App Id")]
    ApplicationId,
}

impl TokenSecret {
    /// Takes a pasted text. White space around it is dropped.
    ///
    /// # Errors
    ///
    /// Says what was pasted by mistake. [`InvalidTokenSecret::ApplicationId`] is found out when an account is
    /// linked.
    pub fn new(pasted: &str) -> Result<Self, InvalidTokenSecret> {
        let text = pasted.trim();
        let first_word = text.split_whitespace().next().ok_or(InvalidTokenSecret::Empty)?;
        if first_word.eq_ignore_ascii_case("bearer") {
            Err(InvalidTokenSecret::Header)
        } else if text.chars().any(char::is_whitespace) {
            Err(InvalidTokenSecret::WhiteSpace)
        } else if !text.chars().all(|character| character.is_ascii_graphic()) {
            Err(InvalidTokenSecret::Character)
        } else {
            Ok(Self(Secret::new(text)))
        }
    }

    /// Refuses the app's own id.
    pub(crate) fn check(&self, app: &App) -> Result<(), InvalidTokenSecret> {
        if self.0.expose().eq_ignore_ascii_case(app.application_id()) {
            Err(InvalidTokenSecret::ApplicationId)
        } else {
            Ok(())
        }
    }

    /// The text for the token request; the original stays for another try.
    pub(crate) fn refresh_token(&self) -> Secret {
        self.0.clone()
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_around_a_token_is_forgiven() {
        let token_secret = TokenSecret::new("\u{a0} \tabc-DEF_123\r\n").unwrap();
        assert_eq!(token_secret.refresh_token().expose(), "abc-DEF_123");
    }

    #[test]
    fn mistakes_of_pasting_are_told_apart() {
        let cases = [
            ("", InvalidTokenSecret::Empty),
            (" \n ", InvalidTokenSecret::Empty),
            ("Bearer abc", InvalidTokenSecret::Header),
            ("bearer", InvalidTokenSecret::Header),
            ("abc def", InvalidTokenSecret::WhiteSpace),
            ("abc\ndef", InvalidTokenSecret::WhiteSpace),
            ("abc\u{7f}def", InvalidTokenSecret::Character),
            ("\u{200b}abc", InvalidTokenSecret::Character),
        ];
        for (pasted, expected) in cases {
            assert_eq!(TokenSecret::new(pasted).unwrap_err(), expected, "{pasted:?}");
        }
    }

    #[test]
    fn an_error_names_the_field_and_the_remedy_and_not_the_text() {
        let error = TokenSecret::new("canary one").unwrap_err().to_string();
        assert_eq!(
            error,
            "Token Secret holds white space: copy it again, in one piece"
        );
    }
}
