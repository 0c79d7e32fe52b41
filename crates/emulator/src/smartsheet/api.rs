//! What every API call passes through: token, assumed user, rate limit, scope.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::attachments;
use super::client_faults::LONGEST_CHANGE_AGENT;
use super::errors::{JSON, Problem};
use super::identity::tokens::Closed;
use super::log::{Endpoint, Exchange};
use super::options::Options;
use super::region::Region;
use super::routes::{self, Operation};
use super::sheets::{self, Sheet};
use super::state::{Data, State};
use super::world::AccessLevel;
use super::{search, users, webhooks, workspaces};
use crate::answers;

/// Who is calling.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) token: String,
    /// The person, or the one they act as.
    pub(crate) email: String,
    /// `None`: a personal token.
    pub(crate) client_id: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
}

/// What an operation sees of the world.
pub(crate) struct Call<'a> {
    pub(crate) data: &'a mut Data,
    pub(crate) options: &'a Options,
    pub(crate) exchange: &'a Exchange,
    pub(crate) caller: Caller,
    /// The ids in the path, as written.
    ids: Vec<String>,
    pub(crate) now: SystemTime,
    /// What a receiver said to the challenge of the webhook in the path.
    pub(crate) verdict: Option<bool>,
}

/// A good answer.
pub(crate) enum Reply {
    /// JSON without an envelope, or with its own.
    Bare(Value),
    /// Another kind of body.
    Other(&'static str, Bytes),
}

pub(crate) type Outcome = Result<Reply, Problem>;

/// `{message, resultCode, ...}` around what the operation made.
pub(crate) fn success(members: Value) -> Reply {
    let mut body = json!({ "message": "SUCCESS", "resultCode": 0 });
    merge(&mut body, members);
    Reply::Bare(body)
}

/// Puts the members of one object into another.
pub(crate) fn merge(into: &mut Value, members: Value) {
    if let (Value::Object(into), Value::Object(members)) = (into, members) {
        into.extend(members);
    }
}

impl Call<'_> {
    /// The first value of a query parameter; names are case-sensitive.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        crate::form::all(&self.exchange.query, name).next()
    }

    /// A boolean query parameter, false when absent.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.query(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(bad_parameter(name)),
        }
    }

    /// A whole number in the query.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Problem> {
        let text = self.query(name);
        text.map(|text| text.parse().map_err(|_| bad_parameter(name)))
            .transpose()
    }

    /// Whether a comma-separated list in the query has this word.
    pub(crate) fn lists(&self, name: &str, word: &str) -> bool {
        self.query(name)
            .is_some_and(|list| list.split(',').any(|listed| listed.trim() == word))
    }

    /// A comma-separated list of numbers in the query.
    pub(crate) fn numbers(&self, name: &str) -> Result<Option<Vec<i64>>, Problem> {
        let Some(list) = self.query(name) else {
            return Ok(None);
        };
        list.split(',')
            .map(|text| text.trim().parse().map_err(|_| bad_parameter(name)))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// An id in the path; what is no number names nothing.
    pub(crate) fn id(&self, index: usize) -> Result<i64, Problem> {
        self.ids
            .get(index)
            .and_then(|id| id.parse().ok())
            .ok_or_else(Problem::not_found)
    }

    /// The sheet in the path, if the caller may do this much with it; hidden ones are not there.
    pub(crate) fn sheet(&self, least: AccessLevel) -> Result<&Sheet, Problem> {
        let id = self.id(0)?;
        self.sheet_with(id, least)
    }

    pub(crate) fn sheet_with(&self, id: i64, least: AccessLevel) -> Result<&Sheet, Problem> {
        let sheet = self.data.sheets.get(&id).ok_or_else(Problem::not_found)?;
        match sheet.access(&self.caller.email) {
            None => Err(Problem::not_found()),
            Some(level) if level < least => Err(Problem::not_authorized()),
            Some(_) => Ok(sheet),
        }
    }

    /// The chain of programs that made this change; the oldest go when it is too long.
    pub(crate) fn change_agent(&self) -> Option<String> {
        let value = self.exchange.headers.get("smartsheet-change-agent")?;
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let surplus = text.len().saturating_sub(LONGEST_CHANGE_AGENT);
        let from = (surplus..=text.len()).find(|at| text.is_char_boundary(*at))?;
        Some(text[from..].to_owned())
    }
}

