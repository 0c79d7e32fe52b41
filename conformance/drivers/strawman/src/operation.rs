//! The operations of the protocol: method, path, scope, and what becomes of the parameters.

use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::output::failure;

/// One API call, ready but for its host.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) listing: bool,
    pub(crate) scope: Option<String>,
}

impl Operation {
    pub(crate) fn of(name: &str, params: &Map<String, Value>, fault: &Fault) -> Result<Self, Value> {
        let (what, verb) = name.split_once('.').unwrap_or_default();
        let listing = verb == "list" || verb == "deactivated" || verb == "employees";
        let named = matches!(
            verb,
            "get" | "update" | "delete" | "employees" | "deactivate" | "reactivate" | "approve" | "assign"
        );
        let (inside, query): (Vec<_>, Vec<_>) = params
            .iter()
            .partition(|(name, _)| named && ["id", "employeeId", "shiftId"].contains(&name.as_str()));
        let id = inside.first().map(|(_, value)| plain(value)).unwrap_or_default();
        let folder = match what {
            "shifts" | "positions" | "shifttypes" | "sections" => format!("/scheduling/v1.0/{what}"),
            "supervisors" => "/hr/v1.0/employees/supervisors".to_owned(),
            _ => format!("/hr/v1.0/{what}"),
        };
        let (method, path) = match (what, verb) {
            ("portal", "info") => ("GET", "/portal/v1.0/info".to_owned()),
            (_, "list") => ("GET", folder),
            (_, "create") => ("POST", folder),
            (_, "get") => ("GET", format!("{folder}/{id}")),
            (_, "update") => ("PUT", format!("{folder}/{id}")),
            (_, "delete") => ("DELETE", format!("{folder}/{id}")),
            (_, "employees") => ("GET", format!("{folder}/{id}/employees")),
            ("employees", "deactivated") => ("GET", format!("{folder}/deactivated")),
            ("employees", "deactivate" | "reactivate") => ("PUT", format!("{folder}/{verb}/{id}")),
            ("shifts", "approve") => ("POST", format!("{folder}/{id}/approve")),
            ("shifts", "assign") => ("POST", format!("{folder}/{id}/employee")),
            _ => return Err(failure("unsupported", "no", "this operation is not known")),
        };
        let mut query: Vec<(String, String)> = query
            .into_iter()
            .map(|(name, value)| (name.clone(), spoilt(name, value, fault)))
            .collect();
        // The scheduling lists name no default everywhere.
        if listing && path.starts_with("/scheduling/") && !query.iter().any(|(name, _)| name == "limit") {
            query.push(("limit".to_owned(), "50".to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            method,
            path,
            query,
            listing,
            scope: scope(what, verb),
        })
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn spoilt(name: &str, value: &Value, fault: &Fault) -> String {
    let text = plain(value);
    let date = ["from", "to", "date"].contains(&name);
    let instant = name.ends_with("From") || name.ends_with("To");
    match value {
        Value::Array(list) if fault.is("first-of-array") => list.first().map(plain).unwrap_or_default(),
        _ if date && fault.is("dates-with-time") => format!("{text}T00:00:00"),
        _ if instant && fault.is("instants-without-zone") => text.trim_end_matches('Z').to_owned(),
        _ => text,
    }
}

/// Planday names a scope by what is read or changed.
fn scope(what: &str, verb: &str) -> Option<String> {
    let thing = match (what, verb) {
        ("portal", _) => return None,
        (_, "employees") | ("employees" | "supervisors", _) => "employee",
        ("departments", _) => "department",
        ("employeegroups", _) => "employeegroup",
        ("employeetypes", _) => "employeetype",
        ("shifts", _) => "shift",
        ("shifttypes", _) => "shifttype",
        ("positions" | "sections", _) => "shiftposition",
        _ => "skill",
    };
    let right = match verb {
        "create" | "update" | "delete" => verb,
        "deactivate" | "reactivate" | "approve" | "assign" => "update",
        _ => "read",
    };
    Some(format!("{thing}:{right}"))
}

/// What a broken client makes of a body on its way out.
pub(crate) fn body(operation: &Operation, body: &Value, fault: &Fault) -> Option<String> {
    let mut body = body.clone();
    if let Value::Object(members) = &mut body {
        if fault.is("drops-custom-fields") {
            members.retain(|name, _| !name.starts_with("custom_"));
        }
        let writes = operation.name.ends_with(".update") || operation.name.ends_with(".create");
        if fault.is("nulls-in-updates") && writes {
            for name in ["email", "phone", "number"] {
                members.entry(name).or_insert(Value::Null);
            }
        }
    }
    Some(body)
        .filter(|body| !body.is_null())
        .map(|body| body.to_string())
}
