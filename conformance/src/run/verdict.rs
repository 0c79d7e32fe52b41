//! What came of a case.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::Exchange;
use super::canary::Canaries;
use super::driver::Reply;
use super::matching::at;
use crate::data::{Level, Then};

/// The result of a case (`FORMAT.md`, Results).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Word {
    Pass,
    Warn,
    Skip,
    Stale,
    Xfail,
    Xpass,
    Untestable,
    Fail,
    Harness,
}

impl Word {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Skip => "SKIP",
            Self::Stale => "STALE",
            Self::Xfail => "XFAIL",
            Self::Xpass => "XPASS",
            Self::Untestable => "UNTESTABLE",
            Self::Fail => "FAIL",
            Self::Harness => "HARNESS",
        }
    }

    /// Whether this result makes the run fail.
    pub(crate) fn is_red(self) -> bool {
        matches!(self, Self::Fail | Self::Untestable | Self::Xpass | Self::Harness)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

/// One case, judged. All texts are masked.
#[derive(Clone)]
pub(crate) struct CaseReport {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) level: Level,
    pub(crate) covers: Vec<String>,
    pub(crate) word: Word,
    /// Why it is not a PASS.
    pub(crate) reasons: Vec<String>,
    pub(crate) warnings: Vec<String>,
    /// Secrets found in what the driver emitted: name, form and place.
    pub(crate) secrets: Vec<String>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) dialogue: Vec<String>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The canaries themselves, to search the suite's own reports; never written.
    pub(crate) canaries: Vec<(String, String)>,
    /// The fault switches that the driver looked at, if it has said so.
    pub(crate) looked_at: Option<BTreeSet<String>>,
}

impl CaseReport {
    /// Whether an assertion of the case did not hold, be it a must or a should.
    pub(crate) fn is_failed(&self) -> bool {
        self.word.is_red() || (self.word == Word::Warn && !self.reasons.is_empty())
    }
}

impl fmt::Debug for CaseReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word, self.id)
    }
}

/// Judges one answer by `want` or `[then]`. The sentences say what is wrong.
pub(crate) fn judge(then: &Then, what: &str, reply: &Reply, canaries: &Canaries) -> Vec<String> {
    let outcome = match reply {
        Reply::Ok(_) => "ok",
        Reply::Error(_) => "error",
        Reply::Gone => "killed",
        Reply::Silent => return vec![format!("{what}: no answer came")],
    };
    if then.outcome() == "any" && *reply != Reply::Gone {
        return Vec::new();
    }
    if outcome != then.outcome() {
        let detail = match reply {
            Reply::Error(error) => format!(" ({})", summary(error)),
            _ => String::new(),
        };
        return vec![format!(
            "{what}: the outcome is {outcome}{detail}, not {}",
            then.outcome()
        )];
    }
    let mut wrong = Vec::new();
    match reply {
        Reply::Error(error) => {
            if let Some(wanted) = &then.error {
                members(&canaries.fill_table(wanted), error, what, &mut wrong);
            }
        }
        Reply::Ok(ok) => {
            if let Some(count) = then.count
                && ok.get("count").and_then(Value::as_u64) != Some(count)
            {
                wrong.push(format!(
                    "{what}: count is {}, not {count}",
                    shown(ok.get("count"))
                ));
            }
            if let Some(ids) = &then.ids {
                let table = toml::Table::from_iter([("ids".to_owned(), toml::Value::Array(ids.clone()))]);
                let wanted = canaries.fill_table(&table);
                if ok.get("ids") != wanted.get("ids") {
                    wrong.push(format!(
                        "{what}: ids are {}, not {}",
                        shown(ok.get("ids")),
                        shown(wanted.get("ids"))
                    ));
                }
            }
            if let Some(link) = &then.link {
                linked(&canaries.fill_table(link), ok, what, &mut wrong);
            }
            if let Some(item) = &then.item
                && let Value::Object(item) = canaries.fill_table(item)
            {
                let given = ok.get("item").cloned().unwrap_or_default();
                for (path, value) in item {
                    if at(&given, &path) != Some(&value) {
                        wrong.push(format!(
                            "{what}: item {path} is {}, not {value}",
                            shown(at(&given, &path))
                        ));
                    }
                }
            }
        }
        Reply::Gone | Reply::Silent => {}
    }
    wrong
}

