//! `suite-time`: the whole conformance run.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use attache_core::Clock;
use attache_transport::SystemClock;

use crate::{figures::Figure, portal::Failure};

/// The whole run has to stay below this.
const SECONDS: f64 = 60.0;

pub(super) fn time(runner: &Path, driver: &Path) -> Result<Figure, Failure> {
    let folder = tempfile::tempdir()?;
    let started = SystemClock.monotonic();
    let status = Command::new(runner)
        .args(["run", "--no-color", "--driver"])
        .arg(driver)
        .arg("--report-dir")
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    let took = SystemClock.monotonic().since(started).as_secs_f64();
    if !status.success() {
        return Err(
            format!("the conformance run is not green ({status}): run `cargo xtask conformance`").into(),
        );
    }
    Ok(Figure::told("suite-time: the whole conformance run", "s", took).at_most(SECONDS))
}
