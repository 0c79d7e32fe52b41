//! What a run leaves behind: terminal, `JUnit`, JSON, one page of HTML.

mod html;
mod json;
mod junit;
mod terminal;

pub(crate) use terminal::{Style, matrix, progress, summary};

use std::io;
use std::path::Path;

use crate::data::Suite;
use crate::run::Run;

/// Writes all report files into `folder`.
pub(crate) fn write(folder: &Path, suite: &Suite, run: &Run) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("junit.xml"), junit::text(run))?;
    std::fs::write(folder.join("results.json"), json::results(run))?;
    std::fs::write(folder.join("times.json"), json::times(run))?;
    std::fs::write(folder.join("index.html"), html::text(suite, run))
}

/// Text for XML and HTML, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML has no place for control characters.
            c if c.is_control() && c != '\n' && c != '\t' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_and_control_characters_are_escaped() {
        assert_eq!(
            escape("<a b=\"c\">&'\u{1b}"),
            "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\u{fffd}"
        );
    }
}
