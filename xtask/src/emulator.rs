//! `cargo xtask emulator`: a provider on loopback.

use std::process::Command;

use crate::cli::EmulatorArgs;
use crate::program::{self, Problem, Status};

pub(crate) fn run(arguments: &EmulatorArgs) -> Result<Status, Problem> {
    let built = program::build("the emulator", &["--package=attache-emulator"])?;
    if !built.is_good() {
        return Ok(built);
    }
    program::run(Command::new(program::built("attache-emulator")?).args(&arguments.args))
}
