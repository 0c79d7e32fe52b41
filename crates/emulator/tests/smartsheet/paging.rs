//! Both ways of paging.

use attache_emulator::smartsheet::{Emulator, Options, Region, World};
use serde_json::{Value, json};

use crate::support::{ACCESS, MINE, call, emulator, get, sheet_path, us, world};

#[test]
fn past_the_end_lies_the_last_page_again() {
    let emulator = emulator();
    let page = |query: &str| {
        let body = get(&emulator, &sheet_path(&format!("/columns{query}"))).body;
        let titles: Vec<Value> = body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["title"].clone())
            .collect();
        (body["pageNumber"].clone(), body["totalPages"].clone(), titles)
    };
    assert_eq!(
        page("?page=2&pageSize=2"),
        (json!(2), json!(2), vec![json!("Due")])
    );
    assert_eq!(
        page("?page=9&pageSize=2"),
        (json!(2), json!(2), vec![json!("Due")])
    );
    assert_eq!(page("?page=2&pageSize=2&includeAll=true").2.len(), 3);
    assert_eq!(
        get(&emulator, &sheet_path("/columns?page=0")).refused(),
        (400, 1018)
    );
}

#[test]
fn totals_may_be_unknown() {
    let options = Options::default().unknown_member(false).unknown_totals(true);
    let emulator = world().options(options).build().unwrap();
    let body = |page: u32| {
        get(
            &emulator,
            &sheet_path(&format!("/columns?page={page}&pageSize=3")),
        )
        .body
    };
    assert_eq!(
        (&body(1)["totalPages"], &body(1)["totalCount"]),
        (&json!(-1), &json!(-1))
    );
    assert_eq!(body(2)["data"], json!([]));
    emulator.update_options(|options| options.repeat_last_page = true);
    assert_eq!(body(2)["data"].as_array().unwrap().len(), 3);
}

#[test]
fn a_token_page_ends_without_a_last_key_and_may_be_short_before() {
    let mut region: World = us();
    for number in 0..150 {
        region = region.workspace(format!("Workspace {number}"));
    }
    let emulator = Emulator::builder().world(region).build().unwrap();
    let sizes = || {
        let (mut sizes, mut key) = (Vec::new(), String::new());
        loop {
            let body = call(&emulator, "GET", &format!("/2.0/workspaces{key}"), MINE).body;
            sizes.push(body["data"].as_array().unwrap().len());
            match body["lastKey"].as_str() {
                Some(last) => key = format!("?lastKey={last}"),
                None => return sizes,
            }
        }
    };
    assert_eq!(sizes(), [100, 50]);
    emulator.update_options(|options| options.token_page_shortfall = 40);
    assert_eq!(sizes(), [60, 60, 30]);
    assert_eq!(
        call(&emulator, "GET", "/2.0/workspaces?maxItems=5", MINE).refused(),
        (400, 1229)
    );
    assert_eq!(
        call(&emulator, "GET", "/2.0/workspaces?lastKey=x", ACCESS).refused(),
        (400, 1018)
    );
    assert_eq!(emulator.users(Region::Us).len(), 3);
}
