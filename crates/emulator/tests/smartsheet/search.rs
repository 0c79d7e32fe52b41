//! Search.

use serde_json::json;

use crate::support::{OF_ADMIN, SHEET, call, emulator, get, ids};

#[test]
fn a_cell_is_found_by_its_words() {
    let emulator = emulator();
    let (_, rows) = ids(&emulator);
    let found = json!({ "totalCount": 1, "results": [{
        "text": "Bread", "objectType": "row", "objectId": rows[0], "parentObjectType": "sheet",
        "parentObjectId": SHEET, "parentObjectName": "Tasks", "contextData": ["Row 1"],
    }] });
    assert_eq!(get(&emulator, "/2.0/search?query=bread").body, found);
    assert_eq!(
        get(
            &emulator,
            &format!("/2.0/search/sheets/{SHEET}?query=%22BREAD%22")
        )
        .body,
        found
    );
    assert_eq!(
        get(&emulator, "/2.0/search?query=br%2565ad").body["totalCount"],
        0,
        "encoded twice"
    );
}

#[test]
fn scopes_and_rights_narrow_the_search() {
    let emulator = emulator();
    assert_eq!(
        get(&emulator, "/2.0/search?query=tasks").body["results"][0]["objectType"],
        "sheet"
    );
    assert_eq!(
        get(
            &emulator,
            "/2.0/search?query=tasks&scopes=cellData&scopes=attachments"
        )
        .body["totalCount"],
        0
    );
    assert_eq!(
        call(&emulator, "GET", "/2.0/search?query=tasks", OF_ADMIN).body["totalCount"],
        0
    );
    assert_eq!(get(&emulator, "/2.0/search").refused(), (400, 1009));
    assert_eq!(
        emulator.log()[1].client_faults,
        Vec::<&str>::new(),
        "scopes may be repeated"
    );
}
