//! The operations of the protocol, and the capability that each needs beside its provider.

/// Every operation a `call` step may name (`PROTOCOL.md`, call).
pub(crate) const OPERATIONS: [&str; 34] = [
    "portal.info",
    "departments.list",
    "departments.create",
    "departments.get",
    "departments.update",
    "departments.delete",
    "departments.employees",
    "employees.list",
    "employees.get",
    "employees.create",
    "employees.update",
    "employees.deactivate",
    "employees.reactivate",
    "employees.deactivated",
    "employeegroups.list",
    "employeegroups.get",
    "employeegroups.create",
    "employeegroups.update",
    "employeegroups.delete",
    "employeegroups.employees",
    "supervisors.list",
    "employeetypes.list",
    "skills.list",
    "shifts.list",
    "shifts.get",
    "shifts.create",
    "shifts.update",
    "shifts.delete",
    "shifts.approve",
    "shifts.assign",
    "positions.list",
    "shifttypes.list",
    "sections.list",
    "raw",
];

/// What a client must be able to do for an operation.
pub(super) fn capability(operation: &str) -> Option<&'static str> {
    let (what, verb) = operation.split_once('.').unwrap_or((operation, ""));
    match (what, verb) {
        ("raw", _) => Some("raw"),
        ("employeegroups", _) => Some("employee-groups"),
        ("employees", "create" | "update" | "deactivate" | "reactivate") => Some("employee-writes"),
        ("shifts", "list" | "get") | ("positions" | "shifttypes" | "sections", _) => Some("scheduling"),
        ("shifts", _) => Some("shift-writes"),
        ("departments", "employees")
        | ("employees", "deactivated")
        | ("supervisors" | "employeetypes" | "skills", _) => Some("hr-lists"),
        _ => None,
    }
}
