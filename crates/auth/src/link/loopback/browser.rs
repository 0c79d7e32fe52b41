//! The user's browser.

use std::{error::Error, fmt, io};

use url::Url;

use crate::link::attempt::LinkAttempt;

/// Opens an attempt's address with `open`, which is [`system_browser`] except in tests. It runs on a thread that may
/// block, for a moment as a rule.
///
/// # Errors
///
/// If `open` fails. The error has the address, to be shown to the user instead.
///
/// # Cancel safety
///
/// Safe to drop; the browser may open all the same.
///
/// # Panics
///
/// Outside of a tokio runtime.
pub async fn open_browser<F>(attempt: &LinkAttempt, open: F) -> Result<(), BrowserNotOpened>
where
    F: FnOnce(&Url) -> io::Result<()> + Send + 'static,
{
    let url = attempt.authorization_url().clone();
    tokio::task::spawn_blocking(move || open(&url))
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(|source| BrowserNotOpened {
            url: attempt.authorization_url().clone(),
            source,
        })
}

/// Opens an address in the browser that the user has chosen on this machine, and does not wait for it.
///
/// # Errors
///
/// If there is none, or it cannot be started.
pub fn system_browser(url: &Url) -> io::Result<()> {
    open::that_detached(url.as_str())
}

/// The browser could not be opened. `Display` and `Debug` do not show the address, which holds the state.
pub struct BrowserNotOpened {
    url: Url,
    source: io::Error,
}

impl BrowserNotOpened {
    /// The address that the user has to open. Show it to that user and keep it out of logs.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for BrowserNotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the browser could not be opened: show the user the address to open")
    }
}

impl fmt::Debug for BrowserNotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The kind alone: what started the browser may quote its command line.
        f.debug_struct("BrowserNotOpened")
            .field("source", &self.source.kind())
            .finish_non_exhaustive()
    }
}

impl Error for BrowserNotOpened {}