/// What the client says it linked; lists have no order.
fn linked(wanted: &Value, given: &Value, what: &str, wrong: &mut Vec<String>) {
    let words = |value: &Value| {
        let mut words: Vec<String> = value
            .as_array()
            .into_iter()
            .flatten()
            .map(Value::to_string)
            .collect();
        words.sort();
        words
    };
    for (key, wanted) in wanted.as_object().into_iter().flatten() {
        let value = given.get(key);
        let fits = match (wanted, value) {
            (Value::Array(_), Some(value @ Value::Array(_))) => words(wanted) == words(value),
            (wanted, value) => value == Some(wanted),
        };
        if !fits {
            wrong.push(format!("{what}: linked {key} is {}, not {wanted}", shown(value)));
        }
    }
}

fn members(wanted: &Value, given: &Value, what: &str, wrong: &mut Vec<String>) {
    for (key, wanted) in wanted.as_object().into_iter().flatten() {
        let value = given.get(key);
        let fits = match wanted {
            _ if key == "message_match" => message_fits(wanted, given),
            Value::Array(list) => value.is_some_and(|value| list.contains(value)),
            Value::Object(range) => value.and_then(Value::as_f64).is_some_and(|value| {
                let end = |name: &str| range.get(name).and_then(Value::as_f64);
                end("min").is_none_or(|min| value >= min) && end("max").is_none_or(|max| value <= max)
            }),
            // Whole seconds and their fractions compare as numbers.
            Value::Number(number) => value.and_then(Value::as_f64) == number.as_f64(),
            other => value == Some(other),
        };
        if !fits {
            wrong.push(format!(
                "{what}: error {key} is {}, not {wanted} ({})",
                shown(value),
                summary(given)
            ));
        }
    }
}

fn message_fits(expression: &Value, error: &Value) -> bool {
    let message = error.get("message").and_then(Value::as_str);
    let expression = expression
        .as_str()
        .and_then(|expression| regex::Regex::new(expression).ok());
    message
        .zip(expression)
        .is_some_and(|(message, expression)| expression.is_match(message))
}

/// Class and text of an error.
pub(crate) fn summary(error: &Value) -> String {
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{}: {}", text("class"), text("display"))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "missing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(then: &str, reply: &Reply) -> Vec<String> {
        let then: Then = toml::from_str(then).expect("a verdict");
        judge(&then, "call", reply, &Canaries::default())
    }

    #[test]
    fn an_error_is_judged_by_each_given_member() {
        let reply = Reply::Error(json!({ "class": "forbidden", "status": 403, "display": "no" }));
        let then = "outcome = 'error'\nerror = { class = ['forbidden', 'not_found'], status = 404 }";
        assert_eq!(
            wrong(then, &reply),
            ["call: error status is 403, not 404 (forbidden: no)"]
        );
    }

    #[test]
    fn a_number_can_be_wanted_within_a_range() {
        let then = "outcome = 'error'\nerror = { retry_after = { min = 9, max = 10 } }";
        for (given, fits) in [
            (json!(8), false),
            (json!(9), true),
            (json!(10.0), true),
            (json!(10.5), false),
        ] {
            let reply = Reply::Error(json!({ "retry_after": given }));
            assert_eq!(wrong(then, &reply).is_empty(), fits, "{reply:?}");
        }
        assert!(!wrong(then, &Reply::Error(json!({}))).is_empty());
    }

    #[test]
    fn an_ok_where_an_error_was_wanted_is_wrong() {
        let reply = Reply::Ok(json!({}));
        assert_eq!(
            wrong("outcome = 'error'\nerror = { class = 'decode' }", &reply),
            ["call: the outcome is ok, not error"]
        );
    }

    #[test]
    fn what_was_linked_is_compared_member_by_member() {
        let reply = Reply::Ok(json!({ "account": "main", "portal": 1, "scopes": ["b", "a"] }));
        assert_eq!(
            wrong("link = { portal = 1, scopes = ['a', 'b'] }", &reply),
            Vec::<String>::new()
        );
        assert_eq!(
            wrong("link = { portal = 2, scopes = ['a'] }", &reply),
            [
                "call: linked portal is 1, not 2",
                "call: linked scopes is [\"b\",\"a\"], not [\"a\"]"
            ]
        );
    }

    #[test]
    fn ids_and_count_are_compared_whole() {
        let reply = Reply::Ok(json!({ "count": 2, "ids": [1, 2] }));
        assert_eq!(wrong("count = 2\nids = [1, 2]", &reply), Vec::<String>::new());
        assert_eq!(wrong("ids = [2, 1]", &reply), ["call: ids are [1,2], not [2,1]"]);
    }
}
