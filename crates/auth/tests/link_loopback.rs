//! The callback of programs on a desktop, over real sockets.
#![cfg(feature = "loopback")]
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

mod link_world;

use std::{io, net::SocketAddr, sync::mpsc, time::Duration};

use attache_auth::{
    LinkAttempt,
    link::loopback::{self, BindError, CallbackWaitError, LoopbackListener},
};
use attache_core::{Clock, Deadline, ManualClock};
use futures_util::{FutureExt as _, future::join};
use link_world::{begin, clock, connector, parameter};
use proptest::prelude::*;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// A listener at any port, and an attempt that sends the browser to it.
struct Desk {
    clock: ManualClock,
    listener: LoopbackListener,
    attempt: LinkAttempt,
}

impl Desk {
    async fn at(redirect_uri: &str) -> Self {
        let clock = clock();
        let listener = LoopbackListener::bind(redirect_uri).await.unwrap();
        let attempt = begin(
            &clock,
            &connector(&[redirect_uri], false),
            listener.redirect_uri(),
        )
        .unwrap();
        Self {
            clock,
            listener,
            attempt,
        }
    }

    async fn new() -> Self {
        Self::at("http://127.0.0.1:0/cb").await
    }

    fn address(&self) -> SocketAddr {
        let url: Url = self.listener.redirect_uri().parse().unwrap();
        SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()))
    }

    fn host(&self) -> String {
        self.address().to_string()
    }

    /// The query of a callback that is to be accepted.
    fn query(&self) -> String {
        format!("code=SEKRET&state={}", parameter(&self.attempt, "state").unwrap())
    }

    /// A browser's request for this target.
    fn get(&self, target: &str) -> String {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\n\r\n",
            self.host()
        )
    }

    async fn callback(&self) -> Result<String, String> {
        let callback = self
            .listener
            .callback(&self.attempt, &self.clock, Deadline::NEVER)
            .await;
        callback
            .map(|query| query.expose().to_owned())
            .map_err(|error| error.to_string())
    }
}

/// Sends bytes and gives the whole answer.
async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The other side may have answered and gone before it has read all of it.
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

const OK: &str = "HTTP/1.1 200 OK";

#[tokio::test]
async fn the_callback_gets_a_page_that_shows_and_loads_nothing_and_its_query_comes_back() {
    let desk = Desk::new().await;
    let request = desk.get(&format!("/cb?{}", desk.query()));
    let (callback, answer) = join(desk.callback(), exchange(desk.address(), request.as_bytes())).await;
    assert_eq!(callback, Ok(desk.query()));
    let (head, page) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        head,
        format!(
            "HTTP/1.1 200 OK\r\n\
             cache-control: no-store\r\n\
             connection: close\r\n\
             content-length: {}\r\n\
             content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action \
             'none'\r\n\
             content-type: text/html; charset=utf-8\r\n\
             referrer-policy: no-referrer\r\n\
             x-content-type-options: nosniff\r\n\
             x-frame-options: DENY",
            page.len()
        )
    );
    assert!(page.contains("This window can be closed."), "{page}");
    for foreign in ["SEKRET", "src", "href", "script", "state", "//"] {
        assert!(!page.contains(foreign), "{foreign}: {page}");
    }
}

#[tokio::test]
async fn a_refusal_comes_back_as_well() {
    let desk = Desk::new().await;
    let state = parameter(&desk.attempt, "state").unwrap();
    let query = format!("error=access_denied&state={state}");
    let request = desk.get(&format!("/cb?{query}"));
    let (callback, answer) = join(desk.callback(), exchange(desk.address(), request.as_bytes())).await;
    assert_eq!((callback, status(&answer)), (Ok(query), OK));
}

