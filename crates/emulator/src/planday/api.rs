//! What every API call passes through: token, client header, administrator, rate limits, scope.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::Value;

use super::answers;
use super::errors::Problem;
use super::hr::{
    departments, employee_groups, employee_history, employee_leaving, employee_writes, employees,
    field_definitions, skills,
};
use super::identity::grants::Key;
use super::limits::Reading;
use super::log::Exchange;
use super::options::{ClientHeader, Options};
use super::portal;
use super::routes::{Operation, Resolved};
use super::scheduling::{
    self, positions, schedule_days, sections, shift_types, shift_writes, shifts, time_and_cost,
};
use super::state::{State, bearer};
use super::world::{Administrator, App, Portal};
use crate::clock::utc_text;
use crate::planday::log::Endpoint;

/// What an operation sees of the world: one portal, through the eyes of the administrator who authorized the app.
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) portal: &'a mut Portal,
    pub(crate) administrator: &'a mut Administrator,
    pub(crate) options: &'a Options,
    pub(crate) exchange: &'a Exchange,
    /// The id in the path, as written.
    pub(crate) id: &'a str,
    /// The emulator's time, `yyyy-mm-ddThh:mm:ssZ`.
    pub(crate) now: String,
}

/// Who makes every change here. The documents speak of a user id.
pub(crate) const USER: i64 = 90_001;

/// A good answer of an operation.
pub(crate) enum Reply {
    Json(StatusCode, Value),
    NoContent,
}

impl Call<'_> {
    /// The last value of a query parameter; names are not case-sensitive.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query_all(name).last()
    }

    /// Every value of a query parameter.
    pub(crate) fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        let matching = self
            .exchange
            .query
            .iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(name));
        matching.map(|(_, value)| value.as_str())
    }

    /// A boolean query parameter, false when absent.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        match self.query(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Problem::bad(
                name,
                format!("The value of {name} must be true or false"),
            )),
        }
    }

    /// The emulator's day, `yyyy-mm-dd`.
    pub(crate) fn today(&self) -> &str {
        self.now.get(..10).unwrap_or_default()
    }

    /// Whether the app was granted a scope.
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.app.scopes.iter().any(|granted| granted == scope)
    }

    /// The id in the path as a number.
    pub(crate) fn path_id(&self, entity: &str) -> Result<i64, Problem> {
        let id = self.id.parse().ok().filter(|id| *id > 0);
        id.ok_or_else(|| Problem::bad("id", format!("{entity} id is invalid")))
    }

    /// Refuses the id of a department that is not there or not to be seen.
    pub(crate) fn require_department(&self, id: i64, member: &'static str) -> Result<(), Problem> {
        let department = self.portal.departments.get(&id);
        let known = department.is_some_and(|department| !department.deleted);
        if known && self.administrator.sees_department(id) {
            return Ok(());
        }
        Err(Problem::bad(member, "Department id is invalid"))
    }

    /// What the administrator may not change, the app may not either.
    pub(crate) fn require_edit(&self) -> Result<(), Problem> {
        if self.administrator.may_edit {
            return Ok(());
        }
        let message = "The administrator who authorized the application may not edit this";
        Err(Problem::new(self.options.edit_refusal, message))
    }
}

/// Answers an API request.
pub(crate) fn respond(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    resolved: &Resolved,
) -> Response<Bytes> {
    let (reading, outcome) = admit(state, now, exchange);
    let outcome = outcome.and_then(|key| operate(state, now, &key, exchange, resolved));
    let mut response = match outcome {
        Ok(Reply::Json(status, value)) => answers::api(status, value, &state.options),
        Ok(Reply::NoContent) => answers::empty(StatusCode::NO_CONTENT),
        Err(problem) => problem.render(&exchange.path, &state.options),
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let methods: Vec<&str> = resolved.allow.iter().map(Method::as_str).collect();
        if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
            response.headers_mut().insert(ALLOW, value);
        }
    }
    reading.write(response.headers_mut());
    response
}

/// The rate headers of a reply that no operation made.
pub(crate) fn reading(state: &mut State, now: SystemTime, exchange: &Exchange) -> Reading {
    match state.concerned(exchange) {
        Some(key) => state.meter.peek(state.limits, key.portal, &key.client_id, now),
        None => Reading::fresh(state.limits),
    }
}

/// Who is calling, if they may call at all (Planday, Authorization: Accessing API resources; Errors: 401, 429).
fn admit(state: &mut State, now: SystemTime, exchange: &Exchange) -> (Reading, Result<Key, Problem>) {
    let Some(key) = state.concerned(exchange) else {
        return (Reading::fresh(state.limits), Err(Problem::unauthorized()));
    };
    let reading = state.meter.charge(state.limits, key.portal, &key.client_id, now);
    if !reading.admitted {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
        return (reading, Err(problem));
    }
    let live = bearer(exchange)
        .filter(|token| state.is_live_access_token(token, now))
        .map(str::to_owned);
    let Some(token) = live else {
        return (reading, Err(Problem::unauthorized()));
    };
    state.grants.used(&token);
    let header_matches = {
        let mut values = exchange.headers.get_all("x-clientid").iter();
        let first = values.next();
        values.next().is_none()
            && first.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(key.client_id.as_bytes()))
    };
    if !state.is_administrator_active(&token)
        || (!header_matches && state.options.client_header == ClientHeader::Strict)
    {
        return (reading, Err(Problem::unauthorized()));
    }
    (reading, Ok(key))
}

