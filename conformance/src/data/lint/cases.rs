//! What is wrong with cases.

use std::path::Path;

use super::super::capability::CAPABILITIES;
use super::super::case::{Action, Case, Respond, Server, Step, Then};
use super::super::operation::OPERATIONS;
use super::super::{Place, Problem, Suite, Words};
use super::{dated, unique};

const CLASSES: [&str; 18] = [
    "needs_relink",
    "configuration",
    "connector_misconfigured",
    "unauthorized",
    "forbidden",
    "not_found",
    "validation",
    "rate_limited",
    "unavailable",
    "deadline",
    "transport",
    "decode",
    "store",
    "shutting_down",
    "authorization_refused",
    "callback_invalid",
    "identity_mismatch",
    "unsupported",
];
const ROTATIONS: [&str; 6] = [
    "never",
    "first_use_grace",
    "grace",
    "once",
    "once_family",
    "unknown",
];

/// What a note may say instead of a reason of its own.
const POINTER: &str = "the requirement's note gives the reason";
/// Templates that are no secrets (`FORMAT.md`, Templates).
const RESERVED: [&str; 4] = ["client_id", "identity_url", "api_url", "elsewhere_url"];

mod actions;
mod given;

pub(super) fn lint(suite: &Suite, root: &Path, problems: &mut Vec<Problem>) {
    unique(
        "case id",
        suite.cases.iter().map(|case| (case.id.as_str(), &case.place)),
        problems,
    );
    for case in &suite.cases {
        let mut check = Check {
            suite,
            case,
            place: case.place.clone(),
            problems,
        };
        check.head(root);
        check.given();
        check.steps();
        let then = &case.then;
        check.outcome(then, false);
        check.demands_something();
    }
}

