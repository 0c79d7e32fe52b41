//! The examples, one for each flow, over TCP against the emulator.

use std::{collections::HashMap, net::SocketAddr};

use attache_emulator::{
    Clock, Server,
    planday::{App, Connection, Department, Emulator, Portal, Shift},
    serve,
};

#[path = "../../examples/children.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "each example takes its settings in by itself"
)]
mod children;
#[cfg(feature = "loopback")]
#[path = "../../examples/desktop.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "each example takes its settings in by itself"
)]
mod desktop;
#[path = "../../examples/partner.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "each example takes its settings in by itself"
)]
mod partner;
#[path = "../../examples/portals.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "each example takes its settings in by itself"
)]
mod portals;
#[path = "../../examples/revoke.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "each example takes its settings in by itself"
)]
mod revoke;
#[path = "../../examples/shifts.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "each example takes its settings in by itself"
)]
mod shifts;

const APPLICATION_ID: &str = "f2370889-3ffe-46b6-83e7-1a20f5a20d2f";
const TOKEN: &str = "canary-mill-token";
const OTHER_TOKEN: &str = "canary-quay-token";
const REDIRECT_URI: &str = "https://app.example/planday/callback";

/// A master portal with one child that the app knows, and one that it does not; another portal; and a third one where
/// nobody has authorised the app yet.
struct World {
    emulator: Emulator,
    _server: Server,
    base: String,
    folder: tempfile::TempDir,
}

