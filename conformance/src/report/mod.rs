//! What a run leaves behind: terminal, `JUnit`, JSON, one page of HTML.

mod html;
mod json;
mod junit;
mod model;
mod steps;
mod terminal;

pub(crate) use terminal::{Style, matrix, progress, summary};

use std::io;
use std::path::Path;

use crate::data::Suite;
use crate::kill::KillTable;
use crate::run::Run;

/// The files of a report.
pub(crate) const FILES: [&str; 5] = [
    "junit.xml",
    "results.json",
    "times.json",
    "dialogue.json",
    "index.html",
];

/// Writes all report files into `folder`; `again` is the command that makes such a run, `kills` the committed kill table.
pub(crate) fn write(
    folder: &Path,
    suite: &Suite,
    kills: Option<&KillTable>,
    run: &Run,
    again: &str,
) -> io::Result<()> {
    let report = model::Report::of(suite, run, again);
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("junit.xml"), junit::text(run))?;
    std::fs::write(folder.join("results.json"), json::results(&report)?)?;
    std::fs::write(folder.join("times.json"), json::times(&report))?;
    std::fs::write(folder.join("dialogue.json"), json::dialogue(&report))?;
    std::fs::write(folder.join("index.html"), html::text(&report, suite, kills))
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
