//! Planday: link customers' portals once, and call Planday's API for as long as they let you.
//!
//! # Flows
//!
//! What has to be set up at Planday, step by step, is in the [set-up guide].
//!
//! | you have | you call | example |
//! | --- | --- | --- |
//! | the Token of a portal that you administer | [`Planday::link`] | `first_program` |
//! | several such portals, and one app | [`Planday::link`], for each | `portals` |
//! | customers who authorise your app in their browser | [`Planday::begin_link`], [`Planday::complete_link`] | `partner` |
//! | the same, without a server | `Planday::link_in_browser`, with the feature `loopback` | `desktop` |
//! | a master portal | [`Planday::child`], for each portal below it | `children` |
//! | an account that nobody needs any more, or that Planday refuses | [`Planday::revoke`], [`Account::recheck`] | `revoke` |
//!
//! The **App Id** of Planday's page API Access is the Application ID of an [`App`], which has no secret. The **Token** is
//! the [`TokenSecret`] of one portal, and a refresh token in the words of OAuth (Planday, Authorization: Authorization
//! flow for customers).
//!
//! [set-up guide]: https://github.com/attache-rs/attache/blob/main/docs/planday.md
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
//! By Planday's own tags: [`Client::portal`], [`Client::hr`], [`Client::scheduling`]; [`operations`] is the table of
//! them. Everything else goes through [`Client::raw`], with the same credential, headers, retries and errors.
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
//! # Pace
//!
//! Planday counts requests per portal and per app. Clients of one [`Planday`] count theirs together and wait their turn
//! instead of running into a 429: ten requests a second to each portal and what else [`RateBudget`] says, and as the
//! `x-ratelimit-*` headers of the answers say. Lists as streams ask for up to eight pages ahead, under the same limits;
//! [`Pager::prefetch`] sets another number.
//!
//! # Features
//!
//! - `tls` (default): HTTPS for [`Planday::open`]. Without it, only loopback hosts can be reached.
//! - `loopback`: the partner flow in programs on a desktop, `Planday::link_in_browser`.

mod app;
mod app_builder;
mod child;
mod client;
mod client_builder;
mod credential;
#[cfg(feature = "loopback")]
pub mod desktop;
mod environment;
mod error_table;
mod guide;
pub mod hr;
mod link;
mod link_error;
mod linked;
mod model;
mod open;
mod operations;
mod partner;
mod planday;
pub mod portal;
mod profile;
mod rate_budget;
mod rate_limits;
pub mod scheduling;
mod scope;
mod token_secret;

pub use app::App;
pub use app_builder::AppBuilder;
pub use client::Client;
pub use client_builder::ClientBuilder;
pub use credential::Credential;
pub use environment::Environment;
pub use error_table::PlandayErrors;
pub use link_error::{LinkError, LinkErrorKind};
pub use linked::Linked;
pub use model::Patch;
pub use operations::operations;
pub use planday::Planday;
pub use profile::profile;
pub use rate_budget::RateBudget;
pub use rate_limits::{Quota, RateLimits};
pub use scope::Scope;
pub use token_secret::{InvalidTokenSecret, TokenSecret};

pub use attache_auth::{
    Account, Closed, CompleteLinkError, CompleteLinkErrorKind, GivenBack, Identity, InvalidConnector, Keeper,
    LinkAttempt, LinkStartError, Problem,
};
pub use attache_client::{
    Api, Body, Cursor, Error, ErrorKind, InvalidField, Items, Operation, Pace, Page, Pager, Pages,
    RawResponse, RequestOptions,
};
pub use attache_core::{
    AccountKey, Authorization, Clock, Date, InvalidAccountKey, LocalDateTime, LocalTime, Observer,
    RelinkReason, Secret, Sent, Timestamp, Transport,
};

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
