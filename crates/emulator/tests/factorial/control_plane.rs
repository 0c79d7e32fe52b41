use attache_emulator::factorial::Emulator;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{ADMIN, APP, Answer, BASIC, COMPANY, KEY, authorization_url, get, read, refresh, world};

fn emulator() -> Emulator {
    world().control_plane(true).build().unwrap()
}

fn lever(emulator: &Emulator, name: &str, body: &Value) -> Answer {
    let request = Request::post(format!("/_emulator/{name}"));
    read(emulator.handle(request.body(Bytes::from(body.to_string())).unwrap()))
}

fn look(emulator: &Emulator, name: &str) -> Value {
    let request = Request::get(format!("/_emulator/{name}"));
    read(emulator.handle(request.body(Bytes::new()).unwrap())).body
}

#[test]
fn it_is_off_unless_asked_for() {
    let emulator = world().build().unwrap();
    assert_eq!(
        lever(&emulator, "clock", &json!({ "advance_seconds": 1 })).status,
        404
    );
}

#[test]
fn consent_gives_the_callback_and_says_what_a_page_said() {
    let emulator = emulator();
    let url = authorization_url(&[("resource_owner_type", "company")]);
    let good = lever(&emulator, "consent", &json!({ "url": url, "email": ADMIN }));
    assert!(good.member("location").contains("?code="), "{:?}", good.body);
    let bad = lever(&emulator, "consent", &json!({ "url": url, "email": BASIC }));
    assert_eq!(bad.status, 403);
    assert!(bad.member("error").contains("Only an administrator"));
    let denied = json!({ "url": url, "email": ADMIN, "decision": "deny" });
    let denied = lever(&emulator, "consent", &denied);
    assert!(denied.member("location").contains("error=access_denied"));
}

#[test]
fn links_revocations_scopes_keys_and_people_have_levers() {
    let emulator = emulator();
    let pair = lever(&emulator, "link", &json!({ "client_id": APP, "email": BASIC }));
    let access = pair.member("access_token");
    assert_eq!(get(&emulator, "/teams/teams", &access).status, 200);
    let company = json!({ "client_id": APP, "email": ADMIN, "company": true });
    assert_eq!(
        lever(&emulator, "link", &company).body["refresh_token"],
        Value::Null
    );
    assert_eq!(
        lever(&emulator, "revoke", &json!({ "client_id": APP, "email": BASIC })).status,
        200
    );
    assert_eq!(get(&emulator, "/teams/teams", &access).status, 401);
    let scopes = json!({ "client_id": APP, "scopes": ["employees"] });
    assert_eq!(lever(&emulator, "app-scopes", &scopes).status, 200);
    assert_eq!(get(&emulator, "/teams/teams", "at-ana").status, 401);
    assert_eq!(
        lever(&emulator, "revoke-api-key", &json!({ "key": KEY })).status,
        200
    );
    assert_eq!(emulator.api_keys().len(), 0);
    let person = json!({ "email": BASIC, "admin": true, "active": true });
    assert_eq!(lever(&emulator, "person", &person).status, 200);
    let app = json!({
        "company": COMPANY.to_string(), "name": "Rota", "redirect_uris": ["https://a.example/"],
        "confidential": false, "scopes": ["employees"],
    });
    let made = lever(&emulator, "create-app", &app);
    assert_eq!(made.member("client_secret").len(), 43);
    let made = json!({ "client_id": made.member("client_id") });
    assert_eq!(lever(&emulator, "delete-app", &made).status, 200);
    assert_eq!(lever(&emulator, "delete-app", &made).status, 404);
}

#[test]
fn faults_clock_options_and_counters_work_over_json() {
    let emulator = emulator();
    let fault = json!({ "target": "refresh_moon", "effect": { "kind": "drop" } });
    assert!(
        lever(&emulator, "faults", &fault)
            .member("error")
            .contains("list_employees")
    );
    let fault = json!({ "target": "token", "effect": { "kind": "status", "status": 503 } });
    assert_eq!(lever(&emulator, "faults", &fault).body, json!({ "id": 1 }));
    assert_eq!(refresh(&emulator, "rt-bo").status, 503);
    let options = json!({ "rotation": "once", "error_shape": "objects", "company_refresh_token": true });
    assert_eq!(lever(&emulator, "options", &options).status, 200);
    assert_eq!(refresh(&emulator, "rt-bo").status, 200);
    assert_eq!(refresh(&emulator, "rt-bo").status, 400);
    for wrong in [
        json!({ "rotation": "x" }),
        json!({ "error_shape": "x" }),
        json!({ "moon": 1 }),
    ] {
        assert_eq!(lever(&emulator, "options", &wrong).status, 400, "{wrong}");
    }
    lever(&emulator, "clock", &json!({ "advance_seconds": 3600 }));
    let refused = get(&emulator, "/teams/teams", "at-ana");
    assert_eq!(refused.body["errors"][0]["code"], "unauthorized");
    let counters = look(&emulator, "counters");
    let shown = ["token_requests", "refreshes", "replays", "api_requests"].map(|name| &counters[name]);
    assert_eq!(shown, [3, 1, 1, 1]);
    let log = look(&emulator, "log");
    assert_eq!(log["exchanges"][0]["endpoint"], "token");
    assert_eq!(
        log["exchanges"][0].get("client_faults"),
        None,
        "only where there are any"
    );
    assert!(!log.to_string().contains("rt-bo"));
    assert!(look(&emulator, "log?values=true").to_string().contains("rt-bo"));
}

#[test]
fn seeds_name_what_there_is_and_a_wrong_lever_all_levers() {
    let emulator = emulator();
    let seeds = look(&emulator, "seeds");
    assert_eq!(seeds["environment"], "production");
    assert_eq!(seeds["companies"][0]["people"][0]["email"], ADMIN);
    assert_eq!(
        seeds["api_keys"],
        json!([{ "company": COMPANY.to_string(), "key": KEY }])
    );
    let wrong = lever(&emulator, "moon", &json!({}));
    assert_eq!(wrong.status, 404);
    assert!(wrong.member("error").contains("app-scopes"));
}
