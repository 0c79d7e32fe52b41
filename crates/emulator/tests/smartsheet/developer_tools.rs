//! The Developer Tools page.

use attache_emulator::smartsheet::{Emulator, Region};
use bytes::Bytes;
use http::Request;

use crate::support::{APP, OWNER, REFRESH, SECRET, emulator, form, read, refresh};

const PAGE: &str = "/b/developer-tools";
const VERA: &str = "viewer%2Bonly%40plan.example";

fn page(emulator: &Emulator, target: &str) -> (u16, String) {
    let answer = read(emulator.handle(Request::get(target).body(Bytes::new()).unwrap()));
    (answer.status, answer.text())
}

#[test]
fn a_developer_registers_waits_for_approval_and_makes_an_app() {
    let emulator = emulator();
    let home = format!("{PAGE}?as={VERA}");
    assert!(page(&emulator, PAGE).1.contains("Vera Viewer"));
    assert!(page(&emulator, &home).1.contains("Register User Account"));
    assert_eq!(
        form(&emulator, &format!("{PAGE}/register"), &format!("as={VERA}")).status,
        303
    );
    assert!(page(&emulator, &home).1.contains("after approval"));
    let create = format!("as={VERA}&name=Mine&redirect_url=https://mine.example/cb");
    let refused = form(&emulator, &format!("{PAGE}/create"), &create);
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("not approved"));
    emulator
        .approve_developer(Region::Us, "viewer+only@plan.example")
        .unwrap();
    assert_eq!(form(&emulator, &format!("{PAGE}/create"), &create).status, 303);
    let (_, html) = page(&emulator, &home);
    let app = emulator
        .apps(Region::Us)
        .into_iter()
        .find(|app| app.name == "Mine")
        .unwrap();
    assert!(
        html.contains(&app.client_id) && html.contains(&app.secret),
        "{html}"
    );
    assert_eq!(app.redirect_url, "https://mine.example/cb");
}

#[test]
fn the_secret_is_readable_again_and_can_be_replaced() {
    let emulator = emulator();
    let home = format!("{PAGE}?as={OWNER}");
    assert!(page(&emulator, &home).1.contains(SECRET));
    assert!(page(&emulator, &home).1.contains(SECRET));
    form(
        &emulator,
        &format!("{PAGE}/new-secret"),
        &format!("as={OWNER}&client_id={APP}"),
    );
    assert!(!page(&emulator, &home).1.contains(SECRET));
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1238));
}

#[test]
fn an_app_has_one_redirect_url_that_can_be_changed_by_its_maker_only() {
    let emulator = emulator();
    let edit = |who: &str, url: &str| {
        form(
            &emulator,
            &format!("{PAGE}/edit"),
            &format!("as={who}&client_id={APP}&name=Sync&redirect_url={url}"),
        )
        .status
    };
    assert_eq!(edit(OWNER, "http://app.example/cb"), 400);
    assert_eq!(edit(VERA, "https://evil.example"), 404);
    assert_eq!(edit(OWNER, "http://127.0.0.1:9/cb"), 303);
    assert_eq!(emulator.apps(Region::Us)[0].redirect_url, "http://127.0.0.1:9/cb");
    assert_eq!(
        page(&emulator, &format!("{PAGE}/edit?as={OWNER}&client_id={APP}")).0,
        200
    );
}

#[test]
fn a_deleted_app_is_unknown() {
    let emulator = emulator();
    assert_eq!(
        form(
            &emulator,
            &format!("{PAGE}/delete"),
            &format!("as={OWNER}&client_id={APP}")
        )
        .status,
        303
    );
    assert_eq!(refresh(&emulator, REFRESH).refused(), (401, 1067));
    assert_eq!(
        crate::support::get(&emulator, "/2.0/users/me").refused(),
        (401, 1002)
    );
}
