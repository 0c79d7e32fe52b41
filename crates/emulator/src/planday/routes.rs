//! Which operation a method and path mean.

use std::collections::BTreeSet;
use std::str::FromStr;

use http::Method;

use super::access_page;
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
    /// `GET /hr/v1.0/departments/{id}/employees`.
    ListDepartmentEmployees,
    /// `GET /hr/v1.0/employeegroups`.
    ListEmployeeGroups,
    /// `POST /hr/v1.0/employeegroups`.
    CreateEmployeeGroup,
    /// `GET /hr/v1.0/employeegroups/{id}`.
    GetEmployeeGroup,
    /// `PUT /hr/v1.0/employeegroups/{id}`.
    UpdateEmployeeGroup,
    /// `DELETE /hr/v1.0/employeegroups/{id}`.
    DeleteEmployeeGroup,
    /// `GET /hr/v1.0/employeegroups/{id}/employees`.
    ListEmployeeGroupEmployees,
    /// `GET /hr/v1.0/employeetypes`.
    ListEmployeeTypes,
    /// `POST /hr/v1.0/employees`.
    CreateEmployee,
    /// `PUT /hr/v1.0/employees/{employeeId}`.
    UpdateEmployee,
    /// `GET /hr/v1.0/employees/deactivated`.
    ListDeactivatedEmployees,
    /// `GET /hr/v1.0/employees/supervisors`.
    ListSupervisors,
    /// `GET /hr/v1.0/employees/fielddefinitions`.
    GetEmployeeFieldDefinitions,
    /// `PUT /hr/v1.0/employees/deactivate/{employeeId}`.
    DeactivateEmployee,
    /// `PUT /hr/v1.0/employees/reactivate/{employeeId}`.
    ReactivateEmployee,
    /// `PUT /hr/v1.0/employees/{employeeId}/change_username`.
    ChangeEmployeeUsername,
    /// `GET /hr/v1.0/employees/{employeeId}/history`.
    GetEmployeeHistory,
    /// `GET /hr/v1.0/skills`.
    ListSkills,
    /// `POST /hr/v1.0/skills`.
    CreateSkill,
    /// `PUT /hr/v1.0/skills`.
    UpdateSkill,
    /// `DELETE /hr/v1.0/skills`.
    DeleteSkill,
    /// `GET /scheduling/v1.0/shifts`.
    ListShifts,
    /// `POST /scheduling/v1.0/shifts`.
    CreateShift,
    /// `GET /scheduling/v1.0/shifts/{shiftId}`.
    GetShift,
    /// `PUT /scheduling/v1.0/shifts/{shiftId}`.
    UpdateShift,
    /// `DELETE /scheduling/v1.0/shifts/{shiftId}`.
    DeleteShift,
    /// `GET /scheduling/v1.0/shifts/deleted`.
    ListDeletedShifts,
    /// `GET /scheduling/v1.0/shifts/shiftstatus/all`.
    ListShiftStatuses,
    /// `POST /scheduling/v1.0/shifts/{shiftId}/approve`.
    ApproveShift,
    /// `POST /scheduling/v1.0/shifts/{shiftId}/employee`.
    AssignShift,
    /// `POST /scheduling/v1.0/shifts/drafts/publish`.
    PublishDraftShifts,
    /// `GET /scheduling/v1.0/shifts/{shiftId}/history`.
    GetShiftHistory,
    /// `GET /scheduling/v1.0/sections`.
    ListSections,
    /// `GET /scheduling/v1.0/positions`.
    ListPositions,
    /// `POST /scheduling/v1.0/positions`.
    CreatePosition,
    /// `GET /scheduling/v1.0/positions/{positionId}`.
    GetPosition,
    /// `PUT /scheduling/v1.0/positions/{positionId}`.
    UpdatePosition,
    /// `DELETE /scheduling/v1.0/positions/{positionId}`.
    DeletePosition,
    /// `GET /scheduling/v1.0/shifttypes`.
    ListShiftTypes,
    /// `POST /scheduling/v1.0/shifttypes`.
    CreateShiftType,
    /// `PUT /scheduling/v1.0/shifttypes/{id}`.
    UpdateShiftType,
    /// `GET /scheduling/v1.0/scheduleDay`.
    ListScheduleDays,
    /// `PUT /scheduling/v1.0/scheduleDay`.
    UpdateScheduleDay,
    /// `GET /scheduling/v1.0/skills`.
    ListSchedulingSkills,
    /// `GET /scheduling/v1.0/timeandcost/{departmentId}`.
    GetTimeAndCost,
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
static ROUTES: &[Route] = &[
    route(Op::PortalInfo, "get_portal_info", Method::GET, "portal", &["info"], None),
    route(Op::ListDepartments, "list_departments", Method::GET, "hr", &["departments"], Some("department:read")),
    route(Op::CreateDepartment, "create_department", Method::POST, "hr", &["departments"], Some("department:create")),
    route(Op::GetDepartment, "get_department", Method::GET, "hr", &["departments", "{}"], Some("department:read")),
    route(Op::UpdateDepartment, "update_department", Method::PUT, "hr", &["departments", "{}"], Some("department:update")),
    route(Op::DeleteDepartment, "delete_department", Method::DELETE, "hr", &["departments", "{}"], Some("department:delete")),
    route(Op::ListEmployees, "list_employees", Method::GET, "hr", &["employees"], Some("employee:read")),
    route(Op::GetEmployee, "get_employee", Method::GET, "hr", &["employees", "{}"], Some("employee:read")),
    route(Op::ListDepartmentEmployees, "list_department_employees", Method::GET, "hr", &["departments", "{}", "employees"], Some("employee:read")),
    route(Op::ListEmployeeGroups, "list_employee_groups", Method::GET, "hr", &["employeegroups"], Some("employeegroup:read")),
    route(Op::CreateEmployeeGroup, "create_employee_group", Method::POST, "hr", &["employeegroups"], Some("employeegroup:create")),
    route(Op::GetEmployeeGroup, "get_employee_group", Method::GET, "hr", &["employeegroups", "{}"], Some("employeegroup:read")),
    route(Op::UpdateEmployeeGroup, "update_employee_group", Method::PUT, "hr", &["employeegroups", "{}"], Some("employeegroup:update")),
    route(Op::DeleteEmployeeGroup, "delete_employee_group", Method::DELETE, "hr", &["employeegroups", "{}"], Some("employeegroup:delete")),
    route(Op::ListEmployeeGroupEmployees, "list_employee_group_employees", Method::GET, "hr", &["employeegroups", "{}", "employees"], Some("employee:read")),
    route(Op::ListEmployeeTypes, "list_employee_types", Method::GET, "hr", &["employeetypes"], Some("employeetype:read")),
    route(Op::CreateEmployee, "create_employee", Method::POST, "hr", &["employees"], Some("employee:create")),
    route(Op::UpdateEmployee, "update_employee", Method::PUT, "hr", &["employees", "{}"], Some("employee:update")),
    route(Op::ListDeactivatedEmployees, "list_deactivated_employees", Method::GET, "hr", &["employees", "deactivated"], Some("employee:read")),
    route(Op::ListSupervisors, "list_supervisors", Method::GET, "hr", &["employees", "supervisors"], Some("employee:read")),
    route(Op::GetEmployeeFieldDefinitions, "get_employee_field_definitions", Method::GET, "hr", &["employees", "fielddefinitions"], Some("employee:read")),
    route(Op::DeactivateEmployee, "deactivate_employee", Method::PUT, "hr", &["employees", "deactivate", "{}"], Some("employee:update")),
    route(Op::ReactivateEmployee, "reactivate_employee", Method::PUT, "hr", &["employees", "reactivate", "{}"], Some("employee:update")),
    route(Op::ChangeEmployeeUsername, "change_employee_username", Method::PUT, "hr", &["employees", "{}", "change_username"], None),
    route(Op::GetEmployeeHistory, "get_employee_history", Method::GET, "hr", &["employees", "{}", "history"], Some("employee:history")),
    route(Op::ListSkills, "list_skills", Method::GET, "hr", &["skills"], Some("employee:read")),
    route(Op::CreateSkill, "create_skill", Method::POST, "hr", &["skills"], Some("skill:create")),
    route(Op::UpdateSkill, "update_skill", Method::PUT, "hr", &["skills"], Some("skill:update")),
    route(Op::DeleteSkill, "delete_skill", Method::DELETE, "hr", &["skills"], Some("skill:delete")),
    route(Op::ListShifts, "list_shifts", Method::GET, "scheduling", &["shifts"], Some("shift:read")),
    route(Op::CreateShift, "create_shift", Method::POST, "scheduling", &["shifts"], Some("shift:create")),
    route(Op::GetShift, "get_shift", Method::GET, "scheduling", &["shifts", "{}"], Some("shift:read")),
    route(Op::UpdateShift, "update_shift", Method::PUT, "scheduling", &["shifts", "{}"], Some("shift:update")),
    route(Op::DeleteShift, "delete_shift", Method::DELETE, "scheduling", &["shifts", "{}"], Some("shift:delete")),
    route(Op::ListDeletedShifts, "list_deleted_shifts", Method::GET, "scheduling", &["shifts", "deleted"], Some("shift:read")),
    route(Op::ListShiftStatuses, "list_shift_statuses", Method::GET, "scheduling", &["shifts", "shiftstatus", "all"], Some("shift:read")),
    route(Op::ApproveShift, "approve_shift", Method::POST, "scheduling", &["shifts", "{}", "approve"], Some("shift:update")),
    route(Op::AssignShift, "assign_shift", Method::POST, "scheduling", &["shifts", "{}", "employee"], Some("shift:update")),
    route(Op::PublishDraftShifts, "publish_draft_shifts", Method::POST, "scheduling", &["shifts", "drafts", "publish"], Some("shift:update")),
    route(Op::GetShiftHistory, "get_shift_history", Method::GET, "scheduling", &["shifts", "{}", "history"], Some("shift:read")),
    route(Op::ListSections, "list_sections", Method::GET, "scheduling", &["sections"], Some("shiftposition:read")),
    route(Op::ListPositions, "list_positions", Method::GET, "scheduling", &["positions"], Some("shiftposition:read")),
    route(Op::CreatePosition, "create_position", Method::POST, "scheduling", &["positions"], Some("shiftposition:create")),
    route(Op::GetPosition, "get_position", Method::GET, "scheduling", &["positions", "{}"], Some("shiftposition:read")),
    route(Op::UpdatePosition, "update_position", Method::PUT, "scheduling", &["positions", "{}"], Some("shiftposition:update")),
    route(Op::DeletePosition, "delete_position", Method::DELETE, "scheduling", &["positions", "{}"], Some("shiftposition:delete")),
    route(Op::ListShiftTypes, "list_shift_types", Method::GET, "scheduling", &["shifttypes"], Some("shifttype:read")),
    route(Op::CreateShiftType, "create_shift_type", Method::POST, "scheduling", &["shifttypes"], Some("shifttype:create")),
    route(Op::UpdateShiftType, "update_shift_type", Method::PUT, "scheduling", &["shifttypes", "{}"], Some("shifttype:update")),
    route(Op::ListScheduleDays, "list_schedule_days", Method::GET, "scheduling", &["scheduleday"], Some("shift:read")),
    route(Op::UpdateScheduleDay, "update_schedule_day", Method::PUT, "scheduling", &["scheduleday"], Some("shift:update")),
    route(Op::ListSchedulingSkills, "list_scheduling_skills", Method::GET, "scheduling", &["skills"], Some("shifttype:read")),
    route(Op::GetTimeAndCost, "get_time_and_cost", Method::GET, "scheduling", &["timeandcost", "{}"], Some("timeandcost:read")),
];

