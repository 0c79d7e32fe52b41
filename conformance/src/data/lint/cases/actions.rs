//! `do` steps.

use super::super::super::{Action, Step, UrlWords};
use super::{Check, OPERATIONS};

/// What somebody can do on the provider's pages.
const DOINGS: [&str; 10] = [
    "revoke",
    "authorize",
    "reauthorize",
    "authorize-as",
    "connect",
    "rename-app",
    "delete-app",
    "deactivate-administrator",
    "activate-administrator",
    "expire-access-tokens",
];

impl Check<'_> {
    pub(super) fn action(&mut self, action: Action, step: &Step) {
        let words = [&step.form, &step.header, &step.query, &step.json];
        if words.iter().any(|word| word.is_some()) || step.respond.is_some() {
            self.say("form, header, query, json and respond belong to `expect` steps");
        }
        if step.parallel.is_some_and(|n| n < 2) || (step.parallel.is_some() && action != Action::Call) {
            self.say("`parallel` is a number from 2 and belongs to do = \"call\"");
        }
        match action {
            Action::Call => {
                self.keys(
                    "with",
                    &step.with,
                    &["operation", "params", "body", "account", "portal", "options"],
                );
                let operation = step
                    .with
                    .get("operation")
                    .and_then(toml::Value::as_str)
                    .unwrap_or_default();
                self.one_of("with.operation", operation, &OPERATIONS);
                if let Some(options) = step.with.get("options").and_then(toml::Value::as_table) {
                    self.keys(
                        "with.options",
                        options,
                        &["deadline_ms", "all_pages", "attempts", "prefetch"],
                    );
                }
            }
            Action::Import => self.grant_to_import("with", &step.with),
            Action::Clock => {
                self.keys("with", &step.with, &["advance", "jump"]);
                if step.with.len() != 1 || !step.with.values().all(toml::Value::is_integer) {
                    self.say("do = \"clock\" needs `advance` or `jump` in whole seconds");
                }
            }
            Action::Restart => self.keys("with", &step.with, &[]),
            Action::Configure => self.set_up("with", &step.with),
            Action::AuthorizeUrl => self.keys("with", &step.with, &["attempt", "account", "redirect_uri"]),
            Action::Browse => {
                self.keys(
                    "with",
                    &step.with,
                    &["attempt", "portal", "administrator", "consent"],
                );
                if let Some(consent) = step.with.get("consent") {
                    self.one_of(
                        "with.consent",
                        consent.as_str().unwrap_or_default(),
                        &["allow", "deny"],
                    );
                }
                self.emulator_only("browse");
            }
            Action::Callback => self.callback(&step.with),
            Action::Revoke | Action::Recheck | Action::TokenView => {
                self.keys("with", &step.with, &["account"]);
            }
            Action::Admin => {
                self.keys("with", &step.with, &["action", "portal", "name", "administrator"]);
                let action = step.with.get("action").and_then(toml::Value::as_str);
                self.one_of("with.action", action.unwrap_or_default(), &DOINGS);
                self.emulator_only("admin");
            }
        }
        let saves = matches!(action, Action::AuthorizeUrl | Action::Browse);
        if !step.save.is_empty() && !saves {
            self.say("`save` belongs to do = \"authorize_url\" and do = \"browse\"");
        }
        if let Some(url) = &step.url {
            if action != Action::AuthorizeUrl {
                self.say("`url` belongs to do = \"authorize_url\"");
            }
            self.url_words(url);
        }
        if let Some(want) = &step.want {
            if want.waits.is_some() || want.server.is_some() {
                self.say("`waits` and `server` are judged at the end; they belong to [then]");
            }
            self.outcome(want, true);
        }
    }

    fn emulator_only(&mut self, what: &str) {
        if self.case.given.emulator.is_none() {
            self.say(format!("do = \"{what}\" needs given.emulator"));
        }
    }

    fn callback(&mut self, with: &toml::Table) {
        self.keys(
            "with",
            with,
            &["attempt", "account", "redirect_uri", "query", "url"],
        );
        if with.contains_key("query") && with.contains_key("url") {
            self.say("a callback has either `query` or `url`");
        }
        if !(with.contains_key("query") || with.contains_key("url")) {
            self.emulator_only("callback\" without query and url: \"browse");
        }
        let Some(query) = with.get("query") else { return };
        let pair = |pair: &toml::Value| {
            pair.as_array()
                .is_some_and(|pair| pair.len() == 2 && pair.iter().all(toml::Value::is_str))
        };
        if !query.as_array().is_some_and(|pairs| pairs.iter().all(pair)) {
            self.say("with.query must be a list of pairs of texts: [[\"code\", \"{{code1}}\"], ...]");
        }
        let codes = query.as_array().into_iter().flatten();
        let codes = codes.filter(|pair| pair.get(0).and_then(toml::Value::as_str) == Some("code"));
        for code in codes {
            let value = code.get(1).and_then(toml::Value::as_str).unwrap_or_default();
            if !value.is_empty() {
                self.canary("the code of a callback", value);
            }
        }
    }

    fn url_words(&mut self, url: &UrlWords) {
        self.words("url", &url.query());
        if let Some(method) = &url.pkce {
            self.one_of("url.pkce", method, &["S256"]);
        }
    }
}
