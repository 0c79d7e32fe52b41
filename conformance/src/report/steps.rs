//! The steps of a case, each in one line for people.

use serde::Serialize;

use crate::data::{Action, Case, Expect, Fault, Respond, Step, Words};

/// A step of the file.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub(crate) struct StepRow {
    pub(crate) line: usize,
    /// `do` or `expect`
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

pub(super) fn rows(case: &Case) -> Vec<StepRow> {
    case.step
        .iter()
        .map(|spanned| {
            let step = spanned.as_ref();
            let (kind, text) = match (step.action, &step.expect) {
                (Some(action), _) => ("do", asked(action, step)),
                (None, Some(expect)) => ("expect", expected(expect, step)),
                (None, None) => ("do", String::new()),
            };
            StepRow {
                line: case.at(spanned).line,
                kind,
                text,
            }
        })
        .collect()
}

fn asked(action: Action, step: &Step) -> String {
    let mut text = action.word().to_owned();
    if let Some(operation) = step.with.get("operation").and_then(toml::Value::as_str) {
        text = format!("{text} {operation}");
    }
    let details: Vec<String> = step
        .with
        .iter()
        .filter(|(name, _)| *name != "operation")
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    if !details.is_empty() {
        text = format!("{text} ({})", details.join(", "));
    }
    if let Some(number) = step.parallel {
        text = format!("{text}, {number} at a time");
    }
    if let Some(want) = &step.want {
        text = format!("{text}; wants {}", want.outcome());
    }
    text
}

fn expected(expect: &Expect, step: &Step) -> String {
    let path = expect.path_match.as_ref().unwrap_or(&expect.path);
    let mut text = format!("{} {path} at {}", expect.method, expect.server().word());
    if let Some(times) = expect.times {
        text = format!("{text}, {times} times");
    }
    let parts = [
        ("form", &step.form),
        ("header", &step.header),
        ("query", &step.query),
        ("json", &step.json),
    ];
    for (part, words) in parts {
        if let Some(said) = words.as_ref().map(said).filter(|said| !said.is_empty()) {
            text = format!("{text}; {part} {said}");
        }
    }
    step.respond
        .as_ref()
        .map(|respond| format!("{text}; answered {}", answered(respond)))
        .unwrap_or(text)
}

fn said(words: &Words) -> String {
    let names =
        |word: &str, names: Vec<&str>| (!names.is_empty()).then(|| format!("{word} {}", names.join(", ")));
    let texts = |list: &[String]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (require, fresh, forbid) = (texts(&words.require), texts(&words.fresh), texts(&words.forbid));
    let said = [
        names("exact", words.exact.keys().map(String::as_str).collect()),
        names("require", require.iter().map(String::as_str).collect()),
        names("match", words.matches.keys().map(String::as_str).collect()),
        names("list", words.list.keys().map(String::as_str).collect()),
        names("s256", words.s256.keys().map(String::as_str).collect()),
        names("fresh", fresh.iter().map(String::as_str).collect()),
        names("forbid", forbid.iter().map(String::as_str).collect()),
        words.whole.is_some().then(|| "as a whole".to_owned()),
        words.only.then(|| "only these".to_owned()),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn answered(respond: &Respond) -> String {
    match respond.fault {
        Some(Fault::Close) => return "by closing the connection".to_owned(),
        Some(Fault::Stall) => return "never".to_owned(),
        Some(Fault::Kill) => return "never: the driver is killed".to_owned(),
        Some(Fault::Cut) | None => {}
    }
    let mut text = match (respond.status, &respond.fixture) {
        (Some(status), Some(fixture)) => format!("{status} {fixture}"),
        (Some(status), None) => status.to_string(),
        (None, Some(fixture)) => fixture.clone(),
        (None, None) => "200".to_owned(),
    };
    if respond.fault == Some(Fault::Cut) {
        text.push_str(", cut in the middle");
    }
    if respond.hold {
        text.push_str(", held back");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(toml: &str) -> String {
        let step: Step = toml::from_str(toml).expect("a step");
        match (step.action, &step.expect) {
            (Some(action), _) => asked(action, &step),
            (None, Some(expect)) => expected(expect, &step),
            (None, None) => String::new(),
        }
    }

    #[test]
    fn a_step_reads_as_one_line() {
        assert_eq!(
            text(
                "do = 'call'\nwith = { operation = 'shifts.list', portal = 2 }\nparallel = 8\nwant = { outcome = 'any' }"
            ),
            "call shifts.list (portal = 2), 8 at a time; wants any"
        );
        assert_eq!(
            text(
                "expect = { method = 'POST', path = '/connect/token', times = { min = 1 } }\n\
                 form = { exact = { a = '1' }, s256 = { v = '{{c}}' }, forbid = ['s'] }\n\
                 respond = { status = 503, fault = 'cut' }"
            ),
            "POST /connect/token at identity, at least 1 times; form exact a; s256 v; forbid s; answered 503, cut in the middle"
        );
    }
}
