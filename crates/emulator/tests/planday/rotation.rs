//! What a refresh does to the old refresh token, rule by rule.

use std::time::Duration;

use attache_emulator::planday::{Emulator, Issues, OldToken, Replay, Reuse, Rotation, RotationRule};

use crate::support::{APP, BAKERY, get, oauth_error, pair, refresh, world};

fn rotating(rotation: Rotation) -> Emulator {
    world().rotation(rotation).build().unwrap()
}

fn dead(emulator: &Emulator, token: &str) {
    assert_eq!(refresh(emulator, token).shown(), oauth_error("invalid_grant"));
    assert!(!emulator.is_live_refresh_token(token));
}

#[test]
fn never_gives_the_same_token_back_each_time() {
    let emulator = rotating(Rotation::Never);
    let (first, same) = pair(&emulator, "rt-bakery");
    let (second, again) = pair(&emulator, "rt-bakery");
    assert_eq!((same.as_str(), again.as_str()), ("rt-bakery", "rt-bakery"));
    assert_ne!(first, second);
    assert_eq!(
        (emulator.counters().refreshes, emulator.counters().replays),
        (2, 0)
    );
}

#[test]
fn omit_refresh_token_gives_none_and_keeps_the_old_one_good() {
    let emulator = rotating(Rotation::OmitRefreshToken);
    assert_eq!(refresh(&emulator, "rt-bakery").body.get("refresh_token"), None);
    assert_eq!(refresh(&emulator, "rt-bakery").status, 200);
    assert_eq!(emulator.counters().replays, 0);
}

#[test]
fn first_use_grace_keeps_the_old_token_until_the_new_access_token_is_used() {
    let emulator = rotating(Rotation::FirstUseGrace);
    let (first_access, first) = pair(&emulator, "rt-bakery");
    let (_, second) = pair(&emulator, "rt-bakery");
    assert_ne!(first, second, "a replay gives another new pair");
    assert_eq!(emulator.counters().replays, 1);
    assert_eq!(get(&emulator, "/portal/v1.0/info", &first_access).status, 200);
    dead(&emulator, "rt-bakery");
    assert_eq!(
        refresh(&emulator, &first).status,
        200,
        "the new pairs are untouched"
    );
    assert_eq!(refresh(&emulator, &second).status, 200);
}

#[test]
fn first_use_grace_counts_any_call_with_a_good_token_as_use() {
    let emulator = rotating(Rotation::FirstUseGrace);
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(get(&emulator, "/hr/v1.0/departments/77", &access).status, 404);
    dead(&emulator, "rt-bakery");
}

#[test]
fn grace_gives_the_same_pair_again_and_then_ends() {
    let emulator = rotating(Rotation::Grace(Duration::from_secs(5)));
    let first = pair(&emulator, "rt-bakery");
    emulator.clock().advance(Duration::from_secs(5));
    let replayed = refresh(&emulator, "rt-bakery");
    assert_eq!(
        (
            replayed.body["access_token"].as_str(),
            replayed.body["refresh_token"].as_str()
        ),
        (Some(first.0.as_str()), Some(first.1.as_str()))
    );
    assert_eq!(replayed.body["expires_in"], 3595);
    emulator.clock().advance(Duration::from_millis(1));
    dead(&emulator, "rt-bakery");
    assert_eq!(refresh(&emulator, &first.1).status, 200);
    assert_eq!(emulator.counters().replays, 2);
}

#[test]
fn once_kills_the_old_token_at_once_and_spares_the_new_pair() {
    let emulator = rotating(Rotation::Once);
    let (access, fresh) = pair(&emulator, "rt-bakery");
    dead(&emulator, "rt-bakery");
    assert_eq!(get(&emulator, "/portal/v1.0/info", &access).status, 200);
    assert_eq!(refresh(&emulator, &fresh).status, 200);
}

#[test]
fn once_family_kills_the_whole_grant_on_reuse() {
    let emulator = rotating(Rotation::OnceFamily);
    let (access, fresh) = pair(&emulator, "rt-bakery");
    dead(&emulator, "rt-bakery");
    dead(&emulator, &fresh);
    assert_eq!(get(&emulator, "/portal/v1.0/info", &access).status, 401);
    assert_eq!(
        refresh(&emulator, "rt-cafe").status,
        200,
        "the other portal's grant is another family"
    );
}

#[test]
fn after_a_killed_family_only_a_new_authorization_helps() {
    let emulator = rotating(Rotation::OnceFamily);
    pair(&emulator, "rt-bakery");
    dead(&emulator, "rt-bakery");
    emulator.authorize(APP, BAKERY).unwrap();
    let newest = emulator.refresh_token(APP, BAKERY).unwrap();
    dead(&emulator, &newest);
    let renewed = emulator.reauthorize(APP, BAKERY).unwrap();
    dead(&emulator, "rt-bakery");
    assert!(
        emulator.is_live_refresh_token(&renewed),
        "an old token cannot kill the new grant"
    );
}

#[test]
fn a_rule_can_be_put_together_and_changed_while_running() {
    let emulator = rotating(Rotation::Never);
    emulator.set_rotation(Rotation::Custom(RotationRule {
        issues: Issues::New,
        old_token: OldToken::For(Duration::from_secs(60)),
        replay: Replay::NewPair,
        reuse: Reuse::KillsGrant,
    }));
    let (_, first) = pair(&emulator, "rt-bakery");
    let (_, second) = pair(&emulator, "rt-bakery");
    assert_ne!(first, second);
    emulator.clock().advance(Duration::from_secs(61));
    dead(&emulator, "rt-bakery");
    dead(&emulator, &second);
}

#[test]
fn rules_are_read_by_name() {
    let read = |text: &str| text.parse::<Rotation>();
    assert_eq!(read("never"), Ok(Rotation::Never));
    assert_eq!(read("omit"), Ok(Rotation::OmitRefreshToken));
    assert_eq!(read("first-use-grace"), Ok(Rotation::FirstUseGrace));
    assert_eq!(read("grace:5"), Ok(Rotation::Grace(Duration::from_secs(5))));
    assert_eq!(read("once"), Ok(Rotation::Once));
    assert_eq!(read("once-family"), Ok(Rotation::OnceFamily));
    assert!(read("grace:soon").is_err() && read("always").is_err());
}

#[test]
fn the_token_column_shows_the_newest_token() {
    let emulator = rotating(Rotation::Once);
    let (_, fresh) = pair(&emulator, "rt-bakery");
    assert_eq!(emulator.refresh_token(APP, BAKERY), Some(fresh));
}

#[test]
fn every_issued_token_is_listed_in_order_also_dead_and_unused_ones() {
    let emulator = rotating(Rotation::Once);
    let (access, fresh) = pair(&emulator, "rt-bakery");
    assert_eq!(
        emulator.issued_tokens(),
        [
            "rt-bakery",
            "rt-cafe",
            "rt-other",
            fresh.as_str(),
            access.as_str()
        ]
    );
}
