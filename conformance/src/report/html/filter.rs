//! The row of filters. They are of use with script only, and hidden without it.

use std::collections::BTreeSet;

use super::markup::Markup;
use super::rule;
use super::word::{WORDS, sign};
use crate::data::Suite;
use crate::report::model::Report;

pub(super) fn form(page: &mut Markup, suite: &Suite, report: &Report) {
    page.raw(
        "<search class=\"scripted\"><form id=\"filters\" aria-label=\"Filters\">\n\
         <label class=\"find\">Find <input type=\"search\" name=\"q\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"words of a title, id, reason, path, header …\"></label>\n",
    );
    let of_cases: Vec<(&'static str, usize)> = WORDS
        .iter()
        .filter_map(|entry| Some((entry.text, *report.totals.get(entry.text)?)))
        .filter(|(_, count)| *count > 0)
        .collect();
    statuses(page, "cases", &of_cases);
    statuses(page, "rules", &rule::totals(suite, report));
    let providers: BTreeSet<&str> = report.areas.iter().map(|area| area.provider.as_str()).collect();
    let areas: BTreeSet<&str> = report.areas.iter().map(|area| area.area.as_str()).collect();
    if providers.len() > 1 {
        choice(page, "provider", "cases", providers);
    }
    choice(page, "area", "cases", areas);
    choice(page, "level", "cases rules", ["must", "should", "may"]);
    page.raw(
        "<label>Rule <input name=\"rule\" list=\"rule-ids\" size=\"14\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"any\"></label>\n<datalist id=\"rule-ids\">",
    );
    for requirement in &suite.requirements {
        page.open("option", &[("value", &requirement.id)]);
    }
    page.raw(
        "</datalist>\n<div class=\"tally\"><p id=\"shown\" role=\"status\"></p>\
         <button type=\"reset\">Clear</button>\
         <button type=\"button\" id=\"fold\">Open all</button></div>\n</form></search>\n",
    );
}

fn statuses(page: &mut Markup, view: &'static str, counts: &[(&'static str, usize)]) {
    page.open("fieldset", &[("class", "statuses"), ("data-views", view)])
        .raw("<legend>Result</legend>");
    for (word, count) in counts {
        let meaning = WORDS
            .iter()
            .find(|entry| entry.text == *word)
            .map_or("", |entry| entry.meaning);
        page.open(
            "label",
            &[("class", &format!("count {word}")), ("title", meaning)],
        )
        .open(
            "input",
            &[("type", "checkbox"), ("name", "status"), ("value", word)],
        )
        .text(&format!("{} {word} {count}", sign(word)))
        .close("label");
    }
    page.raw("</fieldset>\n");
}

fn choice<'a>(
    page: &mut Markup,
    name: &'static str,
    views: &'static str,
    values: impl IntoIterator<Item = &'a str>,
) {
    let (first, rest) = name.split_at(1);
    page.open("label", &[("data-views", views)])
        .text(&first.to_ascii_uppercase())
        .text(rest)
        .raw(" ")
        .open("select", &[("name", name)])
        .raw("<option value=\"\">any</option>");
    for value in values {
        page.element("option", &[], value);
    }
    page.raw("</select></label>\n");
}
