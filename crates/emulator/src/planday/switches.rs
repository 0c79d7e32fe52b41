//! Switches of the identity server and the API Access page, each with the reading that is taken by default.

use std::str::FromStr;

/// What PKCE parameters do. Planday's guide names none; its discovery document lists both methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pkce {
    /// A challenge that comes is enforced at the exchange; a verifier without one is refused (RFC 9700, 2.1.1).
    #[default]
    Enforce,
    /// An authorization request without a challenge is refused as well.
    Require,
    /// An authorization request with a challenge is refused.
    Refuse,
    /// Challenge and verifier are ignored, as by a server that does not know them.
    Ignore,
}

/// The `iss` parameter of the callback (RFC 9207). Planday's guide does not name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackIssuer {
    /// None.
    #[default]
    Omit,
    /// The `issuer` of the discovery document.
    Own,
    /// This one: another server answered.
    Other(String),
}

/// What a second authorization of one app on one portal does to the first. Undocumented; the page shows one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecondGrant {
    /// It takes its place: the older tokens are dead.
    #[default]
    Replaces,
    /// Both stand, with the rights of the administrator who authorized last.
    Stands,
}

/// What the Token column shows when an app is authorized again after Revoke. Undocumented; the page calls Revoke a way
/// to pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterRevoke {
    /// The same token, which works again.
    #[default]
    SameToken,
    /// A new one.
    NewToken,
}

/// What the token endpoint says to an app that was deleted. Undocumented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeletedApp {
    /// `invalid_client`.
    #[default]
    InvalidClient,
    /// `invalid_grant`.
    InvalidGrant,
}

macro_rules! words {
    ($($type:ty { $($word:literal => $value:ident),* })*) => {
        $(
            impl FromStr for $type {
                type Err = String;

                #[doc = concat!("Reads ", $("`", $word, "` ",)* ".")]
                fn from_str(text: &str) -> Result<Self, String> {
                    match text {
                        $($word => Ok(Self::$value),)*
                        other => Err(format!("unknown word {other:?}: use one of {}", [$($word),*].join(", "))),
                    }
                }
            }
        )*
    };
}

words! {
    Pkce { "enforce" => Enforce, "require" => Require, "refuse" => Refuse, "ignore" => Ignore }
    SecondGrant { "replaces" => Replaces, "stands" => Stands }
    AfterRevoke { "same-token" => SameToken, "new-token" => NewToken }
    DeletedApp { "invalid-client" => InvalidClient, "invalid-grant" => InvalidGrant }
}

impl FromStr for CallbackIssuer {
    type Err = String;

    /// Reads `omit`, `own`, or the issuer to send.
    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "omit" => Self::Omit,
            "own" => Self::Own,
            other => Self::Other(other.to_owned()),
        })
    }
}
