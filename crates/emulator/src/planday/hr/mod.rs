//! The operations under `/hr` (Planday, HR).
//!
//! An employee is read by `employees`, shown by `employee_record`, written by `employee_writes` from what
//! `employee_body` takes, and let go by `employee_leaving`; `employee_history` puts every change on record.

pub(crate) mod departments;
mod employee_body;
pub(crate) mod employee_groups;
pub(crate) mod employee_history;
pub(crate) mod employee_leaving;
mod employee_record;
pub(crate) mod employee_writes;
pub(crate) mod employees;
pub(crate) mod field_definitions;
pub(crate) mod skills;
