//! The current user, and what the server says of itself.

use serde_json::json;

use super::api::{Call, Outcome, Reply};
use super::errors::Problem;
use super::state::stamp;

/// `GET /users/me`: any valid token will do.
pub(crate) fn me(call: &mut Call<'_>) -> Outcome {
    let user = call.data.users.get(&call.caller.email);
    let user = user.ok_or_else(|| Problem::new(1020, "User not found."))?;
    Ok(Reply::Bare(json!({
        "id": user.id,
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "locale": "en_US",
        "timeZone": "Europe/Copenhagen",
        "account": { "id": 30_071_992, "name": format!("Sample plan {}", call.data.region) },
        "admin": user.system_admin,
        "licensedSheetCreator": true,
        "groupAdmin": user.system_admin,
        "resourceViewer": false,
        "alternateEmails": [],
        "title": "",
        "department": "",
        "company": "",
        "workPhone": "",
        "mobilePhone": "",
        "role": "",
        // Retired: always -1.
        "sheetCount": -1,
        "lastLogin": stamp(call.now),
    })))
}

/// `GET /serverinfo`: constants, without a token.
pub(crate) fn server_info() -> Reply {
    Reply::Bare(json!({
        "supportedLocales": ["de_DE", "en_AU", "en_GB", "en_US", "es_ES", "fr_FR", "it_IT", "ja_JP", "pt_BR", "ru_RU"],
        "formats": {
            "defaults": "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
            "fontFamily": [
                { "name": "Arial", "traits": ["sans-serif"] },
                { "name": "Times New Roman", "traits": ["serif"] },
            ],
            "fontSize": ["8", "9", "10", "12", "14", "16", "18", "20", "24", "28", "32", "36"],
            "bold": ["none", "on"],
            "italic": ["none", "on"],
            "underline": ["none", "on"],
            "strikethrough": ["none", "on"],
            "horizontalAlign": ["default", "left", "center", "right"],
            "verticalAlign": ["default", "top", "middle", "bottom"],
            "color": ["none", "#000000", "#FFFFFF", "transparent", "#FFEBEE"],
            "currency": [{ "code": "none", "symbol": "none" }, { "code": "DKK", "symbol": "kr" }, { "code": "EUR", "symbol": "€" }],
            "decimalCount": ["0", "1", "2", "3", "4", "5"],
            "thousandsSeparator": ["none", "on"],
            "numberFormat": ["none", "NUMBER", "CURRENCY", "PERCENT"],
            "textWrap": ["none", "on"],
            "dateFormat": ["LOCALE_BASED", "MMMM_D_YYYY", "MMM_D_YYYY", "D_MMM_YYYY", "YYYY_MM_DD_HYPHEN"],
        },
    }))
}
