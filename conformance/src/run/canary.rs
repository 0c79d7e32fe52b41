//! `{{name}}`: random values that are the same inside one run of a case and unknown outside of it.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use regex::{Captures, Regex};
use serde_json::Value;

use super::lock;

#[expect(clippy::expect_used, reason = "a constant expression")]
static TEMPLATE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{([a-z][a-z0-9_]*)(?::(odd|int))?\}\}").expect("a regular expression"));

/// Names bound for one answer (`respond.with`).
pub(crate) type Bindings = BTreeMap<String, String>;

/// The canaries of one run of one case.
#[derive(Debug, Default)]
pub(crate) struct Canaries {
    secrets: Mutex<BTreeMap<String, String>>,
    numbers: Mutex<BTreeMap<String, u32>>,
    fixed: Mutex<BTreeMap<String, String>>,
    guarded: Mutex<Vec<(String, String)>>,
}

impl Canaries {
    /// Canaries for a case whose file is `text`: names that are `:odd` or `:int` anywhere are so everywhere.
    pub(crate) fn for_case(text: &str) -> Result<Self, getrandom::Error> {
        let canaries = Self::default();
        for found in TEMPLATE.captures_iter(text) {
            match found.get(2).map(|kind| kind.as_str()) {
                Some("odd") => {
                    let value = format!("{}-+%:/\u{e9}{}", &found[1], random()?);
                    lock(&canaries.secrets).insert(found[1].to_owned(), value);
                }
                Some(_) => canaries.number(&found[1])?,
                None => {}
            }
        }
        for found in TEMPLATE.captures_iter(text) {
            canaries.name(&found[1])?;
        }
        Ok(canaries)
    }

    /// Fixes a reserved name that is no secret.
    pub(crate) fn fix(&self, name: &str, value: impl Into<String>) {
        lock(&self.secrets).remove(name);
        lock(&self.fixed).insert(name.to_owned(), value.into());
    }

