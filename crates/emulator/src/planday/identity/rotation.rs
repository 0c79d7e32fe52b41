//! What a refresh does to the refresh token that was spent.

use std::str::FromStr;
use std::time::Duration;

/// The rotation rule of the authorization server.
///
/// Planday documents none; the evidence is that one token stays good ([`Never`](Self::Never)). The others are what
/// other servers were measured to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// The refresh token stays the same and is sent back.
    #[default]
    Never,
    /// The refresh token stays the same and is not sent back.
    OmitRefreshToken,
    /// A new refresh token; the old one is good until the new access token is first used, and replaying it before
    /// gives yet another pair.
    FirstUseGrace,
    /// A new refresh token; within this time the old one gives the same new pair again, after it `invalid_grant`.
    Grace(Duration),
    /// A new refresh token; the old one is dead at once.
    Once,
    /// As [`Once`](Self::Once), and presenting the old one kills the whole grant, the newest pair included.
    OnceFamily,
    /// Any other combination.
    Custom(RotationRule),
}

/// A rotation rule in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationRule {
    /// What the answer carries.
    pub issues: Issues,
    /// How long a replaced token stays good.
    pub old_token: OldToken,
    /// What replaying a replaced token that is still good gives.
    pub replay: Replay,
    /// What presenting a replaced token that is no longer good does.
    pub reuse: Reuse,
}

/// The refresh token in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issues {
    /// The one that was sent.
    Same,
    /// None; the one that was sent stays good.
    Nothing,
    /// A new one.
    New,
}

/// How long a replaced refresh token stays good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldToken {
    /// Not at all.
    Dead,
    /// Until the API first sees an access token that it bought.
    UntilFirstUse,
    /// For this long after it was first replaced.
    For(Duration),
}

/// What replaying a replaced but still good refresh token gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// Another new pair, beside the first.
    NewPair,
    /// The first new pair again.
    SamePair,
}

/// What presenting a dead replaced refresh token does, apart from `invalid_grant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// Nothing.
    Refused,
    /// Every token of the grant dies.
    KillsGrant,
}

impl Rotation {
    /// The rule in its parts.
    pub fn rule(self) -> RotationRule {
        let rule = |issues, old_token, replay, reuse| RotationRule {
            issues,
            old_token,
            replay,
            reuse,
        };
        match self {
            Self::Never => rule(Issues::Same, OldToken::Dead, Replay::NewPair, Reuse::Refused),
            Self::OmitRefreshToken => rule(Issues::Nothing, OldToken::Dead, Replay::NewPair, Reuse::Refused),
            Self::FirstUseGrace => rule(
                Issues::New,
                OldToken::UntilFirstUse,
                Replay::NewPair,
                Reuse::Refused,
            ),
            Self::Grace(period) => rule(
                Issues::New,
                OldToken::For(period),
                Replay::SamePair,
                Reuse::Refused,
            ),
            Self::Once => rule(Issues::New, OldToken::Dead, Replay::NewPair, Reuse::Refused),
            Self::OnceFamily => rule(Issues::New, OldToken::Dead, Replay::NewPair, Reuse::KillsGrant),
            Self::Custom(custom) => custom,
        }
    }
}

impl FromStr for Rotation {
    type Err = String;

    /// Reads `never`, `omit`, `first-use-grace`, `grace:SECONDS`, `once` or `once-family`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "never" => Ok(Self::Never),
            "omit" => Ok(Self::OmitRefreshToken),
            "first-use-grace" => Ok(Self::FirstUseGrace),
            "once" => Ok(Self::Once),
            "once-family" => Ok(Self::OnceFamily),
            other => other
                .strip_prefix("grace:")
                .and_then(|seconds| seconds.parse().ok())
                .map(|seconds| Self::Grace(Duration::from_secs(seconds)))
                .ok_or_else(|| {
                    "unknown rotation rule: use never, omit, first-use-grace, grace:SECONDS, once or once-family"
                        .to_owned()
                }),
        }
    }
}
