//! What an operation sees of the world, and how it answers.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::credential::Caller;
use super::paging::{self, Page};
use super::problem::Problem;
use crate::factorial::log::Exchange;
use crate::factorial::oauth::tokens::Tokens;
use crate::factorial::records::{Record, Table};
use crate::factorial::state::StoredFile;
use crate::factorial::world::Company;
use crate::form::all;

/// One call: whose, of which company, with what.
pub(crate) struct Call<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) company: &'a mut Company,
    pub(crate) exchange: &'a Exchange,
    /// What follows the resource in the path: an id or an action.
    pub(crate) tail: &'a str,
    /// The emulator's time, as the API writes it.
    pub(crate) now: String,
    pub(crate) next_id: &'a mut u64,
    pub(crate) tokens: &'a mut Tokens,
    pub(crate) files: &'a mut BTreeMap<String, StoredFile>,
}

/// A good answer.
pub(crate) struct Reply(pub(crate) StatusCode, pub(crate) Value);

/// What comes of an operation.
pub(crate) type Outcome = Result<Reply, Problem>;

/// 200 and the bare object.
pub(crate) fn ok(record: Record) -> Reply {
    Reply(StatusCode::OK, Value::Object(record))
}

/// 201 and the bare object.
pub(crate) fn created(record: Record) -> Reply {
    Reply(StatusCode::CREATED, Value::Object(record))
}

impl Call<'_> {
    /// A query parameter; the last one counts. An empty one is none.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        all(&self.exchange.query, name)
            .last()
            .filter(|value| !value.is_empty())
    }

    /// Whether a query parameter is `true`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.query(name).map(|value| value == "true")
    }

    /// Whether an array parameter, `name[]`, is absent or has this value.
    pub(crate) fn among(&self, name: &str, value: Option<&str>) -> bool {
        let bracketed = format!("{name}[]");
        let mut wanted = all(&self.exchange.query, &bracketed).peekable();
        wanted.peek().is_none() || value.is_some_and(|value| wanted.any(|wanted| wanted == value))
    }

    /// One page of rows, in the order of their ids.
    pub(crate) fn page(&self, rows: Vec<(u64, Record)>) -> Outcome {
        let page = Page::read(&self.exchange.query)?;
        Ok(Reply(StatusCode::OK, paging::cut(&page, rows)))
    }

    /// The id in the path, if the table has it.
    pub(crate) fn path_id(&self, table: &Table) -> Result<u64, Problem> {
        known(table, self.tail)
    }

    /// A JSON object.
    pub(crate) fn body(&self) -> Result<Record, Problem> {
        let content_type = self.exchange.headers.get(CONTENT_TYPE);
        let json = content_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.to_ascii_lowercase().starts_with("application/json"));
        if !json {
            return Err(Problem::malformed(
                "The body must be JSON, with the content type that says so",
            ));
        }
        serde_json::from_slice(&self.exchange.body)
            .map_err(|_| Problem::malformed("The body is no JSON object"))
    }

    /// A fresh id.
    pub(crate) fn new_id(&mut self) -> u64 {
        *self.next_id += 1;
        *self.next_id
    }

    /// Refuses who is not an administrator.
    pub(crate) fn require_admin(&self) -> Result<(), Problem> {
        let text = "Your permissions do not allow this";
        self.caller
            .is_admin()
            .then_some(())
            .ok_or_else(|| Problem::forbidden(text))
    }

    /// Whether what belongs to this employee may be seen and changed by the caller.
    pub(crate) fn is_open(&self, employee: Option<&str>) -> bool {
        let own = self.caller.employee().map(|own| own.to_string());
        self.caller.is_admin() || own.is_some() && own.as_deref() == employee
    }

    /// The employee that a body names, or the caller. Only an administrator may name another.
    pub(crate) fn employee_of(&self, body: &Record) -> Result<u64, Problem> {
        let id = match (text(body, "employee_id"), self.caller.employee()) {
            (Some(id), _) => id,
            (None, Some(own)) => own.to_string(),
            (None, None) => return Err(Problem::invalid("employee_id", "can't be blank")),
        };
        let employee = known(&self.company.tables.employees, &id)
            .map_err(|_| Problem::invalid("employee_id", "must exist"))?;
        if !self.is_open(Some(&id)) {
            return Err(Problem::forbidden("Your permissions do not reach this employee"));
        }
        Ok(employee)
    }
}

/// An id that a table has. Both spellings count: as a string, and as the number of older versions.
pub(crate) fn known(table: &Table, id: &str) -> Result<u64, Problem> {
    let id: Option<u64> = id.parse().ok();
    id.filter(|id| table.contains_key(id))
        .ok_or_else(Problem::not_found)
}

/// A member as text; ids may be numbers.
pub(crate) fn text(record: &Record, name: &str) -> Option<String> {
    match record.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A member that must be there.
pub(crate) fn required(record: &Record, name: &'static str) -> Result<String, Problem> {
    text(record, name).ok_or_else(|| Problem::invalid(name, "can't be blank"))
}

/// A member of a stored row as text.
pub(crate) fn member<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str)
}

/// Copies the members of a body that may be written.
pub(crate) fn write(record: &mut Record, body: &Record, writable: &[&str]) {
    for name in writable {
        if let Some(value) = body.get(*name) {
            record.insert((*name).to_owned(), value.clone());
        }
    }
}
