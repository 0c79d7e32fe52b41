//! What the transport does with requests and answers, seen from a raw socket.

mod support;

use attache_core::{BodyLimit, Sent, Transport as _, TransportError, TransportErrorKind};
use attache_transport::ReqwestTransport;
use bytes::Bytes;
use http::{HeaderValue, Request};
use support::{Server, get, shown};
#[cfg(feature = "tls")]
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

#[expect(clippy::unwrap_used, reason = "part of tests")]
fn transport() -> ReqwestTransport {
    ReqwestTransport::new().unwrap()
}

fn facts(error: &TransportError) -> (TransportErrorKind, Sent, Option<u16>) {
    (error.kind(), error.sent(), error.status())
}

#[tokio::test]
async fn an_answer_comes_back_whole() {
    let server =
        Server::answering("HTTP/1.1 201 Created\r\nX-Kind: test\r\nContent-Length: 2\r\n\r\nok").await;
    let request = Request::post(server.url("/items?page=2"))
        .header("x-clientid", "app")
        .body(Bytes::from_static(b"{}"))
        .unwrap();

    let answer = transport().send(request).await.unwrap();

    assert_eq!(
        (
            answer.status().as_u16(),
            &answer.headers()["x-kind"],
            &answer.body()[..]
        ),
        (201, &HeaderValue::from_static("test"), &b"ok"[..])
    );
    let seen = server.seen().join("");
    assert!(seen.starts_with("POST /items?page=2 HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("x-clientid: app\r\n"), "{seen}");
    assert!(seen.contains("content-length: 2\r\n"), "{seen}");
}

#[tokio::test]
async fn an_error_status_is_an_answer() {
    let server = Server::answering("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n").await;
    let answer = transport().send(get(&server.url("/"))).await.unwrap();
    assert_eq!(answer.status().as_u16(), 500);
}

#[tokio::test]
async fn a_redirect_is_returned_and_no_other_host_sees_the_credential() {
    let other = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let server = Server::answering(format!(
        "HTTP/1.1 307 Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        other.url("/stolen")
    ))
    .await;
    let mut request = get(&server.url("/"));
    request
        .headers_mut()
        .insert("authorization", HeaderValue::from_static("Bearer not-for-others"));

    let answer = transport().send(request).await.unwrap();

    assert_eq!(answer.status().as_u16(), 307);
    assert_eq!(server.seen().len(), 1);
    assert_eq!(other.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn plain_http_to_a_name_is_refused_before_anything_is_sent() {
    let error = transport()
        .send(get("http://attache.invalid/x?token=canary"))
        .await
        .unwrap_err();
    assert_eq!(facts(&error), (TransportErrorKind::Refused, Sent::No, None));
    let text = shown(&error);
    assert!(text.contains("http://attache.invalid/x?…"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn https_without_the_feature_is_refused_and_the_feature_named() {
    let error = transport()
        .send(get("https://attache.invalid/"))
        .await
        .unwrap_err();
    assert_eq!(facts(&error), (TransportErrorKind::Refused, Sent::No, None));
    assert!(shown(&error).contains("`tls` feature of attache-transport"));
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn an_https_handshake_that_fails_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/x?token=canary", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"this is no TLS").await.unwrap();
    });
    let error = transport().send(get(&url)).await.unwrap_err();
    assert_eq!(facts(&error), (TransportErrorKind::Connect, Sent::No, None));
    assert!(!shown(&error).contains("canary"));
}

#[tokio::test]
async fn a_refused_connection_sent_nothing_and_shows_no_query() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);

    let url = format!("http://{address}/v1/x?cursor=canary");
    let error = transport().send(get(&url)).await.unwrap_err();

    assert_eq!(facts(&error), (TransportErrorKind::Connect, Sent::No, None));
    let text = shown(&error);
    assert!(text.contains(&format!("http://{address}/v1/x?…")), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn a_dropped_reply_may_have_been_sent_and_is_not_repeated() {
    let server = Server::answering("").await;
    let error = transport()
        .send(get(&server.url("/?q=canary")))
        .await
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (TransportErrorKind::Interrupted, Sent::Maybe, None)
    );
    assert_eq!(server.seen().len(), 1);
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
}

#[tokio::test]
async fn a_cut_body_keeps_the_status() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
    let error = transport()
        .send(get(&server.url("/?q=canary")))
        .await
        .unwrap_err();
    assert_eq!(facts(&error), (TransportErrorKind::Body, Sent::Maybe, Some(200)));
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
}

fn limited(server: &Server, bytes: usize) -> Request<Bytes> {
    let mut request = get(&server.url("/"));
    request.extensions_mut().insert(BodyLimit(bytes));
    request
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_no_further() {
    let announced = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsixsix").await;
    let chunked = Server::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nsi\r\n2\r\nxs\r\n2\r\nix\r\n0\r\n\r\n",
    )
    .await;
    for server in [announced, chunked] {
        let answer = transport().send(limited(&server, 6)).await.unwrap();
        assert_eq!(&answer.body()[..], b"sixsix");
        let error = transport().send(limited(&server, 5)).await.unwrap_err();
        assert_eq!(
            facts(&error),
            (TransportErrorKind::TooLarge, Sent::Maybe, Some(200))
        );
    }
}

#[tokio::test]
async fn a_length_that_no_memory_holds_is_refused_without_reading() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n").await;
    let error = transport().send(get(&server.url("/"))).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (TransportErrorKind::TooLarge, Sent::Maybe, Some(200))
    );
}

#[tokio::test]
async fn the_user_agent_is_the_one_that_was_set() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let transport = ReqwestTransport::builder()
        .user_agent(HeaderValue::from_static("attache-test/1"))
        .max_idle_per_host(0)
        .build()
        .unwrap();
    let answer = transport.send(get(&server.url("/"))).await.unwrap();
    assert_eq!(answer.status().as_u16(), 204);
    assert!(server.seen()[0].contains("user-agent: attache-test/1\r\n"));
}

#[tokio::test]
async fn loopback_requests_do_not_go_through_the_proxy() {
    let proxy = Server::answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await;
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let transport = ReqwestTransport::builder()
        .proxy(proxy.url("/").parse().unwrap())
        .build()
        .unwrap();
    assert_eq!(
        transport
            .send(get(&server.url("/")))
            .await
            .unwrap()
            .status()
            .as_u16(),
        204
    );
    assert_eq!(proxy.seen(), Vec::<String>::new());
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn https_requests_go_through_the_proxy_that_was_asked_for() {
    let proxy = Server::answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await;
    let transport = ReqwestTransport::builder()
        .proxy(proxy.url("/").parse().unwrap())
        .build()
        .unwrap();
    let error = transport
        .send(get("https://attache.invalid/secret?q=1"))
        .await
        .unwrap_err();
    assert_eq!(facts(&error), (TransportErrorKind::Connect, Sent::No, None));
    let seen = proxy.seen().join("");
    assert!(
        seen.starts_with("CONNECT attache.invalid:443 HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(!seen.contains("secret"), "{seen}");
}

#[test]
fn a_proxy_that_is_no_http_proxy_is_refused_without_showing_its_password() {
    let error = ReqwestTransport::builder()
        .proxy("socks5://me:canary@127.0.0.1:1080".parse().unwrap())
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "transport: proxy must be an http or https URL with a host"
    );
    assert!(!format!("{error:?}").contains("canary"));
}