struct Check<'a> {
    suite: &'a Suite,
    case: &'a Case,
    place: Place,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn say(&mut self, text: impl Into<String>) {
        self.problems.push(Problem::new(&self.place, text));
    }

    fn one_of(&mut self, what: &str, word: &str, list: &[&str]) {
        if !list.contains(&word) {
            self.say(format!(
                "{what} {word:?} is not known; known are {}",
                list.join(", ")
            ));
        }
    }

    fn keys(&mut self, what: &str, table: &toml::Table, list: &[&str]) {
        for key in table.keys() {
            if !list.contains(&key.as_str()) {
                self.say(format!(
                    "{what} has the unknown key `{key}`; known are {}",
                    list.join(", ")
                ));
            }
        }
    }

    fn head(&mut self, root: &Path) {
        let case = self.case;
        let path = case
            .place
            .file
            .strip_prefix(root)
            .unwrap_or(&case.place.file)
            .with_extension("");
        let path = path.to_string_lossy().replace('\\', "/");
        if path != case.id {
            self.say(format!(
                "the id {} does not fit the path; it must be {path}",
                case.id
            ));
        }
        if case.id.split('/').count() != 3 {
            self.say(format!(
                "the id {} must have the form provider/area/name",
                case.id
            ));
        }
        if case.title.is_empty() {
            self.say("the title is empty");
        }
        if case.covers.is_empty() {
            self.say("the case covers no requirement");
        }
        for word in &case.needs {
            self.one_of("the capability", word, CAPABILITIES);
        }
        dated(&case.place, "evidence.on", &case.evidence.on, self.problems);
        let points = case
            .evidence
            .note
            .as_deref()
            .is_some_and(|note| note.contains(POINTER));
        let noted = case
            .covers
            .iter()
            .filter_map(|id| self.suite.requirement(id))
            .any(|requirement| requirement.note.is_some());
        if points && !noted {
            self.say(format!(
                "evidence.note points to the requirement's note, but none of {} has one; say here why the evidence is enough",
                case.covers.join(", ")
            ));
        }
        for killed in &case.killed_by {
            if !self
                .suite
                .mutants
                .iter()
                .any(|mutant| mutant.name == killed.mutant)
            {
                self.say(format!(
                    "killed_by names the mutant {}, which mutants.toml does not list",
                    killed.mutant
                ));
            }
        }
    }

    fn grant_to_import(&mut self, what: &str, grant: &toml::Table) {
        let kind = grant
            .get("kind")
            .and_then(toml::Value::as_str)
            .unwrap_or_default();
        self.one_of(&format!("{what}.kind"), kind, &["pasted", "kept"]);
        let keys: &[&str] = match kind {
            "pasted" => &["kind", "refresh", "account", "verify"],
            _ => &["kind", "access", "refresh", "expires_in", "account", "verify"],
        };
        self.keys(what, grant, keys);
        for key in ["access", "refresh"] {
            match grant.get(key) {
                None => {}
                Some(toml::Value::String(value)) => self.canary(&format!("{what}.{key}"), value),
                Some(_) => self.say(format!("{what}.{key} must be a text")),
            }
        }
    }

    /// A token that is written out is no canary: nobody would search for it. Blanks around it are fine.
    fn canary(&mut self, what: &str, value: &str) {
        let name = value
            .trim()
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
            .map(|name| name.strip_suffix(":odd").unwrap_or(name));
        let secret = name.is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                && !RESERVED.contains(&name)
        });
        if !secret {
            self.say(format!(
                "{what} must be a canary such as {{{{rt1}}}}: nobody searches for a token that is written out"
            ));
        }
    }

    fn steps(&mut self) {
        for step in &self.case.step {
            self.place = self.case.at(step);
            let step = step.as_ref();
            match (step.action, &step.expect) {
                (Some(action), None) => self.action(action, step),
                (None, Some(_)) => self.expectation(step),
                _ => self.say("a step has either `do` or `expect`, and not both"),
            }
        }
        self.place = self.case.place.clone();
    }

    fn expectation(&mut self, step: &Step) {
        let asks = step.want.is_some() || step.parallel.is_some() || !step.with.is_empty();
        if asks || step.url.is_some() || !step.save.is_empty() {
            self.say("with, parallel, want, url and save belong to `do` steps");
        }
        let Some(expect) = &step.expect else { return };
        match &expect.path_match {
            Some(_) if !expect.path.is_empty() => self.say("`expect` has both path and path_match"),
            Some(expression) => self.expression("expect.path_match", expression),
            None if !expect.path.starts_with('/') || expect.path.contains('?') => {
                self.say(format!(
                    "the path {:?} must start with `/` and have no query",
                    expect.path
                ));
            }
            None => {}
        }
        if expect.method.is_empty() || expect.method.chars().any(|c| !c.is_ascii_uppercase()) {
            self.say(format!("the method {:?} must be in capitals", expect.method));
        }
        if self.case.given.emulator.is_some() && expect.server() == Server::Elsewhere {
            self.say("an emulator and a foreign host do not go together");
        }
        for (part, words) in [
            ("form", &step.form),
            ("header", &step.header),
            ("query", &step.query),
            ("json", &step.json),
        ] {
            if let Some(words) = words {
                self.words(part, words);
            }
        }
        match &step.respond {
            None => self.say("an `expect` step needs `respond`"),
            Some(respond) => self.respond(respond),
        }
    }

    fn expression(&mut self, what: &str, expression: &str) {
        if let Err(error) = regex::Regex::new(&without_templates(expression)) {
            let error = error.to_string().replace('\n', " ");
            self.say(format!("{what} is no regular expression: {error}"));
        }
    }

    fn words(&mut self, part: &str, words: &Words) {
        for (name, expression) in &words.matches {
            self.expression(&format!("{part}.match.{name}"), expression);
        }
        for (name, value) in &words.s256 {
            if !value.contains("{{") {
                self.say(format!(
                    "{part}.s256.{name} needs a saved challenge, such as {{{{challenge}}}}"
                ));
            }
        }
        if part != "form" && part != "url" && !(words.s256.is_empty() && words.fresh.is_empty()) {
            self.say(format!("`s256` and `fresh` belong to form, not to {part}"));
        }
        if part != "form" && part != "query" && !words.list.is_empty() {
            self.say(format!("`list` belongs to form and query, not to {part}"));
        }
        if words.only && !["form", "query", "url"].contains(&part) {
            self.say(format!("`only` belongs to form and query, not to {part}"));
        }
        if words.whole.is_some() && part != "json" {
            self.say(format!("`whole` belongs to json, not to {part}"));
        }
        if part != "json"
            && let Some((name, _)) = words.exact.iter().find(|(_, value)| !value.is_str())
        {
            self.say(format!("{part}.exact.{name} must be a text"));
        }
    }

    fn respond(&mut self, respond: &Respond) {
        let bodies = [
            respond.fixture.is_some(),
            respond.json.is_some(),
            respond.text.is_some(),
            respond.filler.is_some(),
        ];
        if bodies.iter().filter(|given| **given).count() > 1 {
            self.say("respond has more than one of fixture, json, text and filler");
        }
        if let Some(name) = &respond.fixture
            && !self.suite.fixtures.contains_key(name)
        {
            self.say(format!("the fixture {name} does not exist"));
        }
        if respond
            .status
            .is_some_and(|status| !(100..=599).contains(&status))
        {
            self.say("respond.status is no HTTP status");
        }
        for key in ["access", "refresh"] {
            if let Some(value) = respond.with.get(key) {
                self.canary(&format!("respond.with.{key}"), value);
            }
        }
    }

    fn outcome(&mut self, then: &Then, any: bool) {
        let words: &[&str] = if any {
            &["ok", "error", "killed", "any"]
        } else {
            &["ok", "error", "killed"]
        };
        self.one_of("the outcome", then.outcome(), words);
        if let Some(error) = &then.error {
            let keys = [
                "class",
                "sent",
                "status",
                "code",
                "missing_scope",
                "retry_after",
                "message_match",
            ];
            self.keys("error", error, &keys);
            if then.outcome() != "error" {
                self.say("`error` is judged only with outcome = \"error\"");
            }
            for class in texts(error.get("class")) {
                self.one_of("error.class", &class, &CLASSES);
            }
            for sent in texts(error.get("sent")) {
                self.one_of("error.sent", &sent, &["no", "maybe", "yes"]);
            }
            if let Some(expression) = error.get("message_match").and_then(toml::Value::as_str) {
                self.expression("error.message_match", expression);
            }
        } else if then.outcome() == "error" && !any {
            self.say("outcome = \"error\" without `error.class` would take any error");
        }
        if let Some(link) = &then.link {
            self.keys("link", link, &["account", "portal", "scopes"]);
        }
        if let Some(grant) = &then.grant {
            self.keys(
                "grant",
                grant,
                &["access", "refresh", "expires_in", "state", "account"],
            );
        }
    }

    /// A case that a driver passes by saying `ok` to everything proves nothing.
    fn demands_something(&mut self) {
        let case = self.case;
        let stubs = case.steps().any(|step| {
            step.expect
                .as_ref()
                .is_some_and(|expect| expect.times.is_none_or(|times| times.min() > 0))
        });
        let tells = |then: &Then| {
            then.outcome() == "error"
                || then.count.is_some()
                || then.ids.is_some()
                || then.item.is_some()
                || then.link.is_some()
                || then.grant.is_some()
        };
        let counts = case.then.server.as_ref().is_some_and(|server| {
            let counts = [
                server.refreshes,
                server.code_exchanges,
                server.derivations,
                server.revocations,
                server.token_calls,
                server.requests,
            ];
            counts.iter().flatten().any(|count| count.min() > 0)
        });
        let wants = case.steps().filter_map(|step| step.want.as_ref()).any(tells);
        // An authorize URL is looked at word by word, whether the step says so or not.
        let urls = case.steps().any(|step| step.action == Some(Action::AuthorizeUrl));
        if !(stubs || counts || urls || wants || tells(&case.then)) {
            self.say(
                "the case demands no request, answer or error: a driver that does nothing would pass it",
            );
        }
        if !case.steps().any(|step| step.action.is_some()) {
            self.say("the case asks for nothing: it has no `do` step");
        }
    }
}

fn texts(value: Option<&toml::Value>) -> Vec<String> {
    match value {
        None => Vec::new(),
        Some(toml::Value::String(text)) => vec![text.clone()],
        Some(toml::Value::Array(list)) => list
            .iter()
            .map(|entry| entry.as_str().unwrap_or_default().to_owned())
            .collect(),
        Some(other) => vec![other.to_string()],
    }
}

/// Templates are filled in (escaped) before an expression is used.
fn without_templates(expression: &str) -> String {
    regex::Regex::new(r"\{\{[^}]*\}\}").map_or_else(
        |_| expression.to_owned(),
        |pattern| pattern.replace_all(expression, "x").into_owned(),
    )
}
