//! Results as JSON, the same for the same outcome; what differs from run to run lies apart.

use serde_json::{Map, Value, json};

use super::model::Report;

pub(super) fn results(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

pub(super) fn times(report: &Report) -> String {
    let cases: Map<String, Value> = report
        .cases
        .iter()
        .map(|case| (case.id.clone(), json!(milliseconds(case.took))))
        .collect();
    pretty(&json!({ "run_ms": milliseconds(report.took), "case_ms": cases }))
}

/// Both directions of the protocol, and standard error.
pub(super) fn dialogue(report: &Report) -> String {
    let cases: Map<String, Value> = report
        .cases
        .iter()
        .filter(|case| !case.dialogue.is_empty())
        .map(|case| {
            let said = json!({ "protocol": case.dialogue, "stderr": case.stderr });
            (case.id.clone(), said)
        })
        .collect();
    pretty(&Value::Object(cases))
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
