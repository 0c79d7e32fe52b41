//! Departments, employees, employee groups.

use attache_planday::hr::{DepartmentFields, EmployeeId, ListDeactivatedEmployees, ListEmployees, Special};
use serde_json::{Value, json};

use super::{
    Asked,
    lists::{all, one},
    parameters::{department, employee, group, instant, number, rows},
    unknown,
};
use crate::{failure::Failure, writes};

pub(super) async fn departments(asked: &Asked<'_>, verb: &str) -> Result<Value, Failure> {
    let Asked {
        client,
        params,
        body,
        lists,
    } = asked;
    let departments = client.hr().departments();
    match verb {
        "list" => {
            let pager = match rows(params)? {
                Some(rows) => departments.list_by(rows),
                None => departments.list(),
            };
            lists.many(pager).await
        }
        "get" => Ok(one(&departments.get(department(params)?).await?)),
        "create" => Ok(one(&departments.create(&fields(body)?).await?)),
        "update" => {
            departments.update(department(params)?, &fields(body)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "delete" => {
            departments.delete(department(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "employees" => Ok(all(&departments.employees(department(params)?).await?)),
        _ => Err(unknown(verb)),
    }
}

pub(super) async fn employees(asked: &Asked<'_>, verb: &str) -> Result<Value, Failure> {
    let Asked {
        client,
        params,
        body,
        lists,
    } = asked;
    match verb {
        "list" => lists.many(client.hr().employees().list(&listed(params)?)).await,
        "get" => {
            let id = EmployeeId::from(number(params, "employeeId").or_else(|_| number(params, "id"))?);
            Ok(one(&client.hr().employees().get(id, &special(params)).await?))
        }
        "create" => Ok(one(&client
            .hr()
            .employees()
            .create(&writes::create(body)?)
            .await?)),
        "update" => {
            let change = writes::update(body, params["useValidation"].as_bool())?;
            client.hr().employees().update(employee(params)?, &change).await?;
            Ok(json!({ "count": 0 }))
        }
        "deactivate" => {
            let how = writes::deactivate(body)?;
            client
                .hr()
                .employees()
                .deactivate(employee(params)?, &how)
                .await?;
            Ok(json!({ "count": 0 }))
        }
        "reactivate" => {
            let how = writes::reactivate(body)?;
            client
                .hr()
                .employees()
                .reactivate(employee(params)?, &how)
                .await?;
            Ok(json!({ "count": 0 }))
        }
        "deactivated" => {
            let mut listed = ListDeactivatedEmployees::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            lists
                .many(client.hr().employees().list_deactivated(&listed))
                .await
        }
        _ => Err(unknown(verb)),
    }
}

pub(super) async fn groups(asked: &Asked<'_>, verb: &str) -> Result<Value, Failure> {
    let Asked {
        client,
        params,
        body,
        lists,
    } = asked;
    let groups = client.hr().employee_groups();
    match verb {
        "list" => {
            let pager = match rows(params)? {
                Some(rows) => groups.list_by(rows),
                None => groups.list(),
            };
            lists.many(pager).await
        }
        "get" => Ok(one(&groups.get(group(params)?).await?)),
        "create" => Ok(one(&groups.create(&writes::group(body)?).await?)),
        "update" => {
            groups.update(group(params)?, &writes::group(body)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "delete" => {
            groups.delete(group(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "employees" => Ok(all(&groups.employees(group(params)?).await?)),
        _ => Err(unknown(verb)),
    }
}

pub(super) async fn list(asked: &Asked<'_>, what: &str) -> Result<Value, Failure> {
    let hr = asked.client.hr();
    match what {
        "supervisors" => asked.lists.many(hr.employees().supervisors()).await,
        "employeetypes" => asked.lists.many(hr.employee_types()).await,
        _ => Ok(all(&hr.skills().await?)),
    }
}

fn listed(params: &Value) -> Result<ListEmployees, Failure> {
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
    Ok(listed.special(special(params)))
}

fn special(params: &Value) -> Vec<Special> {
    let named = |name: &Value| {
        [Special::BankAccount, Special::BirthDate, Special::Ssn]
            .into_iter()
            .find(|special| *name == special.as_str())
    };
    match &params["special"] {
        Value::Array(list) => list.iter().filter_map(named).collect(),
        name => named(name).into_iter().collect(),
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
