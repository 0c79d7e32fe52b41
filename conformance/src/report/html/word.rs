//! The results, worst first, and what they look like.

use super::markup::Markup;

/// A result: its text, a sign that tells it apart without colour, and what it means.
pub(super) struct Word {
    pub(super) text: &'static str,
    sign: &'static str,
    pub(super) meaning: &'static str,
}

/// All results from the worst to the best; UNCOVERED, UNRUN and EXCLUDED are said of rules only.
pub(super) const WORDS: [Word; 12] = [
    word("HARNESS", "#", "the suite itself is at fault"),
    word("FAIL", "✗", "a must did not hold, or a secret came out"),
    word(
        "UNTESTABLE",
        "?",
        "the driver gave no answer that could be judged",
    ),
    word("XPASS", "+", "a known failure did not happen"),
    word(
        "WARN",
        "!",
        "a should did not hold, or something unusual was sent",
    ),
    word("STALE", "°", "passed, but its evidence is past its age"),
    word("XFAIL", "~", "failed, as is known"),
    word("UNCOVERED", "∅", "no case covers the rule"),
    word("SKIP", "–", "needs a capability that the driver does not declare"),
    word("PASS", "✓", "held"),
    word("UNRUN", "·", "its cases were not part of this run"),
    word("EXCLUDED", "×", "left out, with a reason and a date of review"),
];

const fn word(text: &'static str, sign: &'static str, meaning: &'static str) -> Word {
    Word { text, sign, meaning }
}

/// 0 is the worst.
pub(super) fn rank(word: &str) -> usize {
    WORDS
        .iter()
        .position(|entry| entry.text == word)
        .unwrap_or(WORDS.len())
}

pub(super) fn sign(word: &str) -> &'static str {
    WORDS
        .iter()
        .find(|entry| entry.text == word)
        .map_or("", |entry| entry.sign)
}

/// Whether the result reddens the run.
pub(super) fn is_red(word: &str) -> bool {
    matches!(word, "HARNESS" | "FAIL" | "UNTESTABLE" | "XPASS")
}

/// Whether the result wants a look, though the run stays green.
pub(super) fn is_yellow(word: &str) -> bool {
    matches!(word, "WARN" | "STALE" | "XFAIL")
}

/// The result as a coloured label.
pub(super) fn badge(page: &mut Markup, word: &str) {
    page.open("span", &[("class", &format!("word {word}"))])
        .open("span", &[("aria-hidden", "true")])
        .text(sign(word))
        .raw("</span> ")
        .text(word)
        .close("span");
}

/// `1 case`, `2 cases`.
pub(super) fn counted(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}
