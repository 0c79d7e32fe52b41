//! The way of a case: what the driver was asked, and what went over the wire meanwhile.

use super::body::laid_out;
use super::markup::Markup;
use crate::report::model::{CaseRow, ExchangeRow};
use crate::report::steps::StepRow;
use crate::run::Message;

/// Above this, exchanges stay folded until somebody wants one.
const OPEN_AT_MOST: usize = 3;

/// Of a case with hundreds of exchanges the page shows the first and the last ones; `results.json` has them all.
const FIRST: usize = 60;
const LAST: usize = 10;

/// The steps of a case in order, each `do` with the exchanges that it led to.
pub(super) fn timeline(page: &mut Markup, case: &CaseRow) {
    let open = case.exchanges.len() <= OPEN_AT_MOST;
    let dos: Vec<&StepRow> = case.steps.iter().filter(|step| step.kind == "do").collect();
    page.raw("<ol class=\"timeline\">\n");
    let known = |line: Option<usize>| line.is_some_and(|line| dos.iter().any(|step| step.line == line));
    let early: Vec<&ExchangeRow> = case
        .exchanges
        .iter()
        .filter(|exchange| !known(exchange.step))
        .collect();
    if !early.is_empty() {
        page.raw("<li><p class=\"do\">set-up</p>\n");
        exchanges(page, case, &early, open);
        page.raw("</li>\n");
    }
    for step in &dos {
        page.raw("<li>");
        said(page, "do", step);
        let meanwhile: Vec<&ExchangeRow> = case
            .exchanges
            .iter()
            .filter(|exchange| exchange.step == Some(step.line))
            .collect();
        exchanges(page, case, &meanwhile, open);
        page.raw("</li>\n");
    }
    page.raw("</ol>\n");
    unanswered(page, case);
}

/// Requests that the case waits for (or forbids) and that did not come.
fn unanswered(page: &mut Markup, case: &CaseRow) {
    let mut absent = case
        .steps
        .iter()
        .filter(|step| step.kind == "expect")
        .filter(|step| {
            !case
                .exchanges
                .iter()
                .any(|exchange| exchange.expect == Some(step.line))
        })
        .peekable();
    if absent.peek().is_none() {
        return;
    }
    page.raw("<h5>Armed, and did not arrive</h5>\n<ul class=\"absent\">\n");
    for step in absent {
        page.raw("<li>");
        said(page, "expect", step);
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}

fn said(page: &mut Markup, class: &'static str, step: &StepRow) {
    page.open("p", &[("class", class)])
        .element("span", &[], &step.text)
        .raw(" ")
        .element("small", &[], &format!("line {}", step.line))
        .raw("</p>\n");
}

fn exchanges(page: &mut Markup, case: &CaseRow, some: &[&ExchangeRow], open: bool) {
    let last = case.exchanges.len().saturating_sub(LAST);
    let mut left_out = 0;
    for exchange in some {
        let wrong = !exchange.findings.is_empty();
        if wrong || exchange.number <= FIRST || exchange.number > last {
            omitted(page, std::mem::take(&mut left_out));
            self::exchange(page, case, exchange, open || wrong);
        } else {
            left_out += 1;
        }
    }
    omitted(page, left_out);
}

fn omitted(page: &mut Markup, number: usize) {
    if number > 0 {
        page.raw("<p class=\"quiet\">")
            .text(&format!("… {number} more in results.json"))
            .raw("</p>\n");
    }
}

fn exchange(page: &mut Markup, case: &CaseRow, exchange: &ExchangeRow, open: bool) {
    let mut attributes = vec![("class", "exchange")];
    if open {
        attributes.push(("open", ""));
    }
    let (method, target) = exchange
        .request
        .line
        .split_once(' ')
        .unwrap_or(("", exchange.request.line.as_str()));
    page.open("details", &attributes)
        .raw("<summary>")
        .element("span", &[("class", "nr")], &exchange.number.to_string())
        .raw(" ")
        .element("b", &[], method)
        .raw(" ")
        .element("code", &[], target)
        .raw(" ");
    match (&exchange.answer, exchange.fault) {
        (Some(answer), fault) => {
            page.element("span", &[("class", &status_class(&answer.line))], &answer.line);
            if let Some(fault) = fault {
                page.raw(" ").element("span", &[("class", "status s5")], fault);
            }
        }
        (None, fault) => {
            page.element("span", &[("class", "status s5")], fault.unwrap_or("no answer"));
        }
    }
    page.raw(" <small>").text(party(exchange));
    if let Some(line) = exchange.expect {
        page.text(&format!(", answers line {line}"));
    }
    page.raw("</small></summary>\n");
    for finding in &exchange.findings {
        page.element("p", &[("class", "finding")], finding).raw("\n");
    }
    page.raw("<div class=\"wire\">");
    let who = format!("{} request {}", case.id, exchange.number);
    message(page, "request", &exchange.request, &who);
    match &exchange.answer {
        Some(answer) => {
            let who = format!("{} answer {}", case.id, exchange.number);
            message(page, "answer", answer, &who);
        }
        None => {
            page.raw("<p class=\"none\">No answer: ")
                .text(match exchange.fault {
                    Some("closed") => "the server closed the connection.",
                    Some("cut") => "it was cut in the middle.",
                    Some("stalled") => "the server stayed silent.",
                    Some("killed") => "the driver was killed at this moment.",
                    _ => "none came.",
                })
                .raw("</p>");
        }
    }
    page.raw("</div></details>\n");
}

fn party(exchange: &ExchangeRow) -> &'static str {
    match (exchange.by, exchange.server) {
        ("browser", _) => "by the browser",
        (_, "identity") => "to the identity server",
        (_, "api") => "to the API",
        (_, "elsewhere") => "to another host",
        (_, "emulator") => "to the emulator",
        _ => "",
    }
}

fn status_class(line: &str) -> String {
    let family = line
        .chars()
        .next()
        .filter(|c| ('1'..='5').contains(c))
        .unwrap_or('5');
    format!("status s{family}")
}

/// Masking shortens a body too, so the lengths alone say nothing.
fn is_clipped(message: &Message) -> bool {
    message.body.ends_with("...") && message.body.len() > 4096 && message.body_bytes > message.body.len()
}

fn message(page: &mut Markup, kind: &'static str, message: &Message, who: &str) {
    // Long lines scroll inside the box, so the keyboard must be able to reach it.
    page.open(
        "pre",
        &[
            ("class", kind),
            ("tabindex", "0"),
            ("role", "group"),
            ("aria-label", who),
        ],
    )
    .element("b", &[], &message.line);
    for (name, value) in &message.headers {
        page.raw("\n<i>").text(name).raw(":</i> ").text(value);
    }
    let clipped = is_clipped(message);
    if !message.body.is_empty() {
        let content_type = message
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map_or("", |(_, value)| value.as_str());
        page.raw("\n\n")
            .text(&laid_out(&message.body, content_type, clipped));
    }
    if clipped {
        page.raw("\n<i>")
            .text(&format!("{} bytes in all", message.body_bytes))
            .raw("</i>");
    }
    page.close("pre");
}
