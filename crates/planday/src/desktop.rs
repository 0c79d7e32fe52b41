//! The partner flow in a program on a desktop or a command line.

use std::{io, time::Duration};

use attache_auth::link::loopback::{self, LoopbackListener};
use attache_core::{AccountKey, Deadline};
use url::Url;

use crate::{link_error::LinkError, linked::Linked, planday::Planday};

pub use attache_auth::{
    LinkStartError,
    link::loopback::{BindError, BrowserNotOpened, CallbackWaitError, system_browser},
};

/// Why a link by the browser did not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserLinkError {
    /// Nothing can listen at the redirect URI.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The app cannot begin a link.
    #[error(transparent)]
    Start(#[from] LinkStartError),
    /// The browser was not opened, and the link was given up with it. Where people have their browser elsewhere, let
    /// `open` print the address and succeed.
    #[error("the browser could not be opened: show the address instead, and begin again")]
    Browser(#[source] BrowserNotOpened),
    /// The browser did not come back in time.
    #[error(transparent)]
    Wait(#[from] CallbackWaitError),
    /// It came back, and no account came of it.
    #[error(transparent)]
    Link(#[from] Box<LinkError>),
}

impl Planday {
    /// Links a portal by the partner flow, from a program on a desktop (RFC 8252): listens at `redirect_uri`, a loopback
    /// one of the app such as `http://localhost:8765/callback`, has `open` open the address, waits `within` for the
    /// browser to come back, and completes the link.
    ///
    /// Other users of the machine may see the address, with its state, while the browser is started. PKCE keeps them from
    /// making use of it (RFC 8252, 8.1): set [`AppBuilder::pkce`](crate::AppBuilder::pkce) if Planday takes it from your
    /// app, which no page of Planday says.
    ///
    /// `open` is [`system_browser`], or something that also prints the address, for people whose browser is elsewhere.
    ///
    /// # Errors
    ///
    /// See [`BrowserLinkError`].
    ///
    /// # Cancel safety
    ///
    /// Safe to drop until the browser has come back; then as [`Planday::complete_link`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use attache_planday::{AccountKey, Planday, desktop::{BrowserLinkError, system_browser}};
    /// # async fn run(planday: Planday, account: AccountKey) -> Result<(), BrowserLinkError> {
    /// let open = |url: &url::Url| {
    ///     println!("if your browser does not open, go to {url}");
    ///     let _ = system_browser(url);
    ///     Ok(())
    /// };
    /// let five_minutes = Duration::from_secs(300);
    /// let linked = planday.link_in_browser(&account, "http://localhost:8765/callback", open, five_minutes).await?;
    /// println!("linked portal {}", linked.portal.id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn link_in_browser(
        &self,
        key: &AccountKey,
        redirect_uri: &str,
        open: impl FnOnce(&Url) -> io::Result<()> + Send + 'static,
        within: Duration,
    ) -> Result<Linked, BrowserLinkError> {
        let listener = LoopbackListener::bind(redirect_uri).await?;
        let attempt = self.begin_link(listener.redirect_uri())?;
        let opened = loopback::open_browser(&attempt, open).await;
        opened.map_err(BrowserLinkError::Browser)?;
        let deadline = Deadline::after(&*self.clock, within);
        let callback = listener.callback(&attempt, &*self.clock, deadline).await?;
        let linked = self.complete_link(key, &attempt, callback.expose()).await;
        linked.map_err(|error| BrowserLinkError::Link(Box::new(error)))
    }
}
