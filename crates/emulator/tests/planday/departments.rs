//! `/hr/v1.0/departments`.

use attache_emulator::planday::{Connection, Department, Emulator, Options, OverLimit, Portal};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::support::{APP, BAKERY, get, pair, read, request, send, world};

const LIST: &str = "/hr/v1.0/departments";

fn bakery() -> (Emulator, String) {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    (emulator, access)
}

/// A portal with this many departments.
fn crowded(count: u32) -> (Emulator, String) {
    let emulator = world()
        .portal(Portal::generated(9, 1).departments(count))
        .connect(Connection::new(APP, 9).with_refresh_token("rt-crowded"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-crowded");
    (emulator, access)
}

#[test]
fn the_list_has_the_documented_envelope() {
    let (emulator, access) = bakery();
    let expected = json!({
        "paging": { "offset": 0, "limit": 50, "total": 2 },
        "data": [{ "id": 1, "name": "Kitchen", "number": "10" }, { "id": 2, "name": "Shop", "number": null }],
    });
    assert_eq!(get(&emulator, LIST, &access).shown(), (200, expected));
}

#[test]
fn pages_follow_limit_and_offset_in_any_case() {
    let (emulator, access) = crowded(120);
    let page = |query: &str| {
        let body = get(&emulator, &format!("{LIST}{query}"), &access).body;
        let rows = body["data"].as_array().unwrap();
        (
            body["paging"].clone(),
            rows.len(),
            rows.first().map(|row| row["id"].clone()).unwrap_or_default(),
        )
    };
    let paging = |offset: u32, limit: u32| json!({ "offset": offset, "limit": limit, "total": 120 });
    assert_eq!(page(""), (paging(0, 50), 50, json!(1001)));
    assert_eq!(page("?limit=50&offset=100"), (paging(100, 50), 20, json!(1101)));
    assert_eq!(page("?Limit=7&Offset=3"), (paging(3, 7), 7, json!(1004)));
    assert_eq!(page("?OFFSET=120"), (paging(120, 50), 0, Value::Null));
    assert_eq!(page("?unheard=of"), (paging(0, 50), 50, json!(1001)));
}

#[test]
fn a_limit_above_fifty_or_a_bad_value_is_400() {
    let (emulator, access) = bakery();
    for query in [
        "limit=51",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "offset=-1",
        "offset=3000000000",
        "limit=",
    ] {
        assert_eq!(
            get(&emulator, &format!("{LIST}?{query}"), &access).status,
            400,
            "{query}"
        );
    }
}

#[test]
fn the_server_may_lower_a_limit_and_echo_it() {
    let options = Options::default().over_limit(OverLimit::Lower);
    let emulator = world().options(options).build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(
        get(&emulator, &format!("{LIST}?limit=100"), &access).body["paging"]["limit"],
        50
    );
}

#[test]
fn a_department_is_created_read_changed_and_deleted() {
    let (emulator, access) = bakery();
    let created = send(
        &emulator,
        "POST",
        LIST,
        &access,
        &json!({ "name": " Cellar ", "number": "30" }),
    );
    let row = json!({ "data": { "id": 3, "name": "Cellar", "number": "30" } });
    assert_eq!(created.shown(), (201, row.clone()));
    assert_eq!(
        get(&emulator, "/hr/v1.0/departments/3", &access).shown(),
        (200, row)
    );

    let changed = send(
        &emulator,
        "PUT",
        "/hr/v1.0/departments/3",
        &access,
        &json!({ "name": "Vault" }),
    );
    assert_eq!((changed.status, changed.raw.len()), (204, 0));
    let row = json!({ "data": { "id": 3, "name": "Vault", "number": null } });
    assert_eq!(get(&emulator, "/hr/v1.0/departments/3", &access).body, row);

    let deleted = send(
        &emulator,
        "DELETE",
        "/hr/v1.0/departments/3",
        &access,
        &Value::Null,
    );
    assert_eq!((deleted.status, deleted.raw.len()), (204, 0));
    assert_eq!(get(&emulator, "/hr/v1.0/departments/3", &access).status, 404);
    assert_eq!(
        get(&emulator, "/hr/v1.0/departments/3?includeDeleted=true", &access).body,
        row
    );
    assert_eq!(
        emulator.portal(BAKERY).unwrap().department_list(),
        [
            Department::new(1, "Kitchen").number("10"),
            Department::new(2, "Shop")
        ]
    );
}

#[test]
fn a_write_in_one_portal_does_not_show_in_another() {
    let (emulator, access) = bakery();
    send(&emulator, "POST", LIST, &access, &json!({ "name": "Cellar" }));
    let (other, _) = pair(&emulator, "rt-cafe");
    assert_eq!(get(&emulator, LIST, &other).body["paging"]["total"], 1);
}

#[test]
fn bad_data_is_409_and_a_malformed_body_400() {
    let (emulator, access) = bakery();
    let cases = [
        (json!({}), 409),
        (json!({ "name": "" }), 409),
        (json!({ "name": "  " }), 409),
        (json!({ "name": "kitchen" }), 409),
        (json!({ "name": 7 }), 400),
        (json!({ "name": "Cellar", "number": 7 }), 400),
        (json!([]), 400),
    ];
    for (body, status) in cases {
        assert_eq!(
            send(&emulator, "POST", LIST, &access, &body).status,
            status,
            "{body}"
        );
    }
    let text = |content_type: &str, body: &'static str| {
        let request = request("POST", LIST, &access).header("content-type", content_type);
        read(emulator.handle(request.body(Bytes::from_static(body.as_bytes())).unwrap())).status
    };
    assert_eq!(text("application/json", "{"), 400);
    assert_eq!(text("text/plain", "{\"name\":\"Cellar\"}"), 415);
    assert_eq!(
        send(
            &emulator,
            "PUT",
            "/hr/v1.0/departments/2",
            &access,
            &json!({ "name": "Kitchen" })
        )
        .status,
        409
    );
    assert_eq!(
        send(
            &emulator,
            "PUT",
            "/hr/v1.0/departments/2",
            &access,
            &json!({ "name": "SHOP" })
        )
        .status,
        204
    );
}

#[test]
fn unknown_ids_are_404_and_bad_ones_400() {
    let (emulator, access) = bakery();
    let unknown = get(&emulator, "/hr/v1.0/departments/99", &access);
    assert_eq!(
        (unknown.status, &unknown.body["detail"]),
        (404, &json!("Department with given id doesn't exist"))
    );
    assert_eq!(
        send(
            &emulator,
            "PUT",
            "/hr/v1.0/departments/99",
            &access,
            &json!({ "name": "X" })
        )
        .status,
        404
    );
    assert_eq!(
        send(
            &emulator,
            "DELETE",
            "/hr/v1.0/departments/99",
            &access,
            &Value::Null
        )
        .status,
        404
    );
    for id in ["abc", "0", "-1", "99999999999999999999"] {
        assert_eq!(
            get(&emulator, &format!("/hr/v1.0/departments/{id}"), &access).status,
            400,
            "{id}"
        );
    }
    assert_eq!(
        get(&emulator, "/hr/v1.0/departments/1?includeDeleted=maybe", &access).status,
        400
    );
}

#[test]
fn the_plan_bounds_the_number_of_departments() {
    let emulator = world()
        .portal(
            Portal::new(9)
                .max_departments(1)
                .department(Department::new(1, "Hall")),
        )
        .connect(Connection::new(APP, 9).with_refresh_token("rt-small"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-small");
    assert_eq!(
        send(&emulator, "POST", LIST, &access, &json!({ "name": "Bar" })).status,
        409
    );
}
