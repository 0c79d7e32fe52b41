//! The report on a terminal: provider by area, then what failed and how to see it again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::run::{CaseReport, Run, Word};

/// Whether to colour, and whether to show progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) colour: bool,
    pub(crate) progress: bool,
}

impl Style {
    fn paint(self, word: Word, text: &str) -> String {
        let code = match word {
            Word::Pass => "32",
            Word::Warn | Word::Stale | Word::Xfail => "33",
            Word::Skip => "2",
            _ => "31",
        };
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// One line that is overwritten by the next.
pub(crate) fn progress(out: &mut dyn Write, style: Style, case: &CaseReport, done: usize, total: usize) {
    if style.progress {
        // Progress that cannot be shown is no reason to stop.
        let _ = write!(out, "\r\u{1b}[K{done}/{total} {}", case.id).and_then(|()| out.flush());
        if done == total {
            let _ = write!(out, "\r\u{1b}[K");
        }
    }
}

/// Rows are areas, columns are results.
pub(crate) fn matrix(out: &mut dyn Write, style: Style, run: &Run) -> io::Result<()> {
    let matrix = run.matrix();
    let words: Vec<Word> = {
        let mut words: Vec<Word> = run.cases.iter().map(|case| case.word).collect();
        words.sort();
        words.dedup();
        words
    };
    let width = matrix
        .keys()
        .map(|(p, a)| p.len() + a.len() + 1)
        .max()
        .unwrap_or(4)
        .max(4);
    write!(out, "{:width$}", "area")?;
    for word in &words {
        write!(out, "  {word:>5}")?;
    }
    writeln!(out)?;
    for ((provider, area), counts) in &matrix {
        write!(out, "{:width$}", format!("{provider}/{area}"))?;
        row(out, style, &words, counts)?;
    }
    let mut total: BTreeMap<Word, usize> = BTreeMap::new();
    for case in &run.cases {
        *total.entry(case.word).or_default() += 1;
    }
    write!(out, "{:width$}", "all")?;
    row(out, style, &words, &total)
}

fn row(out: &mut dyn Write, style: Style, words: &[Word], counts: &BTreeMap<Word, usize>) -> io::Result<()> {
    for word in words {
        let width = word.text().len().max(5);
        match counts.get(word) {
            Some(count) => write!(out, "  {}", style.paint(*word, &format!("{count:>width$}")))?,
            None => write!(out, "  {:>width$}", "-")?,
        }
    }
    writeln!(out)
}

/// What is not a PASS or a SKIP, with a command that shows it again.
pub(crate) fn summary(out: &mut dyn Write, style: Style, run: &Run, again: &str) -> io::Result<()> {
    for case in &run.cases {
        let mut text = String::new();
        if case.word != Word::Skip {
            for reason in &case.reasons {
                let _ = writeln!(text, "    {reason}");
            }
        }
        for secret in &case.secrets {
            let _ = writeln!(text, "    secret found: {secret}");
        }
        for warning in &case.warnings {
            let _ = writeln!(text, "    warning: {warning}");
        }
        if case.word == Word::Pass || (case.word == Word::Skip && text.is_empty()) {
            continue;
        }
        writeln!(
            out,
            "\n{} {} ({})",
            style.paint(case.word, case.word.text()),
            case.id,
            case.title
        )?;
        write!(out, "{text}")?;
        writeln!(out, "    again: {again} --case {}", case.id)?;
    }
    writeln!(out)
}