fn operate(
    state: &mut State,
    now: SystemTime,
    key: &Key,
    exchange: &Exchange,
    resolved: &Resolved,
) -> Result<Reply, Problem> {
    let Endpoint::Api(Some(operation)) = resolved.endpoint else {
        return Err(if resolved.allow.is_empty() {
            Problem::new(StatusCode::NOT_FOUND, "Not found")
        } else {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        });
    };
    let granted = state.app_as_granted(exchange);
    let (Some(app), Some(portal), Some(administrator)) = (
        granted.as_ref(),
        state.portals.get_mut(&key.portal),
        state.administrators.get_mut(key),
    ) else {
        return Err(Problem::unauthorized());
    };
    if let Some(scope) = operation.missing_scope(&app.scopes) {
        return Err(Problem::missing_scope(scope));
    }
    let id = resolved.id.as_str();
    let mut call = Call {
        app,
        portal,
        administrator,
        options: &state.options,
        exchange,
        id,
        now: utc_text(now),
    };
    dispatch(operation, &mut call)
}

#[rustfmt::skip] // one operation a line
fn dispatch(operation: Operation, call: &mut Call<'_>) -> Result<Reply, Problem> {
    use Operation as Op;
    match operation {
        Op::PortalInfo => Ok(portal::info(call)),
        Op::ListDepartments => departments::list(call),
        Op::CreateDepartment => departments::create(call),
        Op::GetDepartment => departments::get(call),
        Op::UpdateDepartment => departments::update(call),
        Op::DeleteDepartment => departments::delete(call),
        Op::ListEmployees => employees::list(call),
        Op::GetEmployee => employees::get(call),
        Op::ListDepartmentEmployees => departments::employees(call),
        Op::ListEmployeeGroups => employee_groups::list(call),
        Op::CreateEmployeeGroup => employee_groups::create(call),
        Op::GetEmployeeGroup => employee_groups::get(call),
        Op::UpdateEmployeeGroup => employee_groups::update(call),
        Op::DeleteEmployeeGroup => employee_groups::delete(call),
        Op::ListEmployeeGroupEmployees => employee_groups::employees(call),
        Op::ListEmployeeTypes => employees::types(call),
        Op::CreateEmployee => employee_writes::create(call),
        Op::UpdateEmployee => employee_writes::update(call),
        Op::ListDeactivatedEmployees => employees::deactivated(call),
        Op::ListSupervisors => employees::supervisors(call),
        Op::GetEmployeeFieldDefinitions => field_definitions::get(call),
        Op::DeactivateEmployee => employee_leaving::deactivate(call),
        Op::ReactivateEmployee => employee_leaving::reactivate(call),
        Op::ChangeEmployeeUsername => employee_writes::change_user_name(call),
        Op::GetEmployeeHistory => employee_history::list(call),
        Op::ListSkills => Ok(skills::list(call)),
        Op::CreateSkill => skills::create(call),
        Op::UpdateSkill => skills::update(call),
        Op::DeleteSkill => skills::delete(call),
        Op::ListShifts => shifts::list(call),
        Op::CreateShift => shift_writes::create(call),
        Op::GetShift => shifts::get(call),
        Op::UpdateShift => shift_writes::update(call),
        Op::DeleteShift => shift_writes::delete(call),
        Op::ListDeletedShifts => shifts::deleted(call),
        Op::ListShiftStatuses => shifts::statuses(call),
        Op::ApproveShift => shift_writes::approve(call),
        Op::AssignShift => shift_writes::assign(call),
        Op::PublishDraftShifts => shift_writes::publish(call),
        Op::GetShiftHistory => shifts::history(call),
        Op::ListSections => sections::list(call),
        Op::ListPositions => positions::list(call),
        Op::CreatePosition => positions::create(call),
        Op::GetPosition => positions::get(call),
        Op::UpdatePosition => positions::update(call),
        Op::DeletePosition => positions::delete(call),
        Op::ListShiftTypes => shift_types::list(call),
        Op::CreateShiftType => shift_types::create(call),
        Op::UpdateShiftType => shift_types::update(call),
        Op::ListScheduleDays => schedule_days::list(call),
        Op::UpdateScheduleDay => schedule_days::update(call),
        Op::ListSchedulingSkills => scheduling::skills::list(call),
        Op::GetTimeAndCost => time_and_cost::get(call),
    }
}
