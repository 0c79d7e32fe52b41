//! The `attache-conformance` command; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(attache_conformance::execute(std::env::args_os()))
}
