//! Fields that a portal adds to its employees.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::model::{Hidden, Member, open_enum};

open_enum! {
    /// What kind of value a custom field has.
    pub enum CustomFieldType {
        /// Text.
        Text = "Text",
        /// A number.
        Numeric = "Numeric",
        /// True or false.
        Boolean = "Boolean",
        /// A day.
        Date = "Date",
        /// One of several texts.
        Dropdown = "Dropdown",
        /// An image; see [`CustomField::url`].
        Image = "Image",
    }
}

/// A field that the portal added to its employees: a member `custom_<n>`. What it holds is the portal's business,
/// so `Debug` does not show its value.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CustomField {
    /// The field's name in the portal.
    pub name: Option<String>,
    /// What kind of value it has.
    pub field_type: Option<CustomFieldType>,
    /// Its value, as it came.
    pub value: Value,
    /// Where its attachment is.
    pub url: Option<String>,
    /// Members that this version does not know, as they came.
    pub other: Map<String, Value>,
}

impl CustomField {
    /// Anything is a custom field: where it is no object with the documented members, it is the value itself.
    fn from_json(json: Value) -> Self {
        let mut members = match json {
            Value::Object(members) if members.contains_key("value") || members.contains_key("type") => {
                members
            }
            value => {
                return Self {
                    name: None,
                    field_type: None,
                    value,
                    url: None,
                    other: Map::new(),
                };
            }
        };
        let mut text = |name: &str| match members.remove(name) {
            Some(Value::String(text)) => Some(text),
            Some(Value::Null) | None => None,
            Some(odd) => {
                members.insert(name.to_owned(), odd);
                None
            }
        };
        Self {
            name: text("name"),
            field_type: text("type").map(|text| text.as_str().into()),
            url: text("url"),
            value: members.remove("value").unwrap_or_default(),
            other: members,
        }
    }
}

impl Member for CustomField {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_json)
    }
}

impl fmt::Debug for CustomField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomField")
            .field("name", &self.name)
            .field("field_type", &self.field_type)
            .field("value", &Hidden)
            .field("url", &self.url.as_ref().map(|_| Hidden))
            .field("other", &self.other.keys().collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_members_are_told_apart_from_the_rest() {
        let field = CustomField::from_json(
            json!({"name": "Locker", "type": "Colour", "value": 7, "url": null, "more": 1}),
        );
        let expected = CustomField {
            name: Some("Locker".to_owned()),
            field_type: Some(CustomFieldType::Other("Colour".into())),
            value: json!(7),
            url: None,
            other: Map::from_iter([("more".to_owned(), json!(1))]),
        };
        assert_eq!(field, expected);
    }

    #[test]
    fn any_other_shape_is_the_value_itself() {
        for json in [json!("plain"), json!(null), json!([1]), json!({"some": "object"})] {
            let field = CustomField::from_json(json.clone());
            assert_eq!((field.value, field.name, field.field_type), (json, None, None));
        }
    }
}
