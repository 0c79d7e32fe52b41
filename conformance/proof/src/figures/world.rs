//! What the figures of calls run on: a client of ours and the same by hand, both for one server.

use std::{collections::BTreeMap, fmt::Display, hint::black_box, str::FromStr, sync::Arc, time::Duration};

use attache_core::{Clock, Date, Timestamp};
use attache_planday::{App, Client, Environment, Planday, RateBudget, hr::EmployeeId};
use attache_transport::{ReqwestTransport, SystemClock};
use bytes::Bytes;
use http::HeaderValue;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    figures::header::{TOKEN_LENGTH, valid_account},
    portal::{self, CLIENT_ID, Failure},
};

/// How long one call may take on both sides.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of ours on a kept account, over the network.
pub(super) struct Ours {
    pub(super) client: Client,
    _planday: Planday,
}

/// reqwest as somebody who measures would use it: the header values are made once, the client is set up as ours is.
#[derive(Clone)]
pub(super) struct ByHand {
    client: reqwest::Client,
    base: String,
    authorization: HeaderValue,
    client_id: HeaderValue,
}

/// An employee: the shape of [`attache_planday::hr::Employee`]. Of its last members the server gives none.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "read for what reading costs")]
#[expect(clippy::struct_field_names, reason = "the provider's names")]
pub(super) struct Employee {
    id: i64,
    first_name: String,
    last_name: String,
    user_name: Option<String>,
    email: Option<String>,
    #[serde(deserialize_with = "parsed")]
    hired_from: Date,
    is_deactivated: Option<bool>,
    #[serde(deserialize_with = "parsed")]
    date_time_created: Timestamp,
    salary_identifier: Option<String>,
    gender: Option<Gender>,
    job_title: Option<String>,
    employee_type_id: Option<i64>,
    primary_department_id: Option<i64>,
    departments: Vec<i64>,
    employee_groups: Vec<i64>,
    supervisor_id: Option<i64>,
    supervisor_employee_id: Option<i64>,
    security_groups: Option<Vec<i64>>,
    skill_ids: Option<Vec<i64>>,
    #[serde(rename = "contractRulesRuleId")]
    contract_rule_id: Option<i64>,
    work_hours: Option<f64>,
    country_id: Option<i64>,
    cell_phone: Option<String>,
    cell_phone_country_prefix: Option<String>,
    cell_phone_country_code: Option<String>,
    phone: Option<String>,
    phone_country_prefix: Option<String>,
    phone_country_code: Option<String>,
    street1: Option<String>,
    street2: Option<String>,
    zip: Option<String>,
    city: Option<String>,
    is_public: Option<bool>,
    deactivation_date: Option<String>,
    date_time_modified: Option<String>,
    termination_type_id: Option<i64>,
    termination_type_name: Option<String>,
    deactivation_reason: Option<String>,
    bank_account: Option<BankAccount>,
    birth_date: Option<String>,
    ssn: Option<String>,
    #[serde(skip)]
    custom: BTreeMap<String, Value>,
    #[serde(skip)]
    other: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "as above")]
struct BankAccount {
    registration_number: Option<String>,
    account_number: Option<String>,
}

#[derive(Debug, Deserialize)]
enum Gender {
    Female,
    Male,
}

/// A department, as [`attache_planday::hr::Department`].
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read for what reading costs")]
pub(super) struct Department {
    id: i64,
    name: String,
    number: Option<String>,
}

/// What Planday wraps one thing in.
#[derive(Deserialize)]
struct Single<T> {
    data: T,
}

/// What Planday wraps a page in.
#[derive(Deserialize)]
pub(super) struct Rows {
    pub(super) paging: Paging,
    pub(super) data: Vec<Department>,
}

#[derive(Deserialize)]
pub(super) struct Paging {
    pub(super) limit: u64,
    pub(super) total: u64,
}

impl Ours {
    /// Links an account with a valid token. Without a `budget`, calls have no pace.
    pub(super) async fn new(base: &Url, budget: Option<RateBudget>) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let app = App::at(CLIENT_ID, &Environment::new(base.clone(), base.clone()))?;
        let (keeper, _) = valid_account(app.connector(), &clock).await?;
        let transport = Arc::new(ReqwestTransport::new()?);
        let planday = Planday::new(app, keeper, transport, clock).budget(budget);
        let client = planday.client(&portal::account_key()?).await?;
        Ok(Self {
            client,
            _planday: planday,
        })
    }

    /// One employee.
    pub(super) async fn employee(&self, id: i64) -> Result<(), Failure> {
        let employee = self.client.hr().employees().get(EmployeeId(id), &[]).await?;
        black_box(&employee);
        Ok(())
    }
}

impl ByHand {
    pub(super) fn new(base: &Url) -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()?;
        let authorization = format!("Bearer {}", portal::token(TOKEN_LENGTH));
        Ok(Self {
            client,
            base: base.as_str().trim_end_matches('/').to_owned(),
            authorization: HeaderValue::from_maybe_shared(Bytes::from(authorization))?,
            client_id: HeaderValue::from_static(CLIENT_ID),
        })
    }

    /// One employee.
    pub(super) async fn employee(&self, id: i64) -> Result<(), Failure> {
        let url = format!("{}/hr/v1.0/employees/{id}", self.base);
        let employee: Single<Employee> = self.get(url).await?;
        black_box(&employee.data);
        Ok(())
    }

    /// A page of departments.
    pub(super) async fn page(&self, offset: u64, limit: u64) -> Result<Rows, Failure> {
        let url = format!("{}/hr/v1.0/departments?offset={offset}&limit={limit}", self.base);
        self.get(url).await
    }

    /// What stands at a place of the server.
    pub(super) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.get(format!("{}{path}", self.base)).await
    }

    async fn get<T: DeserializeOwned>(&self, url: String) -> Result<T, Failure> {
        let answer = self
            .client
            .get(url)
            .header(http::header::AUTHORIZATION, self.authorization.clone())
            .header("x-clientid", self.client_id.clone())
            .timeout(PATIENCE)
            .send()
            .await?
            .error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    <&str>::deserialize(deserializer)?
        .parse()
        .map_err(D::Error::custom)
}