const SKILL_READ: &str = "skill:read";
const EMPLOYEE_DEACTIVATE: &str = "employee:deactivate";

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

/// Names that stand where an id could, lest they be read as ids.
const NOT_IDS: [&str; 8] = [
    "deactivated",
    "supervisors",
    "fielddefinitions",
    "deactivate",
    "reactivate",
    "deleted",
    "shiftstatus",
    "drafts",
];

impl Operation {
    /// The operation's name in the emulator's log and control plane, such as `list_departments`.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |route| route.name)
    }

    /// The scope it needs, if the documents state one.
    pub fn scope(self) -> Option<&'static str> {
        self.row().and_then(|route| route.scope)
    }

    /// The scope that is missing among the granted ones.
    ///
    /// Two operations are not as simple as a row: the policy of the HR skills list is named `EmployeeReadSkillRead`, read
    /// as both scopes; deactivation is transcribed with `employee:update` while `employee:deactivate` exists, so either
    /// will do.
    pub(crate) fn missing_scope(self, granted: &[String]) -> Option<&'static str> {
        let has = |scope: &str| granted.iter().any(|granted| granted == scope);
        let missing = self.scope().filter(|scope| !has(scope));
        match self {
            Self::ListSkills if missing.is_none() => Some(SKILL_READ).filter(|scope| !has(scope)),
            Self::DeactivateEmployee if has(EMPLOYEE_DEACTIVATE) => None,
            _ => missing,
        }
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

/// Every scope that an operation here asks for.
pub(crate) fn scopes() -> BTreeSet<&'static str> {
    ROUTES
        .iter()
        .filter_map(|route| route.scope)
        .chain([SKILL_READ, EMPLOYEE_DEACTIVATE])
        .collect()
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
    match lower.as_str() {
        "/connect/token" => return resolved(Endpoint::Token),
        "/connect/authorize" => return resolved(Endpoint::Authorize),
        "/connect/revocation" => return resolved(Endpoint::Revocation),
        "/.well-known/openid-configuration" => return resolved(Endpoint::Discovery),
        other if access_page::place(other).is_some() => return resolved(Endpoint::AccessPage),
        _ => {}
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
