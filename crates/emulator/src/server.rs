//! The emulator on a TCP port.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::{Delivery, Handler};

/// Serves a provider's emulator over HTTP/1.1 on `address`; port 0 picks a free one.
///
/// The server runs on a thread of its own with its own runtime, so it may be started from anywhere. It stops when it
/// is dropped; open connections end with it.
///
/// # Errors
///
/// The address cannot be bound, or the thread or its runtime cannot be started.
pub fn serve(emulator: impl Handler, address: SocketAddr) -> io::Result<Server> {
    let listener = StdTcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("attache-emulator".to_owned())
        .spawn(move || {
            runtime.block_on(async move {
                // A listener that cannot be registered leaves a server that refuses connections.
                if let Ok(listener) = TcpListener::from_std(listener) {
                    run(emulator, listener, stopped).await;
                }
            });
        })?;
    Ok(Server {
        address,
        stop: Some(stop),
        thread: Some(thread),
    })
}

/// A running server.
#[derive(Debug)]
#[must_use = "dropping it stops the server"]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://host:port`, without a slash at the end: token endpoint and API lie under it.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the connections and the thread.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to stop.
            let _ = thread.join();
        }
    }
}

async fn run(emulator: impl Handler, listener: TcpListener, mut stopped: oneshot::Receiver<Infallible>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(emulator.clone(), stream));
                }
            }
            Some(_) = connections.join_next() => {}
            _ = &mut stopped => return,
        }
    }
}

async fn connection(emulator: impl Handler, stream: TcpStream) {
    // A latency setting only.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| exchange(emulator.clone(), request));
    // An error here is a peer that left or a fault that was asked for.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn exchange<H: Handler>(emulator: H, request: Request<Incoming>) -> Result<Response<Reply>, Broken> {
    let (parts, body) = request.into_parts();
    let Some(body) = read(body, H::MAX_REQUEST_BODY).await? else {
        let mut response = Response::new(Reply::whole(Bytes::new()));
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(response);
    };
    let accepted = emulator.accept(Request::from_parts(parts, body));
    wait(accepted.before()).await;
    let mut response = accepted.finish();
    let delivery = response.extensions_mut().remove::<Delivery>().unwrap_or_default();
    wait(&delivery).await;
    match delivery {
        Delivery::Drop => Err(Broken),
        Delivery::Cut { after } => Ok(sent(response, Some(after))),
        _ => Ok(sent(response, None)),
    }
}

async fn wait(delivery: &Delivery) {
    match delivery {
        Delivery::Stall(latch) => latch.released().await,
        Delivery::Delay(by) => sleep(*by).await,
        _ => {}
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a delay on the wire is in real time, and asked for by the test"
)]
async fn sleep(by: Duration) {
    tokio::time::sleep(by).await;
}

/// The request's body; `None` when it is too long.
async fn read(mut body: Incoming, longest: usize) -> Result<Option<Bytes>, Broken> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        if let Ok(chunk) = frame.map_err(|_| Broken)?.into_data() {
            if bytes.len() + chunk.len() > longest {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(Some(Bytes::from(bytes)))
}

fn sent(response: Response<Bytes>, cut: Option<usize>) -> Response<Reply> {
    let (parts, body) = response.into_parts();
    // Extensions ride with the body: they count the request as in flight until its last byte is written.
    let extensions = parts.extensions.clone();
    let reply = Reply {
        length: body.len(),
        step: Step::start(body, cut),
        _in_flight: extensions,
    };
    Response::from_parts(parts, reply)
}

/// The connection must end now.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends here, as the fault asks")]
struct Broken;

/// A reply's body, whole or cut short.
struct Reply {
    length: usize,
    step: Step,
    _in_flight: http::Extensions,
}

enum Step {
    Data {
        chunk: Bytes,
        then_cut: bool,
    },
    /// Yield once, so that what was written leaves before the connection ends.
    Flush,
    Cut,
    Done,
}

impl Step {
    fn start(body: Bytes, cut: Option<usize>) -> Self {
        match cut {
            Some(0) => Self::Flush,
            Some(after) => Self::Data {
                chunk: body.slice(..after.min(body.len())),
                then_cut: true,
            },
            None if body.is_empty() => Self::Done,
            None => Self::Data {
                chunk: body,
                then_cut: false,
            },
        }
    }
}

impl Reply {
    fn whole(body: Bytes) -> Self {
        Self {
            length: body.len(),
            step: Step::start(body, None),
            _in_flight: http::Extensions::new(),
        }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Data { chunk, then_cut } => {
                self.step = if then_cut { Step::Flush } else { Step::Done };
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Step::Flush => {
                self.step = Step::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Step::Cut => Poll::Ready(Some(Err(Broken))),
            Step::Done => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.step, Step::Done)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length as u64)
    }
}
