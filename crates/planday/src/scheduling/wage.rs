//! What a shift pays.

use serde::{Serializer, ser::SerializeMap as _};

use crate::model::{Written, member, open_enum, record};

open_enum! {
    /// What a wage is paid for. The one that is known is from a sample; there may be others.
    pub enum WageType {
        /// An hour.
        PerHour = "PerHour",
    }
}

record! {
    /// The wage of a shift where no other rule sets one.
    pub struct Wage {
        /// How much, in the portal's currency; a binary fraction, as JSON's numbers are read.
        amount: Option<f64> = "amount";
        /// For what.
        wage_type: Option<WageType> = "type";
    }
}

impl Wage {
    /// An amount of the portal's currency, and what it is paid for.
    pub fn new(amount: f64, wage_type: WageType) -> Self {
        Self {
            amount: Some(amount),
            wage_type: Some(wage_type),
            other: serde_json::Map::new(),
        }
    }
}

/// Members that this version does not know are not sent.
impl Written for Wage {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        member(&mut map, "amount", &self.amount)?;
        member(&mut map, "type", &self.wage_type)?;
        map.end()
    }
}
