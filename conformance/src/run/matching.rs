//! Judging the parts of a request by the matching words.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use serde_json::Value;

use super::canary::{Bindings, Canaries, json_of};
use super::lock;
use super::oracle::{freshness_trouble, verifier_trouble};
use crate::data::Words;

/// Headers that any HTTP client may send without a case naming them.
const USUAL_HEADERS: [&str; 12] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "host",
    "pragma",
    "traceparent",
    "transfer-encoding",
    "user-agent",
];

/// What is wrong with a request, and what is merely unlisted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    pub(crate) failures: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// The values that a name had in earlier requests of the case.
pub(crate) type Earlier = BTreeMap<String, Vec<String>>;

/// The words of one part with their templates filled in.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    exact: Vec<(String, Value)>,
    require: Vec<String>,
    forbid: Vec<String>,
    matches: Vec<(String, Option<Regex>)>,
    list: Vec<(String, Vec<String>)>,
    s256: Vec<(String, String)>,
    fresh: Vec<String>,
    only: bool,
    whole: Option<Value>,
}

impl Filled {
    pub(crate) fn new(words: &Words, canaries: &Canaries) -> Self {
        let none = Bindings::new();
        Self {
            exact: words
                .exact
                .iter()
                .map(|(name, value)| (name.clone(), canaries.fill_json(&json_of(value), &none)))
                .collect(),
            require: words.require.clone(),
            forbid: words.forbid.clone(),
            matches: words
                .matches
                .iter()
                .map(|(name, expression)| (name.clone(), expression_of(expression, canaries)))
                .collect(),
            list: words
                .list
                .iter()
                .map(|(name, values)| {
                    let values = values.iter().map(|value| canaries.fill(value, &none));
                    (name.clone(), values.collect())
                })
                .collect(),
            s256: words
                .s256
                .iter()
                .map(|(name, challenge)| (name.clone(), canaries.fill(challenge, &none)))
                .collect(),
            fresh: words.fresh.clone(),
            only: words.only,
            whole: words
                .whole
                .as_ref()
                .map(|whole| canaries.fill_json(&json_of(whole), &none)),
        }
    }

    fn names(&self, name: &str, same: fn(&str, &str) -> bool) -> bool {
        self.exact.iter().any(|(named, _)| same(named, name))
            || self
                .require
                .iter()
                .chain(&self.forbid)
                .chain(&self.fresh)
                .any(|named| same(named, name))
            || self.matches.iter().any(|(named, _)| same(named, name))
            || self.list.iter().any(|(named, _)| same(named, name))
            || self.s256.iter().any(|(named, _)| same(named, name))
    }

    /// Judges name-value pairs: form fields or query parameters.
    pub(crate) fn pairs(
        &self,
        part: &str,
        pairs: &[(String, String)],
        earlier: &Earlier,
        findings: &mut Findings,
    ) {
        self.texts(part, pairs, |a, b| a == b, findings);
        self.lists(part, pairs, findings);
        let mut trouble = |name: &str, judge: &dyn Fn(&str) -> Option<String>| {
            if let Some(value) = once(part, pairs, name, |a, b| a == b, findings)
                && let Some(trouble) = judge(&value)
            {
                findings.failures.push(format!("{part} {name} {trouble}"));
            }
        };
        for (name, challenge) in &self.s256 {
            trouble(name, &|value| verifier_trouble(value, challenge));
        }
        for name in &self.fresh {
            let seen = earlier.get(name).map_or(&[][..], Vec::as_slice);
            trouble(name, &|value| freshness_trouble(value, seen));
        }
        for (name, _) in pairs {
            if !self.names(name, |a, b| a == b) {
                let text = format!("the {part} field {name} is named by no word of the case");
                if self.only {
                    findings.failures.push(text);
                } else if part == "form" {
                    findings.warnings.push(text);
                }
            }
        }
    }

    /// Judges headers; names without case.
    pub(crate) fn headers(&self, headers: &[(String, String)], api: bool, findings: &mut Findings) {
        self.texts("header", headers, str::eq_ignore_ascii_case, findings);
        for (name, _) in headers {
            let usual = USUAL_HEADERS.contains(&name.to_ascii_lowercase().as_str())
                || (api
                    && (name.eq_ignore_ascii_case("authorization")
                        || name.eq_ignore_ascii_case("x-clientid")));
            if !usual && !self.names(name, str::eq_ignore_ascii_case) {
                findings
                    .warnings
                    .push(format!("the header {name} is named by no word of the case"));
            }
        }
    }

