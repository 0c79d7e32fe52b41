//! Which account something is about.

use std::{fmt, sync::Arc};

/// Names one linked account: whose it is, at which provider, and which one there.
///
/// The three parts are the caller's own identifiers. They are shown in logs and errors, so they must not be
/// secret: use a customer number, not a token.
///
/// # Examples
///
/// ```
/// use attache_core::AccountKey;
///
/// let key = AccountKey::new("customer-17", "planday", "copenhagen")?;
/// assert_eq!(key.to_string(), "customer-17/planday/copenhagen");
/// # Ok::<(), attache_core::InvalidAccountKey>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey(Arc<[Box<str>; 3]>);

/// Parts of an account key that cannot be used, all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid account key: {} must have 1 to 128 characters and no control characters or '/'", fields.join(", "))]
pub struct InvalidAccountKey {
    fields: Vec<&'static str>,
}

impl InvalidAccountKey {
    /// The names of the parts that cannot be used.
    pub fn fields(&self) -> &[&'static str] {
        &self.fields
    }
}

impl AccountKey {
    /// A key from its three parts.
    ///
    /// # Errors
    ///
    /// Names every part that is empty, longer than 128 characters, or holds `/` or a control character.
    pub fn new(tenant: &str, provider: &str, account: &str) -> Result<Self, InvalidAccountKey> {
        let fields: Vec<_> = [("tenant", tenant), ("provider", provider), ("account", account)]
            .into_iter()
            .filter(|(_, part)| {
                part.is_empty()
                    || part.chars().count() > 128
                    || part
                        .chars()
                        .any(|character| character == '/' || character.is_control())
            })
            .map(|(name, _)| name)
            .collect();
        if fields.is_empty() {
            Ok(Self(Arc::new([tenant.into(), provider.into(), account.into()])))
        } else {
            Err(InvalidAccountKey { fields })
        }
    }

    /// Whose account it is: the application's own customer, or any one name where there is only one.
    pub fn tenant(&self) -> &str {
        &self.0[0]
    }

    /// The provider's name, for example `planday`.
    pub fn provider(&self) -> &str {
        &self.0[1]
    }

    /// Which of the tenant's accounts at that provider.
    pub fn account(&self) -> &str {
        &self.0[2]
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant(), self.provider(), self.account())
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountKey({self})")
    }
}

/// Why an account has to be linked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelinkReason {
    /// The provider refused the grant: it was revoked, paused, or its owner lost access. Where the provider can
    /// undo that, a recheck of the account recovers it.
    Refused,
    /// The grant was left unused for longer than the provider keeps it.
    ExpiredIdle,
    /// A process stopped between the provider's answer and our write, under a rotation rule that allows no
    /// second answer.
    LostInRotation,
    /// The credential now belongs to someone else than the account was linked for.
    IdentityChanged,
    /// We gave the grant back ourselves.
    Revoked,
}

impl RelinkReason {
    /// The name under which the reason is stored and reported.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::ExpiredIdle => "expired_idle",
            Self::LostInRotation => "lost_in_rotation",
            Self::IdentityChanged => "identity_changed",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for RelinkReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the provider refuses the grant",
            Self::ExpiredIdle => "the grant was unused for too long",
            Self::LostInRotation => "a rotated token was lost when a process stopped",
            Self::IdentityChanged => "the credential belongs to someone else",
            Self::Revoked => "the grant was given back",
        })
    }
}
