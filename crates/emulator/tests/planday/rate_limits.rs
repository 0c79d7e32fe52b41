//! Four windows and three headers.

use std::time::Duration;

use attache_emulator::planday::{Connection, Emulator, Limits};

use crate::support::{APP, OTHER_APP, get, pair, read, request, world};

const INFO: &str = "/portal/v1.0/info";

fn headers(emulator: &Emulator, access: &str) -> (u16, String, String, String) {
    let answer = get(emulator, INFO, access);
    let text = |name| answer.header(name).to_owned();
    (
        answer.status,
        text("x-ratelimit-limit"),
        text("x-ratelimit-remaining"),
        text("x-ratelimit-reset"),
    )
}

fn seen(status: u16, limit: &str, remaining: &str, reset: &str) -> (u16, String, String, String) {
    (status, limit.to_owned(), remaining.to_owned(), reset.to_owned())
}

#[test]
fn the_documented_quotas_stand_in_every_answer() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let policy = "20, 20;w=1, 750;w=60, 100;w=1, 2000;w=60";
    assert_eq!(headers(&emulator, &access), seen(200, policy, "19", "1"));
    assert_eq!(headers(&emulator, "unknown"), seen(401, policy, "20", "1"));
    let missing = get(&emulator, "/hr/v1.0/departments/9", &access);
    assert_eq!(
        (missing.status, missing.header("x-ratelimit-remaining")),
        (404, "18")
    );
}

#[test]
fn the_twenty_first_request_in_a_second_waits_for_the_reset() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    for _ in 0..20 {
        assert_eq!(get(&emulator, INFO, &access).status, 200);
    }
    let policy = "20, 20;w=1, 750;w=60, 100;w=1, 2000;w=60";
    assert_eq!(headers(&emulator, &access), seen(429, policy, "0", "1"));
    assert_eq!(
        get(&emulator, INFO, &access).header("retry-after"),
        "",
        "it is not documented"
    );
    emulator.clock().advance(Duration::from_millis(999));
    assert_eq!(get(&emulator, INFO, &access).status, 429);
    emulator.clock().advance(Duration::from_millis(1));
    assert_eq!(headers(&emulator, &access), seen(200, policy, "19", "1"));
}

#[test]
fn the_nearest_window_is_the_one_reported() {
    let limits = Limits {
        portal_second: 20,
        portal_minute: 5,
        client_second: 100,
        client_minute: 2000,
    };
    let emulator = world().limits(limits).build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let policy = "5, 20;w=1, 5;w=60, 100;w=1, 2000;w=60";
    assert_eq!(headers(&emulator, &access), seen(200, policy, "4", "60"));
    emulator.clock().advance(Duration::from_secs(10));
    for _ in 0..4 {
        get(&emulator, INFO, &access);
    }
    assert_eq!(headers(&emulator, &access), seen(429, policy, "0", "50"));
    emulator.clock().advance(Duration::from_secs(50));
    assert_eq!(headers(&emulator, &access), seen(200, policy, "4", "60"));
}

#[test]
fn a_client_id_is_limited_across_portals_and_a_portal_across_client_ids() {
    let two = Limits {
        portal_second: 100,
        portal_minute: 100,
        client_second: 2,
        client_minute: 100,
    };
    let emulator = world().limits(two).build().unwrap();
    let (bakery, _) = pair(&emulator, "rt-bakery");
    let (cafe, _) = pair(&emulator, "rt-cafe");
    let statuses = [&bakery, &cafe, &cafe].map(|access| get(&emulator, INFO, access).status);
    assert_eq!(statuses, [200, 200, 429]);

    let two = Limits {
        portal_second: 2,
        portal_minute: 100,
        client_second: 100,
        client_minute: 100,
    };
    let emulator = world().limits(two).build().unwrap();
    let (first, _) = pair(&emulator, "rt-bakery");
    let answer = read(emulator.handle(crate::support::refresh_request(OTHER_APP, "rt-other")));
    let second = answer.body["access_token"].as_str().unwrap().to_owned();
    let call = |access: &str, client_id: &str| {
        let mut request = request("GET", INFO, access).body(bytes::Bytes::new()).unwrap();
        request
            .headers_mut()
            .insert("x-clientid", client_id.parse().unwrap());
        read(emulator.handle(request)).status
    };
    assert_eq!(
        [call(&first, APP), call(&second, OTHER_APP), call(&first, APP)],
        [200, 200, 429]
    );
}

#[test]
fn the_minute_of_a_client_id_runs_across_its_portals() {
    let limits = Limits {
        client_minute: 3,
        ..Limits::documented()
    };
    let emulator = world().limits(limits).build().unwrap();
    let (bakery, _) = pair(&emulator, "rt-bakery");
    let (cafe, _) = pair(&emulator, "rt-cafe");
    let policy = "3, 20;w=1, 750;w=60, 100;w=1, 3;w=60";
    assert_eq!(headers(&emulator, &bakery), seen(200, policy, "2", "60"));
    emulator.clock().advance(Duration::from_secs(20));
    assert_eq!(headers(&emulator, &cafe), seen(200, policy, "1", "40"));
    assert_eq!(headers(&emulator, &bakery), seen(200, policy, "0", "40"));
    assert_eq!(headers(&emulator, &cafe), seen(429, policy, "0", "40"));
    emulator.clock().advance(Duration::from_secs(40));
    assert_eq!(headers(&emulator, &cafe), seen(200, policy, "2", "60"));
}

#[test]
fn token_requests_are_not_counted() {
    let tiny = Limits {
        portal_second: 1,
        ..Limits::documented()
    };
    let emulator = world().limits(tiny).build().unwrap();
    for _ in 0..3 {
        pair(&emulator, "rt-bakery");
    }
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(get(&emulator, INFO, &access).status, 200);
}

#[test]
fn the_worked_example_and_no_limits_are_options() {
    let count = |limits: Limits| {
        let emulator = world()
            .limits(limits)
            .portal(attache_emulator::planday::Portal::new(9))
            .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
            .build()
            .unwrap();
        let (access, _) = pair(&emulator, "rt-nine");
        (0..200)
            .filter(|_| get(&emulator, INFO, &access).status == 200)
            .count()
    };
    assert_eq!(
        [count(Limits::worked_example()), count(Limits::unlimited())],
        [10, 200]
    );
}
