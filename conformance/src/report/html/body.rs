//! Bodies laid out for reading, without losing a byte that matters.

use std::fmt::Write as _;

use serde::de::IgnoredAny;

/// Text longer than this is cut on the page; the JSON files have the rest.
const LONGEST: usize = 16 * 1024;

/// A body for the page: JSON indented, forms one pair a line, all else as it came.
pub(super) fn laid_out(body: &str, content_type: &str, clipped: bool) -> String {
    let start = body.trim_start();
    let looks_like_json = start.starts_with(['{', '[']);
    if looks_like_json && (clipped || serde_json::from_str::<IgnoredAny>(body).is_ok()) {
        return cut(&indented(body));
    }
    if content_type
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return cut(&body.replace('&', "\n&"));
    }
    cut(body)
}

/// The text, or its beginning and a remark.
pub(super) fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = (0..=LONGEST)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default();
    let mut shown = text[..end].to_owned();
    let _ = write!(shown, "\n… {} more bytes", text.len() - end);
    shown
}

/// JSON with its tokens as they stand (order, repeated members, spelling of numbers); only white space changes.
/// A short list of plain values stays on one line.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut rest = json.char_indices().peekable();
    let mut flat_until = 0;
    while let Some((at, c)) = rest.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while rest.next_if(|(_, next)| next.is_ascii_whitespace()).is_some() {}
                if let Some((_, end)) = rest.next_if(|(_, next)| matches!(next, '}' | ']')) {
                    out.push(end);
                } else if let Some(length) = flat(&json[at..]) {
                    flat_until = at + length;
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            ']' if at < flat_until => out.push(c),
            ',' if at < flat_until => out.push_str(", "),
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

/// The length of a list that fits on a line: short, and nothing nested in it.
fn flat(list: &str) -> Option<usize> {
    let end = list.find(']').filter(|end| *end <= 72)?;
    let inside = &list[1..end];
    (list.starts_with('[') && !inside.contains(['[', '{', '"'])).then_some(end + 1)
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    // A body nested on purpose must not grow with the square of its depth.
    for _ in 0..depth.min(32) {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_its_tokens_stay() {
        let body = r#"{"b":1.50,"a":[ ],"b":{"text":"a \"{,:}\" \\"},"list":[1,{"x":null}],"flat":[1,2 ,3]}"#;
        let shown = "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"b\": {\n    \"text\": \"a \\\"{,:}\\\" \\\\\"\n  },\n  \
                     \"list\": [\n    1,\n    {\n      \"x\": null\n    }\n  ],\n  \"flat\": [1, 2, 3]\n}";
        assert_eq!(laid_out(body, "application/json", false), shown);
    }

    #[test]
    fn broken_json_is_shown_as_it_came() {
        assert_eq!(laid_out("{\"a\":1", "application/json", false), "{\"a\":1");
    }

    #[test]
    fn clipped_json_is_indented_as_far_as_it_goes() {
        assert_eq!(
            laid_out("[{\"a\":1},{\"a", "", true),
            "[\n  {\n    \"a\": 1\n  },\n  {\n    \"a"
        );
    }

    #[test]
    fn a_form_has_one_pair_a_line_and_stays_encoded() {
        assert_eq!(
            laid_out(
                "a=1%2B&b=2",
                "application/x-www-form-urlencoded; charset=utf-8",
                false
            ),
            "a=1%2B\n&b=2"
        );
        assert_eq!(laid_out("a=1&b=2", "text/plain", false), "a=1&b=2");
    }

    #[test]
    fn long_text_is_cut_between_characters_and_says_so() {
        let shown = cut(&"é".repeat(LONGEST));
        assert!(
            shown.ends_with(&format!("\n… {LONGEST} more bytes")),
            "{}",
            shown.len()
        );
        assert_eq!(cut("short"), "short");
    }

    #[test]
    fn deep_nesting_does_not_blow_up() {
        let shown = indented(&"[".repeat(4096));
        assert!(shown.len() < 4096 * 70, "{}", shown.len());
    }
}