impl World {
    fn new(redirect_uri: &str) -> Self {
        let emulator = Emulator::builder()
            .seed(7)
            .clock(Clock::real_offset())
            .app(App::new(APPLICATION_ID).redirect_uri(redirect_uri))
            .portal(
                Portal::new(4720)
                    .name("mill")
                    .department(Department::new(1, "Kitchen"))
                    .shift(Shift::new(9, 1, "2026-11-23", "22:00", "06:00").time_zone("Europe/Copenhagen"))
                    .child(4721, "mill north"),
            )
            .portal(
                Portal::new(4721)
                    .name("mill north")
                    .department(Department::new(1, "Bar")),
            )
            .portal(Portal::new(4730).name("quay"))
            .portal(
                Portal::new(4740)
                    .name("harbour")
                    .department(Department::new(1, "Deck")),
            )
            .connect(Connection::new(APPLICATION_ID, 4720).with_refresh_token(TOKEN))
            .connect(Connection::new(APPLICATION_ID, 4730).with_refresh_token(OTHER_TOKEN))
            .build()
            .unwrap();
        let server = serve(emulator.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Self {
            base: server.base_url(),
            emulator,
            _server: server,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn setting(&self, more: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
        let mut settings: HashMap<String, String> = HashMap::from([
            ("ATTACHE_PLANDAY_IDENTITY".into(), self.base.clone()),
            ("ATTACHE_PLANDAY_API".into(), self.base.clone()),
            ("ATTACHE_PLANDAY_APPLICATION_ID".into(), APPLICATION_ID.into()),
        ]);
        settings.extend(more.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        move |name| settings.get(name).cloned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_links_a_customers_portal_by_its_consent() {
    let world = World::new(REDIRECT_URI);
    let setting = world.setting(&[
        ("ATTACHE_PLANDAY_REDIRECT_URI", REDIRECT_URI),
        ("ATTACHE_PLANDAY_SCOPES", "department:read employee:read"),
    ]);
    let emulator = world.emulator.clone();
    let browse = |address: &str| Ok(emulator.consent(address, 4740, "administrator").unwrap());
    let lines = partner::run(world.folder.path(), setting, browse).await.unwrap();
    assert_eq!(lines, ["linked harbour", "1 Deck"]);
    assert_eq!(world.emulator.counters().codes_exchanged, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_who_declines_links_nothing_and_the_program_says_so() {
    let world = World::new(REDIRECT_URI);
    let setting = world.setting(&[
        ("ATTACHE_PLANDAY_REDIRECT_URI", REDIRECT_URI),
        ("ATTACHE_PLANDAY_SCOPES", "department:read"),
    ]);
    let emulator = world.emulator.clone();
    let browse = |address: &str| Ok(emulator.deny(address, 4740, "administrator").unwrap());
    let error = partner::run(world.folder.path(), setting, browse)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "account customer-17/planday/main-portal was not linked: the authorization was refused (code access_denied); see https://github.com/attache-rs/attache/blob/main/docs/planday.md#partner-flow"
    );
    assert_eq!(world.emulator.counters().token_requests, 0);
}

#[cfg(feature = "loopback")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_program_gets_the_browser_back_on_a_loopback_port() {
    // A port that was free a moment ago: registered redirect URIs have one.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let world = World::new(&redirect_uri);
    let setting = world.setting(&[
        ("ATTACHE_PLANDAY_REDIRECT_URI", &redirect_uri),
        ("ATTACHE_PLANDAY_SCOPES", "department:read"),
    ]);
    let emulator = world.emulator.clone();
    let open = move |address: &url::Url| {
        let callback = emulator.consent(address.as_str(), 4740, "administrator").unwrap();
        visit(&callback)
    };
    let lines = desktop::run(world.folder.path(), setting, open).await.unwrap();
    assert_eq!(lines, ["linked harbour (4740)"]);
}

/// What a browser sends on its way back. The answer is read when it comes, by nobody.
#[cfg(feature = "loopback")]
fn visit(callback: &str) -> std::io::Result<()> {
    use std::io::Write as _;

    let url = url::Url::parse(callback).unwrap();
    let authority = url.authority();
    let mut stream = std::net::TcpStream::connect(authority)?;
    let target = &callback[callback.find(authority).unwrap() + authority.len()..];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n")?;
    // Left open: the listener closes it.
    std::mem::forget(stream);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_app_serves_several_portals_with_a_token_for_each() {
    let world = World::new(REDIRECT_URI);
    let tokens = format!("mill={TOKEN} quay={OTHER_TOKEN}");
    let setting = world.setting(&[("ATTACHE_PLANDAY_TOKENS", &tokens)]);
    let lines = portals::run(world.folder.path(), setting).await.unwrap();
    assert_eq!(lines, ["mill: 1 departments", "quay: 0 departments"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_portals_account_reaches_its_children() {
    let world = World::new(REDIRECT_URI);
    let setting = world.setting(&[("ATTACHE_PLANDAY_TOKEN_SECRET", TOKEN)]);
    let lines = children::run(world.folder.path(), setting).await.unwrap();
    assert_eq!(lines, ["mill north: 1 departments"]);
    assert_eq!(world.emulator.counters().child_exchanges, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_account_says_why_and_a_forgotten_one_is_gone() {
    let world = World::new(REDIRECT_URI);
    let setting = world.setting(&[("ATTACHE_PLANDAY_TOKEN_SECRET", TOKEN)]);
    let emulator = world.emulator.clone();
    let meanwhile = || {
        emulator.revoke(APPLICATION_ID, 4720).unwrap();
    };
    let lines = revoke::run(world.folder.path(), setting, meanwhile)
        .await
        .unwrap();
    assert_eq!(
        lines,
        [
            "mill works",
            "link it again: the provider refuses the grant",
            "link it again: the grant was given back",
            "not linked",
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shifts_are_listed_with_their_local_times() {
    let world = World::new(REDIRECT_URI);
    let setting = world.setting(&[
        ("ATTACHE_PLANDAY_TOKEN_SECRET", TOKEN),
        ("ATTACHE_PLANDAY_FROM", "2026-11-23"),
        ("ATTACHE_PLANDAY_TO", "2026-11-29"),
    ]);
    let lines = shifts::run(world.folder.path(), setting).await.unwrap();
    assert_eq!(
        lines,
        ["9 2026-11-23T22:00 to 2026-11-24T06:00 (Europe/Copenhagen)"]
    );
}
