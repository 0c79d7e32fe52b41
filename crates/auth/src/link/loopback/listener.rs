//! Waiting for the callback.

use std::{collections::VecDeque, fmt, future::poll_fn, io, task::Poll, time::Duration};

use attache_core::{BoxFuture, Clock, Deadline, Secret};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
};

use super::{
    bind::{BindError, Place, bind},
    request,
    response::response,
};
use crate::link::attempt::LinkAttempt;

/// So many connections are held at once; one more drops the oldest, so that idle ones cannot keep the callback out.
const MOST_CONNECTIONS: usize = 16;
/// How long a connection may take for its request. Nobody types one by hand.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);

/// A loopback port that waits for the callback of a link. Dropping it frees the port.
pub struct LoopbackListener {
    listeners: Vec<TcpListener>,
    place: Place,
}

/// Why there is no callback.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackWaitError {
    /// The deadline passed, or the attempt ended, before the browser came back.
    #[error("the browser did not come back in time: start the link again")]
    Elapsed,
    /// The attempt sends the browser somewhere else.
    #[error("the link attempt has another redirect URI: start it with the listener's")]
    OtherRedirectUri,
    /// The port takes no connections any more.
    #[error("the loopback port takes no connections: {0}")]
    Accept(#[source] io::Error),
}

impl LoopbackListener {
    /// Listens at a redirect URI: `http://127.0.0.1:PORT/path`, `http://[::1]:PORT/path` or
    /// `http://localhost:PORT/path`. Port 0 takes any free one, for providers that let the port of loopback URIs vary
    /// (RFC 8252, 7.3); where URIs are compared to the letter, as at Planday, register one with a port and give it
    /// here.
    ///
    /// # Errors
    ///
    /// If the URI is none of these, or its port cannot be had.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, or in one without I/O.
    pub async fn bind(redirect_uri: &str) -> Result<Self, BindError> {
        let (listeners, place) = bind(redirect_uri).await?;
        Ok(Self { listeners, place })
    }

    /// The redirect URI to start an attempt with: the one that was given, with the port that was found where that
    /// was 0.
    pub fn redirect_uri(&self) -> &str {
        &self.place.redirect_uri
    }

    /// Waits until the browser comes back with the attempt's state, and gives the callback's query, which
    /// [`Keeper::complete_link`](crate::Keeper::complete_link) takes. It holds the code, or why there is none.
    ///
    /// Waits until the deadline or the end of the attempt, whichever is first. All other requests are turned away.
    ///
    /// # Errors
    ///
    /// See [`CallbackWaitError`].
    ///
    /// # Cancel safety
    ///
    /// Safe to drop and to call again: the port stays. A browser that was cut off can load its page again.
    pub async fn callback(
        &self,
        attempt: &LinkAttempt,
        clock: &dyn Clock,
        deadline: Deadline,
    ) -> Result<Secret, CallbackWaitError> {
        if attempt.redirect_uri() != self.redirect_uri() {
            return Err(CallbackWaitError::OtherRedirectUri);
        }
        let end = Deadline::after(clock, attempt.expires_at().since(clock.now()));
        end.earlier(deadline)
            .race(clock, self.wait(attempt, clock))
            .await
            .unwrap_or(Err(CallbackWaitError::Elapsed))
    }

    async fn wait(&self, attempt: &LinkAttempt, clock: &dyn Clock) -> Result<Secret, CallbackWaitError> {
        // Side by side: browsers open connections in advance and leave them idle.
        let mut connections: VecDeque<BoxFuture<'_, Option<Secret>>> = VecDeque::new();
        poll_fn(|context| {
            for listener in &self.listeners {
                while let Poll::Ready(accepted) = listener.poll_accept(context) {
                    match accepted {
                        Ok((stream, _)) => {
                            if connections.len() == MOST_CONNECTIONS {
                                connections.pop_front();
                            }
                            // Looked at before a burst of others can push it out.
                            let mut connection: BoxFuture<'_, Option<Secret>> =
                                Box::pin(self.answer(stream, attempt, clock));
                            match connection.as_mut().poll(context) {
                                Poll::Ready(Some(query)) => return Poll::Ready(Ok(query)),
                                Poll::Ready(None) => {}
                                Poll::Pending => connections.push_back(connection),
                            }
                        }
                        // Of this one connection, and it is gone.
                        Err(error) if is_passing(&error) => {}
                        Err(error) => return Poll::Ready(Err(CallbackWaitError::Accept(error))),
                    }
                }
            }
            let mut index = 0;
            while let Some(connection) = connections.get_mut(index) {
                match connection.as_mut().poll(context) {
                    Poll::Ready(Some(query)) => return Poll::Ready(Ok(query)),
                    Poll::Ready(None) => drop(connections.remove(index)),
                    Poll::Pending => index += 1,
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Answers one request and gives its query, if it is the callback.
    async fn answer(
        &self,
        mut stream: TcpStream,
        attempt: &LinkAttempt,
        clock: &dyn Clock,
    ) -> Option<Secret> {
        let limit = Deadline::after(clock, CONNECTION_LIMIT);
        let read = limit.race(clock, request::read(&mut stream, &self.place, attempt));
        let outcome = read.await.ok()?.ok()??;
        let page = response(outcome.as_ref().err().copied());
        let write = async {
            stream.write_all(page.as_bytes()).await?;
            stream.shutdown().await
        };
        // The callback counts even if the browser has not waited for its page.
        let _ = limit.race(clock, write).await;
        outcome.ok()
    }
}

fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

impl fmt::Debug for LoopbackListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopbackListener")
            .field("redirect_uri", &self.place.redirect_uri)
            .finish_non_exhaustive()
    }
}
