//! The closed list of capabilities, and which of them a case needs.

use std::collections::BTreeSet;

use super::case::{Action, Case, Fault, Then};
use super::operation::capability;

/// Every capability a driver may declare (`PROTOCOL.md`, hello).
pub(crate) const CAPABILITIES: &[&str] = &[
    "planday",
    "pasted-token",
    "kept-grant",
    "clock",
    "parallel",
    "store",
    "crash-recovery",
    "token-view",
    "deadline",
    "paging",
    "writes",
    "raw",
    "retry",
    "values",
    "missing-scope",
    "sent",
    "provider-message",
    "verify",
    "rotation",
    "partner-flow",
    "pkce",
    "issuer",
    "link-values",
    "revoke",
    "recheck",
    "child-portals",
    "pace",
    "prefetch",
    "employee-groups",
    "employee-writes",
    "scheduling",
    "shift-writes",
    "hr-lists",
];

/// What the steps of a case need, and what it names in `needs`.
pub(crate) fn needs(case: &Case) -> BTreeSet<String> {
    let mut needs: BTreeSet<String> = case.needs.iter().cloned().collect();
    needs.insert(case.provider().to_owned());
    let mut need = |word: &str| {
        needs.insert(word.to_owned());
    };
    if case.given.rotation.is_some() {
        need("rotation");
    }
    if let Some(grant) = &case.given.grant {
        import(grant, &mut need);
    }
    if let Some(app) = &case.given.app {
        set_up(app, &mut need);
    }
    then(&case.then, &mut need);
    for step in case.steps() {
        if let Some(want) = &step.want {
            then(want, &mut need);
        }
        if step.parallel.is_some() {
            need("parallel");
        }
        if step
            .respond
            .as_ref()
            .is_some_and(|respond| respond.fault == Some(Fault::Kill))
        {
            need("store");
        }
        match step.action {
            Some(Action::Call) => call(&step.with, &mut need),
            Some(Action::Import) => import(&step.with, &mut need),
            Some(Action::Clock) => need("clock"),
            Some(Action::Configure) => {
                need("partner-flow");
                set_up(&step.with, &mut need);
            }
            Some(Action::AuthorizeUrl | Action::Browse) => need("partner-flow"),
            Some(Action::Callback) => {
                need("partner-flow");
                if names_issuer(&step.with) {
                    need("issuer");
                }
            }
            Some(Action::Revoke) => need("revoke"),
            Some(Action::Recheck) => need("recheck"),
            Some(Action::Restart) => need("store"),
            Some(Action::TokenView) => need("token-view"),
            Some(Action::Admin) | None => {}
        }
    }
    needs
}

fn import(with: &toml::Table, need: &mut impl FnMut(&str)) {
    match with.get("kind").and_then(toml::Value::as_str) {
        Some("pasted") => need("pasted-token"),
        Some("kept") => need("kept-grant"),
        _ => {}
    }
    if with.contains_key("verify") {
        need("verify");
    }
}

/// The set-up of a connector: only the partner flow has more than a client id.
fn set_up(app: &toml::Table, need: &mut impl FnMut(&str)) {
    if app.contains_key("scopes") || app.contains_key("redirect_uris") {
        need("partner-flow");
    }
    if app.get("pkce").and_then(toml::Value::as_bool) == Some(true) {
        need("pkce");
    }
}

fn names_issuer(with: &toml::Table) -> bool {
    let pairs = with.get("query").and_then(toml::Value::as_array);
    pairs
        .into_iter()
        .flatten()
        .any(|pair| pair.get(0).and_then(toml::Value::as_str) == Some("iss"))
}

fn call(with: &toml::Table, need: &mut impl FnMut(&str)) {
    let operation = with
        .get("operation")
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    if let Some(word) = capability(operation) {
        need(word);
    }
    if [".create", ".update", ".delete"]
        .iter()
        .any(|verb| operation.ends_with(verb))
    {
        need("writes");
    }
    if with.contains_key("portal") {
        need("child-portals");
    }
    if let Some(options) = with.get("options").and_then(toml::Value::as_table) {
        if options.contains_key("deadline_ms") {
            need("deadline");
        }
        if options.contains_key("all_pages") {
            need("paging");
        }
        if options.contains_key("prefetch") {
            need("prefetch");
        }
    }
}

fn then(then: &Then, need: &mut impl FnMut(&str)) {
    if then.grant.is_some() {
        need("token-view");
    }
    if then.item.is_some() {
        need("values");
    }
    if then.link.is_some() {
        need("link-values");
    }
    if then.waits.is_some() {
        need("clock");
    }
    if let Some(error) = &then.error {
        if error.contains_key("sent") {
            need("sent");
        }
        if error.contains_key("message_match") {
            need("provider-message");
        }
        if error.contains_key("missing_scope") {
            need("missing-scope");
        }
    }
}
