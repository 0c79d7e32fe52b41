//! One case: verdict, reasons, rules, evidence, exchanges, and how to see it again.

use super::body::cut;
use super::exchange::timeline;
use super::markup::Markup;
use super::rule::clause;
use super::word::{badge, counted, is_red, is_yellow, rank};
use crate::data::Suite;
use crate::kill::KillTable;
use crate::report::model::{CaseRow, Report};

/// More failures than this are listed folded: then the list itself is what one wants to see first.
const OPEN_AT_MOST: usize = 5;

/// All cases, failures first, then what wants a look, then the rest by area.
pub(super) fn list(page: &mut Markup, report: &Report, suite: &Suite, kills: Option<&KillTable>) {
    let mut red: Vec<&CaseRow> = report.cases.iter().filter(|case| is_red(case.result)).collect();
    let mut yellow: Vec<&CaseRow> = report
        .cases
        .iter()
        .filter(|case| is_yellow(case.result))
        .collect();
    for worst_first in [&mut red, &mut yellow] {
        worst_first.sort_by_key(|case| rank(case.result));
    }
    let open = red.len() <= OPEN_AT_MOST;
    group(page, "failed", "Failed", &red, |page, case| {
        self::case(page, report, &catches(suite, kills, case), case, open);
    });
    group(page, "to-look-at", "To look at", &yellow, |page, case| {
        self::case(page, report, &catches(suite, kills, case), case, false);
    });
    for area in &report.areas {
        let rest: Vec<&CaseRow> = report
            .cases
            .iter()
            .filter(|case| case.provider == area.provider && case.area == area.area)
            .filter(|case| !is_red(case.result) && !is_yellow(case.result))
            .collect();
        let name = format!("{}/{}", area.provider, area.area);
        group(page, &name, &name, &rest, |page, case| {
            self::case(page, report, &catches(suite, kills, case), case, false);
        });
    }
}

/// The broken clients that fail this case.
fn catches<'a>(suite: &'a Suite, kills: Option<&KillTable>, case: &CaseRow) -> Vec<&'a str> {
    suite
        .mutants
        .iter()
        .map(|mutant| mutant.name.as_str())
        .filter(|mutant| match kills {
            Some(kills) => kills.catches(mutant, &case.id),
            None => case.killed_by.iter().any(|claim| claim == mutant),
        })
        .collect()
}

fn group(
    page: &mut Markup,
    id: &str,
    title: &str,
    cases: &[&CaseRow],
    mut write: impl FnMut(&mut Markup, &CaseRow),
) {
    if cases.is_empty() {
        return;
    }
    let heading = format!("group-{id}");
    page.raw("<section class=\"group\">")
        .open("h3", &[("id", &heading)])
        .text(title)
        .raw(" <small><span class=\"tally\"></span>")
        .text(&counted(cases.len(), "case"))
        .raw("</small>")
        .raw("</h3>\n");
    for case in cases {
        write(page, case);
    }
    page.raw("</section>\n");
}

fn case(page: &mut Markup, report: &Report, catches: &[&str], case: &CaseRow, open: bool) {
    let covers = case.covers.join(" ");
    let mut attributes = vec![
        ("class", "item case"),
        ("data-status", case.result),
        ("data-provider", &case.provider),
        ("data-area", &case.area),
        ("data-level", case.level),
        ("data-rules", &covers),
    ];
    if open {
        attributes.push(("open", ""));
    }
    page.open("details", &attributes).raw("<summary>");
    badge(page, case.result);
    page.element("span", &[("class", "title")], &case.title)
        .raw(" ")
        .element("code", &[("class", "id")], &case.id)
        .raw(" ")
        .element("span", &[("class", "level")], case.level);
    let why = case
        .secrets
        .first()
        .map(|secret| format!("secret found: {secret}"));
    if let Some(why) = why.as_ref().or(case.reasons.first()).or(case.warnings.first()) {
        page.raw(" ")
            .element("span", &[("class", &format!("why {}", case.result))], why);
    }
    page.raw("</summary>\n")
        .open("div", &[("class", "inside"), ("id", &case.id)]);
    reasons(page, case);
    rules(page, report, case);
    page.raw("<h4>What happened</h4>\n");
    if case.exchanges.is_empty() {
        page.raw("<p class=\"quiet\">Nothing went over the wire.</p>\n");
    }
    timeline(page, case);
    facts(page, case, catches);
    folded(
        page,
        "Protocol between suite and driver",
        &case.dialogue.join("\n"),
    );
    folded(page, "Standard error of the driver", &case.stderr);
    again(page, &case.again);
    page.raw("</div></details>\n");
}

