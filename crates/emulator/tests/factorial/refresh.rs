use std::time::Duration;

use attache_emulator::factorial::{Options, Rotation};

use crate::support::{PUBLIC, form, get, pair, refresh, refusal, refused, token, world};

const WHO: &str = "/api_public/credentials";

#[test]
fn a_refresh_gives_a_new_pair_with_a_new_hour_and_the_same_scopes() {
    let emulator = world().build().unwrap();
    let answer = refresh(&emulator, "rt-bo");
    assert_eq!(answer.status, 200);
    assert_ne!(answer.member("access_token"), "at-bo");
    assert_ne!(answer.member("refresh_token"), "rt-bo");
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(answer.member("scope").split(' ').count(), 28);
}

#[test]
fn the_old_refresh_token_is_good_until_the_new_access_token_is_first_used() {
    let emulator = world().build().unwrap();
    let (first, _) = pair(&emulator, "rt-bo");
    let (second, _) = pair(&emulator, "rt-bo");
    assert_ne!(first, second, "a replay gives another pair");
    assert!(
        emulator.is_live_access_token("at-bo"),
        "and so is the old access token"
    );
    assert_eq!(get(&emulator, WHO, &second).status, 200);
    assert_eq!(
        refusal(&refresh(&emulator, "rt-bo")),
        refused(400, "invalid_grant")
    );
    assert!(!emulator.is_live_access_token("at-bo"));
    let live = [&first, &second].map(|token| emulator.is_live_access_token(token));
    assert_eq!(live, [true, true], "the first use kills the shared parent only");
    let counters = emulator.counters();
    assert_eq!((counters.refreshes, counters.replays), (2, 2));
}

#[test]
fn only_the_pair_that_was_refreshed_dies_not_its_grandparent() {
    let emulator = world().build().unwrap();
    let (_, second) = pair(&emulator, "rt-bo");
    let (third_access, _) = pair(&emulator, &second);
    assert_eq!(get(&emulator, WHO, &third_access).status, 200);
    let live = ["rt-bo", &second].map(|token| emulator.is_live_refresh_token(token));
    assert_eq!(live, [true, false]);
}

#[test]
fn a_call_that_is_refused_for_its_scope_counts_as_a_use() {
    let emulator = world().build().unwrap();
    let answer = token(
        &emulator,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", "rt-bo"),
            ("scope", "employees"),
        ],
    );
    assert_eq!(answer.member("scope"), "employees");
    let refused = get(&emulator, "/timeoff/leaves", &answer.member("access_token"));
    assert_eq!(refused.status, 403);
    assert!(!emulator.is_live_refresh_token("rt-bo"));
}

#[test]
fn rotation_at_once_is_a_switch() {
    let options = Options::default().rotation(Rotation::Once);
    let emulator = world().options(options).build().unwrap();
    let (_, next) = pair(&emulator, "rt-bo");
    assert_eq!(
        refusal(&refresh(&emulator, "rt-bo")),
        refused(400, "invalid_grant")
    );
    assert_eq!(refresh(&emulator, &next).status, 200);
}

#[test]
fn an_access_token_lives_an_hour_and_a_refresh_token_a_week() {
    let emulator = world().build().unwrap();
    emulator.clock().advance(Duration::from_secs(3599));
    assert_eq!(get(&emulator, WHO, "at-bo").status, 200);
    emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(get(&emulator, WHO, "at-bo").status, 401);
    emulator.clock().advance(Duration::from_secs(7 * 86_400 - 3601));
    let (_, renewed) = pair(&emulator, "rt-bo");
    emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(
        refusal(&refresh(&emulator, "rt-bo")),
        refused(400, "invalid_grant")
    );
    assert_eq!(
        refresh(&emulator, &renewed).status,
        200,
        "each pair has its own week"
    );
}

#[test]
fn scopes_may_shrink_and_not_grow() {
    let emulator = world().build().unwrap();
    let with = |token_text: &str, scope: &str| {
        token(
            &emulator,
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", token_text),
                ("scope", scope),
            ],
        )
    };
    let small = with("rt-bo", "employees time_off");
    let grown = with(&small.member("refresh_token"), "employees payroll");
    assert_eq!(refusal(&grown), refused(400, "invalid_scope"));
    assert!(emulator.is_live_refresh_token(&small.member("refresh_token")));
}

#[test]
fn another_applications_or_an_unknown_refresh_token_is_invalid() {
    let emulator = world().build().unwrap();
    let other = form(
        &emulator,
        "/oauth/token",
        &[
            ("client_id", PUBLIC),
            ("grant_type", "refresh_token"),
            ("refresh_token", "rt-bo"),
        ],
    );
    assert_eq!(refusal(&other), refused(400, "invalid_grant"));
    assert_eq!(refusal(&refresh(&emulator, "x")), refused(400, "invalid_grant"));
    assert!(emulator.is_live_refresh_token("rt-bo"));
}
