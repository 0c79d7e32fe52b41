//! Planday: link customers' portals once, and call Planday's API for as long as they let you.
//!
//! # Where the two credentials come from
//!
//! An administrator of the portal opens Settings > Integrations > API Access, creates an app (a name and its
//! scopes, which cannot be changed later) and authorises it. The page then shows two values (Planday,
//! Authorization: Authorization flow for customers):
//!
//! - the **App Id**: the Application ID of an [`App`]. One app may be connected to many portals.
//! - the **Token**: the [`TokenSecret`] of that one portal. It is a refresh token, and
//!   [`Planday::link`] turns it into a kept account.
//!
//! # First program
//!
//! ```no_run
//! use attache_planday::{AccountKey, App, Planday, TokenSecret};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::new("f2370889-3ffe-46b6-83e7-1a20f5a20d2f")?;
//! let planday = Planday::open("planday-accounts", app)?;
//! let account = AccountKey::new("customer-17", "planday", "copenhagen")?;
//!
//! let token_secret = TokenSecret::new(&std::env::var("TOKEN_SECRET")?)?;
//! planday.link(&account, token_secret).await?;
//!
//! let client = planday.client(&account).await?;
//! let mut departments = client.hr().departments().list();
//! while let Some(page) = departments.next_page().await? {
//!     for department in page.items {
//!         println!("{} {}", department.id, department.name);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The next start of the program needs no Token Secret any more: [`Planday::client`] takes the account from the
//! folder. Access tokens are renewed ahead of time, once for all callers and processes; what a renewal brings is
//! saved before anybody uses it.
//!
//! # Operations
//!
//! By Planday's own tags: [`Client::portal`], [`Client::hr`]. Everything else goes through [`Client::raw`], with
//! the same credential, headers, retries and errors.
//!
//! # Errors
//!
//! Every call fails with the one [`Error`]. What Planday's statuses become (Planday, Guides: Errors):
//!
//! | status | error | what happens before it |
//! | --- | --- | --- |
//! | 401 | [`is_unauthorized`](Error::is_unauthorized) | one renewal and one repetition; a second 401 is final |
//! | 403 | [`is_forbidden`](Error::is_forbidden), with the operation's scope | nothing: a renewal would not help |
//! | 404 | [`is_not_found`](Error::is_not_found) | |
//! | 400, 409 | [`is_validation`](Error::is_validation), with the fields | |
//! | 429 | [`is_rate_limited`](Error::is_rate_limited) | waits as the headers say, and repeats |
//! | 500, 502, 503, 504 | [`is_unavailable`](Error::is_unavailable) | repeats what is safe to repeat |
//!
//! # Features
//!
//! - `tls` (default): HTTPS for [`Planday::open`]. Without it, only loopback hosts can be reached.

mod app;
mod client;
mod client_builder;
mod credential;
mod environment;
mod error_table;
pub mod hr;
mod link;
mod link_error;
mod linked;
mod model;
mod open;
mod planday;
pub mod portal;
mod profile;
mod rate_limits;
mod token_secret;

pub use app::App;
pub use client::Client;
pub use client_builder::ClientBuilder;
pub use credential::Credential;
pub use environment::Environment;
pub use error_table::PlandayErrors;
pub use link_error::{LinkError, LinkErrorKind};
pub use linked::Linked;
pub use planday::Planday;
pub use profile::profile;
pub use rate_limits::{Quota, RateLimits};
pub use token_secret::{InvalidTokenSecret, TokenSecret};

pub use attache_auth::{Account, Closed, Identity, InvalidConnector, Keeper, Problem};
pub use attache_client::{
    Api, Body, Cursor, Error, ErrorKind, InvalidField, Items, Page, Pager, Pages, RawResponse, RequestOptions,
};
pub use attache_core::{
    AccountKey, Authorization, Clock, Date, InvalidAccountKey, Observer, RelinkReason, Secret, Sent,
    Timestamp, Transport,
};

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
