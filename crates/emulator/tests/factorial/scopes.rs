use attache_emulator::factorial::{App, Link, Options};
use http::StatusCode;

use crate::support::{ADMIN, CALLBACK, KEY, get, get_with_key, send, world};

fn small() -> attache_emulator::factorial::Builder {
    world()
        .app(
            App::new("app-small", "s")
                .redirect_uri(CALLBACK)
                .scopes(["employees"]),
        )
        .link(Link::user("app-small", ADMIN).access_token("at-small"))
        .link(Link::company("app-small", ADMIN).access_token("at-small-company"))
}

#[test]
fn a_token_opens_what_its_scopes_name_and_no_more() {
    let emulator = small().build().unwrap();
    for token in ["at-small", "at-small-company"] {
        let statuses = [
            "/employees/employees",
            "/teams/teams",
            "/api_public/credentials",
            "/timeoff/leaves",
            "/attendance/shifts",
            "/documents/documents",
            "/companies/legal_entities",
        ]
        .map(|list| get(&emulator, list, token).status);
        assert_eq!(statuses, [200, 200, 200, 403, 403, 403, 403], "{token}");
    }
    assert_eq!(get_with_key(&emulator, "/timeoff/leaves", KEY).status, 200);
}

#[test]
fn the_status_is_a_switch() {
    let options = Options::default().missing_scope(StatusCode::NOT_FOUND);
    let emulator = small().options(options).build().unwrap();
    assert_eq!(get(&emulator, "/timeoff/leaves", "at-small").status, 404);
}

#[test]
fn a_scope_grants_writing_too_but_no_right_that_the_person_lacks() {
    let emulator = world().build().unwrap();
    let body = serde_json::json!({ "name": "Night shift" });
    let statuses = ["at-ana", "at-bo", "at-brisa"].map(|token| {
        let answer = send(&emulator, "POST", "/teams/teams", token, &body);
        emulator.clear_log();
        answer.status
    });
    assert_eq!(
        statuses,
        [201, 403, 422],
        "administrator, employee, company: the name is taken"
    );
}

#[test]
fn changing_an_applications_scopes_kills_its_tokens() {
    let emulator = small().build().unwrap();
    emulator
        .set_app_scopes("app-small", &["employees", "time_off"])
        .unwrap();
    assert_eq!(get(&emulator, "/teams/teams", "at-small").status, 401);
    assert_eq!(get(&emulator, "/teams/teams", "at-small-company").status, 401);
    assert_eq!(get(&emulator, "/teams/teams", "at-ana").status, 200);
}
