//! What happens in a sheet, and which webhooks hear of it.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::callbacks::callback;
use super::operations::Webhook;
use crate::smartsheet::api::Call;

/// One change in a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    object: &'static str,
    kind: &'static str,
    id: Option<i64>,
    row: Option<i64>,
    column: Option<i64>,
}

impl Event {
    fn new(object: &'static str, kind: &'static str, id: i64) -> Self {
        Self {
            object,
            kind,
            id: Some(id),
            row: None,
            column: None,
        }
    }

    pub(crate) fn sheet(kind: &'static str, id: i64) -> Self {
        Self::new("sheet", kind, id)
    }

    pub(crate) fn column(kind: &'static str, id: i64) -> Self {
        Self::new("column", kind, id)
    }

    pub(crate) fn row(kind: &'static str, id: i64) -> Self {
        Self::new("row", kind, id)
    }

    pub(crate) fn attachment(kind: &'static str, id: i64) -> Self {
        Self::new("attachment", kind, id)
    }

    /// A cell has no id: its row and column say which one it is.
    pub(crate) fn cell(kind: &'static str, row: i64, column: i64) -> Self {
        Self {
            object: "cell",
            kind,
            id: None,
            row: Some(row),
            column: Some(column),
        }
    }

    fn shown(&self, user: i64, agent: Option<&str>, time: &str) -> Value {
        let mut shown = json!({
            "objectType": self.object,
            "eventType": self.kind,
            "userId": user,
            "timestamp": time,
        });
        for (name, id) in [("id", self.id), ("rowId", self.row), ("columnId", self.column)] {
            if let Some(id) = id {
                shown[name] = json!(id);
            }
        }
        if let Some(agent) = agent {
            shown["changeAgent"] = json!(agent);
        }
        shown
    }

    /// Whether a webhook asked for it: by pattern, and by column where it named some. Deleted rows always fire.
    fn reaches(&self, webhook: &Webhook) -> bool {
        let asked = webhook.events.iter().any(|pattern| {
            pattern.split_once('.').is_some_and(|(object, kind)| {
                (object == "*" || object == self.object) && (kind == "*" || kind == self.kind)
            })
        });
        let columns = &webhook.columns;
        let inside = columns.is_empty()
            || match self.object {
                "cell" => self.column.is_some_and(|column| columns.contains(&column)),
                "column" => self.id.is_some_and(|column| columns.contains(&column)),
                "row" => self.kind == "deleted",
                _ => true,
            };
        asked && inside
    }
}

/// A callback for every enabled webhook of the sheet that asked for one of these.
pub(crate) fn emit(call: &mut Call<'_>, sheet: i64, events: &[Event]) {
    let user = call.data.users.get(&call.caller.email).map_or(0, |user| user.id);
    let agent = call.change_agent();
    let time = callback_time(call.now, call.options.offset_without_colon);
    let mut made = Vec::new();
    for webhook in call.data.webhooks.values() {
        if webhook.sheet != sheet || webhook.status != "ENABLED" {
            continue;
        }
        let reached: Vec<Value> = events
            .iter()
            .filter(|event| event.reaches(webhook))
            .map(|event| event.shown(user, agent.as_deref(), &time))
            .collect();
        if !reached.is_empty() {
            made.push((webhook.clone(), json!({ "events": reached })));
        }
    }
    for (webhook, members) in made {
        callback(call.data, &webhook, &members, call.now, call.options);
    }
}

/// Fractional seconds and a numeric offset, which occurs with and without its colon.
pub(crate) fn callback_time(now: SystemTime, without_colon: bool) -> String {
    let offset = if without_colon { "+0000" } else { "+00:00" };
    jiff::Timestamp::try_from(now)
        .map(|time| format!("{}{offset}", time.strftime("%Y-%m-%dT%H:%M:%S.%3f")))
        .unwrap_or_default()
}
