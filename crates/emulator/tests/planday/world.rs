//! Building a world, and the invented one.

use attache_emulator::planday::{Amounts, App, Connection, Emulator, Portal, WorldError};
use attache_emulator::{Clock, Latch};
use std::time::{Duration, UNIX_EPOCH};

use crate::support::{APP, BAKERY, world};

#[test]
fn a_world_that_contradicts_itself_is_refused() {
    let refused = |builder: attache_emulator::planday::Builder| builder.build().unwrap_err();
    assert_eq!(
        refused(world().app(App::new(APP))),
        WorldError::Duplicate(format!("app {APP}"))
    );
    assert_eq!(
        refused(world().portal(Portal::new(BAKERY))),
        WorldError::Duplicate("portal 4711".to_owned())
    );
    assert_eq!(
        refused(world().connect(Connection::new("nobody", BAKERY))),
        WorldError::Unknown("app nobody".to_owned())
    );
    assert_eq!(
        refused(world().connect(Connection::new(APP, 1))),
        WorldError::Unknown("portal 1".to_owned())
    );
    assert_eq!(
        refused(world().connect(Connection::new(APP, BAKERY))),
        WorldError::Duplicate("the connection to portal 4711".to_owned())
    );
    let twice = world()
        .portal(Portal::new(9))
        .connect(Connection::new(APP, 9).with_refresh_token("rt-cafe"));
    assert_eq!(refused(twice), WorldError::TokenTaken(9));
}

#[test]
fn the_sample_world_is_one_app_on_two_of_six_portals_and_the_same_for_a_seed() {
    let build = |seed| Emulator::seeded(seed).build().unwrap();
    let emulator = build(7);
    assert_eq!((emulator.apps().len(), emulator.connections().len()), (1, 2));
    let sizes: Vec<(usize, usize)> = emulator
        .portals()
        .iter()
        .map(|portal| (portal.department_list().len(), portal.employee_list().len()))
        .collect();
    assert_eq!(sizes, [(12, 64), (3, 9), (2, 4), (2, 5), (1, 3), (0, 0)]);
    assert_eq!(emulator.portals(), build(7).portals());
    assert_ne!(emulator.apps(), build(8).apps());
}

#[test]
fn clones_of_a_clock_share_its_hands() {
    let clock = Clock::at(UNIX_EPOCH);
    let emulator = Emulator::seeded(1).clock(clock.clone()).build().unwrap();
    clock.advance(Duration::from_secs(90));
    assert_eq!(emulator.clock().now(), UNIX_EPOCH + Duration::from_secs(90));
    emulator.clock().set(UNIX_EPOCH + Duration::from_secs(5));
    assert_eq!(clock.now(), UNIX_EPOCH + Duration::from_secs(5));
}

#[test]
fn a_real_clock_can_be_set_back_and_forth() {
    let clock = Clock::real_offset();
    for seconds in [1_000, 4_000_000_000] {
        let there = UNIX_EPOCH + Duration::from_secs(seconds);
        clock.set(there);
        assert!(clock.now() >= there && clock.now() < there + Duration::from_secs(600));
    }
}

#[test]
fn a_latch_opens_once_for_everyone() {
    let latch = Latch::new();
    let other = latch.clone();
    assert!(!latch.is_released());
    other.release();
    other.release();
    assert!(latch.is_released());
}

#[test]
fn a_portal_is_filled_with_as_much_as_is_asked_for() {
    let amounts = Amounts {
        departments: 1,
        employees: 3,
        shifts: 200,
    };
    let emulator = Emulator::seeded(7).amounts(4711, amounts).build().unwrap();
    let portal = emulator.portal(4711).unwrap();
    assert_eq!(
        (
            portal.department_list().len(),
            portal.employee_list().len(),
            portal.shift_list().len()
        ),
        (1, 3, 200)
    );
    assert_eq!(
        Emulator::seeded(7).amounts(1, amounts).build().unwrap_err(),
        WorldError::Unknown("portal 1".to_owned())
    );
}
