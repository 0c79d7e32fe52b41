//! The example of that name, over TCP.

use std::net::SocketAddr;

use attache_emulator::{
    Clock,
    planday::{App, Connection, Department, Emulator, Portal},
    serve,
};

#[path = "../../examples/first_program.rs"]
mod example;

const APPLICATION_ID: &str = "f2370889-3ffe-46b6-83e7-1a20f5a20d2f";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_program_links_once_and_lists_departments_ever_after() {
    let emulator = Emulator::builder()
        .seed(7)
        .clock(Clock::real_offset())
        .app(App::new(APPLICATION_ID))
        .portal(
            Portal::new(4711)
                .department(Department::new(1, "Kitchen"))
                .department(Department::new(2, "Shop")),
        )
        .connect(Connection::new(APPLICATION_ID, 4711).with_refresh_token("canary-token"))
        .build()
        .unwrap();
    let server = serve(emulator.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let base = server.base_url();
    let folder = tempfile::tempdir().unwrap();
    let setting = |name: &str| match name {
        "ATTACHE_PLANDAY_IDENTITY" | "ATTACHE_PLANDAY_API" => Some(base.clone()),
        "ATTACHE_PLANDAY_APPLICATION_ID" => Some(APPLICATION_ID.to_owned()),
        _ => None,
    };

    let unlinked = example::run(folder.path(), setting).await.unwrap_err();
    assert_eq!(
        unlinked.to_string(),
        "set ATTACHE_PLANDAY_TOKEN_SECRET to the Token of the portal"
    );

    let with_token = |name: &str| match name {
        "ATTACHE_PLANDAY_TOKEN_SECRET" => Some("canary-token".to_owned()),
        name => setting(name),
    };
    let expected = ["1 Kitchen", "2 Shop"];
    assert_eq!(example::run(folder.path(), with_token).await.unwrap(), expected);
    assert_eq!(example::run(folder.path(), setting).await.unwrap(), expected);
    assert_eq!(
        emulator.counters().token_requests,
        1,
        "the second run lives on what the first one saved"
    );
    let user_agent = emulator.log()[0].headers["user-agent"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(user_agent, concat!("attache-planday/", env!("CARGO_PKG_VERSION")));
}
