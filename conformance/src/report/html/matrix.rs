//! Provider by area: how many cases came out how. Each count leads to its cases.

use std::collections::{BTreeMap, BTreeSet};

use super::markup::Markup;
use super::word::{WORDS, sign};
use crate::report::model::Report;

type Counts = BTreeMap<&'static str, usize>;

pub(super) fn table(page: &mut Markup, report: &Report) {
    let providers: BTreeSet<&str> = report.areas.iter().map(|area| area.provider.as_str()).collect();
    let areas: BTreeSet<&str> = report.areas.iter().map(|area| area.area.as_str()).collect();
    let of = |provider: Option<&str>, area: Option<&str>| {
        let mut sum = Counts::new();
        for entry in &report.areas {
            let fits = provider.is_none_or(|name| entry.provider == name)
                && area.is_none_or(|name| entry.area == name);
            for (word, count) in entry.counts.iter().filter(|_| fits) {
                *sum.entry(*word).or_default() += count;
            }
        }
        sum
    };
    let many = providers.len() > 1;
    // A narrow screen lays a single column out in tiles; the roles keep it a table for those who hear it.
    page.raw(if many {
        "<table>\n"
    } else {
        "<table class=\"single\" role=\"table\">\n"
    });
    page.raw("<thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" role=\"columnheader\">area</th>");
    for provider in &providers {
        page.raw("<th scope=\"col\" role=\"columnheader\">");
        leading(page, report, provider, Some(provider), None, None);
        page.raw("</th>");
    }
    if many {
        page.raw("<th scope=\"col\" role=\"columnheader\">all</th>");
    }
    page.raw("</tr></thead>\n<tbody class=\"sum\" role=\"rowgroup\"><tr role=\"row\">")
        .raw("<th scope=\"row\" role=\"rowheader\">all</th>");
    for provider in &providers {
        cell(page, report, &of(Some(provider), None), Some(provider), None);
    }
    if many {
        cell(page, report, &of(None, None), None, None);
    }
    page.raw("</tr></tbody>\n<tbody role=\"rowgroup\">\n");
    for area in &areas {
        page.raw("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
        leading(page, report, area, None, Some(area), None);
        page.raw("</th>");
        for provider in &providers {
            cell(
                page,
                report,
                &of(Some(provider), Some(area)),
                Some(provider),
                Some(area),
            );
        }
        if many {
            cell(page, report, &of(None, Some(area)), None, Some(area));
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
}

fn cell(page: &mut Markup, report: &Report, counts: &Counts, provider: Option<&str>, area: Option<&str>) {
    page.raw("<td role=\"cell\">");
    if counts.is_empty() {
        page.raw("<span class=\"quiet\">no case</span>");
    }
    for entry in &WORDS {
        if let Some(count) = counts.get(entry.text) {
            let shown = format!("{} {count}", sign(entry.text));
            leading(page, report, &shown, provider, area, Some(entry.text));
        }
    }
    page.raw("</td>");
}

/// A link to the first of some cases; script makes it a filter for all of them.
fn leading(
    page: &mut Markup,
    report: &Report,
    shown: &str,
    provider: Option<&str>,
    area: Option<&str>,
    word: Option<&'static str>,
) {
    let mut of_these = report.cases.iter().filter(|case| {
        provider.is_none_or(|name| case.provider == name)
            && area.is_none_or(|name| case.area == name)
            && word.is_none_or(|word| case.result == word)
    });
    let first = of_these
        .next()
        .map_or_else(|| "#cases".to_owned(), |case| format!("#{}", case.id));
    let class = word.map_or_else(|| "pick".to_owned(), |word| format!("pick count {word}"));
    let mut attributes = vec![("class", class.as_str()), ("href", first.as_str())];
    for (name, value) in [
        ("data-provider", provider),
        ("data-area", area),
        ("data-status", word),
    ] {
        if let Some(value) = value {
            attributes.push((name, value));
        }
    }
    let spoken = word.map(|word| {
        let number = shown.rsplit(' ').next().unwrap_or_default();
        let place = [provider, area]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        format!("{number} {word} {place}").trim_end().to_owned()
    });
    if let Some(spoken) = &spoken {
        attributes.push(("aria-label", spoken));
        attributes.push(("title", spoken));
    }
    page.element("a", &attributes, shown).raw(" ");
}
