//! Everything from one folder.

use std::{error::Error as _, fs};

use attache_planday::{App, Planday};

use crate::world::APPLICATION_ID;

fn app() -> App {
    App::new(APPLICATION_ID).unwrap()
}

#[tokio::test]
async fn a_folder_is_made_with_key_accounts_and_spill() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("planday-accounts");
    Planday::open(&folder, app()).unwrap();
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["accounts", "key", "spill"]);
    let key = fs::read(folder.join("key")).unwrap();
    Planday::open(&folder, app()).unwrap();
    assert_eq!(
        fs::read(folder.join("key")).unwrap(),
        key,
        "the second start has the same key"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let error = Planday::open(&file, app()).unwrap_err();
    assert!(error.is_store());
    assert!(
        error.source().unwrap().to_string().contains("file"),
        "{:?}",
        error.source()
    );
}

#[test]
fn outside_a_runtime_the_error_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = Planday::open(folder.path(), app()).unwrap_err();
    assert!(error.is_configuration());
    assert!(error.source().unwrap().to_string().contains("no tokio runtime"));
}
