//! Results as JSON, the same for the same outcome; times lie apart.

use serde_json::{Map, Value, json};

use crate::run::{Run, Word};

pub(super) fn results(run: &Run) -> String {
    let cases: Vec<Value> = run
        .cases
        .iter()
        .map(|case| {
            json!({
                "id": case.id,
                "title": case.title,
                "level": case.level.word(),
                "covers": case.covers,
                "result": case.word.text(),
                "reasons": case.reasons,
                "warnings": case.warnings,
                "secrets": case.secrets,
            })
        })
        .collect();
    let words = [
        Word::Pass,
        Word::Fail,
        Word::Warn,
        Word::Skip,
        Word::Untestable,
        Word::Xfail,
        Word::Xpass,
        Word::Stale,
        Word::Harness,
    ];
    let totals: Map<String, Value> = words
        .iter()
        .map(|word| (word.text().to_owned(), json!(run.count(*word))))
        .collect();
    pretty(
        &json!({ "driver": run.driver, "capabilities": run.capabilities, "totals": totals, "cases": cases }),
    )
}

pub(super) fn times(run: &Run) -> String {
    let cases: Map<String, Value> = run
        .cases
        .iter()
        .map(|case| (case.id.clone(), json!(milliseconds(case.took))))
        .collect();
    pretty(&json!({ "run_ms": milliseconds(run.took), "case_ms": cases }))
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
