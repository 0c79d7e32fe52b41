//! Instructions, counted by `valgrind --tool=callgrind`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::portal::Failure;

/// Whether there is a valgrind to count with.
pub(super) fn is_installed() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Instructions of one turn of what `program` does in a role that takes the number of turns as its last argument:
/// the difference of two counts, so that the start and the end of a process are in neither.
pub(super) fn per_turn(program: &Path, role: &[&str], few: u64, many: u64) -> Result<f64, Failure> {
    let difference = counted(program, role, many)?.saturating_sub(counted(program, role, few)?);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    Ok(difference as f64 / (many - few) as f64)
}

fn counted(program: &Path, role: &[&str], turns: u64) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(role)
        .arg(turns.to_string())
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind failed: {told}").into());
    }
    let collected = told
        .lines()
        .find_map(|line| line.split_once("Collected :").map(|(_, count)| count.trim()));
    Ok(collected
        .ok_or("valgrind told no count of instructions")?
        .parse()?)
}
