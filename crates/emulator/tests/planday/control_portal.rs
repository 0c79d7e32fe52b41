//! The levers of the identity server and the API Access page under `/_emulator/`.

use attache_emulator::planday::Emulator;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::partner::{DEMO, LOOPBACK, NORTH, PARTNER, SOUTH, customers, exchange, link, parameter, url_with};
use crate::support::read;

fn lever(emulator: &Emulator, method: &str, name: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/_emulator/{name}"))
        .body(Bytes::from(body.to_string()))
        .unwrap();
    read(emulator.handle(request)).shown()
}

fn post(emulator: &Emulator, name: &str, body: &Value) -> (u16, Value) {
    lever(emulator, "POST", name, body)
}

fn world() -> Emulator {
    customers().control_plane(true).build().unwrap()
}

#[test]
fn consent_plays_the_person() {
    let emulator = world();
    let said = |decision: &str| json!({ "url": url_with(&[]), "portal": NORTH, "administrator": "ada", "decision": decision });
    let (status, accepted) = post(&emulator, "consent", &said("accept"));
    let code = parameter(accepted["location"].as_str().unwrap(), "code").unwrap();
    assert_eq!((status, exchange(&emulator, &code, &[]).status), (200, 200));
    let (_, denied) = post(&emulator, "consent", &said("deny"));
    let error = parameter(denied["location"].as_str().unwrap(), "error");
    assert_eq!(error.as_deref(), Some("access_denied"));
    assert_eq!(post(&emulator, "consent", &said("maybe")).0, 400);
    let shown =
        json!({ "url": url_with(&[("client_id", "nobody")]), "portal": NORTH, "administrator": "ada" });
    assert_eq!(
        post(&emulator, "consent", &shown),
        (
            400,
            json!({ "error": "the server shows: No app has this client_id." })
        )
    );
}

#[test]
fn only_this_servers_own_consent_is_played() {
    let emulator = world();
    let at = |host: &str, url: &str| {
        let body = json!({ "url": url, "portal": NORTH, "administrator": "ada" });
        let request = Request::post("/_emulator/consent").header("host", host);
        let answer = read(emulator.handle(request.body(Bytes::from(body.to_string())).unwrap()));
        (answer.status, answer.body["error"].clone())
    };
    let url_at = |origin: &str| url_with(&[]).replace("https://id.example", origin);
    let played = (200, Value::Null);
    for (host, origin) in [
        ("127.0.0.1:8025", "http://127.0.0.1:8025"),
        ("127.0.0.1:8025", "http://localhost:8025"),
        ("[::1]:8025", "http://127.0.0.1:8025"),
        ("id.example", "https://id.example"),
        ("id.example", "https://ID.example:443"),
        ("no host", "https://id.example"),
    ] {
        assert_eq!(at(host, &url_at(origin)), played, "{origin} at {host}");
    }
    let elsewhere = "the server shows: This is another server's address: its host is not this one's.";
    for (host, origin) in [
        ("127.0.0.1:8025", "https://id.planday.com"),
        ("127.0.0.1:8025", "http://127.0.0.1:8026"),
        ("id.example", "https://id.example.org"),
        ("id.example", "http://127.0.0.1"),
    ] {
        assert_eq!(
            at(host, &url_at(origin)),
            (400, json!(elsewhere)),
            "{origin} at {host}"
        );
    }
    let path = url_with(&[]).replace("/connect/authorize", "/connect/token");
    assert_eq!(
        at("id.example", &path),
        (
            400,
            json!("the server shows: There is nothing to agree to here: the path is not /connect/authorize.")
        )
    );
}

#[test]
fn apps_are_created_connected_and_authorized() {
    let emulator = world();
    let app =
        json!({ "portal": DEMO, "name": "New", "scopes": ["employee:read"], "redirect_uris": [LOOPBACK] });
    let (status, created) = post(&emulator, "create-app", &app);
    let client_id = created["client_id"].clone();
    assert_eq!((status, client_id.is_string()), (200, true), "{created}");
    let south = json!({ "client_id": client_id, "portal": SOUTH });
    assert_eq!(post(&emulator, "connect-app", &south), (200, json!({})));
    let by = json!({ "client_id": client_id, "portal": SOUTH, "administrator": "administrator" });
    let (_, authorized) = post(&emulator, "authorize-as", &by);
    let token = authorized["refresh_token"].as_str().unwrap();
    assert!(emulator.is_live_refresh_token(token));
    let unticked = json!({ "portal": DEMO, "name": "New", "scopes": [] });
    assert_eq!(post(&emulator, "create-app", &unticked).0, 400);
    let nowhere = json!({ "client_id": client_id, "portal": 1 });
    assert_eq!(post(&emulator, "connect-app", &nowhere).0, 404);
    assert_eq!(post(&emulator, "connect-app", &south).0, 400, "twice");
}

