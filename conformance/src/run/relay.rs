//! A relay in front of a scripted server: cuts marked answers in the middle of their bodies, and holds others back.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// A header by which the script marks an answer to be cut; it never reaches the client.
pub(super) const CUT_MARK: &str = "x-suite-cut";

/// A header by which the script marks an answer to be held back.
pub(super) const HOLD_MARK: &str = "x-suite-hold";

/// Answers that are held back until the suite lets them go.
#[derive(Debug, Default)]
pub(super) struct Held {
    now: AtomicU64,
    most: AtomicU64,
    release: Notify,
}

impl Held {
    /// Lets all of them go; whether there were any.
    pub(super) fn release(&self) -> bool {
        self.release.notify_waiters();
        self.now.load(Ordering::SeqCst) > 0
    }

    /// How many were held at one time, at the most.
    pub(super) fn most(&self) -> u64 {
        self.most.load(Ordering::SeqCst)
    }

    async fn hold(&self) {
        let released = self.release.notified();
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        released.await;
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Listens on a free port; the future relays until it is dropped.
pub(super) async fn relay(
    server: SocketAddr,
    held: Arc<Held>,
) -> io::Result<(String, impl Future<Output = ()> + Send + 'static)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let serve = async move {
        let mut connections = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            let held = Arc::clone(&held);
            connections.spawn(async move {
                // A connection that breaks is what relays are for.
                let _ = connection(client, server, &held).await;
            });
        }
    };
    Ok((base, serve))
}

async fn connection(client: TcpStream, server: SocketAddr, held: &Held) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    tokio::select! {
        ended = tokio::io::copy(&mut from_client, &mut to_server) => ended.map(|_| ()),
        ended = answers(BufReader::new(from_server), &mut to_client, held) => ended,
    }
}

/// Scripted answers always have a length, or no body.
async fn answers(
    mut from: BufReader<OwnedReadHalf>,
    to: &mut (impl AsyncWrite + Unpin),
    room: &Held,
) -> io::Result<()> {
    loop {
        let mut head = Vec::new();
        let (mut length, mut cut, mut kept) = (0, false, false);
        loop {
            let mut line = String::new();
            if from.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            if lower.starts_with(CUT_MARK) {
                cut = true;
            } else if lower.starts_with(HOLD_MARK) {
                kept = true;
            } else {
                head.extend_from_slice(line.as_bytes());
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body).await?;
        if kept {
            room.hold().await;
        }
        to.write_all(&head).await?;
        if cut {
            to.write_all(&body[..length / 2]).await?;
            return to.flush().await;
        }
        to.write_all(&body).await?;
        to.flush().await?;
    }
}
