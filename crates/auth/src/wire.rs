//! What goes over the wire to an authorization server, and what comes back: addresses and requests are built,
//! callbacks and answers are read here, and nothing is sent.
//!
//! Strict in what it sends, lenient in what it reads. An answer is judged by the shape of its body and by its
//! status, never by its content type alone; a body that is no token answer ends in a [`TokenFailure`] that still
//! knows the status, says what may be done next, and whether the refresh token can have been spent.
//!
//! # Examples
//!
//! ```
//! use attache_auth::{Connector, Endpoints, ProviderProfile, wire};
//! use attache_core::{Secret, Timestamp};
//! use bytes::Bytes;
//!
//! let profile = ProviderProfile::new("example", "Client ID");
//! let endpoints = Endpoints::new("https://id.example.com/token".parse()?, "https://api.example.com/".parse()?);
//! let connector = Connector::new(profile, endpoints, "app-1")?;
//!
//! let request = wire::refresh_request(&connector, &Secret::new("old"));
//! assert_eq!(request.body(), "client_id=app-1&grant_type=refresh_token&refresh_token=old");
//!
//! let response = http::Response::new(Bytes::from_static(br#"{"access_token":"new","expires_in":"3600"}"#));
//! let answer = wire::read_token_answer(connector.profile(), &response, Timestamp::UNIX_EPOCH)?;
//! assert_eq!(answer.access_token, Secret::new("new"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod authorization_url;
mod body;
mod callback;
mod error_answer;
mod failure;
mod pkce;
mod randomness;
mod request;
mod retry_after;
mod revocation;

pub use answer::{LONGEST_LIFETIME, TokenAnswer, read_token_answer};
pub use authorization_url::authorization_url;
pub use body::TOKEN_ANSWER_LIMIT;
pub use callback::{AuthorizationRefusal, CALLBACK_LIMIT, Callback, CallbackError};
pub use failure::{TokenFailure, TokenFailureKind};
pub use pkce::{CodeChallenge, CodeVerifier, InvalidCodeVerifier};
pub use randomness::{RandomnessError, random_state, same_secret};
pub use request::{code_request, refresh_request, revocation_request, token_exchange_request};
pub use retry_after::LONGEST_RETRY_AFTER;
pub use revocation::read_revocation_answer;
