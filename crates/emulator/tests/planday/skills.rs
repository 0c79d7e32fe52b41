//! `/hr/v1.0/skills`: a bare array, and ids in the query.

use attache_emulator::planday::{App, Connection, Emulator, Options, Portal, Skill};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send};

const LIST: &str = "/hr/v1.0/skills";

fn with(scopes: &[&str], options: Options) -> (Emulator, String) {
    let emulator = Emulator::builder()
        .options(options)
        .app(App::new(APP).scopes(scopes.iter().copied()))
        .portal(Portal::new(9).skill(Skill::new(951, "Barista")))
        .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

const ALL: [&str; 5] = [
    "employee:read",
    "skill:read",
    "skill:create",
    "skill:update",
    "skill:delete",
];

#[test]
fn skills_are_written_by_query_and_read_as_a_bare_array() {
    let (emulator, access) = with(&ALL, Options::default().unknown_member(false));
    let body = json!({ "name": "Sommelier", "description": "Wine", "isTimeLimited": true });
    assert_eq!(
        send(&emulator, "POST", LIST, &access, &body).shown(),
        (204, Value::Null)
    );
    let barista = json!({ "name": "Roaster", "isTimeLimited": false });
    assert_eq!(
        send(
            &emulator,
            "PUT",
            &format!("{LIST}?skillId=951"),
            &access,
            &barista
        )
        .status,
        204
    );
    assert_eq!(
        get(&emulator, LIST, &access).shown(),
        (
            200,
            json!([
                { "skillId": 951, "name": "Roaster", "description": null, "isTimeLimited": false },
                { "skillId": 952, "name": "Sommelier", "description": "Wine", "isTimeLimited": true },
            ])
        )
    );
    assert_eq!(
        send(
            &emulator,
            "DELETE",
            &format!("{LIST}?skillId=951"),
            &access,
            &Value::Null
        )
        .status,
        204
    );
    assert_eq!(get(&emulator, LIST, &access).body.as_array().unwrap().len(), 1);
}

#[test]
fn a_skill_needs_its_members_and_a_known_id() {
    let (emulator, access) = with(&ALL, Options::default());
    let body = json!({ "name": "Sommelier", "isTimeLimited": true });
    for (method, target, body, status) in [
        ("POST", LIST, &json!({ "name": "Sommelier" }), 409),
        ("POST", LIST, &json!({ "isTimeLimited": true }), 409),
        ("PUT", LIST, &body, 400),
        ("PUT", "/hr/v1.0/skills?skillId=99", &body, 404),
        ("DELETE", "/hr/v1.0/skills?skillId=x", &Value::Null, 400),
    ] {
        assert_eq!(
            send(&emulator, method, target, &access, body).status,
            status,
            "{method} {target}"
        );
    }
}

#[test]
fn the_list_needs_both_scopes_that_its_policy_is_named_for() {
    let missing = |scopes: &[&str]| {
        let (emulator, access) = with(scopes, Options::default());
        let answer = get(&emulator, LIST, &access);
        (
            answer.status,
            answer.body["detail"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let refused = |scope: &str| {
        let text = format!("Your application isn't assigned to the appropriate scope ({scope})");
        (403, text)
    };
    assert_eq!(missing(&["employee:read"]), refused("skill:read"));
    assert_eq!(missing(&["skill:read"]), refused("employee:read"));
    assert_eq!(missing(&["employee:read", "skill:read"]).0, 200);
}

#[test]
fn unknown_members_come_in_bare_arrays_too() {
    let (emulator, access) = with(&ALL, Options::default());
    let row = get(&emulator, LIST, &access).body[0].clone();
    assert_eq!(row.as_object().unwrap().len(), 5, "{row}");
}
