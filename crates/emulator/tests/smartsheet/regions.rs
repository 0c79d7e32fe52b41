//! Four environments that share nothing.

use attache_emulator::smartsheet::{Emulator, Region};
use bytes::Bytes;
use http::Request;

use crate::support::{MINE, call, emulator, read};

#[test]
fn a_token_of_one_region_is_unknown_to_the_others() {
    let emulator = emulator();
    for (host, status) in [
        ("https://api.smartsheet.com", (200, 0)),
        ("https://api.smartsheet.eu", (401, 1002)),
        ("https://api.smartsheet.au", (401, 1002)),
        ("https://api.smartsheetgov.com", (401, 1002)),
    ] {
        let answer = call(&emulator, "GET", &format!("{host}/2.0/users/me"), MINE);
        assert_eq!(answer.refused(), status, "{host}");
    }
    assert_eq!(
        call(&emulator, "GET", "/eu/2.0/users/me", "personal-eu").status,
        200
    );
    assert_eq!(call(&emulator, "GET", "/us/2.0/users/me", MINE).status, 200);
    assert_eq!(
        call(&emulator, "GET", "/2.0/users/me", "personal-eu").refused(),
        (401, 1002)
    );
}

#[test]
fn a_host_serves_its_own_paths_only() {
    let emulator = emulator();
    for target in [
        "https://app.smartsheet.com/2.0/users/me",
        "https://api.smartsheet.com/b/authorize",
        "https://api.smartsheet.com/eu/2.0/users/me",
    ] {
        assert_eq!(call(&emulator, "GET", target, MINE).status, 404, "{target}");
    }
}

#[test]
fn the_home_region_is_where_an_address_without_one_leads() {
    let emulator = crate::support::world().home(Region::Eu).build().unwrap();
    assert_eq!(call(&emulator, "GET", "/2.0/users/me", "personal-eu").status, 200);
}

#[test]
fn the_sample_world_has_every_region_and_repeats_itself() {
    let (first, second) = (
        Emulator::seeded(7).build().unwrap(),
        Emulator::seeded(7).build().unwrap(),
    );
    assert_eq!(first.issued_tokens(), second.issued_tokens());
    assert_ne!(
        first.issued_tokens(),
        Emulator::seeded(8).build().unwrap().issued_tokens()
    );
    for region in Region::ALL {
        assert_eq!(first.apps(region).len(), 1);
        assert_eq!(first.sheets(region).len(), 3);
        let token = first.personal_tokens(region, "owner@plan.example").remove(0);
        let target = format!("https://{}/2.0/sheets", region.api_host());
        let answer = call(&first, "GET", &target, &token);
        assert_eq!(answer.body["totalCount"], 3, "{region}");
    }
}

#[test]
fn server_info_needs_no_token() {
    let request = Request::get("https://api.smartsheet.eu/2.0/serverinfo").body(Bytes::new());
    let answer = read(emulator().handle(request.unwrap()));
    assert_eq!(answer.status, 200);
    assert!(answer.body["supportedLocales"].as_array().unwrap().len() > 5);
}
