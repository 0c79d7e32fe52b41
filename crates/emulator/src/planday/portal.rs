//! `GET /portal/v1.0/info` (Planday, Portal).

use http::StatusCode;
use serde_json::{Value, json};

use super::api::{Call, Reply};

/// The portal that the token belongs to.
pub(crate) fn info(call: &Call<'_>) -> Reply {
    let portal = &call.portal;
    let children: Vec<Value> = portal
        .children
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name, "aliases": null }))
        .collect();
    let body = json!({ "data": {
        "id": portal.id,
        "name": portal.name,
        "companyName": portal.company_name,
        "country": portal.country,
        "timeZone": portal.time_zone,
        "maxDepartments": portal.max_departments,
        "aliases": portal.aliases,
        "portals": children,
    }});
    Reply::Json(StatusCode::OK, body)
}