    fn texts(
        &self,
        part: &str,
        pairs: &[(String, String)],
        same: fn(&str, &str) -> bool,
        findings: &mut Findings,
    ) {
        let once = |name: &str, findings: &mut Findings| once(part, pairs, name, same, findings);
        for (name, wanted) in &self.exact {
            if let Some(value) = once(name, findings)
                && Some(value.as_str()) != wanted.as_str()
            {
                let wanted = wanted.as_str().unwrap_or_default();
                findings
                    .failures
                    .push(format!("{part} {name} is {value:?}, not {wanted:?}"));
            }
        }
        for name in &self.require {
            once(name, findings);
        }
        for (name, expression) in &self.matches {
            if let Some(value) = once(name, findings)
                && !expression
                    .as_ref()
                    .is_some_and(|expression| expression.is_match(&value))
            {
                findings
                    .failures
                    .push(format!("{part} {name} is {value:?}, which does not match"));
            }
        }
        for name in &self.forbid {
            if pairs.iter().any(|(given, _)| same(given, name)) {
                findings.failures.push(format!("{part} {name} is forbidden here"));
            }
        }
    }

    /// Comma-joined or repeated: the documents show no style.
    fn lists(&self, part: &str, pairs: &[(String, String)], findings: &mut Findings) {
        for (name, wanted) in &self.list {
            let given: Vec<&str> = pairs
                .iter()
                .filter(|(given, _)| given == name)
                .flat_map(|(_, value)| value.split(','))
                .collect();
            if given != *wanted {
                findings
                    .failures
                    .push(format!("{part} {name} lists {given:?}, not {wanted:?}"));
            }
        }
    }

    /// Judges a JSON body; names are dotted paths.
    pub(crate) fn json(&self, body: &[u8], findings: &mut Findings) {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            findings.failures.push("the body is not JSON".to_owned());
            return;
        };
        if let Some(whole) = &self.whole
            && whole != &body
        {
            findings
                .failures
                .push(format!("the JSON body is {body}, not {whole}"));
        }
        for (path, wanted) in &self.exact {
            match at(&body, path) {
                None => findings.failures.push(format!("json {path} is missing")),
                Some(value) if value != wanted => {
                    findings
                        .failures
                        .push(format!("json {path} is {value}, not {wanted}"));
                }
                Some(_) => {}
            }
        }
        for path in self.require.iter().filter(|path| at(&body, path).is_none()) {
            findings.failures.push(format!("json {path} is missing"));
        }
        for path in self.forbid.iter().filter(|path| at(&body, path).is_some()) {
            findings.failures.push(format!("json {path} is forbidden here"));
        }
        for (path, expression) in &self.matches {
            let text =
                at(&body, path).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            let fits = text.as_ref().is_some_and(|text| {
                expression
                    .as_ref()
                    .is_some_and(|expression| expression.is_match(text))
            });
            if !fits {
                findings.failures.push(format!("json {path} does not match"));
            }
        }
    }
}

/// The only value of a name.
fn once(
    part: &str,
    pairs: &[(String, String)],
    name: &str,
    same: fn(&str, &str) -> bool,
    findings: &mut Findings,
) -> Option<String> {
    let values: Vec<&String> = pairs
        .iter()
        .filter(|(given, _)| same(given, name))
        .map(|(_, value)| value)
        .collect();
    match values.as_slice() {
        [value] => return Some((*value).clone()),
        [] => findings.failures.push(format!("{part} {name} is missing")),
        more => findings
            .failures
            .push(format!("{part} {name} is there {} times", more.len())),
    }
    None
}

/// The member at a dotted path.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

/// Expressions without templates: the same ones come in case after case, and making them takes longer than using them.
static MADE: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);

