//! Calls, by the protocol's operation names.

use std::time::Duration;

use attache_planday::{
    Body, Client, Pager, RequestOptions,
    hr::{DepartmentFields, DepartmentId, EmployeeId, ListEmployees},
};
use serde_json::{Value, json};

use crate::{failure::Failure, items::Item, session::Session};

pub(crate) async fn call(session: &Session, request: &Value) -> Result<Value, Failure> {
    let client = session.client(request).await?.with_options(options(request));
    let (params, body) = (&request["params"], &request["body"]);
    let all_pages = request["options"]["all_pages"] == true;
    let departments = client.hr().departments();
    match request["operation"].as_str().unwrap_or_default() {
        "portal.info" => Ok(one(&client.portal().info().await?)),
        "departments.list" => {
            let pager = match rows(params)? {
                Some(rows) => departments.list_by(rows),
                None => departments.list(),
            };
            many(pager, params, all_pages).await
        }
        "departments.get" => Ok(one(&departments.get(department(params)?).await?)),
        "departments.create" => Ok(one(&departments.create(&fields(body)?).await?)),
        "departments.update" => {
            departments.update(department(params)?, &fields(body)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "departments.delete" => {
            departments.delete(department(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "employees.list" => {
            let mut listed = ListEmployees::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(text) = params["searchQuery"].as_str() {
                listed = listed.search_query(text);
            }
            many(client.hr().employees().list(&listed), params, all_pages).await
        }
        "employees.get" => {
            let id = EmployeeId::from(number(params, "employeeId").or_else(|_| number(params, "id"))?);
            Ok(one(&client.hr().employees().get(id, &[]).await?))
        }
        "raw" => raw(&client, request).await,
        other => Err(Failure::unsupported(&format!("no operation {other:?}"))),
    }
}

fn options(request: &Value) -> RequestOptions {
    let given = &request["options"];
    let mut options = RequestOptions::new();
    if let Some(deadline) = given["deadline_ms"].as_u64() {
        options = options.deadline(Duration::from_millis(deadline));
    }
    if let Some(attempts) = given["attempts"]
        .as_u64()
        .and_then(|attempts| u32::try_from(attempts).ok())
    {
        options = options.attempts(attempts);
    }
    options
}

fn number(params: &Value, name: &str) -> Result<i64, Failure> {
    params[name]
        .as_i64()
        .ok_or_else(|| Failure::unsupported(&format!("params has no number {name:?}")))
}

fn department(params: &Value) -> Result<DepartmentId, Failure> {
    number(params, "id").map(DepartmentId::from)
}

fn rows(params: &Value) -> Result<Option<u32>, Failure> {
    match params["limit"].as_u64().map(u32::try_from) {
        Some(Err(_)) => Err(Failure::unsupported(
            "params has a \"limit\" that is out of range",
        )),
        Some(Ok(rows)) => Ok(Some(rows)),
        None => Ok(None),
    }
}

fn fields(body: &Value) -> Result<DepartmentFields, Failure> {
    let name = body["name"]
        .as_str()
        .ok_or_else(|| Failure::unsupported("body has no text \"name\""))?;
    let fields = DepartmentFields::new(name);
    Ok(match body["number"].as_str() {
        Some(number) => fields.number(number),
        None => fields,
    })
}

fn one(item: &impl Item) -> Value {
    json!({ "count": 1, "ids": [item.id()], "item": item.members() })
}

async fn many<T: Item + Send + 'static>(
    pager: Pager<T>,
    params: &Value,
    all_pages: bool,
) -> Result<Value, Failure> {
    let mut pager = pager.skip_rows(params["offset"].as_u64().unwrap_or(0));
    let mut ids = Vec::new();
    let mut first = Value::Null;
    while let Some(page) = pager.next_page().await? {
        if first.is_null() {
            first = page.items.first().map_or(Value::Null, Item::members);
        }
        ids.extend(page.items.iter().map(Item::id));
        if !all_pages {
            break;
        }
    }
    let mut answer = json!({ "count": ids.len(), "ids": ids });
    if !first.is_null() {
        answer["item"] = first;
    }
    Ok(answer)
}

async fn raw(client: &Client, request: &Value) -> Result<Value, Failure> {
    let params = &request["params"];
    let method = params["method"].as_str().unwrap_or("GET").parse();
    let method = method.map_err(|error: http::method::InvalidMethod| Failure::configuration(&error))?;
    let pairs: Vec<(String, String)> = params["query"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            (
                name.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            )
        })
        .collect();
    let query: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let body = match &request["body"] {
        Value::Null => None,
        body => Some(Body::json(body)?),
    };
    let path = params["path"].as_str().unwrap_or_default();
    let answer = client.raw(method, path, &query, body, options(request)).await?;
    let data = answer
        .json::<Value>()
        .map_or(Value::Null, |body| body["data"].clone());
    Ok(match data {
        Value::Array(items) => {
            let ids: Vec<&Value> = items.iter().map(|item| &item["id"]).collect();
            json!({ "count": items.len(), "ids": ids, "item": items.first() })
        }
        Value::Null => json!({ "count": 0 }),
        item => json!({ "count": 1, "ids": [item["id"]], "item": item }),
    })
}
