//! Calls, by the protocol's operation names.

use std::{str::FromStr, time::Duration};

use attache_planday::{
    Body, Client, Date, Pager, RequestOptions, Timestamp,
    hr::{
        DepartmentFields, DepartmentId, EmployeeGroupId, EmployeeId, ListDeactivatedEmployees, ListEmployees,
        Special,
    },
    scheduling::{
        ListPositions, ListSections, ListShiftTypes, ListShifts, PositionId, ShiftId, ShiftStatus,
        ShiftTypeId,
    },
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::{failure::Failure, items::Item, session::Session, writes};

pub(crate) async fn call(session: &Session, request: &Value) -> Result<Value, Failure> {
    let client = session.client(request).await?.with_options(options(request));
    let (params, body) = (&request["params"], &request["body"]);
    let all_pages = request["options"]["all_pages"] == true;
    let lists = Lists {
        params,
        all_pages,
        prefetch: request["options"]["prefetch"].as_u64(),
    };
    let (departments, groups) = (client.hr().departments(), client.hr().employee_groups());
    let scheduling = client.scheduling();
    match request["operation"].as_str().unwrap_or_default() {
        "portal.info" => Ok(one(&client.portal().info().await?)),
        "departments.list" => {
            let pager = match rows(params)? {
                Some(rows) => departments.list_by(rows),
                None => departments.list(),
            };
            lists.many(pager).await
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
            for name in ["createdFrom", "createdTo", "modifiedFrom", "modifiedTo"] {
                if let Some(at) = instant(params, name)? {
                    listed = match name {
                        "createdFrom" => listed.created_from(at),
                        "createdTo" => listed.created_to(at),
                        "modifiedFrom" => listed.modified_from(at),
                        _ => listed.modified_to(at),
                    };
                }
            }
            listed = listed.special(special(params));
            lists.many(client.hr().employees().list(&listed)).await
        }
        "employees.get" => {
            let id = EmployeeId::from(number(params, "employeeId").or_else(|_| number(params, "id"))?);
            Ok(one(&client.hr().employees().get(id, &special(params)).await?))
        }
        "departments.employees" => Ok(all(&departments.employees(department(params)?).await?)),
        "employees.create" => Ok(one(&client
            .hr()
            .employees()
            .create(&writes::create(body)?)
            .await?)),
        "employees.update" => {
            let change = writes::update(body, params["useValidation"].as_bool())?;
            client.hr().employees().update(employee(params)?, &change).await?;
            Ok(json!({ "count": 0 }))
        }
        "employees.deactivate" => {
            let how = writes::deactivate(body)?;
            client
                .hr()
                .employees()
                .deactivate(employee(params)?, &how)
                .await?;
            Ok(json!({ "count": 0 }))
        }
        "employees.reactivate" => {
            let how = writes::reactivate(body)?;
            client
                .hr()
                .employees()
                .reactivate(employee(params)?, &how)
                .await?;
            Ok(json!({ "count": 0 }))
        }
        "employees.deactivated" => {
            let mut listed = ListDeactivatedEmployees::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            lists
                .many(client.hr().employees().list_deactivated(&listed))
                .await
        }
        "supervisors.list" => lists.many(client.hr().employees().supervisors()).await,
        "employeetypes.list" => lists.many(client.hr().employee_types()).await,
        "skills.list" => Ok(all(&client.hr().skills().await?)),
        "employeegroups.list" => {
            let pager = match rows(params)? {
                Some(rows) => groups.list_by(rows),
                None => groups.list(),
            };
            lists.many(pager).await
        }
        "employeegroups.get" => Ok(one(&groups.get(group(params)?).await?)),
        "employeegroups.create" => Ok(one(&groups.create(&writes::group(body)?).await?)),
        "employeegroups.update" => {
            groups.update(group(params)?, &writes::group(body)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "employeegroups.delete" => {
            groups.delete(group(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "employeegroups.employees" => Ok(all(&groups.employees(group(params)?).await?)),
        "shifts.list" => lists.many(scheduling.shifts().list(&shifts(params)?)).await,
        "shifts.get" => Ok(one(&scheduling.shifts().get(shift(params)?).await?)),
        "shifts.create" => Ok(one(&scheduling
            .shifts()
            .create(&writes::create_shift(body)?)
            .await?)),
        "shifts.update" => {
            let change = writes::update_shift(body)?;
            Ok(one(&scheduling.shifts().update(shift(params)?, &change).await?))
        }
        "shifts.delete" => {
            scheduling.shifts().delete(shift(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "shifts.approve" => {
            scheduling.shifts().approve(shift(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "shifts.assign" => {
            let employee = body["employeeId"].as_i64().map(EmployeeId::from);
            scheduling.shifts().assign(shift(params)?, employee).await?;
            Ok(json!({ "count": 0 }))
        }
        "positions.list" => {
            let mut listed = ListPositions::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(active) = params["isActive"].as_bool() {
                listed = listed.active(active);
            }
            lists.many(scheduling.positions().list(&listed)).await
        }
        "shifttypes.list" => {
            let mut listed = ListShiftTypes::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(active) = params["isActive"].as_bool() {
                listed = listed.active(active);
            }
            lists.many(scheduling.shift_types().list(&listed)).await
        }
        "sections.list" => {
            let mut listed = ListSections::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(department) = params["departmentId"].as_i64() {
                listed = listed.department_id(DepartmentId::from(department));
            }
            lists.many(scheduling.sections().list(&listed)).await
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

fn employee(params: &Value) -> Result<EmployeeId, Failure> {
    number(params, "employeeId").map(EmployeeId::from)
}

fn group(params: &Value) -> Result<EmployeeGroupId, Failure> {
    number(params, "id").map(EmployeeGroupId::from)
}

fn shift(params: &Value) -> Result<ShiftId, Failure> {
    number(params, "shiftId").map(ShiftId::from)
}

fn special(params: &Value) -> Vec<Special> {
    let named = |name: &Value| {
        [Special::BankAccount, Special::BirthDate, Special::Ssn]
            .into_iter()
            .find(|special| *name == special.as_str())
    };
    match &params["special"] {
        Value::Array(names) => names.iter().filter_map(named).collect(),
        name => named(name).into_iter().collect(),
    }
}

/// A text of the request, read as what the SDK takes.
fn read<T: FromStr<Err: std::error::Error>>(value: &Value) -> Result<Option<T>, Failure> {
    let text = value.as_str();
    let read = text.map(str::parse).transpose();
    read.map_err(|error: T::Err| Failure::configuration(&error))
}

fn instant(params: &Value, name: &str) -> Result<Option<Timestamp>, Failure> {
    read(&params[name])
}

fn numbers<T: From<i64>>(value: &Value) -> Vec<T> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_i64).map(T::from).collect(),
        one => one.as_i64().map(T::from).into_iter().collect(),
    }
}

fn shifts(params: &Value) -> Result<ListShifts, Failure> {
    let mut listed = ListShifts::new();
    if let Some(rows) = rows(params)? {
        listed = listed.rows(rows);
    }
    if let Some(from) = read::<Date>(&params["from"])? {
        listed = listed.from(from);
    }
    if let Some(to) = read::<Date>(&params["to"])? {
        listed = listed.to(to);
    }
    for name in [
        "departmentId",
        "employeeGroupId",
        "shiftTypeId",
        "positionId",
        "employeeId",
    ] {
        let value = &params[name];
        listed = match name {
            _ if value.is_null() => listed,
            "departmentId" => listed.department_ids(numbers::<DepartmentId>(value)),
            "employeeGroupId" => listed.employee_group_ids(numbers::<EmployeeGroupId>(value)),
            "shiftTypeId" => listed.shift_type_ids(numbers::<ShiftTypeId>(value)),
            "positionId" => listed.position_ids(numbers::<PositionId>(value)),
            _ => listed.employee_ids(numbers::<EmployeeId>(value)),
        };
    }
    if let Some(status) = params["shiftStatus"].as_str() {
        listed = listed.shift_status(ShiftStatus::from(status));
    }
    for name in ["createdFrom", "createdTo", "modifiedFrom", "modifiedTo"] {
        if let Some(at) = instant(params, name)? {
            listed = match name {
                "createdFrom" => listed.created_from(at),
                "createdTo" => listed.created_to(at),
                "modifiedFrom" => listed.modified_from(at),
                _ => listed.modified_to(at),
            };
        }
    }
    Ok(listed)
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

/// A list that comes whole.
fn all<T: Item>(items: &[T]) -> Value {
    let mut answer = json!({ "count": items.len(), "ids": items.iter().map(Item::id).collect::<Vec<_>>() });
    if let Some(first) = items.first() {
        answer["item"] = first.members();
    }
    answer
}

/// How a list that comes in pages is asked for.
struct Lists<'a> {
    params: &'a Value,
    all_pages: bool,
    prefetch: Option<u64>,
}

impl Lists<'_> {
    async fn many<T: Item + Send + 'static>(&self, pager: Pager<T>) -> Result<Value, Failure> {
        let mut pager = pager.skip_rows(self.params["offset"].as_u64().unwrap_or(0));
        if let Some(pages) = self.prefetch {
            pager = pager.prefetch(usize::try_from(pages).unwrap_or(usize::MAX));
        }
        let mut pages = pager.pages();
        let mut ids = Vec::new();
        let mut first = Value::Null;
        while let Some(page) = pages.try_next().await? {
            if first.is_null() {
                first = page.items.first().map_or(Value::Null, Item::members);
            }
            ids.extend(page.items.iter().map(Item::id));
            if !self.all_pages {
                break;
            }
        }
        let mut answer = json!({ "count": ids.len(), "ids": ids });
        if !first.is_null() {
            answer["item"] = first;
        }
        Ok(answer)
    }
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
