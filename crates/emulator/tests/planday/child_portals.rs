//! Master and child portals: the observed `token_exchange` grant.

use std::time::Duration;

use attache_emulator::planday::{Administrator, App, Department, Emulator, ExpiresIn, Portal};
use serde_json::json;

use crate::partner::{NORTH, PARTNER, SOUTH, call, customers, customers_with, link, post};
use crate::support::{Answer, OTHER_APP, oauth_error};

const MASTER: i64 = 4800;
const CHILD: i64 = 4801;
const DEPARTMENTS: &str = "/hr/v1.0/departments";

fn network(customers: attache_emulator::planday::Builder) -> Emulator {
    customers
        .portal(
            Portal::new(MASTER)
                .child(CHILD, "child")
                .child(4899, "gone")
                .administrators([Administrator::named("ada", "Ada Holm").sees_only([9])]),
        )
        .portal(Portal::new(CHILD).department(Department::new(1, "Cellar")))
        .build()
        .unwrap()
}

fn exchange(emulator: &Emulator, subject: &str, changes: &[(&str, &str)]) -> Answer {
    let resource = CHILD.to_string();
    let mut fields = vec![
        ("client_id", PARTNER),
        ("grant_type", "token_exchange"),
        ("subject_token_type", "openapi:access_token"),
        ("subject_token", subject),
        ("resource", &resource),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = value,
            None => fields.push((name, value)),
        }
    }
    post(emulator, "/connect/token", &fields)
}

#[test]
fn the_portal_names_its_children_and_a_parents_token_opens_them() {
    let emulator = network(customers());
    let (parent, _) = link(&emulator, MASTER, "ada");
    let info = call(&emulator, "/portal/v1.0/info", &parent).body;
    assert_eq!(
        info["data"]["portals"][0],
        json!({ "id": CHILD, "name": "child", "aliases": null })
    );
    let answer = exchange(&emulator, &parent, &[]);
    let child = answer.body["access_token"].as_str().unwrap();
    assert_eq!(answer.shown(), (200, json!({ "access_token": child })));
    let seen = |access: &str| {
        let portal = call(&emulator, "/portal/v1.0/info", access).body["data"]["id"].clone();
        (portal, call(&emulator, DEPARTMENTS, access).body["data"].clone())
    };
    assert_eq!(seen(&parent), (json!(MASTER), json!([])));
    assert_eq!(
        seen(child),
        (
            json!(CHILD),
            json!([{ "id": 1, "name": "Cellar", "number": null }])
        )
    );
    assert_eq!(emulator.counters().child_exchanges, 1);
    assert!(!emulator.is_authorized(PARTNER, CHILD), "no grant of its own");
}

#[test]
fn its_lifetime_is_said_only_where_that_is_switched_on() {
    let emulator = network(customers_with(|options| {
        options.child_expires_in(ExpiresIn::Number)
    }));
    let (parent, _) = link(&emulator, MASTER, "ada");
    let answer = exchange(&emulator, &parent, &[]);
    assert_eq!(answer.body["expires_in"], 3600);
    let child = answer.body["access_token"].as_str().unwrap();
    emulator.clock().advance(Duration::from_secs(3600));
    assert_eq!(call(&emulator, DEPARTMENTS, child).status, 401);
}

#[test]
fn what_does_not_fit_is_refused() {
    let emulator = network(customers().app(App::new(OTHER_APP)));
    let (parent, refresh) = link(&emulator, MASTER, "ada");
    let (stranger, _) = link(&emulator, SOUTH, "administrator");
    let north = NORTH.to_string();
    let master = MASTER.to_string();
    let cases = [
        (&parent, ("resource", north.as_str()), "invalid_target"),
        (&parent, ("resource", &master), "invalid_target"),
        (&parent, ("resource", "4899"), "invalid_target"),
        (&parent, ("resource", "child"), "invalid_target"),
        (&parent, ("resource", ""), "invalid_request"),
        (&stranger, ("x", ""), "invalid_target"),
        (&refresh, ("x", ""), "invalid_grant"),
        (&parent, ("client_id", OTHER_APP), "invalid_grant"),
        (
            &parent,
            (
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
            "invalid_request",
        ),
        (
            &parent,
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            "unsupported_grant_type",
        ),
    ];
    for (subject, change, error) in cases {
        assert_eq!(
            exchange(&emulator, subject, &[change]).shown(),
            oauth_error(error),
            "{change:?}"
        );
    }
}

#[test]
fn a_dead_parent_token_buys_nothing() {
    let emulator = network(customers());
    let (parent, _) = link(&emulator, MASTER, "ada");
    emulator.clock().advance(Duration::from_secs(3600));
    assert_eq!(
        exchange(&emulator, &parent, &[]).shown(),
        oauth_error("invalid_grant")
    );
}

#[test]
fn a_childs_token_ends_with_the_grant_of_its_parent() {
    let emulator = network(customers());
    let (parent, refresh) = link(&emulator, MASTER, "ada");
    let child = exchange(&emulator, &parent, &[]).body["access_token"].clone();
    let status = || call(&emulator, DEPARTMENTS, child.as_str().unwrap()).status;
    emulator.revoke(PARTNER, MASTER).unwrap();
    assert_eq!(status(), 401);
    emulator.authorize(PARTNER, MASTER).unwrap();
    emulator
        .set_portal_administrator_active(MASTER, "ada", false)
        .unwrap();
    assert_eq!(status(), 401);
    emulator
        .set_portal_administrator_active(MASTER, "ada", true)
        .unwrap();
    assert_eq!(status(), 200);
    let fields = [("client_id", PARTNER), ("token", &refresh)];
    post(&emulator, "/connect/revocation", &fields);
    assert_eq!(status(), 401);
}

#[test]
fn a_childs_calls_count_against_the_childs_own_limit() {
    let emulator = network(customers());
    let (parent, _) = link(&emulator, MASTER, "ada");
    let child = exchange(&emulator, &parent, &[]).body["access_token"].clone();
    for _ in 0..20 {
        assert_eq!(call(&emulator, DEPARTMENTS, child.as_str().unwrap()).status, 200);
    }
    assert_eq!(call(&emulator, DEPARTMENTS, child.as_str().unwrap()).status, 429);
    assert_eq!(call(&emulator, DEPARTMENTS, &parent).status, 200);
}
