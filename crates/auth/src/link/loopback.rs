//! The callback of programs on a desktop: a loopback port for the time of one link (RFC 8252, 7.3).
//!
//! Bind the port first, then open the browser, then wait. The browser is the system's own, where the user is signed in
//! already and sees whom the password goes to (RFC 8252, 8.12). If it cannot be opened, over SSH for example, show the
//! user the address and wait all the same.
//!
//! ```no_run
//! use attache_auth::{Connector, Keeper, Provisional, link::loopback::{self, LoopbackListener}};
//! use attache_core::{Clock, Deadline};
//!
//! async fn link(
//!     keeper: &Keeper,
//!     connector: &Connector,
//!     clock: &dyn Clock,
//! ) -> Result<Provisional, Box<dyn std::error::Error + Send + Sync>> {
//!     let listener = LoopbackListener::bind("http://localhost:8765/callback").await?;
//!     let attempt = keeper.begin_link(connector, listener.redirect_uri())?;
//!     if let Err(error) = loopback::open_browser(&attempt, loopback::system_browser).await {
//!         println!("open {} to go on", error.url());
//!     }
//!     let callback = listener.callback(&attempt, clock, Deadline::NEVER).await?;
//!     Ok(keeper.complete_link(connector, &attempt, callback.expose()).await?)
//! }
//! ```
//!
//! The port answers `GET` of the redirect URI's path under the redirect URI's own host with the attempt's state, and
//! nothing else: a favicon, a page that tries its luck, or another name for this machine (DNS rebinding) is sent away,
//! and the wait goes on. What it answers is a page of one sentence that shows nothing of the callback, loads nothing,
//! refuses frames and sends no referrer (RFC 9700, 4.2 and 4.16).

mod bind;
mod browser;
mod listener;
mod request;
mod response;

pub use bind::BindError;
pub use browser::{BrowserNotOpened, open_browser, system_browser};
pub use listener::{CallbackWaitError, LoopbackListener};
