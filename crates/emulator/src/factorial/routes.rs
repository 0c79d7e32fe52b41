//! Paths (Factorial, resource requests: URL and versions).

use std::str::FromStr;

use http::Method;

use super::log::Endpoint;

macro_rules! operations {
    ($($variant:ident $name:literal $method:ident $resource:literal $tail:expr, $scope:expr, $doc:literal;)*) => {
        /// An operation of the API that the emulator serves.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $(#[doc = $doc] $variant,)*
        }

        const ROUTES: &[Route] = &[
            $(Route {
                operation: Operation::$variant,
                name: $name,
                method: Method::$method,
                resource: $resource,
                tail: $tail,
                scope: $scope,
            },)*
        ];

        impl Operation {
            fn route(self) -> Option<&'static Route> {
                ROUTES.iter().find(|route| route.operation == self)
            }
        }
    };
}

struct Route {
    operation: Operation,
    name: &'static str,
    method: Method,
    /// `domain/resource`.
    resource: &'static str,
    tail: Tail,
    scope: Option<&'static str>,
}

/// What follows the resource in the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    None,
    Id,
    Action(&'static str),
}

const EMPLOYEES: Option<&str> = Some("employees");
const TIME_OFF: Option<&str> = Some("time_off");
const TIME_TRACKING: Option<&str> = Some("time_tracking");
const DOCUMENTS: Option<&str> = Some("documents");
const LEGAL_ENTITIES: Option<&str> = Some("company_legal_entities");

operations! {
    ListCredentials "list_credentials" GET "api_public/credentials" Tail::None, None, "Who a credential is; needs no scope.";
    ListLegalEntities "list_legal_entities" GET "companies/legal_entities" Tail::None, LEGAL_ENTITIES, "The company's legal entities.";
    ListEmployees "list_employees" GET "employees/employees" Tail::None, EMPLOYEES, "Employees.";
    GetEmployee "get_employee" GET "employees/employees" Tail::Id, EMPLOYEES, "One employee.";
    CreateEmployee "create_employee" POST "employees/employees" Tail::Action("create_with_contract"), EMPLOYEES, "A new employee: `create_with_contract`.";
    InviteEmployee "invite_employee" POST "employees/employees" Tail::Action("invite"), EMPLOYEES, "An invitation to sign in.";
    UpdateEmployee "update_employee" PUT "employees/employees" Tail::Id, EMPLOYEES, "A change to an employee.";
    ListTeams "list_teams" GET "teams/teams" Tail::None, EMPLOYEES, "Teams.";
    GetTeam "get_team" GET "teams/teams" Tail::Id, EMPLOYEES, "One team.";
    CreateTeam "create_team" POST "teams/teams" Tail::None, EMPLOYEES, "A new team.";
    UpdateTeam "update_team" PUT "teams/teams" Tail::Id, EMPLOYEES, "A change to a team.";
    DeleteTeam "delete_team" DELETE "teams/teams" Tail::Id, EMPLOYEES, "A team's end.";
    ListLeaves "list_leaves" GET "timeoff/leaves" Tail::None, TIME_OFF, "Leaves.";
    GetLeave "get_leave" GET "timeoff/leaves" Tail::Id, TIME_OFF, "One leave.";
    CreateLeave "create_leave" POST "timeoff/leaves" Tail::None, TIME_OFF, "A request for leave.";
    ApproveLeave "approve_leave" POST "timeoff/leaves" Tail::Action("approve"), TIME_OFF, "Yes to a leave.";
    RejectLeave "reject_leave" POST "timeoff/leaves" Tail::Action("reject"), TIME_OFF, "No to a leave.";
    ListShifts "list_shifts" GET "attendance/shifts" Tail::None, TIME_TRACKING, "Shifts worked.";
    GetShift "get_shift" GET "attendance/shifts" Tail::Id, TIME_TRACKING, "One shift.";
    ClockIn "clock_in" POST "attendance/shifts" Tail::Action("clock_in"), TIME_TRACKING, "A shift begins.";
    ClockOut "clock_out" POST "attendance/shifts" Tail::Action("clock_out"), TIME_TRACKING, "A shift ends.";
    ListDocuments "list_documents" GET "documents/documents" Tail::None, DOCUMENTS, "Documents.";
    GetDocument "get_document" GET "documents/documents" Tail::Id, DOCUMENTS, "One document.";
    CreateDocument "create_document" POST "documents/documents" Tail::None, DOCUMENTS, "A document uploaded.";
    CreateDownloadUrls "create_download_urls" POST "documents/download_urls" Tail::Action("bulk_create"), DOCUMENTS, "Where documents can be fetched.";
}

impl Operation {
    /// The name that faults and the log use: `list_employees`.
    pub fn name(self) -> &'static str {
        self.route().map_or("", |route| route.name)
    }

    /// The scope that a token needs for it.
    pub fn scope(self) -> Option<&'static str> {
        self.route().and_then(|route| route.scope)
    }
}

impl FromStr for Operation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let route = ROUTES.iter().find(|route| route.name == name);
        route.map(|route| route.operation).ok_or_else(|| {
            let names: Vec<&str> = ROUTES.iter().map(|route| route.name).collect();
            format!(
                "target is unknown: use token, authorize, revocation, api, download, any, {}",
                names.join(", ")
            )
        })
    }
}

/// What is in an API path.
pub(crate) struct ApiPath<'a> {
    pub(crate) version: &'a str,
    resource: &'a str,
    /// What follows the resource: an id or an action.
    pub(crate) tail: &'a str,
}

/// Reads `/api/{version}/resources/{domain}/{resource}[/{tail}]`.
pub(crate) fn api_path(path: &str) -> Option<ApiPath<'_>> {
    let (version, rest) = path.strip_prefix("/api/")?.split_once('/')?;
    let rest = rest.strip_prefix("resources/")?;
    let second = rest.match_indices('/').nth(1).map(|(index, _)| index);
    let (resource, tail) = second.map_or((rest, ""), |index| (&rest[..index], &rest[index + 1..]));
    Some(ApiPath {
        version,
        resource,
        tail,
    })
}

/// What a request is addressed to.
pub(crate) fn resolve(method: &Method, path: &str) -> Endpoint {
    match path {
        "/oauth/token" => Endpoint::Token,
        "/oauth/revoke" => Endpoint::Revocation,
        "/oauth/applications" => Endpoint::Applications,
        _ if path.starts_with("/oauth/applications/") => Endpoint::Applications,
        "/oauth/authorize" | "/oauth/authorize/native" => Endpoint::Authorize,
        _ if path.starts_with("/files/") => Endpoint::Download,
        _ if path.starts_with("/api/") => {
            Endpoint::Api(api_path(path).and_then(|path| operation(method, &path)))
        }
        _ => Endpoint::Unknown,
    }
}

fn operation(method: &Method, path: &ApiPath<'_>) -> Option<Operation> {
    let mine = |route: &&Route| {
        route.method == method
            && route.resource == path.resource
            && match route.tail {
                Tail::None => path.tail.is_empty(),
                Tail::Action(action) => path.tail == action,
                Tail::Id => !path.tail.is_empty() && !path.tail.contains('/'),
            }
    };
    ROUTES.iter().find(mine).map(|route| route.operation)
}
