//! What is given before the first step.

use super::super::super::EmulatorFault;
use super::{Check, ROTATIONS};

impl Check<'_> {
    pub(super) fn given(&mut self) {
        let given = &self.case.given;
        if let Some(grant) = &given.grant {
            self.grant_to_import("given.grant", grant);
        }
        if let Some(app) = &given.app {
            self.set_up("given.app", app);
        }
        if let Some(rotation) = &given.rotation {
            self.one_of("given.rotation", rotation, &ROTATIONS);
        }
        if let Some(emulator) = &given.emulator {
            if let Some(rotation) = &emulator.rotation {
                self.one_of("given.emulator.rotation", rotation, &ROTATIONS[..5]);
            }
            if emulator.rotation.as_deref() == Some("grace") && emulator.grace.is_none() {
                self.say("given.emulator.rotation = \"grace\" needs `grace` in seconds");
            }
            for portal in emulator.portals.iter().flatten() {
                if let Some(refresh) = &portal.refresh {
                    self.canary("given.emulator.portals.refresh", refresh);
                }
                let known = |id: i64| emulator.portals.iter().flatten().any(|portal| portal.id == id);
                if portal.parent.is_some_and(|parent| !known(parent)) {
                    self.say(format!(
                        "the parent of portal {} is no portal of this case",
                        portal.id
                    ));
                }
            }
            for fault in &emulator.fault {
                self.emulator_fault(fault);
            }
        }
    }

    fn emulator_fault(&mut self, fault: &EmulatorFault) {
        let effects = [
            "drop-reply",
            "cut",
            "stall",
            "status",
            "html",
            "redirect",
            "revoke",
        ];
        self.one_of("the emulator's fault", &fault.effect, &effects);
        let operation = |c: char| c.is_ascii_lowercase() || c == '_';
        if !(fault.on.starts_with('/') || fault.on.chars().all(operation)) {
            self.say(format!(
                "a fault happens on token, revocation, authorize, api, an operation or a path, not on {:?}",
                fault.on
            ));
        }
        if (fault.effect == "status") != fault.status.is_some() {
            self.say("`status` belongs to a fault with do = \"status\", and to no other");
        }
    }

    /// A connector's set-up.
    pub(super) fn set_up(&mut self, what: &str, app: &toml::Table) {
        self.keys(what, app, &["client_id", "scopes", "redirect_uris", "pkce"]);
        for key in ["scopes", "redirect_uris"] {
            let texts = |value: &toml::Value| {
                value
                    .as_array()
                    .is_some_and(|list| list.iter().all(toml::Value::is_str))
            };
            if app.get(key).is_some_and(|value| !texts(value)) {
                self.say(format!("{what}.{key} must be a list of texts"));
            }
        }
        if app.get("pkce").is_some_and(|value| !value.is_bool()) {
            self.say(format!("{what}.pkce must be true or false"));
        }
    }
}
