//! Names that belong to one machine and to no repository: folders of its users, hosts that packages come from.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::console;
use crate::program::{self, Problem, Status};

/// Where people and build machines keep their files. Each is looked for where a path can begin.
const FOLDERS: [&str; 4] = [
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("C:", r"\Users\"),
];

/// Hosts of package registries. A mirror's name would be one too, so lock files are held to the public source as well.
const HOSTS: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("proxy.golang", ".org"),
    concat!("deb.debian", ".org"),
];

/// The one source that Cargo's own lock file names.
const LOCKED_SOURCE: &str = concat!("registry+https://github.com/rust-lang/", "crates", ".io-index");

pub(crate) fn run() -> Result<Status, Problem> {
    let files = files()?;
    let names = Names::of_this_machine();
    let mut found = 0_usize;
    for file in &files {
        // A file that is deleted but not yet committed is still listed; one that is not text names nothing.
        let Ok(text) = std::fs::read_to_string(program::root().join(file)) else {
            continue;
        };
        for (line, reason) in names.find(&file.to_string_lossy(), &text) {
            console::failure(&format!("{}:{line}: {reason}", file.to_string_lossy()));
            found += 1;
        }
    }
    console::note(&format!("{} files read", files.len()));
    Ok(if found == 0 { Status::GOOD } else { Status::FAILED })
}

/// Every file that is committed or would be: new ones are read before they are.
fn files() -> Result<Vec<OsString>, Problem> {
    let output = Command::new("git")
        .current_dir(program::root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .map_err(|error| Problem::new(format!("git did not start: {error}")))?;
    if !output.status.success() {
        return Err(Problem::new(format!(
            "git lists no files: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )));
    }
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(names.split_terminator('\0').map(OsString::from).collect())
}

/// What must not be named.
struct Names {
    folders: Vec<String>,
}

impl Names {
    fn of_this_machine() -> Self {
        let mut folders: Vec<String> = FOLDERS.iter().map(|&folder| folder.to_owned()).collect();
        // The folder around the workspace, unless it is one that every machine has.
        let around = program::root().parent().filter(|around| {
            around.parent().is_some() && *around != std::env::temp_dir() && *around != Path::new("/tmp")
        });
        folders.extend(around.map(|around| format!("{}/", around.display())));
        Self { folders }
    }

    /// Lines of `text`, counted from one, that name something, and what is wrong with them.
    fn find(&self, file: &str, text: &str) -> Vec<(usize, String)> {
        let lock = Path::new(file)
            .file_name()
            .is_some_and(|name| name == "Cargo.lock");
        let mut found = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            if let Some(folder) = self.folders.iter().find(|folder| begins_a_path(line, folder)) {
                found.push((number, format!("names a folder of one machine: {folder}")));
            }
            let public = lock && line.trim() == format!("source = \"{LOCKED_SOURCE}\"");
            if lock && line.starts_with("source = ") && !public {
                found.push((number, "locks a source other than the public registry".to_owned()));
            } else if let Some(host) = HOSTS
                .iter()
                .find(|&&host| line.contains(host))
                .filter(|_| !public)
            {
                found.push((number, format!("names the host of a package registry: {host}")));
            }
        }
        found
    }
}

/// Whether `folder` stands in `line` at the beginning of a path, and not in the middle of a URL or of a longer one.
fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = &line[..at];
        before.ends_with("file://")
            || !before.ends_with(|last: char| last.is_alphanumeric() || "/._-~}*\\".contains(last))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<(usize, String)> {
        Names {
            folders: vec![FOLDERS[1].to_owned()],
        }
        .find(file, text)
    }

    #[test]
    fn a_folder_of_one_machine_is_found_only_where_a_path_begins() {
        let home = FOLDERS[1];
        let text = format!(
            "fine\nat {home}jane/src\nhttps://example.org{home}page\nsee file://{home}jane\n{{base}}{home}x"
        );
        let reason = format!("names a folder of one machine: {home}");
        assert_eq!(found("README.md", &text), [(2, reason.clone()), (4, reason)]);
    }

    #[test]
    fn a_lock_file_may_name_the_public_source_and_no_other() {
        let good = format!("source = \"{LOCKED_SOURCE}\"\n");
        assert_eq!(found("Cargo.lock", &good), []);
        assert_eq!(
            found(
                "Cargo.lock",
                "name = \"x\"\nsource = \"sparse+https://mirror.example/\"\n"
            ),
            [(2, "locks a source other than the public registry".to_owned())]
        );
        assert_eq!(found("README.md", &good).len(), 1);
    }
}
