//! A small suite in a folder of its own, and the command run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of `tests/data` that a test may spoil.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

/// What the command said and how it ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) text: String,
}

impl Ended {
    /// The lines that name a file of the suite, without the folder.
    pub(crate) fn complaints(&self) -> Vec<&str> {
        self.text
            .lines()
            .filter_map(|line| line.split_once("/world/").map(|(_, rest)| rest))
            .collect()
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        copy(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data")),
            &world.path(""),
        );
        world
    }

    /// A copy of the cases, requirements and fixtures that the project lives by.
    pub(crate) fn real() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["cases", "requirements"] {
            copy(&here.join(name), &world.path("conformance").join(name));
        }
        for name in ["mutants.toml", "kill-table.toml"] {
            fs::copy(here.join(name), world.path("conformance").join(name)).expect("a copy");
        }
        copy(&here.join("../fixtures"), &world.path("fixtures"));
        world
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("world").join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) -> &Self {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("a file")
    }

    /// Replaces one text in one file; the text must be there.
    pub(crate) fn spoil(&self, file: &str, from: &str, to: &str) -> &Self {
        let text = self.read(file);
        assert!(text.contains(from), "{file} does not hold {from:?}");
        self.write(file, &text.replace(from, to))
    }

    pub(crate) fn remove(&self, file: &str) -> &Self {
        fs::remove_file(self.path(file)).expect("a file");
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_attache-conformance"))
            .args(["--root".as_ref(), self.path("conformance").as_os_str()])
            .args(["--fixtures".as_ref(), self.path("fixtures").as_os_str()])
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("the command");
        let text = [output.stdout, output.stderr].concat();
        Ended {
            code: output.status.code().expect("a code"),
            text: String::from_utf8(text).expect("text"),
        }
    }

    /// The results of the last run: id and word.
    pub(crate) fn results(&self) -> Vec<(String, String)> {
        let results = self.results_and_reasons().into_iter();
        results.map(|(id, word, _)| (id, word)).collect()
    }

    /// The results of the last run: id, word and the number of reasons.
    pub(crate) fn results_and_reasons(&self) -> Vec<(String, String, usize)> {
        let text = fs::read(self.folder.path().join("target/conformance/results.json")).expect("results");
        let results: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        let cases = results["cases"].as_array().expect("cases");
        let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        cases
            .iter()
            .map(|case| {
                let reasons = case["reasons"].as_array().expect("reasons");
                (text(&case["id"]), text(&case["result"]), reasons.len())
            })
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
