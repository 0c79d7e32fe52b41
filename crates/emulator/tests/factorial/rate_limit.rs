use std::time::Duration;

use attache_emulator::factorial::Limits;
use serde_json::json;

use crate::support::{get, send, world};

#[test]
fn two_hundred_posts_a_minute_and_reading_is_free() {
    let emulator = world().build().unwrap();
    let post = || send(&emulator, "POST", "/teams/teams", "at-bo", &json!({}));
    for _ in 0..200 {
        assert_eq!(post().status, 403);
    }
    emulator.clock().advance(Duration::from_secs(20));
    let refused = post();
    assert_eq!((refused.status, refused.header("retry-after")), (429, "40"));
    assert_eq!(
        refused.body,
        json!({ "errors": ["Too many requests in a minute"] })
    );
    assert_eq!(get(&emulator, "/teams/teams", "at-bo").status, 200);
    emulator.clock().advance(Duration::from_secs(40));
    assert_eq!(post().status, 403);
}

#[test]
fn the_limit_can_be_lifted() {
    let emulator = world().limits(Limits { posts_a_minute: 0 }).build().unwrap();
    let post = || send(&emulator, "POST", "/teams/teams", "at-bo", &json!({})).status;
    assert_eq!(post(), 429);
    emulator.set_limits(Limits::unlimited());
    assert_eq!(post(), 403);
}
