//! `build-cost`: how many packages a program builds more than one that calls the API by hand.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    figures::{Figure, storm::count},
    portal::Failure,
};

/// The most packages over those of the baseline.
const PACKAGES: f64 = 35.0;

pub(super) fn packages(workspace: &Path) -> Result<Figure, Failure> {
    let ours = packages_of(workspace, "attache-planday")?;
    let baseline = packages_of(workspace, "attache-baseline")?;
    let (all, by_hand) = (count(ours.len()), count(baseline.len()));
    let more: Vec<&str> = ours.difference(&baseline).map(String::as_str).collect();
    let fewer: Vec<&str> = baseline.difference(&ours).map(String::as_str).collect();
    let detail = format!(
        "{all} packages, {by_hand} by hand; more: {}; only by hand: {}",
        more.join(", "),
        fewer.join(", ")
    );
    let figure = Figure::told(
        "build-cost: packages more than by hand",
        "packages",
        all - by_hand,
    );
    Ok(figure.at_most(PACKAGES).because(detail))
}

/// Name and version of all that a package needs at run time on Linux with its default features, itself left out.
/// Macros are among them, build scripts are not.
fn packages_of(workspace: &Path, package: &str) -> Result<BTreeSet<String>, Failure> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let output = Command::new(cargo)
        .current_dir(workspace)
        .args(["tree", "--offline", "--edges=normal", "--prefix=none"])
        .args(["--target=x86_64-unknown-linux-gnu", "--package", package])
        .output()?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo tree of {package} failed: {told}").into());
    }
    let lines = String::from_utf8(output.stdout)?;
    let names = lines
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .filter(|(name, _)| *name != package)
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    Ok(names)
}
