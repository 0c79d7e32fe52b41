//! Broken clients: what each does wrong, which rules it breaks, which cases catch it.

use super::markup::Markup;
use super::word::counted;
use crate::data::{Mutant, Suite};
use crate::kill::KillTable;
use crate::report::model::Report;

/// The cases that catch a broken client: by the kill table, or by their own claim where there is none.
pub(super) fn catching<'a>(suite: &'a Suite, kills: Option<&KillTable>, mutant: &str) -> Vec<&'a str> {
    suite
        .cases
        .iter()
        .filter(|case| match kills {
            Some(kills) => kills.catches(mutant, &case.id),
            None => case.killed_by.iter().any(|claim| claim.mutant == mutant),
        })
        .map(|case| case.id.as_str())
        .collect()
}

pub(super) fn list(page: &mut Markup, suite: &Suite, report: &Report, kills: Option<&KillTable>) {
    for mutant in &suite.mutants {
        self::mutant(page, report, mutant, &catching(suite, kills, &mutant.name));
    }
}

fn mutant(page: &mut Markup, report: &Report, mutant: &Mutant, catching: &[&str]) {
    let rules = mutant.caught_by.join(" ");
    page.open("details", &[("class", "item broken"), ("data-rules", &rules)])
        .raw("<summary>")
        .element("span", &[("class", "title")], &mutant.breaks)
        .raw(" ")
        .element("code", &[("class", "id")], &mutant.name)
        .raw(" ")
        .element("span", &[("class", "level")], &counted(catching.len(), "case"))
        .raw("</summary>\n")
        .open(
            "div",
            &[("class", "inside"), ("id", &format!("broken-{}", mutant.name))],
        )
        .raw("<h4>Breaks</h4><p>");
    for id in &mutant.caught_by {
        page.local(id, id).raw(" ");
    }
    page.raw("</p>\n<h4>Caught by</h4>\n<ul class=\"plain\">\n");
    for id in catching {
        page.raw("<li>");
        // A run of a few cases has no place to lead to for the others.
        if report.cases.iter().any(|case| case.id == *id) {
            page.local(id, id);
        } else {
            page.text(id);
        }
        page.raw("</li>\n");
    }
    page.raw("</ul></div></details>\n");
}
