//! A department.

use serde::Serialize;

use super::DepartmentId;
use crate::model::record;

record! {
    /// A department of a portal.
    pub struct Department {
        /// Its id.
        id: DepartmentId = "id";
        /// Its name.
        name: String = "name";
        /// Its number, which is any text.
        number: Option<String> = "number";
    }
}

/// What a department is created with or changed to.
///
/// # Examples
///
/// ```
/// use attache_planday::hr::DepartmentFields;
///
/// let kitchen = DepartmentFields::new("Kitchen").number("10");
/// assert_eq!(kitchen.number.as_deref(), Some("10"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DepartmentFields {
    /// The name.
    pub name: String,
    /// The number, which is any text. `None` leaves it out of the request; whether a change then keeps the
    /// number is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

impl DepartmentFields {
    /// A name, and no number.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            number: None,
        }
    }

    /// Sets the number.
    #[must_use]
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
    }
}
