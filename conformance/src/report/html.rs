//! One static page: the matrix, and each case with its requirements and its exchanges. No script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::escape;
use crate::data::Suite;
use crate::run::{CaseReport, Exchange, Run, Word};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222;background:#fff}\
table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}\
pre{background:#f4f4f4;padding:.6rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}\
summary{cursor:pointer}details{margin:.3rem 0}.w{display:inline-block;min-width:6.5em;font-weight:600}\
.PASS{color:#176117}.WARN,.STALE,.XFAIL{color:#7a5200}.SKIP{color:#5a5a5a}.FAIL,.UNTESTABLE,.XPASS,.HARNESS{color:#a40000}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}pre{background:#242424}td,th{border-color:#444}\
.PASS{color:#7fd37f}.WARN,.STALE,.XFAIL{color:#e6b450}.SKIP{color:#aaa}.FAIL,.UNTESTABLE,.XPASS,.HARNESS{color:#ff8a8a}a{color:#8ab4ff}}";

pub(super) fn text(suite: &Suite, run: &Run) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Conformance of {driver}</title>\n<style>{STYLE}</style>\n<h1>Conformance of {driver}</h1>\n\
         <p>{} cases in {:.1} s. Secrets are shown by their names only.</p>\n",
        run.cases.len(),
        run.took.as_secs_f64(),
        driver = escape(&run.driver),
    );
    matrix(&mut page, run);
    for (provider, area) in run.matrix().keys() {
        let name = escape(&format!("{provider}/{area}"));
        let _ = writeln!(page, "<h2 id=\"{name}\">{name}</h2>");
        let prefix = format!("{provider}/{area}/");
        for case in run.cases.iter().filter(|case| case.id.starts_with(&prefix)) {
            self::case(&mut page, suite, case);
        }
    }
    page.push_str("</html>\n");
    page
}

fn matrix(page: &mut String, run: &Run) {
    page.push_str("<table>\n<tr><th>Area<th>Results</tr>\n");
    for ((provider, area), counts) in run.matrix() {
        let name = escape(&format!("{provider}/{area}"));
        let _ = write!(page, "<tr><td><a href=\"#{name}\">{name}</a><td>");
        counted(page, run, &format!("{provider}/{area}/"), &counts);
        page.push_str("</tr>\n");
    }
    let mut all: BTreeMap<Word, usize> = BTreeMap::new();
    for case in &run.cases {
        *all.entry(case.word).or_default() += 1;
    }
    page.push_str("<tr><th>All<td>");
    counted(page, run, "", &all);
    page.push_str("</tr>\n</table>\n");
}

/// Each count leads to the first of its cases.
fn counted(page: &mut String, run: &Run, prefix: &str, counts: &BTreeMap<Word, usize>) {
    for (word, count) in counts {
        let first = run
            .cases
            .iter()
            .find(|case| case.word == *word && case.id.starts_with(prefix))
            .map_or("", |case| case.id.as_str());
        let _ = write!(
            page,
            "<a class=\"w {word}\" href=\"#{}\">{count} {word}</a> ",
            escape(first)
        );
    }
}

fn case(page: &mut String, suite: &Suite, case: &CaseReport) {
    let word = case.word.text();
    let open = if case.word.is_red() { " open" } else { "" };
    let _ = writeln!(
        page,
        "<details id=\"{id}\"{open}><summary><span class=\"w {word}\">{word}</span> {id}: {title}</summary>",
        id = escape(&case.id),
        title = escape(&case.title),
    );
    page.push_str("<ul>\n");
    for id in &case.covers {
        let _ = write!(page, "<li>{}", escape(id));
        if let Some(requirement) = suite.requirement(id) {
            let clause = escape(&requirement.source.clause);
            let document = suite.document(&requirement.source.document);
            let title = document.map_or(requirement.source.document.as_str(), |document| {
                document.title.as_str()
            });
            let _ = write!(
                page,
                " ({}): {}. ",
                requirement.level.word(),
                escape(&requirement.rule)
            );
            match document
                .and_then(|document| document.url.as_deref())
                .filter(|url| url.starts_with("https://"))
            {
                Some(url) => {
                    let _ = write!(
                        page,
                        "<a href=\"{}\">{}, {clause}</a>",
                        escape(url),
                        escape(title)
                    );
                }
                None => {
                    let _ = write!(page, "{}, {clause}", escape(title));
                }
            }
        }
        page.push('\n');
    }
    for reason in case.reasons.iter().chain(&case.warnings) {
        let _ = writeln!(page, "<li class=\"{word}\">{}", escape(reason));
    }
    for secret in &case.secrets {
        let _ = writeln!(page, "<li class=\"FAIL\">secret found: {}", escape(secret));
    }
    page.push_str("</ul>\n");
    for exchange in &case.exchanges {
        self::exchange(page, exchange);
    }
    block(page, "protocol", &case.dialogue.join("\n"));
    block(page, "standard error", &case.stderr);
    page.push_str("</details>\n");
}

fn exchange(page: &mut String, exchange: &Exchange) {
    let mut text = format!("{}\n", exchange.request);
    for (name, value) in &exchange.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    if !exchange.body.is_empty() {
        let _ = writeln!(text, "\n{}", exchange.body);
    }
    let status = exchange
        .status
        .map_or_else(|| "-".to_owned(), |status| status.to_string());
    let _ = write!(text, "\n{status} {}", exchange.answer);
    let _ = writeln!(page, "<pre>{}</pre>", escape(&text));
}

fn block(page: &mut String, title: &str, text: &str) {
    if !text.trim().is_empty() {
        let _ = writeln!(
            page,
            "<details><summary>{title}</summary><pre>{}</pre></details>",
            escape(text)
        );
    }
}
