//! What an answer of the API holds.

use serde_json::Value;

use crate::fault::Fault;
use crate::operation::Operation;
use crate::wire::Answer;

/// Shift statuses that the documents name, for a client that takes no other.
const STATUSES: [&str; 8] = [
    "Open",
    "Assigned",
    "Approved",
    "ForSale",
    "Draft",
    "OnDuty",
    "PendingSwapAcceptance",
    "PendingApproval",
];

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Value>,
    pub(crate) limit: Option<u64>,
    pub(crate) total: Option<u64>,
}

impl Page {
    /// `None` when the answer cannot be understood.
    pub(crate) fn of(answer: &Answer, operation: &Operation, fault: &Fault) -> Option<Self> {
        let nothing = answer.body.is_empty() && !operation.listing || fault.is("nonsense-is-empty");
        let page = answer.json().or(nothing.then_some(Value::Null))?;
        if operation.listing && fault.is("wants-paging") && page["paging"].is_null() {
            return None;
        }
        let rows = match (&page["data"], &page) {
            (Value::Array(rows), _) | (Value::Null, Value::Array(rows)) => rows.clone(),
            (Value::Null, _) if operation.listing && !fault.is("nonsense-is-empty") => return None,
            (Value::Null, _) => Vec::new(),
            (one, _) => vec![one.clone()],
        };
        let nulls = |row: &Value| {
            row.as_object()
                .is_some_and(|row| row.values().any(Value::is_null))
        };
        let unknown = page.get("member_unknown_to_clients").is_some();
        let spoilt = rows.iter().any(|row| {
            fault.is("rejects-null") && nulls(row)
                || fault.is("rejects-unknown") && unknown
                || operation.name.starts_with("shifts.") && is_odd_shift(row, fault)
        });
        if spoilt {
            return None;
        }
        let number = |name: &str| page["paging"][name].as_u64();
        Some(Self {
            limit: number("limit"),
            total: number("total"),
            rows: rows.into_iter().map(|row| understood(row, fault)).collect(),
        })
    }
}

fn is_odd_shift(row: &Value, fault: &Fault) -> bool {
    let time = |name: &str| row[name].as_str().is_some_and(|text| text.len() != 16);
    let status = row["status"].as_str();
    fault.is("wants-one-time-format") && (time("startDateTime") || time("endDateTime"))
        || fault.is("closed-status") && status.is_some_and(|status| !STATUSES.contains(&status))
}

/// Times of shifts are the portal's own, in the zone that stands beside them.
fn understood(mut row: Value, fault: &Fault) -> Value {
    if let Value::Object(members) = &mut row {
        if fault.is("drops-zone") {
            members.remove("timeZone");
        }
        if fault.is("shift-times-in-utc") {
            for name in ["startDateTime", "endDateTime"] {
                if let Some(Value::String(text)) = members.get_mut(name) {
                    text.push('Z');
                }
            }
        }
    }
    row
}
