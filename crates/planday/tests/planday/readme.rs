//! The README's first program: it says what the example says, and it runs.

use std::{net::SocketAddr, process::Command};

use attache_emulator::{Clock, planday::Emulator, serve};

#[path = "../../examples/readme.rs"]
mod example;

/// The text of the program in the example.
fn program() -> &'static str {
    let text = include_str!("../../examples/readme.rs");
    let start = text.find("use attache_planday").unwrap();
    let end = text.find("\n// The README's program ends here").unwrap();
    &text[start..end]
}

#[test]
fn the_readme_shows_the_program_that_runs() {
    assert!(!program().is_empty());
    assert!(include_str!("../../../../README.md").contains(&format!("```rust,no_run\n{}```", program())));
}

#[test]
fn the_program_links_a_portal_and_lists_its_departments() {
    let emulator = Emulator::seeded(7).clock(Clock::real_offset()).build().unwrap();
    let (client_id, portal) = emulator.connections()[0].clone();
    let token_secret = emulator.refresh_token(&client_id, portal).unwrap();
    let server = serve(emulator, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The program takes its settings from the environment, so it runs as a process of its own: this one again.
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "readme::as_a_process", "--ignored", "--nocapture"])
        .current_dir(folder.path())
        .env("IDENTITY", server.base_url())
        .env("API", server.base_url())
        .env("APPLICATION_ID", client_id)
        .env("TOKEN_SECRET", token_secret)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{shown}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(shown.contains("1001 Kitchen\n1002 Bar\n"), "{shown}");
    assert!(folder.path().join("planday-accounts").is_dir());
}

#[test]
#[ignore = "run by the test above, as a process of its own"]
fn as_a_process() {
    example::run().unwrap();
}
