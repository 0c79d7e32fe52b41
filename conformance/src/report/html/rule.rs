//! Every rule on file: where it stands, what came of its cases, what would break it, or why it is left out.

use super::markup::Markup;
use super::mutant::catching;
use super::word::{badge, counted, rank};
use crate::data::{Document, Requirement, Suite, Waiver};
use crate::kill::KillTable;
use crate::report::model::{CaseRow, Report};

/// A rule with what this run says of it.
struct Judged<'a> {
    rule: &'a Requirement,
    status: &'static str,
    cases: Vec<&'a CaseRow>,
}

/// What this run says of a rule: the worst of its cases, or why it has none.
fn judged<'a>(suite: &Suite, report: &'a Report, rule: &'a Requirement) -> Judged<'a> {
    let cases: Vec<&CaseRow> = report
        .cases
        .iter()
        .filter(|case| case.covers.contains(&rule.id))
        .collect();
    let worst = cases.iter().map(|case| case.result).min_by_key(|word| rank(word));
    let status = match worst {
        Some(word) => word,
        None if rule.excluded.is_some() => "EXCLUDED",
        None if suite.covering(&rule.id).next().is_some() => "UNRUN",
        None => "UNCOVERED",
    };
    Judged { rule, status, cases }
}

/// How many rules there are of each status, worst first.
pub(super) fn totals(suite: &Suite, report: &Report) -> Vec<(&'static str, usize)> {
    let statuses: Vec<&str> = suite
        .requirements
        .iter()
        .map(|rule| judged(suite, report, rule).status)
        .collect();
    super::word::WORDS
        .iter()
        .map(|entry| {
            let count = statuses.iter().filter(|status| **status == entry.text).count();
            (entry.text, count)
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

pub(super) fn list(page: &mut Markup, suite: &Suite, report: &Report, kills: Option<&KillTable>) {
    for document in &suite.documents {
        let of_it = |id: &str| id == document.id;
        let mut rules: Vec<Judged<'_>> = suite
            .requirements
            .iter()
            .filter(|rule| of_it(&rule.source.document))
            .map(|rule| judged(suite, report, rule))
            .collect();
        // Stable: within a status, rules keep the order of their document.
        rules.sort_by_key(|rule| rank(rule.status));
        let heading = format!("document-{}", document.id);
        page.raw("<section class=\"group\">")
            .open("h3", &[("id", &heading)])
            .source(document.url.as_deref(), &document.title)
            .raw(" <small><span class=\"tally\"></span>")
            .text(&format!(
                "{}, read {}",
                counted(rules.len(), "rule"),
                document.read
            ))
            .raw("</small>")
            .raw("</h3>\n");
        for rule in &rules {
            self::rule(page, suite, document, rule, kills);
        }
        unbreakable(page, suite, document);
        page.raw("</section>\n");
    }
}

/// A link to the clause of a document. RFCs have an anchor for every section, other documents are linked as a whole.
pub(super) fn clause(page: &mut Markup, title: &str, url: Option<&str>, clause: &str) {
    let is_section = url.is_some_and(|url| url.starts_with("https://www.rfc-editor.org/rfc/"))
        && clause.split('.').all(|part| part.parse::<u16>().is_ok());
    match url.filter(|_| is_section) {
        Some(url) => page.source(
            Some(&format!("{url}#section-{clause}")),
            &format!("{title}, section {clause}"),
        ),
        None => page.source(url, &format!("{title}: {clause}")),
    };
}

fn rule(
    page: &mut Markup,
    suite: &Suite,
    document: &Document,
    judged: &Judged<'_>,
    kills: Option<&KillTable>,
) {
    let rule = judged.rule;
    page.open(
        "details",
        &[
            ("class", "item rule"),
            ("data-status", judged.status),
            ("data-level", rule.level.word()),
            ("data-rules", &rule.id),
        ],
    )
    .raw("<summary>");
    badge(page, judged.status);
    page.element("span", &[("class", "title")], &rule.rule)
        .raw(" ")
        .element("code", &[("class", "id")], &rule.id)
        .raw(" ")
        .element("span", &[("class", "level")], rule.level.word())
        .raw("</summary>\n")
        .open("div", &[("class", "inside"), ("id", &rule.id)])
        .raw("<dl class=\"facts\"><dt>Source</dt><dd>");
    clause(
        page,
        &document.title,
        document.url.as_deref(),
        &rule.source.clause,
    );
    page.text(&format!(", read {}", rule.source.read))
        .raw("</dd>\n<dt>Confidence</dt><dd>")
        .text(rule.confidence.word())
        .raw("</dd>\n");
    for (name, text) in [("Threat", &rule.threat), ("Note", &rule.note)] {
        if let Some(text) = text {
            page.element("dt", &[], name).element("dd", &[], text).raw("\n");
        }
    }
    if let Some(waiver) = &rule.excluded {
        waived(page, "Left out", waiver);
    }
    page.raw("</dl>\n");
    if !judged.cases.is_empty() {
        cases(page, &judged.cases);
    }
    guards(page, suite, judged, kills);
    page.raw("</div></details>\n");
}

fn cases(page: &mut Markup, cases: &[&CaseRow]) {
    page.raw("<h4>Cases</h4>\n<ul class=\"plain\">\n");
    for case in cases {
        page.raw("<li>");
        badge(page, case.result);
        page.raw(" ")
            .local(&case.id, &case.title)
            .raw(" ")
            .element("code", &[("class", "id")], &case.id)
            .raw("</li>\n");
    }
    page.raw("</ul>\n");
}

/// The broken clients made to break this rule, and which of its cases notice.
fn guards(page: &mut Markup, suite: &Suite, judged: &Judged<'_>, kills: Option<&KillTable>) {
    let rule = judged.rule;
    let mut breaking = suite
        .mutants
        .iter()
        .filter(|mutant| mutant.caught_by.contains(&rule.id))
        .peekable();
    if breaking.peek().is_some() {
        page.raw("<h4>Broken clients that its cases catch</h4>\n<ul class=\"plain\">\n");
        for mutant in breaking {
            page.raw("<li>")
                .local(&format!("broken-{}", mutant.name), &mutant.name)
                .raw(" ")
                .text(&mutant.breaks);
            let caught = catching(suite, kills, &mutant.name)
                .into_iter()
                .filter(|id| {
                    suite
                        .cases
                        .iter()
                        .any(|case| case.id == *id && case.covers.contains(&rule.id))
                })
                .count();
            page.raw(" <small>")
                .text(&match caught {
                    0 => "not shown yet by any case".to_owned(),
                    caught => format!("caught by {} of this rule", counted(caught, "case")),
                })
                .raw("</small></li>\n");
        }
        page.raw("</ul>\n");
    }
    if let Some(waiver) = &rule.no_mutant {
        page.raw("<dl class=\"facts\">");
        waived(page, "No broken client", waiver);
        page.raw("</dl>\n");
    }
}

fn waived(page: &mut Markup, name: &'static str, waiver: &Waiver) {
    page.element("dt", &[], name)
        .raw("<dd>")
        .text(&waiver.reason)
        .raw(" <b class=\"review\">")
        .text(&format!("review by {}", waiver.review_by))
        .raw("</b></dd>\n");
}

/// Clauses that bind no client, so that the list is seen to be whole.
fn unbreakable(page: &mut Markup, suite: &Suite, document: &Document) {
    let clauses: Vec<_> = suite
        .clauses
        .iter()
        .filter(|clause| clause.document == document.id)
        .filter_map(|clause| Some((clause.name.as_str(), clause.reason.as_deref()?)))
        .collect();
    if clauses.is_empty() {
        return;
    }
    page.raw("<details class=\"more\"><summary>")
        .text(&format!("{} without a rule", counted(clauses.len(), "clause")))
        .raw("</summary><dl class=\"facts\">\n");
    for (name, reason) in clauses {
        page.element("dt", &[], name).element("dd", &[], reason).raw("\n");
    }
    page.raw("</dl></details>\n");
}
