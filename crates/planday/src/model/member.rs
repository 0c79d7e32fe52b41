//! How one member of a JSON object is read.

use std::{borrow::Cow, fmt};

use attache_core::Secret;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use serde_json::Value;

/// A value that a member can have. Planday leaves out members that it documents as nullable, so what may be null
/// may be absent.
pub(crate) trait Member: Sized {
    /// Reads the value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// What an absent member stands for, if it may be absent.
    fn absent() -> Option<Self> {
        None
    }
}

/// Carries a [`Member`] through serde, which knows nothing of it.
pub(crate) struct Wire<T>(pub(crate) T);

impl<'de, T: Member> Deserialize<'de> for Wire<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

impl<T: Member> Member for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Wire<T>>::deserialize(deserializer)?.map(|wire| wire.0))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// A list that is null or absent is empty.
impl<T: Member> Member for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Option::<Vec<Wire<T>>>::deserialize(deserializer)?.unwrap_or_default();
        Ok(items.into_iter().map(|wire| wire.0).collect())
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Member for Secret {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl Member for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    )+};
}

plain!(bool, i32, i64, f64, String, Value);

/// A member that was read, or what its absence stands for.
pub(crate) fn present<T: Member, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.or_else(T::absent).ok_or_else(|| E::missing_field(name))
}

/// The name of a member, borrowed from the body wherever it has no escapes.
pub(crate) struct MemberName<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for MemberName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> Visitor<'de> for Name {
            type Value = MemberName<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(MemberName(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(MemberName(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_identifier(Name)
    }
}

/// Stands for a value that `Debug` does not show.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
