//! Masking what is shown: secrets by their names, and whatever else differs from run to run.

use std::sync::LazyLock;

use regex::Regex;

use super::leak::Leaks;

/// What is shorter is found everywhere, and is not masked.
const SHORTEST: usize = 6;

/// A salted digest of a token.
#[expect(clippy::expect_used, reason = "a constant expression")]
static DIGEST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[0-9a-f]{64}\b").expect("a regular expression"));

pub(super) struct Mask<'a> {
    fixed: Vec<(String, String)>,
    leaks: &'a Leaks,
}

impl<'a> Mask<'a> {
    /// `fixed` are names and values that are no secrets: base URLs, ids, folders.
    pub(super) fn new(mut fixed: Vec<(String, String)>, leaks: &'a Leaks) -> Self {
        let authorities: Vec<(String, String)> = fixed
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.strip_prefix("http://")?.to_owned())))
            .collect();
        fixed.extend(authorities);
        // A base URL inside a query is written otherwise.
        let encoded: Vec<(String, String)> = fixed
            .iter()
            .map(|(name, value)| (name.clone(), encoded(value)))
            .filter(|(_, value)| value.contains('%'))
            .collect();
        fixed.extend(encoded);
        fixed.retain(|(_, value)| value.len() >= SHORTEST);
        Self { fixed, leaks }
    }

    pub(super) fn text(&self, text: &str) -> String {
        let text = self.fixed.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(value, &format!("{{{{{name}}}}}"))
        });
        DIGEST
            .replace_all(&self.leaks.mask(&text), "{{digest}}")
            .into_owned()
    }
}

fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_masked_plain_bare_and_inside_a_query_and_digests_wherever_they_stand() {
        let leaks = Leaks::new(&[]).expect("an automaton");
        let fixed = [("identity_url", "http://127.0.0.1:4001"), ("short", "5")];
        let fixed = fixed
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        let text = format!(
            "http://127.0.0.1:4001/a host 127.0.0.1:4001 ?u=http%3A%2F%2F127.0.0.1%3A4001 5 {}",
            "ab".repeat(32)
        );
        assert_eq!(
            Mask::new(fixed, &leaks).text(&text),
            "{{identity_url}}/a host {{identity_url}} ?u={{identity_url}} 5 {{digest}}"
        );
    }
}