#[tokio::test]
async fn everything_else_is_sent_away_and_the_wait_goes_on() {
    let desk = Desk::new().await;
    let (host, query) = (desk.host(), desk.query());
    let bad_request = "HTTP/1.1 400 Bad Request";
    let not_found = "HTTP/1.1 404 Not Found";
    let other_method = "HTTP/1.1 405 Method Not Allowed";
    let other_host = "HTTP/1.1 421 Misdirected Request";
    let too_large = "HTTP/1.1 431 Request Header Fields Too Large";
    let headers = |headers: &str| format!("GET /cb?{query} HTTP/1.1\r\n{headers}\r\n\r\n");
    let port = desk.address().port();
    let strays = [
        (desk.get("/favicon.ico"), not_found),
        (desk.get(&format!("/?{query}")), not_found),
        (desk.get(&format!("/cb/?{query}")), not_found),
        (desk.get(&format!("//cb?{query}")), not_found),
        (desk.get(&format!("http://{host}/cb?{query}")), not_found),
        (desk.get("/cb"), bad_request),
        (desk.get("/cb?code=c"), bad_request),
        (desk.get("/cb?code=c&state=guessed"), bad_request),
        (desk.get(&format!("/cb?{query}&state=again")), bad_request),
        (desk.get(&format!("/cb?{query}&error=x")), bad_request),
        (
            format!("POST /cb?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            other_method,
        ),
        (
            format!("HEAD /cb?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            other_method,
        ),
        (
            format!("get /cb?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            other_method,
        ),
        (headers("Host: attacker.example.com"), other_host),
        (headers(&format!("Host: attacker.example.com:{port}")), other_host),
        (headers(&format!("Host: localhost:{port}")), other_host),
        (headers("Host: 127.0.0.1"), other_host),
        (headers("Accept: */*"), other_host),
        (headers(&format!("Host: {host}\r\nHost: {host}")), other_host),
        (
            headers(&format!("Host: {host}\r\nHost: attacker.example.com")),
            other_host,
        ),
        ("nonsense\r\n\r\n".to_owned(), bad_request),
        ("\u{16}\u{3}\u{1}TLS\r\n\r\n".to_owned(), bad_request),
        (
            format!("GET /cb?{query} HTTP/1.1\r\nHost: {host}\r\n"),
            bad_request,
        ),
        (
            headers(&format!("Host: {host}\r\nX: {}", "a".repeat(20_000))),
            too_large,
        ),
        (
            headers(&format!("Host: {host}{}", "\r\nX: y".repeat(200))),
            too_large,
        ),
        (String::new(), ""),
    ];
    let browser = async {
        for (request, expected) in &strays {
            let answer = exchange(desk.address(), request.as_bytes()).await;
            assert_eq!(status(&answer), *expected, "{request}");
            assert!(
                !answer.contains("SEKRET") && !answer.contains("attacker"),
                "{answer}"
            );
        }
        let request = desk.get(&format!("/cb?{query}"));
        exchange(desk.address(), request.as_bytes()).await
    };
    let (callback, answer) = join(desk.callback(), browser).await;
    assert_eq!((callback, status(&answer)), (Ok(query.clone()), OK));
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_is_read() {
    let desk = Desk::new().await;
    let request = desk.get(&format!("/cb?{}", desk.query()));
    let browser = async {
        let mut stream = TcpStream::connect(desk.address()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in request.bytes() {
            stream.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (callback, answer) = join(desk.callback(), browser).await;
    assert_eq!((callback, status(&answer)), (Ok(desk.query()), OK));
}

#[tokio::test]
async fn idle_connections_do_not_keep_the_callback_out() {
    let desk = Desk::new().await;
    let browser = async {
        let mut idle = Vec::new();
        for _ in 0..40 {
            idle.push(TcpStream::connect(desk.address()).await.unwrap());
        }
        let request = desk.get(&format!("/cb?{}", desk.query()));
        exchange(desk.address(), request.as_bytes()).await
    };
    let (callback, answer) = join(desk.callback(), browser).await;
    assert_eq!((callback, status(&answer)), (Ok(desk.query()), OK));
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_after_a_while() {
    let desk = Desk::new().await;
    let mut wait = Box::pin(desk.callback());
    let mut idle = TcpStream::connect(desk.address()).await.unwrap();
    let mut answer = Vec::new();
    let closed = async {
        // Another answer shows that the idle connection, which came first, is being served.
        exchange(desk.address(), desk.get("/favicon.ico").as_bytes()).await;
        desk.clock.advance(Duration::from_secs(10));
        idle.read_to_end(&mut answer).await
    };
    let mut closed = Box::pin(closed);
    let read = std::future::poll_fn(|context| {
        assert!(wait.poll_unpin(context).is_pending());
        closed.poll_unpin(context)
    })
    .await;
    drop(closed);
    assert_eq!((read.unwrap(), answer), (0, Vec::new()));
}

#[tokio::test]
async fn the_wait_ends_with_the_deadline_or_the_attempt() {
    let desk = Desk::new().await;
    let deadline = Deadline::after(&desk.clock, Duration::from_secs(60));
    let mut wait = Box::pin(desk.listener.callback(&desk.attempt, &desk.clock, deadline));
    desk.clock.advance(Duration::from_secs(59));
    assert!(wait.as_mut().now_or_never().is_none());
    desk.clock.advance(Duration::from_secs(1));
    assert!(matches!(wait.await, Err(CallbackWaitError::Elapsed)));

    let mut wait = Box::pin(desk.callback());
    assert!(wait.as_mut().now_or_never().is_none());
    desk.clock.advance(Duration::from_secs(9 * 60));
    assert!(wait.await.unwrap_err().contains("in time"));
}

#[tokio::test]
async fn a_dropped_wait_can_be_taken_up_again() {
    let desk = Desk::new().await;
    assert!(desk.callback().now_or_never().is_none());
    let request = desk.get(&format!("/cb?{}", desk.query()));
    let (callback, _) = join(desk.callback(), exchange(desk.address(), request.as_bytes())).await;
    assert_eq!(callback, Ok(desk.query()));
}

#[tokio::test]
async fn an_attempt_for_another_address_is_not_waited_for() {
    let desk = Desk::new().await;
    let other = Desk::new().await;
    let waited = desk
        .listener
        .callback(&other.attempt, &desk.clock, Deadline::NEVER)
        .await;
    assert!(matches!(waited, Err(CallbackWaitError::OtherRedirectUri)));
}

#[tokio::test]
async fn a_fixed_port_is_taken_as_it_is_registered_and_freed_when_it_is_dropped() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let uri = format!("http://LocalHost:{}/cb?from=%70landay", free.port());
    for _ in 0..2 {
        let desk = Desk::at(&uri).await;
        assert_eq!(desk.listener.redirect_uri(), uri);
        let query = format!("from=%70landay&{}", desk.query());
        let request = format!(
            "GET /cb?{query} HTTP/1.1\r\nhost: LOCALHOST:{}\r\n\r\n",
            free.port()
        );
        let (callback, answer) = join(desk.callback(), exchange(desk.address(), request.as_bytes())).await;
        assert_eq!((callback, status(&answer)), (Ok(query), OK));
    }
}

#[tokio::test]
async fn localhost_is_served_under_both_protocols() {
    let Ok(probe) = TcpListener::bind("[::1]:0").await else {
        // A machine without IPv6 has one protocol to serve.
        return;
    };
    drop(probe);
    let desk = Desk::at("http://localhost:0/cb").await;
    let port = desk.address().port();
    let request = format!(
        "GET /cb?{} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
        desk.query()
    );
    let address = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port));
    let (callback, answer) = join(desk.callback(), exchange(address, request.as_bytes())).await;
    assert_eq!((callback, status(&answer)), (Ok(desk.query()), OK));
}

#[tokio::test]
async fn only_what_this_machine_can_serve_is_bound() {
    for uri in [
        "https://127.0.0.1:8765/cb",
        "https://app.example.com/cb",
        "http://app.example.com/cb",
        "http://192.168.0.1:8765/cb",
        "http://0.0.0.0:8765/cb",
        "http://127.0.0.1:0/cb#top",
        "http://me@127.0.0.1:0/cb",
        "127.0.0.1:8765/cb",
        "",
    ] {
        let error = LoopbackListener::bind(uri).await.unwrap_err();
        assert!(matches!(error, BindError::Unusable(_)), "{uri}: {error}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let number = taken.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        match LoopbackListener::bind(&format!("http://{host}:{number}/cb")).await {
            Err(BindError::Port { port, source }) => {
                assert_eq!((port, source.kind()), (number, io::ErrorKind::AddrInUse));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_browser_is_opened_with_the_attempts_address() {
    let desk = Desk::new().await;
    let (opened, seen) = mpsc::channel();
    let open = move |url: &Url| opened.send(url.clone()).map_err(io::Error::other);
    loopback::open_browser(&desk.attempt, open).await.unwrap();
    assert_eq!(seen.recv().unwrap(), *desk.attempt.authorization_url());
}

#[tokio::test]
async fn a_browser_that_does_not_open_leaves_the_address_to_the_caller_and_out_of_the_message() {
    let desk = Desk::new().await;
    let fails = |url: &Url| Err(io::Error::new(io::ErrorKind::NotFound, format!("xdg-open {url}")));
    let error = loopback::open_browser(&desk.attempt, fails).await.unwrap_err();
    assert_eq!(error.url(), desk.attempt.authorization_url());
    assert_eq!(
        format!("{error} / {error:?}"),
        "the browser could not be opened: show the user the address to open / BrowserNotOpened { source: NotFound, .. }"
    );
    assert!(std::error::Error::source(&error).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is sent, the listener neither panics nor takes it for the callback, and waits on.
    #[test]
    fn no_bytes_end_the_wait(requests in prop::collection::vec(request(), 1..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new().await;
            let browser = async {
                for request in &requests {
                    let request = String::from_utf8_lossy(request).replace("HOST", &desk.host());
                    let answer = exchange(desk.address(), request.as_bytes()).await;
                    assert_ne!(status(&answer), OK, "{request}");
                }
                let request = desk.get(&format!("/cb?{}", desk.query()));
                exchange(desk.address(), request.as_bytes()).await
            };
            let (callback, answer) = join(desk.callback(), browser).await;
            assert_eq!((callback, status(&answer)), (Ok(desk.query()), OK));
        });
    }
}

/// Bytes that are less and less like a callback.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let almost = (
        "[A-Z]{1,4}",
        "[/cb?=&a-z%0-9]{0,20}",
        "(Host: HOST|[A-Za-z: ]{0,9})",
    )
        .prop_map(|(method, target, header)| {
            format!("{method} {target} HTTP/1.1\r\n{header}\r\n\r\n").into_bytes()
        });
    let guess = "[a-zA-Z0-9_-]{43}".prop_map(|state| {
        format!("GET /cb?code=c&state={state} HTTP/1.1\r\nHost: HOST\r\n\r\n").into_bytes()
    });
    prop_oneof![almost, guess, any::<Vec<u8>>()]
}

/// The clock is only ever the one that was passed in: nothing here waits in real time.
#[tokio::test]
async fn an_attempt_that_has_ended_is_not_waited_for() {
    let desk = Desk::new().await;
    desk.clock.advance(LinkAttempt::LIFETIME);
    assert!(desk.clock.now() >= desk.attempt.expires_at());
    assert!(desk.callback().await.unwrap_err().contains("in time"));
}
