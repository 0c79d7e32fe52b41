//! Parameters of a request, as what the SDK takes.

use std::str::FromStr;

use attache_planday::{
    Timestamp,
    hr::{DepartmentId, EmployeeGroupId, EmployeeId},
    scheduling::ShiftId,
};
use serde_json::Value;

use crate::failure::Failure;

pub(super) fn number(params: &Value, name: &str) -> Result<i64, Failure> {
    params[name]
        .as_i64()
        .ok_or_else(|| Failure::unsupported(&format!("params has no number {name:?}")))
}

pub(super) fn employee(params: &Value) -> Result<EmployeeId, Failure> {
    number(params, "employeeId").map(EmployeeId::from)
}

pub(super) fn group(params: &Value) -> Result<EmployeeGroupId, Failure> {
    number(params, "id").map(EmployeeGroupId::from)
}

pub(super) fn shift(params: &Value) -> Result<ShiftId, Failure> {
    number(params, "shiftId").map(ShiftId::from)
}

/// A text of the request, read as what the SDK takes.
pub(super) fn read<T: FromStr<Err: std::error::Error>>(value: &Value) -> Result<Option<T>, Failure> {
    let text = value.as_str();
    let read = text.map(str::parse).transpose();
    read.map_err(|error: T::Err| Failure::configuration(&error))
}

pub(super) fn instant(params: &Value, name: &str) -> Result<Option<Timestamp>, Failure> {
    read(&params[name])
}

pub(super) fn numbers<T: From<i64>>(value: &Value) -> Vec<T> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_i64).map(T::from).collect(),
        one => one.as_i64().map(T::from).into_iter().collect(),
    }
}

pub(super) fn department(params: &Value) -> Result<DepartmentId, Failure> {
    number(params, "id").map(DepartmentId::from)
}

pub(super) fn rows(params: &Value) -> Result<Option<u32>, Failure> {
    match params["limit"].as_u64().map(u32::try_from) {
        Some(Err(_)) => Err(Failure::unsupported(
            "params has a \"limit\" that is out of range",
        )),
        Some(Ok(rows)) => Ok(Some(rows)),
        None => Ok(None),
    }
}