pub(crate) fn bad_parameter(name: &str) -> Problem {
    Problem::new(1018, format!("The value of the parameter {name} is not valid."))
}

/// Answers an API request.
pub(crate) fn respond(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Response<Bytes> {
    match operate(state, region, now, exchange) {
        Ok(Reply::Bare(mut value)) => {
            if crate::form::all(&exchange.query, "numericDates").next() == Some("true") {
                numeric_dates(&mut value);
            }
            answers::json_text(StatusCode::OK, JSON, &state.with_unknown(value))
        }
        Ok(Reply::Other(content_type, body)) => answers::with_body(StatusCode::OK, content_type, body),
        Err(problem) => state.render(region, &problem),
    }
}

/// Who is calling, if they may call at all (Smartsheet, Authentication; HTTP headers: Assume-User).
pub(crate) fn admit(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
    heavy: bool,
) -> Result<Caller, Problem> {
    let mut headers = exchange.headers.get_all(AUTHORIZATION).iter();
    let Some(header) = headers.next() else {
        return Err(if state.options.missing_token_forbidden {
            Problem::not_authorized()
        } else {
            Problem::new(1001, "An Access Token is required.")
        });
    };
    let invalid = || Problem::new(1002, "Your Access Token is invalid.");
    let text = header.to_str().ok().filter(|_| headers.next().is_none());
    let (scheme, token) = text.and_then(|text| text.split_once(' ')).ok_or_else(invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid());
    }
    let token = token.trim();
    let limits = state.limits;
    let options = state.options.clone();
    let data = state.data(region);
    let allowed = data
        .tokens
        .open(token, now, &options)
        .map_err(|closed| match closed {
            Closed::Unknown => invalid(),
            Closed::Expired => Problem::new(1003, "Your Access Token has expired."),
        })?;
    let mut caller = Caller {
        token: token.to_owned(),
        email: allowed.email.clone(),
        client_id: allowed.client_id.clone(),
        scopes: allowed.scopes.clone(),
    };
    if !data.meter.admits(limits, token, heavy, now) {
        return Err(Problem::new(4003, "Rate limit exceeded."));
    }
    if let Some(header) = exchange.headers.get("assume-user") {
        caller.email = assumed(data, &caller, header.as_bytes())?;
    }
    Ok(caller)
}

/// Only a system admin with a personal token may act for somebody, and never for another admin.
fn assumed(data: &Data, caller: &Caller, header: &[u8]) -> Result<String, Problem> {
    // The header is a percent-encoded text; a plus stays one.
    let text = String::from_utf8_lossy(header).replace('+', "%2B");
    let email = url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(email, _)| email.into_owned())
        .unwrap_or_default();
    let is_admin = |email: &str| data.users.get(email).is_some_and(|user| user.system_admin);
    let may = caller.client_id.is_none() && is_admin(&caller.email);
    if may && data.users.contains_key(&email) && !is_admin(&email) {
        return Ok(email);
    }
    Err(Problem::new(
        1030,
        "You cannot assume the user that was requested.",
    ))
}

