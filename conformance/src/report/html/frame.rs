//! The page as a whole: head, banner, the three views, help.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::markup::Markup;
use super::word::{counted, is_red, is_yellow};
use super::{case, filter, matrix, mutant, rule};
use crate::data::Suite;
use crate::kill::KillTable;
use crate::report::model::Report;

pub(super) const STYLE: &str = include_str!("assets/page.css");
pub(super) const SCRIPT: &str = include_str!("assets/page.js");

/// The whole page. The same report, suite and table give the same bytes.
pub(in crate::report) fn text(report: &Report, suite: &Suite, kills: Option<&KillTable>) -> String {
    let mut page = Markup::default();
    head(&mut page, report);
    page.raw("<body>\n<a class=\"skip\" href=\"#content\">Skip to the list</a>\n");
    banner(&mut page, report, suite);
    page.raw("<main>\n<section id=\"matrix\" aria-labelledby=\"matrix-title\">\n")
        .raw("<h2 id=\"matrix-title\">Areas</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Results by area and provider\">\n");
    matrix::table(&mut page, report);
    page.raw("</div>\n");
    declared(&mut page, report);
    page.raw("</section>\n<div id=\"content\" tabindex=\"-1\">\n");
    filter::form(&mut page, suite, report);
    page.raw("<section class=\"view\" id=\"cases\" aria-labelledby=\"cases-title\">\n<h2 id=\"cases-title\">Cases</h2>\n");
    case::list(&mut page, report, suite, kills);
    page.raw("</section>\n<section class=\"view\" id=\"rules\" aria-labelledby=\"rules-title\">\n<h2 id=\"rules-title\">Rules</h2>\n");
    rule::list(&mut page, suite, report, kills);
    page.raw("</section>\n<section class=\"view\" id=\"broken\" aria-labelledby=\"broken-title\">\n")
        .raw("<h2 id=\"broken-title\">Broken clients</h2>\n<p class=\"quiet\">Each is a client with one fault. The suite is worth what it catches.</p>\n");
    mutant::list(&mut page, suite, report, kills);
    page.raw("</section>\n</div>\n</main>\n<footer><p>Secrets are shown by their names only: <code>{{rt1}}</code> stands for a value made up for the case.</p></footer>\n");
    help(&mut page);
    page.raw("</body>\n</html>\n");
    page.into_string()
}

fn head(page: &mut Markup, report: &Report) {
    // The names of the two digests' algorithms and nothing else: what a case brings along can neither run nor load.
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    );
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .open(
            "meta",
            &[("http-equiv", "content-security-policy"), ("content", &policy)],
        )
        .raw(
            "\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n",
        )
        .element("title", &[], &format!("{} · conformance", report.driver))
        .raw("\n")
        .asset("style", STYLE)
        .raw("\n")
        .asset("script", SCRIPT)
        .raw("\n</head>\n");
}

fn digest(asset: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(asset)))
}

fn banner(page: &mut Markup, report: &Report, suite: &Suite) {
    let red = report.cases.iter().filter(|case| is_red(case.result)).count();
    let yellow = report.cases.iter().filter(|case| is_yellow(case.result)).count();
    let (class, verdict) = match (report.cases.len(), red, yellow) {
        (0, ..) => ("verdict WARN", "no case ran".to_owned()),
        (_, 0, 0) => ("verdict PASS", "all good".to_owned()),
        (_, 0, yellow) => ("verdict WARN", format!("good, {yellow} to look at")),
        (all, red, _) => (
            "verdict FAIL",
            format!("{red} of {} failed", counted(all, "case")),
        ),
    };
    page.raw("<header>\n<div class=\"name\"><h1>Conformance of <span>")
        .text(&report.driver)
        .raw("</span></h1>\n")
        .open("p", &[("class", class)]);
    match (red, yellow) {
        (0, 0) => page.text(&verdict),
        (0, _) => page.local("group-to-look-at", &verdict),
        _ => page.local("group-failed", &verdict),
    };
    page.raw("</p>\n<p class=\"quiet\">")
        .text(&format!(
            "{} in {:.1} s, {} from {}",
            counted(report.cases.len(), "case"),
            report.took.as_secs_f64(),
            counted(suite.requirements.len(), "rule"),
            counted(suite.documents.len(), "document"),
        ))
        .raw("</p></div>\n<nav aria-label=\"Views\">");
    for (view, title, count) in [
        ("cases", "Cases", report.cases.len()),
        ("rules", "Rules", suite.requirements.len()),
        ("broken", "Broken clients", suite.mutants.len()),
    ] {
        page.open("a", &[("href", &format!("#{view}")), ("data-view", view)])
            .text(title)
            .raw(" ")
            .element("small", &[], &count.to_string())
            .close("a");
    }
    page.raw(
        "</nav>\n<div class=\"tools scripted\"><button type=\"button\" id=\"theme\">Theme</button>\
         <button type=\"button\" id=\"keys\" aria-haspopup=\"dialog\">Keys <kbd>?</kbd></button></div>\n</header>\n",
    );
}

fn declared(page: &mut Markup, report: &Report) {
    let declared: Vec<&str> = report.capabilities.iter().map(String::as_str).collect();
    page.raw("<details class=\"more\"><summary>")
        .text(&match declared.len() {
            1 => "1 capability declared".to_owned(),
            many => format!("{many} capabilities declared"),
        })
        .raw("</summary><p>")
        .text(&declared.join(", "))
        .raw("</p></details>\n<div class=\"again\">")
        .element("code", &[], &report.again)
        .raw("<button type=\"button\" class=\"copy scripted\">Copy</button></div>\n");
}

fn help(page: &mut Markup) {
    page.raw("<dialog id=\"help\" aria-labelledby=\"help-title\">\n<h2 id=\"help-title\">Keys</h2>\n<dl class=\"facts\">");
    for (keys, meaning) in [
        (["/", ""], "find"),
        (
            ["j", "k"],
            "next, previous; the arrows do so too once an entry has the focus",
        ),
        (["Enter", ""], "open or close"),
        (["Esc", ""], "clear the filters"),
        (["?", ""], "these keys"),
    ] {
        page.raw("<dt>");
        for key in keys.iter().filter(|key| !key.is_empty()) {
            page.element("kbd", &[], key).raw(" ");
        }
        page.raw("</dt>").element("dd", &[], meaning).raw("\n");
    }
    page.raw(
        "</dl>\n<p class=\"quiet\">Filters stand in the address: copy it to share the view. A print shows what is listed, \
         and unfolded what is open.</p>\n<form method=\"dialog\"><button>Close</button></form>\n</dialog>\n",
    );
}
