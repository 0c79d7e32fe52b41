//! Request bodies by the provider's member names, as what the SDK takes.

use std::str::FromStr;

use attache_planday::{
    Date, LocalTime, Patch,
    hr::{
        CreateEmployee, DeactivateEmployee, DepartmentId, EmployeeGroupFields, EmployeeGroupId, EmployeeId,
        ReactivateEmployee, UpdateEmployee,
    },
    scheduling::{CreateShift, UpdateShift},
};
use serde_json::Value;

use crate::failure::Failure;

fn members(body: &Value) -> impl Iterator<Item = (&str, &Value)> {
    body.as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

fn unknown(name: &str) -> Failure {
    Failure::unsupported(&format!("body: no member {name:?} here"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read<T: FromStr<Err: std::error::Error>>(value: &Value) -> Result<T, Failure> {
    let text = value.as_str().unwrap_or_default();
    text.parse()
        .map_err(|error: T::Err| Failure::configuration(&error))
}

fn numbers<T: From<i64>>(value: &Value) -> Vec<T> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_i64).map(T::from).collect()
}

fn number<T: From<i64>>(value: &Value) -> T {
    T::from(value.as_i64().unwrap_or_default())
}

/// The number of a member `custom_<n>`.
fn custom(name: &str) -> Option<u32> {
    name.strip_prefix("custom_")?.parse().ok()
}

pub(crate) fn group(body: &Value) -> Result<EmployeeGroupFields, Failure> {
    let name = body["name"].as_str();
    name.map(EmployeeGroupFields::new)
        .ok_or_else(|| Failure::unsupported("body has no text \"name\""))
}

pub(crate) fn create(body: &Value) -> Result<CreateEmployee, Failure> {
    let mut employee = CreateEmployee::new(
        text(&body["firstName"]),
        text(&body["lastName"]),
        text(&body["userName"]),
        numbers::<DepartmentId>(&body["departments"]),
    );
    for (name, value) in members(body) {
        employee = match name {
            "firstName" | "lastName" | "userName" | "departments" => employee,
            "email" => employee.email(text(value)),
            "jobTitle" => employee.job_title(text(value)),
            "hiredFrom" => employee.hired_from(read::<Date>(value)?),
            "birthDate" => employee.birth_date(read::<Date>(value)?),
            "employeeGroups" => employee.employee_groups(numbers::<EmployeeGroupId>(value)),
            _ => match custom(name) {
                Some(number) => employee.custom_field(number, value.clone()),
                None => return Err(unknown(name)),
            },
        };
    }
    Ok(employee)
}

pub(crate) fn update(body: &Value, use_validation: Option<bool>) -> Result<UpdateEmployee, Failure> {
    let mut change = UpdateEmployee::new();
    for (name, value) in members(body) {
        let words = || match value {
            Value::Null => Patch::Null,
            value => Patch::Value(text(value)),
        };
        change = match name {
            "firstName" => change.first_name(words()),
            "lastName" => change.last_name(words()),
            "email" => change.email(words()),
            "jobTitle" => change.job_title(words()),
            "phone" => change.phone(words()),
            "cellPhone" => change.cell_phone(words()),
            "employeeGroups" => change.employee_groups(numbers::<EmployeeGroupId>(value)),
            "departments" => change.departments(numbers::<DepartmentId>(value)),
            _ => match custom(name) {
                Some(number) => change.custom_field(number, value.clone()),
                None => return Err(unknown(name)),
            },
        };
    }
    Ok(match use_validation {
        Some(use_validation) => change.use_validation(use_validation),
        None => change,
    })
}

pub(crate) fn deactivate(body: &Value) -> Result<DeactivateEmployee, Failure> {
    let mut how = DeactivateEmployee::new();
    for (name, value) in members(body) {
        how = match name {
            "date" => how.date(read::<Date>(value)?),
            "reason" => how.reason(text(value)),
            "keepShifts" => how.keep_shifts(value == true),
            _ => return Err(unknown(name)),
        };
    }
    Ok(how)
}

pub(crate) fn reactivate(body: &Value) -> Result<ReactivateEmployee, Failure> {
    let mut how = ReactivateEmployee::new();
    for (name, value) in members(body) {
        how = match name {
            "comment" => how.comment(text(value)),
            "departments" => how.departments(numbers::<DepartmentId>(value)),
            _ => return Err(unknown(name)),
        };
    }
    Ok(how)
}

pub(crate) fn create_shift(body: &Value) -> Result<CreateShift, Failure> {
    let mut shift = CreateShift::new(
        number::<DepartmentId>(&body["departmentId"]),
        number::<EmployeeGroupId>(&body["employeeGroupId"]),
        read::<Date>(&body["date"])?,
    );
    for (name, value) in members(body) {
        shift = match name {
            "departmentId" | "employeeGroupId" | "date" => shift,
            "startTime" => shift.start_time(read::<LocalTime>(value)?),
            "endTime" => shift.end_time(read::<LocalTime>(value)?),
            "employeeId" => shift.employee_id(number::<EmployeeId>(value)),
            "comment" => shift.comment(text(value)),
            "timeZone" => shift.time_zone(text(value)),
            "allowConflicts" => shift.allow_conflicts(value == true),
            "useBreaks" => shift.use_breaks(value == true),
            "isDraft" => shift.is_draft(value == true),
            _ => return Err(unknown(name)),
        };
    }
    Ok(shift)
}

pub(crate) fn update_shift(body: &Value) -> Result<UpdateShift, Failure> {
    let mut shift = UpdateShift::new(
        number::<EmployeeGroupId>(&body["employeeGroupId"]),
        read::<Date>(&body["date"])?,
    );
    for (name, value) in members(body) {
        shift = match name {
            "employeeGroupId" | "date" => shift,
            "startTime" => shift.start_time(read::<LocalTime>(value)?),
            "endTime" => shift.end_time(read::<LocalTime>(value)?),
            "comment" => shift.comment(text(value)),
            "allowConflicts" => shift.allow_conflicts(value == true),
            "useBreaks" => shift.use_breaks(value == true),
            _ => return Err(unknown(name)),
        };
    }
    Ok(shift)
}
