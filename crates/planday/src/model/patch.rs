//! What a change does to one member.

/// What a change does to one member: leaves it out, sends null, or sends a value.
///
/// Planday does not document which members null empties, so a member is left out unless it was set.
///
/// # Examples
///
/// ```
/// use attache_planday::{Patch, hr::UpdateEmployee};
///
/// let change = UpdateEmployee::new().city("Copenhagen").street2(Patch::Null);
/// assert_eq!(change.city, Patch::Value("Copenhagen".to_owned()));
/// assert_eq!((change.street2, change.zip), (Patch::Null, Patch::Absent));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// Leaves the member out, which keeps it as it is.
    #[default]
    Absent,
    /// Sends null.
    Null,
    /// Sends a value.
    Value(T),
}

impl<T> Patch<T> {
    /// The value, if it is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether the member is left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The same for another value, if it is one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)),
        }
    }

    /// The same with the value borrowed.
    pub fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(value),
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Patch<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl<T, const N: usize> From<[T; N]> for Patch<Vec<T>> {
    fn from(items: [T; N]) -> Self {
        Self::Value(items.into())
    }
}