    /// Fixes what the client made up for a browser's eyes only: masked in reports, and never to be printed by the client.
    pub(crate) fn guard(&self, name: &str, value: &str) {
        self.fix(name, value);
        let mut guarded = lock(&self.guarded);
        if value.len() >= 16 && !guarded.iter().any(|(_, known)| known == value) {
            guarded.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Name and value of what is guarded.
    pub(crate) fn guarded(&self) -> Vec<(String, String)> {
        lock(&self.guarded).clone()
    }

    /// Makes sure that the names in a fixture have values.
    pub(crate) fn prepare(&self, text: &str, bound: &Bindings) -> Result<(), getrandom::Error> {
        for found in TEMPLATE.captures_iter(text) {
            if bound.contains_key(&found[1]) {
                continue;
            }
            if found.get(2).is_some_and(|kind| kind.as_str() == "int") {
                self.number(&found[1])?;
            } else {
                self.name(&found[1])?;
            }
        }
        Ok(())
    }

    pub(crate) fn fill(&self, text: &str, bound: &Bindings) -> String {
        TEMPLATE
            .replace_all(text, |found: &Captures<'_>| self.value(&found[1], bound))
            .into_owned()
    }

    /// Fills every string of a JSON value. A string that is nothing but `{{name:int}}` becomes a number.
    pub(crate) fn fill_json(&self, value: &Value, bound: &Bindings) -> Value {
        match value {
            Value::String(text) => {
                let number = TEMPLATE
                    .captures(text)
                    .filter(|found| found[0].len() == text.len() && found.get(2).is_some())
                    .and_then(|found| lock(&self.numbers).get(&found[1]).copied());
                number.map_or_else(|| Value::String(self.fill(text, bound)), Value::from)
            }
            Value::Array(list) => list.iter().map(|entry| self.fill_json(entry, bound)).collect(),
            Value::Object(map) => Value::Object(
                map.iter()
                    .map(|(key, entry)| (key.clone(), self.fill_json(entry, bound)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    /// Fills a TOML table as JSON; dates become text.
    pub(crate) fn fill_table(&self, table: &toml::Table) -> Value {
        self.fill_json(&json_of(&toml::Value::Table(table.clone())), &Bindings::new())
    }

    /// Name and value of every secret.
    pub(crate) fn secrets(&self) -> Vec<(String, String)> {
        lock(&self.secrets)
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Name and value of what is fixed but differs from run to run: base URLs, ids, folders.
    pub(crate) fn fixed(&self) -> Vec<(String, String)> {
        let fixed = lock(&self.fixed);
        let numbers = lock(&self.numbers);
        fixed
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .chain(
                numbers
                    .iter()
                    .map(|(name, value)| (name.clone(), value.to_string())),
            )
            .collect()
    }

    /// A secret that a server made up during the case.
    pub(crate) fn learn(&self, name: &str, value: &str) {
        let mut secrets = lock(&self.secrets);
        if value.len() >= 16 && !secrets.values().any(|known| known == value) {
            let name = format!("{name}{}", secrets.len());
            secrets.insert(name, value.to_owned());
        }
    }

    fn value(&self, name: &str, bound: &Bindings) -> String {
        if let Some(value) = bound.get(name) {
            return value.clone();
        }
        if let Some(value) = lock(&self.fixed).get(name) {
            return value.clone();
        }
        if let Some(value) = lock(&self.numbers).get(name) {
            return value.to_string();
        }
        lock(&self.secrets)
            .get(name)
            .cloned()
            .unwrap_or_else(|| format!("{{{{{name}}}}}"))
    }

    fn name(&self, name: &str) -> Result<(), getrandom::Error> {
        let known = lock(&self.numbers).contains_key(name) || lock(&self.fixed).contains_key(name);
        if !known && !lock(&self.secrets).contains_key(name) {
            let value = format!("{name}-{}", random()?);
            lock(&self.secrets).insert(name.to_owned(), value);
        }
        Ok(())
    }

    fn number(&self, name: &str) -> Result<(), getrandom::Error> {
        if !lock(&self.numbers).contains_key(name) {
            let number = 100_000 + getrandom::u32()? % 900_000;
            lock(&self.numbers).insert(name.to_owned(), number);
        }
        Ok(())
    }
}

/// A random GUID, for app ids.
pub(crate) fn guid() -> Result<String, getrandom::Error> {
    let hex = random()?;
    Ok(format!(
        "{}-{}-4{}-8{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    ))
}

/// 32 random hex digits.
pub(crate) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// TOML as JSON; dates become text.
pub(crate) fn json_of(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(flag) => Value::from(*flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(list) => list.iter().map(json_of).collect(),
        toml::Value::Table(table) => Value::Object(
            table
                .iter()
                .map(|(key, entry)| (key.clone(), json_of(entry)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_value_and_a_bound_name_has_another() {
        let canaries = Canaries::for_case("{{rt1}} {{n:int}}").expect("random bytes");
        let bound = Bindings::from([("access".to_owned(), "abc".to_owned())]);
        assert_eq!(
            canaries.fill("{{rt1}}", &bound),
            canaries.fill("{{rt1}}", &Bindings::new())
        );
        assert_eq!(canaries.fill("Bearer {{access}}", &bound), "Bearer abc");
    }

    #[test]
    fn a_whole_number_template_becomes_a_json_number() {
        let canaries = Canaries::for_case("{{n:int}}").expect("random bytes");
        let filled = canaries.fill_json(&serde_json::json!({ "id": "{{n:int}}" }), &Bindings::new());
        assert!(filled["id"].is_u64(), "{filled}");
    }

    #[test]
    fn an_odd_canary_is_odd_wherever_it_stands() {
        let canaries = Canaries::for_case("{{rt1}} then {{rt1:odd}}").expect("random bytes");
        assert!(canaries.fill("{{rt1}}", &Bindings::new()).contains("-+%:/\u{e9}"));
    }
}
