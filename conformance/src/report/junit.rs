//! `JUnit` XML, one suite for each area.

use std::fmt::Write as _;

use super::escape;
use crate::run::{CaseReport, Run, Word};

pub(super) fn text(run: &Run) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"conformance\" tests=\"{}\" time=\"{:.3}\">",
        run.cases.len(),
        run.took.as_secs_f64()
    );
    for (provider, area) in run.matrix().keys() {
        let prefix = format!("{provider}/{area}/");
        let cases: Vec<&CaseReport> = run
            .cases
            .iter()
            .filter(|case| case.id.starts_with(&prefix))
            .collect();
        let failures = cases.iter().filter(|case| is_failure(case)).count();
        let errors = cases.iter().filter(|case| case.word == Word::Harness).count();
        let skipped = cases.iter().filter(|case| case.word == Word::Skip).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}/{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">",
            escape(provider),
            escape(area),
            cases.len()
        );
        for case in cases {
            test(&mut xml, case);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn is_failure(case: &CaseReport) -> bool {
    case.word.is_red() && case.word != Word::Harness
}

fn test(xml: &mut String, case: &CaseReport) {
    let mut text = case.reasons.join("\n");
    for secret in &case.secrets {
        let _ = write!(text, "\nsecret found: {secret}");
    }
    let (word, text) = (case.word.text(), escape(&text));
    let _ = writeln!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\">",
        escape(&case.id),
        escape(&case.title),
        case.took.as_secs_f64()
    );
    if case.word == Word::Skip {
        let _ = writeln!(xml, "      <skipped message=\"{text}\"/>");
    } else if case.word == Word::Harness {
        let _ = writeln!(xml, "      <error message=\"{word}\">{text}</error>");
    } else if is_failure(case) {
        let _ = writeln!(xml, "      <failure message=\"{word}\">{text}</failure>");
    } else if !text.is_empty() || !case.warnings.is_empty() {
        let warnings = escape(&case.warnings.join("\n"));
        let _ = writeln!(xml, "      <system-out>{word}\n{text}\n{warnings}</system-out>");
    }
    xml.push_str("    </testcase>\n");
}
