//! How one value is written into a request.

use std::{borrow::Cow, collections::BTreeMap};

use attache_client::Call;
use attache_core::{Date, LocalTime, Secret};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Patch;

/// A value that a request can carry. It is kept apart from `Serialize`, so that a request with a secret in it can
/// be sent and not otherwise be written out.
pub(crate) trait Written {
    /// Writes the value.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Whether the member is left out.
    fn is_left_out(&self) -> bool {
        false
    }

    /// Why the value cannot be sent, with the member's name before it where there is one.
    fn problem(&self) -> Option<Cow<'static, str>> {
        None
    }
}

/// Sets a call's body, or refuses the call where the format has no room for one of the values.
pub(crate) fn with_body(call: Call, body: &impl Written) -> Call {
    match body.problem() {
        Some(problem) => call.refuse(problem),
        None => call.json(&Out(body)),
    }
}

/// Carries a [`Written`] value through serde, which knows nothing of it.
pub(crate) struct Out<'a, T>(pub(crate) &'a T);

impl<T: Written> Serialize for Out<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// What is not set is left out.
impl<T: Written> Written for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Out).serialize(serializer)
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }

    fn problem(&self) -> Option<Cow<'static, str>> {
        self.as_ref().and_then(Written::problem)
    }
}

impl<T: Written> Written for Patch<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().map(Out).serialize(serializer)
    }

    fn is_left_out(&self) -> bool {
        self.is_absent()
    }

    fn problem(&self) -> Option<Cow<'static, str>> {
        self.value().and_then(Written::problem)
    }
}

impl<T: Written> Written for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Out))
    }

    fn problem(&self) -> Option<Cow<'static, str>> {
        self.iter().find_map(Written::problem)
    }
}

impl Written for Secret {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl Written for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )+};
}

plain!(bool, i64, f64, String, Value);

impl Written for Date {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Times are `HH:mm` (Planday, API reference: Scheduling). Rounding is the caller's to do, who knows which way.
impl Written for LocalTime {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }

    fn problem(&self) -> Option<Cow<'static, str>> {
        let whole = self.second() == 0 && self.nanosecond() == 0;
        (!whole).then(|| "takes whole minutes, as `HH:mm`: leave out the seconds".into())
    }
}

/// Writes a member into an object, unless it is left out.
pub(crate) fn member<S: serde::ser::SerializeMap>(
    map: &mut S,
    name: &str,
    value: &impl Written,
) -> Result<(), S::Error> {
    if value.is_left_out() {
        Ok(())
    } else {
        map.serialize_entry(name, &Out(value))
    }
}

/// Why a member cannot be sent.
pub(crate) fn problem_of(name: &str, value: &impl Written) -> Option<Cow<'static, str>> {
    value.problem().map(|problem| format!("{name}: {problem}").into())
}

/// Writes the members `custom_<n>` into an object.
pub(crate) fn custom_members<S: serde::ser::SerializeMap>(
    map: &mut S,
    custom: &BTreeMap<u32, Value>,
) -> Result<(), S::Error> {
    custom
        .iter()
        .try_for_each(|(number, value)| map.serialize_entry(&format_args!("custom_{number}"), value))
}
