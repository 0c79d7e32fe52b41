//! Which operation a method and path mean.

use std::str::FromStr;

use http::Method;

use super::log::Endpoint;

/// An operation of the API that the emulator serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `GET /portal/v1.0/info`.
    PortalInfo,
    /// `GET /hr/v1.0/departments`.
    ListDepartments,
    /// `POST /hr/v1.0/departments`.
    CreateDepartment,
    /// `GET /hr/v1.0/departments/{id}`.
    GetDepartment,
    /// `PUT /hr/v1.0/departments/{id}`.
    UpdateDepartment,
    /// `DELETE /hr/v1.0/departments/{id}`.
    DeleteDepartment,
    /// `GET /hr/v1.0/employees`.
    ListEmployees,
    /// `GET /hr/v1.0/employees/{employeeId}`.
    GetEmployee,
}

/// One row of the table: path segments after the version, `{}` for an id.
struct Route {
    operation: Operation,
    name: &'static str,
    method: Method,
    domain: &'static str,
    segments: &'static [&'static str],
    /// `None`: the document states no scope.
    scope: Option<&'static str>,
}

const fn route(
    operation: Operation,
    name: &'static str,
    method: Method,
    domain: &'static str,
    segments: &'static [&'static str],
    scope: Option<&'static str>,
) -> Route {
    Route {
        operation,
        name,
        method,
        domain,
        segments,
        scope,
    }
}

use Operation as Op;
#[rustfmt::skip] // one row a line
static ROUTES: [Route; 8] = [
    route(Op::PortalInfo, "get_portal_info", Method::GET, "portal", &["info"], None),
    route(Op::ListDepartments, "list_departments", Method::GET, "hr", &["departments"], Some("department:read")),
    route(Op::CreateDepartment, "create_department", Method::POST, "hr", &["departments"], Some("department:create")),
    route(Op::GetDepartment, "get_department", Method::GET, "hr", &["departments", "{}"], Some("department:read")),
    route(Op::UpdateDepartment, "update_department", Method::PUT, "hr", &["departments", "{}"], Some("department:update")),
    route(Op::DeleteDepartment, "delete_department", Method::DELETE, "hr", &["departments", "{}"], Some("department:delete")),
    route(Op::ListEmployees, "list_employees", Method::GET, "hr", &["employees"], Some("employee:read")),
    route(Op::GetEmployee, "get_employee", Method::GET, "hr", &["employees", "{}"], Some("employee:read")),
];

/// The API's domains; a path under one of them that matches no row is an API request all the same.
const DOMAINS: [&str; 12] = [
    "portal",
    "hr",
    "scheduling",
    "punchclock",
    "payroll",
    "reports",
    "pay",
    "absence",
    "contractrules",
    "revenue",
    "datacenter",
    "securitygroupmembership",
];

/// Documented endpoints of the emulator's collections that it does not serve, lest their names be read as ids.
const NOT_IDS: [&str; 3] = ["deactivated", "supervisors", "fielddefinitions"];

impl Operation {
    /// The operation's name in the emulator's log and control plane, such as `list_departments`.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |route| route.name)
    }

    /// The scope it needs, if the documents state one.
    pub fn scope(self) -> Option<&'static str> {
        self.row().and_then(|route| route.scope)
    }

    fn row(self) -> Option<&'static Route> {
        ROUTES.iter().find(|route| route.operation == self)
    }
}

impl FromStr for Operation {
    type Err = String;

    /// Reads [`Operation::name`].
    fn from_str(text: &str) -> Result<Self, String> {
        ROUTES
            .iter()
            .find(|route| route.name == text)
            .map(|route| route.operation)
            .ok_or_else(|| {
                let known: Vec<&str> = ROUTES.iter().map(|route| route.name).collect();
                format!("unknown operation {text:?}: use one of {}", known.join(", "))
            })
    }
}

/// Where a request goes.
pub(crate) struct Resolved {
    pub(crate) endpoint: Endpoint,
    /// The id in the path, as it was written; empty when the operation has none.
    pub(crate) id: String,
    /// The methods that the path does have, when it has none for this one.
    pub(crate) allow: Vec<Method>,
}

/// Reads a path without regard to case; `v1` and `v1.0` are the same version.
pub(crate) fn resolve(method: &Method, path: &str) -> Resolved {
    let lower = path.to_ascii_lowercase();
    let mut segments = lower.split('/').skip(1);
    let resolved = |endpoint| Resolved {
        endpoint,
        id: String::new(),
        allow: Vec::new(),
    };
    if lower == "/connect/token" {
        return resolved(Endpoint::Token);
    }
    let domain = segments.next().unwrap_or_default();
    if !DOMAINS.contains(&domain) {
        return resolved(Endpoint::Unknown);
    }
    if !matches!(segments.next(), Some("v1" | "v1.0")) {
        return resolved(Endpoint::Api(None));
    }
    let rest: Vec<&str> = segments.collect();
    let mut allow = Vec::new();
    for route in ROUTES.iter().filter(|route| route.domain == domain) {
        let Some(id) = matched(route.segments, &rest) else {
            continue;
        };
        if route.method == *method {
            let endpoint = Endpoint::Api(Some(route.operation));
            return Resolved {
                endpoint,
                id: id.to_owned(),
                allow: Vec::new(),
            };
        }
        allow.push(route.method.clone());
    }
    Resolved {
        endpoint: Endpoint::Api(None),
        id: String::new(),
        allow,
    }
}

/// The id (empty when the row has none) if the segments fit the row.
fn matched<'a>(template: &[&str], segments: &[&'a str]) -> Option<&'a str> {
    let mut id = "";
    if template.len() != segments.len() {
        return None;
    }
    for (expected, given) in template.iter().zip(segments) {
        if *expected == "{}" {
            if NOT_IDS.contains(given) || given.is_empty() {
                return None;
            }
            id = given;
        } else if expected != given {
            return None;
        }
    }
    Some(id)
}
