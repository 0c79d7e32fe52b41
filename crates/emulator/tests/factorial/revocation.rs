use serde_json::json;

use crate::support::{APP, PUBLIC, SECRET, form, get, refresh, refusal, refused, world};

const WHO: &str = "/api_public/credentials";

fn revoke(emulator: &attache_emulator::factorial::Emulator, token: &str) -> crate::support::Answer {
    let fields = [("client_id", APP), ("client_secret", SECRET), ("token", token)];
    form(emulator, "/oauth/revoke", &fields)
}

#[test]
fn either_token_ends_both_since_they_are_one_record() {
    for given in ["at-bo", "rt-bo"] {
        let emulator = world().build().unwrap();
        assert_eq!(revoke(&emulator, given).shown(), (200, json!({})));
        assert_eq!(get(&emulator, WHO, "at-bo").status, 401);
        assert_eq!(
            refusal(&refresh(&emulator, "rt-bo")),
            refused(400, "invalid_grant")
        );
    }
}

#[test]
fn an_unknown_token_is_revoked_as_well() {
    let emulator = world().build().unwrap();
    assert_eq!(revoke(&emulator, "never seen").shown(), (200, json!({})));
}

#[test]
fn bad_client_credentials_and_foreign_tokens_are_unauthorized_client() {
    let emulator = world().build().unwrap();
    let wrong = [("client_id", APP), ("client_secret", "no"), ("token", "at-bo")];
    assert_eq!(
        refusal(&form(&emulator, "/oauth/revoke", &wrong)),
        refused(403, "unauthorized_client")
    );
    let foreign = [("client_id", PUBLIC), ("token", "at-bo")];
    assert_eq!(
        refusal(&form(&emulator, "/oauth/revoke", &foreign)),
        refused(403, "unauthorized_client")
    );
    assert!(emulator.is_live_access_token("at-bo"));
}

#[test]
fn a_company_token_is_revoked_by_its_access_token_alone() {
    let emulator = world().build().unwrap();
    assert_eq!(revoke(&emulator, "at-brisa").status, 200);
    assert_eq!(get(&emulator, WHO, "at-brisa").status, 401);
    assert!(
        emulator.is_live_access_token("at-ana"),
        "the administrator's own lives"
    );
}
