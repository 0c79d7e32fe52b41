//! The sample world: invented people, apps and sheets, the same for the same seed.

use fastrand::Rng;
use serde_json::{Value, json};

use super::region::Region;
use super::sheets::{Column, Sheet};
use super::world::{AccessLevel, App, Grant, User, World};

/// The sample people, by what they are for.
pub(crate) const ADMIN: &str = "admin@plan.example";
pub(crate) const OWNER: &str = "owner@plan.example";
const VIEWER: &str = "viewer+only@plan.example";

/// Where the sample app gets its codes.
const REDIRECT_URL: &str = "http://127.0.0.1:8027/callback";

/// An app, three people, a grant, a personal token, and three sheets.
pub(crate) fn world(region: Region, seed: u64) -> World {
    let mut rng = Rng::with_seed(seed ^ (region as u64 + 11).rotate_left(17));
    let mut text = |length: usize| -> String {
        (0..length)
            .map(|_| rng.alphanumeric().to_ascii_lowercase())
            .collect()
    };
    let client_id = text(26);
    World::new(region)
        .user(User::new(OWNER, "Olga", "Owner").developer())
        .user(User::new(ADMIN, "Anton", "Admin").system_admin())
        .user(User::new(VIEWER, "Vera", "Viewer"))
        .app(App::new(client_id.clone(), text(28), REDIRECT_URL).name("Sheet sync"))
        .grant(Grant::new(client_id, OWNER))
        .personal_token(OWNER, None)
        .personal_token(ADMIN, None)
        .workspace("Operations")
        .workspace("Marketing")
        .sheet(
            every_cell()
                .share(ADMIN, AccessLevel::Admin)
                .share(VIEWER, AccessLevel::Viewer),
        )
        .sheet(sheet("Tasks", 25, 5).share(VIEWER, AccessLevel::Commenter))
        .sheet(sheet("Budget", 230, 8))
}

/// One column of each type, and a cell of each kind.
fn every_cell() -> Sheet {
    Sheet::new("Every kind of cell")
        .column(Column::new("Title", "TEXT_NUMBER").primary())
        .column(Column::new("Done", "CHECKBOX").with("symbol", json!("FLAG")))
        .column(Column::new("Due", "DATE"))
        .column(Column::new("Owner", "CONTACT_LIST"))
        .column(
            Column::new("State", "PICKLIST")
                .with("options", json!(["Open", "Closed"]))
                .with("validation", json!(true)),
        )
        .column(Column::new("Team", "MULTI_CONTACT_LIST"))
        .column(Column::new("Tags", "MULTI_PICKLIST").with("options", json!(["red", "blue"])))
        .column(Column::new("Amount", "TEXT_NUMBER"))
        .column(Column::new("Link", "TEXT_NUMBER"))
        .column(Column::new("Span", "DURATION"))
        .column(Column::new("After", "PREDECESSOR"))
        .column(Column::new("Start", "ABSTRACT_DATETIME"))
        .column(
            Column::new("Number", "TEXT_NUMBER")
                .with("systemColumnType", json!("AUTO_NUMBER"))
                .with("autoNumberFormat", json!({ "fill": "00000", "startingNumber": 1 })),
        )
        .column(Column::new("Created", "DATETIME").with("systemColumnType", json!("CREATED_DATE")))
        .row([
            ("Title", json!("Bake bread")),
            ("Done", json!(true)),
            ("Due", json!("2026-12-24")),
            (
                "Owner",
                json!({
                    "value": OWNER,
                    "displayValue": "Olga Owner",
                    "objectValue": { "objectType": "CONTACT", "email": OWNER, "name": "Olga Owner" },
                }),
            ),
            ("State", json!("Open")),
            (
                "Team",
                json!({
                    "value": "Olga Owner, Vera Viewer",
                    "displayValue": "Olga Owner, Vera Viewer",
                    "objectValue": { "objectType": "MULTI_CONTACT", "values": [
                        { "objectType": "CONTACT", "email": OWNER, "name": "Olga Owner" },
                        { "objectType": "CONTACT", "email": VIEWER, "name": "Vera Viewer" },
                    ] },
                }),
            ),
            (
                "Tags",
                json!({
                    "value": "red, blue",
                    "displayValue": "red, blue",
                    "objectValue": { "objectType": "MULTI_PICKLIST", "values": ["red", "blue"] },
                }),
            ),
            ("Amount", json!({ "value": 1234.5, "displayValue": "1,234.50", "format": ",,,,,,,,,,,2,1,1,," })),
            ("Link", json!({ "value": "Recipe", "hyperlink": { "url": "https://recipes.example/bread" } })),
            ("Span", json!({ "value": "2d", "objectValue": { "objectType": "DURATION", "days": 2.0 } })),
            ("Start", json!("2026-12-24T08:00:00")),
        ])
        .row([
            ("Title", json!("Sell it")),
            ("Done", json!(false)),
            ("Amount", json!({ "formula": "=SUM(Amount1)", "value": 1234.5, "displayValue": "1,234.50" })),
            (
                "Link",
                json!({
                    "value": "Flour",
                    "linkInFromCell": {
                        "status": "OK",
                        "sheetId": 4_509_093_797_881_731_i64,
                        "rowId": 6_760_893_611_566_979_i64,
                        "columnId": 2_257_293_984_196_483_i64,
                        "sheetName": "Stock",
                    },
                }),
            ),
            (
                "After",
                json!({
                    "value": "1FS +1d",
                    "objectValue": { "objectType": "PREDECESSOR_LIST", "predecessors": [
                        { "rowNumber": 1, "type": "FS", "lag": { "objectType": "DURATION", "days": 1.0 } },
                    ] },
                }),
            ),
            ("State", json!({ "value": "Closed", "image": { "id": "img-1", "height": 120, "width": 160, "altText": "A loaf" } })),
        ])
        .row([("Title", json!("Æble, 漢字, \"quoted\"\nand a second line"))])
}

/// Texts, numbers, dates and flags in turn.
pub(crate) fn sheet(name: &str, rows: usize, columns: usize) -> Sheet {
    let kinds = ["TEXT_NUMBER", "TEXT_NUMBER", "DATE", "CHECKBOX", "PICKLIST"];
    let titles: Vec<String> = (0..columns.max(1))
        .map(|index| format!("Column {}", index + 1))
        .collect();
    let mut sheet = Sheet::new(name);
    for (index, title) in titles.iter().enumerate() {
        let mut column = Column::new(title, kinds[index % kinds.len()]);
        if column.kind == "PICKLIST" {
            column = column.with("options", json!(["Low", "High"]));
        }
        sheet = sheet.column(column);
    }
    for row in 0..rows {
        let cells = titles.iter().enumerate().map(|(index, title)| {
            let value: Value = match index % kinds.len() {
                0 => json!(format!("{name} {}", row + 1)),
                1 => json!(row * 10 + index),
                2 => json!(format!("2026-{:02}-{:02}", row % 12 + 1, row % 28 + 1)),
                3 => json!(row % 2 == 0),
                _ => json!(if row % 3 == 0 { "High" } else { "Low" }),
            };
            (title.as_str(), value)
        });
        sheet = sheet.row(cells);
    }
    sheet
}
