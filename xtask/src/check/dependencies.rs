//! What may be depended on: `deny.toml`, judged by cargo-deny.

use crate::console;
use crate::program::{self, Problem, Status};

/// Licences, bans and sources need nothing but this machine. The list of advisories has to be fetched: where it cannot
/// be, that is said and is no failure; an advisory that applies is one.
pub(crate) fn run() -> Result<Status, Problem> {
    if !program::cargo_has("deny") {
        console::skipped("licences, bans, sources and advisories: `cargo install cargo-deny --locked` first");
        return Ok(Status::GOOD);
    }
    let own = program::run(program::cargo().args(["deny", "check", "bans", "licenses", "sources"]))?;
    let fetched = program::cargo()
        .args(["deny", "fetch", "db"])
        .output()
        .map_err(|error| Problem::new(format!("cargo did not start: {error}")))?;
    if !fetched.status.success() {
        console::skipped("advisories: their list cannot be fetched from here");
        return Ok(own);
    }
    Ok(own.and(program::run(program::cargo().args([
        "deny",
        "check",
        "--disable-fetch",
        "advisories",
    ]))?))
}