fn operate(state: &mut State, region: Region, now: SystemTime, exchange: &Exchange) -> Outcome {
    let Endpoint::Api(operation) = exchange.endpoint else {
        return Err(Problem::not_found());
    };
    if routes::version(&exchange.path) != Some("2.0") {
        return Err(Problem::new(1007, "Version not supported."));
    }
    let Some(operation) = operation else {
        let verbs = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
        return Err(if !routes::has_other_methods(&exchange.path) {
            Problem::not_found()
        } else if verbs.contains(&exchange.method) {
            Problem::new(1122, "This URL does not support this HTTP verb.")
        } else {
            Problem::new(1010, "HTTP verb not supported.")
        });
    };
    if operation == Operation::GetServerInfo {
        return Ok(users::server_info());
    }
    let caller = admit(state, region, now, exchange, operation.is_heavy())?;
    if let (Some(scope), Some(granted)) = (operation.scope(), &caller.scopes)
        && !granted.iter().any(|granted| granted == scope)
    {
        return Err(Problem::not_authorized());
    }
    if state.options.busy_sheets && exchange.client_faults.contains(&"concurrent-sheet-writes") {
        return Err(Problem::new(
            4004,
            "An unexpected error has occurred. Please retry your request.",
        ));
    }
    let ids = routes::path_ids(operation, &exchange.path);
    let webhook = ids.first().and_then(|id| id.parse().ok()).unwrap_or_default();
    let verdict = state.verdicts.remove(&(region, webhook));
    let options = state.options.clone();
    let mut call = Call {
        data: state.data(region),
        options: &options,
        exchange,
        caller,
        ids,
        now,
        verdict,
    };
    dispatch(operation, &mut call)
}

#[rustfmt::skip] // one operation a line
fn dispatch(operation: Operation, call: &mut Call<'_>) -> Outcome {
    use Operation as Op;
    match operation {
        Op::GetServerInfo => Ok(users::server_info()),
        Op::GetCurrentUser => users::me(call),
        Op::ListWorkspaces => workspaces::list(call),
        Op::ListSheets => sheets::listing::list(call),
        Op::CreateSheet => sheets::lifecycle::create(call, None),
        Op::CreateSheetInWorkspace => { let id = call.id(0)?; sheets::lifecycle::create(call, Some(id)) }
        Op::GetSheet => sheets::reading::get(call),
        Op::DeleteSheet => sheets::lifecycle::delete(call),
        Op::GetSheetVersion => sheets::reading::version(call),
        Op::AddRows => sheets::rows::add(call),
        Op::UpdateRows => sheets::rows::update(call),
        Op::DeleteRows => sheets::rows::delete(call),
        Op::GetRow => sheets::reading::row(call),
        Op::ListColumns => sheets::columns::list(call),
        Op::AddColumns => sheets::columns::add(call),
        Op::GetColumn => sheets::columns::get(call),
        Op::UpdateColumn => sheets::columns::update(call),
        Op::DeleteColumn => sheets::columns::delete(call),
        Op::ListWebhooks => webhooks::list(call),
        Op::CreateWebhook => webhooks::create(call),
        Op::GetWebhook => webhooks::get(call),
        Op::UpdateWebhook => webhooks::update(call),
        Op::DeleteWebhook => webhooks::delete(call),
        Op::ResetSharedSecret => webhooks::reset_shared_secret(call),
        Op::ListSheetAttachments => attachments::list(call, false),
        Op::AttachToSheet => attachments::attach(call, false),
        Op::ListRowAttachments => attachments::list(call, true),
        Op::AttachToRow => attachments::attach(call, true),
        Op::GetAttachment => attachments::get(call),
        Op::DeleteAttachment => attachments::delete(call),
        Op::Search => search::everywhere(call),
        Op::SearchSheet => search::in_sheet(call),
    }
}

/// The members that are timestamps.
const TIMESTAMPS: [&str; 5] = [
    "createdAt",
    "modifiedAt",
    "lastLogin",
    "lastCallbackAttempt",
    "lastSuccessfulCallback",
];

/// Turns timestamps into epoch milliseconds (`numericDates=true`).
fn numeric_dates(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let parsed = member
                    .as_str()
                    .filter(|_| TIMESTAMPS.contains(&name.as_str()))
                    .and_then(|text| text.parse::<jiff::Timestamp>().ok());
                match parsed {
                    Some(time) => *member = json!(time.as_millisecond()),
                    None => numeric_dates(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(numeric_dates),
        _ => {}
    }
}
