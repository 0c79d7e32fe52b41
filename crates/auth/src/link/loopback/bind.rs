//! From a redirect URI to the sockets behind it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use attache_core::is_loopback;
use tokio::net::TcpListener;
use url::{Host, Url};

use crate::connector::redirect_uri;

/// Why nothing listens at a redirect URI.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// It is none that this machine can serve. What is wrong with it and what to do.
    #[error("the redirect URI {0}")]
    Unusable(&'static str),
    /// Its port cannot be had.
    #[error("port {port} of the redirect URI cannot be had: stop what uses it, or register another one")]
    Port {
        /// The port; 0 stands for any.
        port: u16,
        /// Why not.
        source: io::Error,
    },
}

/// What a request has to ask for to be the callback.
pub(super) struct Place {
    /// The redirect URI, with the port that was given.
    pub(super) redirect_uri: String,
    /// The value of `Host`.
    pub(super) authority: String,
    pub(super) path: String,
}

/// Listens at a redirect URI: at its address, or for `localhost` at those of both protocols, because a browser may try
/// either first.
pub(super) async fn bind(text: &str) -> Result<(Vec<TcpListener>, Place), BindError> {
    if let Some(problem) = redirect_uri::problem(text) {
        return Err(BindError::Unusable(problem));
    }
    let not_here = BindError::Unusable("is not on this machine: give one with http and a loopback host");
    let Ok(mut url) = Url::parse(text) else {
        return Err(not_here);
    };
    if url.scheme() != "http" || !is_loopback(&url) {
        return Err(not_here);
    }
    let (first, second) = match url.host() {
        Some(Host::Ipv4(address)) => (IpAddr::V4(address), None),
        Some(Host::Ipv6(address)) => (IpAddr::V6(address), None),
        Some(Host::Domain(_)) => (Ipv4Addr::LOCALHOST.into(), Some(Ipv6Addr::LOCALHOST.into())),
        None => return Err(not_here),
    };
    let wanted = url.port_or_known_default().unwrap_or_default();
    let mut tries = if wanted == 0 { 16 } else { 1 };
    let (listeners, port) = loop {
        tries -= 1;
        match listen(first, second, wanted).await {
            Ok(listening) => break listening,
            // The free port of one protocol was taken under the other.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
            Err(source) => return Err(BindError::Port { port: wanted, source }),
        }
    };
    let redirect_uri = if wanted == 0 {
        url.set_port(Some(port)).map_err(|()| not_here)?;
        url.as_str().to_owned()
    } else {
        text.to_owned()
    };
    let host = url.host_str().unwrap_or_default();
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let path = url.path().to_owned();
    Ok((
        listeners,
        Place {
            redirect_uri,
            authority,
            path,
        },
    ))
}

async fn listen(first: IpAddr, second: Option<IpAddr>, port: u16) -> io::Result<(Vec<TcpListener>, u16)> {
    let listener = TcpListener::bind((first, port)).await?;
    let port = listener.local_addr()?.port();
    let mut listeners = vec![listener];
    if let Some(address) = second {
        match TcpListener::bind((address, port)).await {
            Ok(listener) => listeners.push(listener),
            // Somebody else would get the callbacks of browsers that try this protocol first.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // A machine without this protocol.
            Err(_) => {}
        }
    }
    Ok((listeners, port))
}
