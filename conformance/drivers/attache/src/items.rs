//! What the SDK decoded, under the provider's member names.

use attache_planday::{
    hr::{Department, Employee, ListedEmployee},
    portal::PortalInfo,
};
use serde_json::{Value, json};

/// Something with an id that can be shown by its members.
pub(crate) trait Item {
    fn id(&self) -> Value;
    fn members(&self) -> Value;
}

impl Item for Department {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "number": self.number })
    }
}

impl Item for ListedEmployee {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "userName": self.user_name,
            "email": self.email,
            "hiredDate": self.hired_date.map(|date| date.to_string()),
            "deactivationDate": self.deactivation_date.map(|date| date.to_string()),
            "departments": self.departments,
        })
    }
}

impl Item for Employee {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "userName": self.user_name,
            "email": self.email,
            "hiredFrom": self.hired_from.map(|date| date.to_string()),
            "departments": self.departments,
        })
    }
}

impl Item for PortalInfo {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "companyName": self.company_name,
            "country": self.country,
            "timeZone": self.time_zone,
        })
    }
}
