//! Failures on demand.

use attache_emulator::Delivery;
use attache_emulator::smartsheet::{
    Effect, Fault, Operation, Region, Target, error_effect, error_effect_with,
};
use http::StatusCode;

use crate::support::{ACCESS, REFRESH, call, emulator, get, refresh, sheet_path};

#[test]
fn error_codes_come_with_their_statuses() {
    let emulator = emulator();
    for (code, status) in [
        (4001, 503),
        (4002, 500),
        (4003, 429),
        (4004, 500),
        (4000, 500),
        (1005, 401),
    ] {
        emulator.fault(Fault::new(
            Target::Operation(Operation::ListSheets),
            error_effect(code),
        ));
        assert_eq!(get(&emulator, "/2.0/sheets").refused(), (status, u64::from(code)));
    }
    emulator.fault(Fault::new(
        Target::Api,
        error_effect_with(StatusCode::BAD_GATEWAY, 4005),
    ));
    assert_eq!(get(&emulator, "/2.0/sheets").refused(), (502, 4005));
    assert_eq!(get(&emulator, "/2.0/sheets").status, 200);
}

#[test]
fn bodies_may_be_empty_or_a_page() {
    let emulator = emulator();
    emulator.fault(Fault::new(Target::Api, Effect::Empty));
    emulator.fault(Fault::new(Target::Api, Effect::Html(StatusCode::BAD_GATEWAY)));
    assert_eq!(get(&emulator, "/2.0/sheets").raw.len(), 0);
    let page = get(&emulator, "/2.0/sheets");
    assert_eq!((page.status, page.header("content-type")), (502, "text/html"));
}

#[test]
fn a_refresh_whose_answer_is_lost_has_rotated() {
    let emulator = emulator();
    emulator.fault(Fault::new(Target::Token, Effect::Drop).after());
    assert!(matches!(refresh(&emulator, REFRESH).delivery, Delivery::Drop));
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1071));
    assert!(emulator.log()[0].lost);
    assert_eq!(
        (emulator.counters().refreshes, emulator.counters().replays),
        (1, 1)
    );
}

#[test]
fn a_grant_is_revoked_in_flight() {
    let emulator = emulator();
    emulator.fault(Fault::new(Target::Api, Effect::Revoke));
    assert_eq!(get(&emulator, &sheet_path("")).refused(), (401, 1002));
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1132));
    assert!(!emulator.is_live_access_token(Region::Us, ACCESS));
    assert_eq!(call(&emulator, "GET", "/2.0/serverinfo", ACCESS).status, 200);
}
