//! `cargo xtask conformance`: the runner, with our own driver unless another is named.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::cli::ConformanceArgs;
use crate::console;
use crate::program::{self, Problem, Status};

const ACTIONS: [&str; 7] = ["run", "lint", "trace", "list", "why", "age", "kill-table"];

/// Options of `run` that make it less than a whole run of our own driver.
const NARROWING: [&str; 6] = ["--driver", "--case", "--root", "--fixtures", "--help", "-h"];

/// What our driver must declare, no more and no less.
const CAPABILITIES: &str = "conformance/drivers/attache/capabilities.toml";

pub(crate) fn run(arguments: &ConformanceArgs) -> Result<Status, Problem> {
    let request = Request::read(&arguments.args)?;
    let built = program::build(
        "the conformance runner and its drivers",
        &[
            "--package=attache-conformance",
            "--package=attache-driver",
            "--package=attache-strawman",
        ],
    )?;
    if !built.is_good() {
        return Ok(built);
    }
    let status = program::run(
        runner()?
            .arg(request.action)
            .args(request.driver()?)
            .args(request.rest),
    )?;
    if !(status.is_good() && request.is_whole_run_of_ours()) {
        return Ok(status);
    }
    console::header("kill table: is every broken client still caught?");
    program::run(runner()?.args(["kill-table", "--check"]))
}

/// The kill table alone, compared with the committed one.
pub(crate) fn kill_table() -> Result<Status, Problem> {
    run(&ConformanceArgs {
        args: vec!["kill-table".into(), "--check".into()],
    })
}

fn runner() -> Result<Command, Problem> {
    let mut command = Command::new(program::built("attache-conformance")?);
    command.current_dir(program::root());
    Ok(command)
}

/// What was typed, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Request<'a> {
    action: &'a OsStr,
    rest: &'a [OsString],
}

impl<'a> Request<'a> {
    fn read(arguments: &'a [OsString]) -> Result<Self, Problem> {
        let run = OsStr::new("run");
        match arguments.split_first() {
            None => Ok(Self {
                action: run,
                rest: arguments,
            }),
            Some((first, _)) if is_option(first) => Ok(Self {
                action: run,
                rest: arguments,
            }),
            Some((first, rest)) if ACTIONS.iter().any(|action| first == action) => {
                Ok(Self { action: first, rest })
            }
            Some((first, _)) => Err(Problem::new(format!(
                "`{}` is no action of the suite: it has {}",
                first.to_string_lossy(),
                ACTIONS.join(", ")
            ))),
        }
    }

    /// The options that name our own driver, where the action wants one and none was named.
    fn driver(&self) -> Result<Vec<OsString>, Problem> {
        if self.action != "run" || self.has("--driver") {
            return Ok(Vec::new());
        }
        // The runner splits the command at white space, which the way to the workspace may hold.
        let driver = program::built("attache-driver")?;
        let driver = driver.strip_prefix(program::root()).unwrap_or(&driver);
        Ok(vec![
            "--driver".into(),
            driver.into(),
            "--capabilities".into(),
            CAPABILITIES.into(),
        ])
    }

    /// Whether this runs every case with our own driver.
    fn is_whole_run_of_ours(&self) -> bool {
        self.action == "run" && !NARROWING.iter().any(|option| self.has(option))
    }

    fn has(&self, option: &str) -> bool {
        self.rest.iter().any(|argument| {
            let text = argument.to_string_lossy();
            text == option
                || text
                    .strip_prefix(option)
                    .is_some_and(|value| value.starts_with('='))
        })
    }
}

fn is_option(argument: &OsStr) -> bool {
    argument.to_string_lossy().starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    fn action_and_rest(words: &[&str]) -> Option<(String, usize)> {
        let words = typed(words);
        Request::read(&words)
            .ok()
            .map(|request| (request.action.to_string_lossy().into_owned(), request.rest.len()))
    }

    #[test]
    fn nothing_and_options_mean_run() {
        assert_eq!(action_and_rest(&[]), Some(("run".to_owned(), 0)));
        assert_eq!(
            action_and_rest(&["--case", "planday/x"]),
            Some(("run".to_owned(), 2))
        );
        assert_eq!(
            action_and_rest(&["why", "PLD-TOKEN-03"]),
            Some(("why".to_owned(), 1))
        );
        assert_eq!(action_and_rest(&["wy"]), None);
    }

    #[test]
    fn a_run_is_whole_unless_something_chooses_cases_or_a_driver() {
        let whole =
            |words: &[&str]| Request::read(&typed(words)).is_ok_and(|request| request.is_whole_run_of_ours());
        assert!(whole(&[]));
        assert!(whole(&["run"]));
        assert!(whole(&[
            "run",
            "--junit",
            "target/junit.xml",
            "--json=target/report.json"
        ]));
        assert!(!whole(&["run", "--case", "planday/token/minimal"]));
        assert!(!whole(&["--driver", "python3 mine.py"]));
        assert!(!whole(&["--driver=python3 mine.py"]));
        assert!(!whole(&["lint"]));
    }
}