fn reasons(page: &mut Markup, case: &CaseRow) {
    if case.reasons.is_empty() && case.warnings.is_empty() && case.secrets.is_empty() {
        return;
    }
    page.open("ul", &[("class", &format!("reasons {}", case.result))])
        .raw("\n");
    for reason in &case.reasons {
        page.element("li", &[], reason).raw("\n");
    }
    for secret in &case.secrets {
        page.raw("<li class=\"FAIL\">secret found: ")
            .text(secret)
            .raw("</li>\n");
    }
    for warning in &case.warnings {
        page.raw("<li class=\"WARN\">warning: ")
            .text(warning)
            .raw("</li>\n");
    }
    page.raw("</ul>\n");
}

fn rules(page: &mut Markup, report: &Report, case: &CaseRow) {
    page.open("h4", &[])
        .text(if case.covers.len() == 1 {
            "Its rule"
        } else {
            "Its rules"
        })
        .raw("</h4>\n<ul class=\"rules\">\n");
    for id in &case.covers {
        page.raw("<li>");
        match report.requirements.get(id) {
            None => {
                page.element("code", &[], id).raw(" is not on file");
            }
            Some(rule) => {
                page.local(id, id)
                    .raw(" ")
                    .element("span", &[("class", "level")], rule.level)
                    .raw(" ")
                    .text(&rule.rule)
                    .raw(" <cite>");
                clause(page, &rule.document_title, rule.url.as_deref(), &rule.clause);
                page.text(&format!(", read {}", rule.read)).raw("</cite>");
            }
        }
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}

fn facts(page: &mut Markup, case: &CaseRow, catches: &[&str]) {
    page.raw("<dl class=\"facts\"><dt>Evidence</dt><dd>");
    if let Some(evidence) = &case.evidence {
        page.text(&format!("{} of {}", evidence.class, evidence.on));
        if let Some(version) = &evidence.version {
            page.text(&format!(", version {version}"));
        }
        if let Some(note) = &evidence.note {
            page.text(&format!(": {note}"));
        }
    }
    page.raw("</dd>\n<dt>Played against</dt><dd>")
        .text(match case.server {
            "script" => "a scripted server",
            "emulator" => "the emulator",
            "both" => "the emulator and a scripted server",
            other => other,
        })
        .text(&format!(", {} ms", case.took.as_millis()))
        .raw("</dd>\n");
    if !case.needs.is_empty() {
        page.raw("<dt>Needs</dt><dd>")
            .text(&case.needs.join(", "))
            .raw("</dd>\n");
    }
    if !catches.is_empty() {
        page.raw("<dt>Catches</dt><dd>");
        for (at, mutant) in catches.iter().enumerate() {
            page.raw(if at == 0 { "" } else { ", " })
                .local(&format!("broken-{mutant}"), mutant);
        }
        page.raw("</dd>\n");
    }
    page.raw("<dt>File</dt><dd>")
        .element("code", &[], &case.file)
        .raw("</dd></dl>\n");
}

fn folded(page: &mut Markup, title: &'static str, text: &str) {
    if !text.trim().is_empty() {
        page.raw("<details class=\"more\"><summary>")
            .raw(title)
            .raw("</summary>")
            .open(
                "pre",
                &[("tabindex", "0"), ("role", "group"), ("aria-label", title)],
            )
            .text(&cut(text))
            .raw("</pre></details>\n");
    }
}

/// A command, with room for the button that script adds.
fn again(page: &mut Markup, command: &str) {
    page.raw("<div class=\"again\">")
        .element("code", &[], command)
        .raw("<button type=\"button\" class=\"copy scripted\">Copy</button></div>\n");
}
