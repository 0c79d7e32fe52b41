//! What maintainers see of the commands themselves. All of it goes to standard error, so that the output of the program
//! that was started can be piped.
#![expect(clippy::print_stderr, reason = "a command speaks to the person who typed it")]

use std::io::IsTerminal as _;
use std::time::Instant;

/// Announces a step of several.
pub(crate) fn header(title: &str) {
    eprintln!("{}", paint("1;36", &format!("== {title}")));
}

/// Says one thing.
pub(crate) fn note(text: &str) {
    eprintln!("{}", paint("2", text));
}

/// Says what was left out, so that nobody takes it for done.
pub(crate) fn skipped(text: &str) {
    eprintln!("{}", paint("1;33", &format!("SKIPPED: {text}")));
}

/// Says what went wrong and, where there is one, the remedy.
pub(crate) fn failure(text: &str) {
    eprintln!("{}", paint("1;31", &format!("error: {text}")));
}

/// Seconds that a person waited, to be printed and never to be judged.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "prints how long a person waited; nothing depends on it"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "prints how long a person waited; nothing depends on it"
    )]
    pub(crate) fn seconds(&self) -> String {
        format!("{:.1} s", self.0.elapsed().as_secs_f64())
    }
}

/// Whether colours are wanted: a terminal that knows them, and no `NO_COLOR`.
fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        && std::io::stderr().is_terminal()
}

fn paint(style: &str, text: &str) -> String {
    if colours() {
        format!("\x1b[{style}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}