pub(crate) fn expression_of(expression: &str, canaries: &Canaries) -> Option<Regex> {
    if !expression.contains("{{") {
        let mut made = lock(&MADE);
        let known = made
            .entry(expression.to_owned())
            .or_insert_with(|| Regex::new(expression).ok());
        return known.clone();
    }
    // Canaries are data inside an expression, not expressions.
    let mut filled = String::new();
    let mut rest = expression;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        filled.push_str(&rest[..start]);
        filled.push_str(&regex::escape(
            &canaries.fill(&rest[start..start + length + 2], &Bindings::new()),
        ));
        rest = &rest[start + length + 2..];
    }
    filled.push_str(rest);
    Regex::new(&filled).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(toml: &str) -> Filled {
        let words: Words = toml::from_str(toml).expect("words");
        Filled::new(&words, &Canaries::default())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn form(toml: &str, fields: &[(&str, &str)]) -> Findings {
        let mut findings = Findings::default();
        words(toml).pairs("form", &pairs(fields), &Earlier::new(), &mut findings);
        findings
    }

    fn failures(texts: &[&str]) -> Findings {
        Findings {
            failures: texts.iter().map(|text| (*text).to_owned()).collect(),
            warnings: vec![],
        }
    }

    #[test]
    fn silence_asserts_nothing_but_an_unlisted_form_field_is_a_warning() {
        assert_eq!(
            form("", &[("scope", "all")]),
            Findings {
                failures: vec![],
                warnings: vec!["the form field scope is named by no word of the case".to_owned()]
            }
        );
    }

    #[test]
    fn exact_wants_one_equal_value() {
        let toml = "exact = { a = '1' }";
        assert_eq!(form(toml, &[("a", "1")]), Findings::default());
        assert_eq!(
            form(toml, &[("a", "2")]),
            failures(&["form a is \"2\", not \"1\""])
        );
        assert_eq!(form(toml, &[]), failures(&["form a is missing"]));
        assert_eq!(
            form(toml, &[("a", "1"), ("a", "1")]),
            failures(&["form a is there 2 times"])
        );
    }

    #[test]
    fn require_wants_any_value_and_forbid_none() {
        assert_eq!(form("require = ['a']", &[("a", "")]), Findings::default());
        assert_eq!(form("require = ['a']", &[]), failures(&["form a is missing"]));
        assert_eq!(
            form("forbid = ['a']", &[("a", "")]),
            failures(&["form a is forbidden here"])
        );
    }

    #[test]
    fn match_wants_the_expression_in_the_value() {
        assert_eq!(form("match = { a = '^x' }", &[("a", "xy")]), Findings::default());
        assert_eq!(
            form("match = { a = '^x' }", &[("a", "yx")]),
            failures(&["form a is \"yx\", which does not match"])
        );
    }

    #[test]
    fn only_turns_the_warning_into_a_failure() {
        assert_eq!(
            form("only = true\nrequire = ['a']", &[("a", "1"), ("b", "2")]),
            failures(&["the form field b is named by no word of the case"])
        );
    }

    #[test]
    fn a_list_is_comma_joined_or_repeated_and_in_order() {
        let toml = "only = true\nlist = { a = ['1', '2'] }";
        assert_eq!(form(toml, &[("a", "1,2")]), Findings::default());
        assert_eq!(form(toml, &[("a", "1"), ("a", "2")]), Findings::default());
        for wrong in [&[("a", "1")][..], &[("a", "2,1")], &[]] {
            assert_eq!(form(toml, wrong).failures.len(), 1, "{wrong:?}");
        }
    }

    #[test]
    fn a_verifier_fits_its_challenge() {
        let toml = "only = true\ns256 = { v = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }";
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(form(toml, &[("v", verifier)]), Findings::default());
        assert_eq!(form(toml, &[]), failures(&["form v is missing"]));
        assert_eq!(
            form(toml, &[("v", &verifier.replace('d', "e"))]),
            failures(&["form v is not the secret of the challenge"])
        );
    }

    #[test]
    fn a_fresh_value_was_in_no_earlier_request() {
        let value = "abcdefghijklmnopqrstuv";
        let earlier = Earlier::from([("v".to_owned(), vec![value.to_owned()])]);
        let mut findings = Findings::default();
        words("only = true\nfresh = ['v']").pairs("form", &pairs(&[("v", value)]), &earlier, &mut findings);
        assert_eq!(findings, failures(&["form v was used before"]));
    }

    #[test]
    fn header_names_have_no_case_and_unlisted_ones_warn() {
        let mut findings = Findings::default();
        words("exact = { x-clientid = 'c' }").headers(
            &pairs(&[("X-ClientId", "c"), ("Accept", "*/*"), ("X-Odd", "1")]),
            true,
            &mut findings,
        );
        assert_eq!(
            findings,
            Findings {
                failures: vec![],
                warnings: vec!["the header X-Odd is named by no word of the case".to_owned()]
            }
        );
    }

    #[test]
    fn json_words_take_dotted_paths() {
        let mut findings = Findings::default();
        words("exact = { 'a.0.b' = 1, c = 'x' }\nforbid = ['d']\nrequire = ['e']")
            .json(br#"{"a":[{"b":1}],"c":"y","d":null}"#, &mut findings);
        assert_eq!(
            findings,
            failures(&[
                "json c is \"y\", not \"x\"",
                "json e is missing",
                "json d is forbidden here"
            ])
        );
    }
}
