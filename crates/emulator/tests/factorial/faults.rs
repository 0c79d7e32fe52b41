use attache_emulator::Delivery;
use attache_emulator::factorial::{Effect, Fault, Operation, Target};

use crate::support::{get, pair, refresh, world};

#[test]
fn a_reply_lost_after_rotating_leaves_the_old_token_good_as_doorkeeper_does() {
    let emulator = world().build().unwrap();
    let fault = emulator.fault(Fault::new(Target::Token, Effect::Drop).after());
    let lost = refresh(&emulator, "rt-bo");
    assert!(matches!(lost.delivery, Delivery::Drop));
    assert_eq!(
        (emulator.fault_hits(fault), emulator.counters().refreshes),
        (1, 1)
    );
    let (access, _) = pair(&emulator, "rt-bo");
    assert!(emulator.is_live_access_token(&access));
}

#[test]
fn a_fault_before_processing_leaves_everything_as_it_was() {
    let emulator = world().build().unwrap();
    emulator.fault(Fault::new(Target::Token, Effect::status(503)));
    assert_eq!(refresh(&emulator, "rt-bo").status, 503);
    assert_eq!(emulator.counters().refreshes, 0);
    assert_eq!(emulator.pending_faults(), 0);
}

#[test]
fn a_fault_waits_for_its_operation() {
    let emulator = world().build().unwrap();
    let target = Target::Operation(Operation::ListTeams);
    emulator.fault(Fault::new(target, Effect::throttled(Some("7"))).times(2));
    assert_eq!(get(&emulator, "/employees/employees", "at-bo").status, 200);
    let answer = get(&emulator, "/teams/teams", "at-bo");
    assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));
    assert_eq!(emulator.pending_faults(), 1);
    emulator.clear_faults();
    assert_eq!(get(&emulator, "/teams/teams", "at-bo").status, 200);
}

#[test]
fn a_token_revoked_in_flight_is_dead_for_the_request_or_right_after_it() {
    let emulator = world().build().unwrap();
    emulator.fault(Fault::new(Target::Api, Effect::Revoke));
    assert_eq!(get(&emulator, "/teams/teams", "at-bo").status, 401);
    emulator.fault(Fault::new(Target::Api, Effect::Revoke).after());
    assert_eq!(get(&emulator, "/teams/teams", "at-ana").status, 200);
    assert_eq!(get(&emulator, "/teams/teams", "at-ana").status, 401);
    emulator.fault(Fault::new(Target::Token, Effect::Revoke));
    let pair = emulator.link(attache_emulator::factorial::Link::user(
        crate::support::APP,
        crate::support::BASIC,
    ));
    let refused = refresh(&emulator, &pair.unwrap().refresh_token.unwrap());
    assert_eq!(refused.body["error"], "invalid_grant");
}

#[test]
fn an_api_key_is_revoked_in_flight_too() {
    let emulator = world().build().unwrap();
    emulator.fault(Fault::new(Target::Api, Effect::Revoke));
    let refused = crate::support::get_with_key(&emulator, "/teams/teams", crate::support::KEY);
    assert_eq!((refused.status, emulator.api_keys().len()), (401, 0));
}

#[test]
fn gateway_trouble_is_html_or_nothing() {
    let emulator = world().build().unwrap();
    emulator.fault(Fault::new(
        Target::Api,
        Effect::Html(http::StatusCode::BAD_GATEWAY),
    ));
    let answer = get(&emulator, "/teams/teams", "at-bo");
    assert_eq!((answer.status, answer.header("content-type")), (502, "text/html"));
}
