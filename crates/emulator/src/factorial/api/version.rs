//! Dated versions in the path (Factorial, API versioning).

use serde_json::Value;

/// A version that is served, as its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(&'static str);

/// Released versions that are still supported, and the pre-release; a version is supported for a year.
const SUPPORTED: [Version; 6] = [
    Version("2025-10-01"),
    Version("2026-01-01"),
    Version("2026-04-01"),
    Version("2026-07-01"),
    Version("2026-10-01"),
    Version("2027-01-01"),
];

/// Ids are strings from here on.
const STRING_IDS: Version = Version("2026-07-01");
/// Errors have a documented body from here on.
const ERROR_BODIES: Version = Version("2027-01-01");

impl Version {
    /// The version that serves a path's, and whether it is the one asked for. What is not supported is served with the
    /// oldest schema, not rejected. `None` is no version at all.
    pub(crate) fn served(text: &str) -> Option<(Self, bool)> {
        if let Some(version) = SUPPORTED.into_iter().find(|version| version.0 == text) {
            return Some((version, true));
        }
        let retired = text
            .strip_prefix('v')
            .is_some_and(|number| number.parse::<u8>().is_ok());
        let dated = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
        (retired || dated).then_some((SUPPORTED[0], false))
    }

    pub(crate) fn documents_errors(self) -> bool {
        self >= ERROR_BODIES
    }

    /// Writes an answer as this version does.
    pub(crate) fn write(self, value: &mut Value) {
        if self < STRING_IDS {
            number_ids(value);
        }
    }
}

/// Ids and references as numbers.
fn number_ids(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "id" || name.ends_with("_id") {
                    number(member);
                } else if let (true, Value::Array(ids)) = (name.ends_with("_ids"), &mut *member) {
                    ids.iter_mut().for_each(number);
                } else {
                    number_ids(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(number_ids),
        _ => {}
    }
}

fn number(id: &mut Value) {
    if let Some(number) = id.as_str().and_then(|text| text.parse::<u64>().ok()) {
        *id = number.into();
    }
}
