//! What the SDK decoded, under the provider's member names.

use attache_planday::{
    hr::{Department, Employee, EmployeeGroup, EmployeeType, ListedEmployee, Membership, Skill, Supervisor},
    portal::PortalInfo,
    scheduling::{PaymentType, Position, SavedShift, Section, Shift, ShiftTime, ShiftType},
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
            "jobTitle": self.job_title,
            "employeeGroups": self.employee_groups,
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

/// The text that the provider sent: local where it was local.
fn time(time: Option<ShiftTime>) -> Option<String> {
    let time = time?;
    Some(match time.instant() {
        Some(instant) => instant.to_string(),
        None => time.wall_clock().to_string(),
    })
}

impl Item for Shift {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "departmentId": self.department_id,
            "employeeId": self.employee_id,
            "employeeGroupId": self.employee_group_id,
            "positionId": self.position_id,
            "shiftTypeId": self.shift_type_id,
            "date": self.date.map(|date| date.to_string()),
            "startDateTime": time(self.start),
            "endDateTime": time(self.end),
            "timeZone": self.time_zone,
            "status": self.status.as_str(),
            "comment": self.comment,
        })
    }
}

impl Item for SavedShift {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "departmentId": self.department_id,
            "employeeId": self.employee_id,
            "employeeGroupId": self.employee_group_id,
            "date": self.date.map(|date| date.to_string()),
            "startTime": self.start_time.map(|time| time.to_string()),
            "endTime": self.end_time.map(|time| time.to_string()),
            "isDraft": self.is_draft,
            "comment": self.comment,
        })
    }
}

/// Items that are shown by a few members.
macro_rules! items {
    ($($item:ty: $id:ident { $($name:literal: $member:ident),* $(,)? })*) => {$(
        impl Item for $item {
            fn id(&self) -> Value {
                json!(self.$id)
            }
            fn members(&self) -> Value {
                json!({ $($name: self.$member),* })
            }
        }
    )*};
}

items! {
    EmployeeGroup: id { "id": id, "name": name }
    EmployeeType: id { "id": id, "name": name, "description": description }
    Membership: employee_id { "employeeId": employee_id }
    Section: id { "id": id, "name": name, "departmentId": department_id }
    Skill: id { "skillId": id, "name": name, "description": description, "isTimeLimited": is_time_limited }
    Supervisor: id { "id": id, "employeeId": employee_id, "name": name }
}

impl Item for Position {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "isActive": self.is_active,
            "departmentId": self.department_id,
            "sectionId": self.section_id,
            "employeeGroupId": self.employee_group_id,
            "startDate": self.start_date.map(|date| date.to_string()),
            "endDate": self.end_date.map(|date| date.to_string()),
            "color": self.color,
        })
    }
}

impl Item for ShiftType {
    fn id(&self) -> Value {
        json!(self.id)
    }
    fn members(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "color": self.color,
            "salaryCode": self.salary_code,
            "isActive": self.is_active,
            "payPercentage": self.pay_percentage,
            "payMonetary": self.pay_monetary,
            "paymentType": self.payment_type.as_ref().map(PaymentType::as_str),
        })
    }
}