#[test]
fn a_portals_administrator_changes_piece_by_piece() {
    let emulator = world();
    let (access, _) = link(&emulator, NORTH, "ada");
    let change = |body: Value| assert_eq!(post(&emulator, "portal-administrator", &body), (200, json!({})));
    change(json!({ "portal": NORTH, "user_name": "ada", "sees": [2], "may_edit": false }));
    let departments = crate::partner::call(&emulator, "/hr/v1.0/departments", &access).body;
    assert_eq!(departments["data"][0]["name"], "Bar");
    change(json!({ "portal": NORTH, "user_name": "ada", "active": false }));
    assert_eq!(
        crate::partner::call(&emulator, "/portal/v1.0/info", &access).status,
        401
    );
    change(json!({ "portal": NORTH, "user_name": "dan", "name": "Dan Dahl" }));
    let (_, seeds) = lever(&emulator, "GET", "seeds", &Value::Null);
    let north =
        json!({ "id": NORTH, "name": "north", "children": [], "administrators": ["ada", "bo", "cy", "dan"] });
    assert!(
        seeds["all_portals"].as_array().unwrap().contains(&north),
        "{seeds}"
    );
    assert_eq!(seeds["apps"][0]["redirect_uris"][1], LOOPBACK);
    assert_eq!(seeds["apps"][0]["home"], DEMO);
    let ada = emulator.portal(NORTH).unwrap().administrators.remove(0);
    assert_eq!(
        (ada.active, ada.may_edit, ada.name.as_str()),
        (false, false, "Ada Holm")
    );
}

#[test]
fn every_switch_can_be_set_and_a_wrong_one_changes_nothing() {
    let emulator = world();
    let all = json!({
        "access_token_lifetime_seconds": 60,
        "code_lifetime_seconds": 30,
        "code_reuse_ends_grant": true,
        "pkce": "require",
        "any_loopback_port": true,
        "all_scopes_required": true,
        "callback_issuer": "own",
        "callback_extras": [["a", "b"]],
        "second_grant": "stands",
        "revoke_ends_access": false,
        "revocation_ends_access": false,
        "revocation_unavailable": true,
        "after_revoke": "new-token",
        "deleted_app": "invalid-grant",
        "inactive_administrator_refreshes": false,
        "child_expires_in": true,
        "unknown_member": false,
    });
    assert_eq!(post(&emulator, "options", &all), (200, json!({})));
    let location = emulator.consent(&url_with(&[]), NORTH, "ada").unwrap();
    assert_eq!(
        parameter(&location, "error_description").as_deref(),
        Some("code challenge required")
    );
    assert_eq!(parameter(&location, "iss").as_deref(), Some("https://id.example"));
    assert_eq!(parameter(&location, "a").as_deref(), Some("b"));
    for wrong in [
        json!({ "callback_issuer": "omit", "pkce": "sometimes" }),
        json!({ "callback_issuer": "omit", "unknown": 1 }),
    ] {
        assert_eq!(post(&emulator, "options", &wrong).0, 400);
    }
    let location = emulator.consent(&url_with(&[]), NORTH, "ada").unwrap();
    assert_eq!(parameter(&location, "iss").as_deref(), Some("https://id.example"));
}

#[test]
fn the_log_shows_answers_when_asked() {
    let emulator = world();
    let code = crate::partner::code(&emulator, &url_with(&[]), NORTH, "ada");
    exchange(&emulator, &code, &[("client_secret", "s")]);
    let (_, log) = lever(&emulator, "GET", "log?values=true", &Value::Null);
    let row = &log["exchanges"][0];
    assert_eq!(row["surplus"], json!(["client_secret"]));
    assert!(
        row["response_body"]
            .as_str()
            .unwrap()
            .contains("\"refresh_token\"")
    );
    let headers = row["response_headers"].as_array().unwrap();
    assert!(
        headers.contains(&json!(["content-type", "application/json; charset=UTF-8"])),
        "{headers:?}"
    );
    let (_, hidden) = lever(&emulator, "GET", "log", &Value::Null);
    assert_eq!(hidden["exchanges"][0].get("response_body"), None);
}

#[test]
fn faults_fall_on_the_identity_servers_other_endpoints_too() {
    let emulator = world();
    for target in ["authorize", "revocation"] {
        let fault = json!({ "target": target, "effect": { "kind": "status", "status": 502 } });
        assert_eq!(post(&emulator, "faults", &fault).0, 200);
    }
    assert_eq!(crate::partner::open(&emulator, &url_with(&[])).status, 502);
    let fields = [("client_id", PARTNER), ("token", "x")];
    assert_eq!(
        crate::partner::post(&emulator, "/connect/revocation", &fields).status,
        502
    );
    assert_eq!(emulator.pending_faults(), 0);
}
