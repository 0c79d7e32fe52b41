//! Searching for secrets in all the forms in which they slip out, and masking them.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use sha2::{Digest, Sha256};

/// The needles of one case are searched in little text: for so few, making a fast automaton takes longer than using a slow one.
const FEW: usize = 1000;

/// All forms of a set of secrets, searched in one pass and without case.
#[derive(Debug)]
pub(crate) struct Leaks {
    automaton: AhoCorasick,
    found_as: Vec<(String, &'static str)>,
}

impl Leaks {
    /// `secrets` are names and values.
    pub(crate) fn new(secrets: &[(String, String)]) -> Result<Self, aho_corasick::BuildError> {
        let mut needles = Vec::new();
        let mut found_as = Vec::new();
        for (name, value) in secrets {
            for (form, needle) in forms(value) {
                needles.push(needle);
                found_as.push((name.clone(), form));
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind((needles.len() < FEW).then_some(AhoCorasickKind::NoncontiguousNFA))
            .build(&needles)?;
        Ok(Self { automaton, found_as })
    }

    /// Which secrets `bytes` holds, as `name (form)`, each once.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<String> = self
            .automaton
            .find_iter(bytes)
            .map(|hit| {
                let (name, form) = &self.found_as[hit.pattern().as_usize()];
                format!("{{{{{name}}}}} ({form})")
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The text with every secret replaced by its name.
    pub(crate) fn mask(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        self.automaton.replace_all_with(text, &mut masked, |hit, _, out| {
            let (name, form) = &self.found_as[hit.pattern().as_usize()];
            out.push_str("{{");
            out.push_str(name);
            out.push_str("}}");
            if *form != "plain" {
                out.push_str(" (");
                out.push_str(form);
                out.push(')');
            }
            true
        });
        masked
    }
}

fn forms(value: &str) -> Vec<(&'static str, String)> {
    let mut forms = vec![
        ("plain", value.to_owned()),
        ("hex", hex::encode(value)),
        ("sha-256", hex::encode(Sha256::digest(value))),
    ];
    let encoded = percent_encode(value.as_bytes(), NON_ALPHANUMERIC).to_string();
    if encoded != value {
        forms.push(("percent-encoded", encoded));
    }
    // Encoders differ in what they leave alone; this is what form encoding makes of it.
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    if form != value {
        forms.push(("percent-encoded", form));
    }
    // JSON may escape what is not ASCII.
    if !value.is_ascii() {
        forms.push((
            "plain",
            format!("{}", value.escape_default())
                .replace("\\u{", "\\u00")
                .replace('}', ""),
        ));
    }
    for (form, alphabet) in [("base64", &STANDARD), ("base64url", &URL_SAFE)] {
        for shift in 0..3 {
            forms.push((form, inside_base64(value, alphabet, shift)));
        }
    }
    forms
}

/// What is certain of `value` inside a longer base64 text, `shift` bytes after a boundary.
fn inside_base64(value: &str, alphabet: &Alphabet, shift: usize) -> String {
    let engine = GeneralPurpose::new(alphabet, GeneralPurposeConfig::new().with_encode_padding(false));
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(value.as_bytes());
    let encoded = engine.encode(&bytes);
    let head = [0, 2, 3][shift];
    let certain = bytes.len() * 8 / 6;
    encoded[head..certain].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "rt1-+%:/\u{e9}0123456789abcdef";

    fn leaks() -> Leaks {
        Leaks::new(&[("rt1".to_owned(), SECRET.to_owned())]).expect("an automaton")
    }

    fn standard(text: &str) -> String {
        GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new()).encode(text)
    }

    #[test]
    fn each_form_is_found() {
        let url_safe = GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new()).encode(SECRET);
        let hidden = [
            ("plain", format!("token={SECRET};")),
            ("plain", "\"rt1-+%:/\\u00e90123456789abcdef\"".to_owned()),
            ("hex", hex::encode(SECRET)),
            ("hex", hex::encode_upper(SECRET)),
            ("sha-256", hex::encode(Sha256::digest(SECRET))),
            (
                "percent-encoded",
                "rt1-%2B%25%3A%2F%C3%A90123456789abcdef".to_owned(),
            ),
            (
                "percent-encoded",
                "rt1%2d%2b%25%3a%2f%c3%a90123456789abcdef".to_owned(),
            ),
            ("base64", standard(SECRET)),
            ("base64", standard(&format!("a:{SECRET}:zz"))),
            ("base64", standard(&format!("ab:{SECRET}"))),
        ];
        for (form, text) in hidden {
            assert_eq!(
                leaks().find(text.as_bytes()),
                [format!("{{{{rt1}}}} ({form})")],
                "{text}"
            );
        }
        // The two alphabets differ only where `+` and `/` stand.
        let found = leaks().find(url_safe.as_bytes());
        assert!(
            found.iter().all(|hit| hit.contains("base64")) && found.len() == 1,
            "{found:?}"
        );
    }

    #[test]
    fn what_is_not_a_secret_is_not_found() {
        assert_eq!(
            leaks().find(b"rt1 was refreshed; digest 0123"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn masking_leaves_nothing_to_find() {
        let text = format!("{SECRET} and {}", hex::encode(SECRET));
        assert_eq!(leaks().mask(&text), "{{rt1}} and {{rt1}} (hex)");
        assert_eq!(leaks().find(leaks().mask(&text).as_bytes()), Vec::<String>::new());
    }
}
