//! Over a real socket.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use attache_emulator::planday::{Effect, Emulator, Fault, Rotation, Target};
use attache_emulator::{Latch, Server, serve};

use crate::support::{APP, BAKERY, world};

pub(crate) fn start(emulator: &Emulator) -> Server {
    serve(emulator.clone(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
}

/// Sends a request and reads until the peer closes. An answer cut short is what came of it.
pub(crate) fn send(server: &Server, head: &str, body: &str) -> String {
    text(open(server.local_addr(), head, body))
}

pub(crate) fn open(address: SocketAddr, head: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{head}\r\nHost: planday.test\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

pub(crate) fn text(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the last byte is an end too.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

const TOKEN: &str = "POST /connect/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";

fn fields(token: &str) -> String {
    format!("client_id={APP}&grant_type=refresh_token&refresh_token={token}")
}

fn once() -> Emulator {
    world().rotation(Rotation::Once).build().unwrap()
}

#[test]
fn a_token_and_a_call_travel_over_tcp() {
    let emulator = world().build().unwrap();
    let server = start(&emulator);
    assert_eq!(server.base_url(), format!("http://{}", server.local_addr()));
    let answer = send(&server, TOKEN, &fields("rt-bakery"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let access = body["access_token"].as_str().unwrap();
    let head =
        format!("GET /hr/v1/Departments HTTP/1.1\r\nX-ClientId: {APP}\r\nAuthorization: Bearer {access}");
    let answer = send(&server, &head, "");
    assert!(
        answer.contains("\"paging\"") && answer.contains("date: Sat, 21 Nov 2026 12:00:00 GMT"),
        "{answer}"
    );
    server.shutdown();
}

#[test]
fn a_dropped_reply_leaves_nothing_on_the_wire_and_a_rotated_token() {
    let emulator = once();
    let server = start(&emulator);
    emulator.fault(Fault::new(Target::Token, Effect::Drop).after());
    assert_eq!(send(&server, TOKEN, &fields("rt-bakery")), "");
    assert!(!emulator.is_live_refresh_token("rt-bakery"));
}

#[test]
fn a_cut_reply_ends_after_so_many_bytes_of_the_promised_body() {
    let emulator = once();
    let server = start(&emulator);
    for after in [0, 12] {
        emulator.fault(Fault::new(Target::Token, Effect::Cut { after }).after());
        let newest = emulator.refresh_token(APP, BAKERY).unwrap();
        let answer = send(&server, TOKEN, &fields(&newest));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap();
        assert_eq!(body.len(), after);
        assert!(
            length.parse::<usize>().unwrap() > 100,
            "the head promises the whole body"
        );
    }
}

#[tokio::test]
async fn a_stalled_request_waits_for_its_latch() {
    let emulator = once();
    let server = start(&emulator);
    let latch = Latch::new();
    emulator.fault(Fault::new(Target::Token, Effect::Stall(latch.clone())));
    let stream = open(server.local_addr(), TOKEN, &fields("rt-bakery"));
    emulator
        .until(|counters| counters.token_requests_in_flight == 1)
        .await;
    assert!(emulator.is_live_refresh_token("rt-bakery"), "not processed yet");
    latch.release();
    assert!(text(stream).starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(!emulator.is_live_refresh_token("rt-bakery"));
}

#[tokio::test]
async fn a_peer_that_leaves_a_stalled_request_frees_it_unprocessed() {
    let emulator = once();
    let server = start(&emulator);
    emulator.fault(Fault::new(Target::Token, Effect::Stall(Latch::new())));
    let stream = open(server.local_addr(), TOKEN, &fields("rt-bakery"));
    emulator
        .until(|counters| counters.token_requests_in_flight == 1)
        .await;
    drop(stream);
    emulator
        .until(|counters| counters.token_requests_in_flight == 0)
        .await;
    assert!(emulator.is_live_refresh_token("rt-bakery"));
}

#[tokio::test]
async fn requests_in_flight_together_are_counted_together() {
    let emulator = world().build().unwrap();
    let server = start(&emulator);
    let latch = Latch::new();
    emulator.fault(Fault::new(Target::Token, Effect::Stall(latch.clone())).times(2));
    let streams = [0, 1].map(|_| open(server.local_addr(), TOKEN, &fields("rt-bakery")));
    emulator
        .until(|counters| counters.token_requests_in_flight == 2)
        .await;
    latch.release();
    for stream in streams {
        assert!(text(stream).starts_with("HTTP/1.1 200 OK\r\n"));
    }
    emulator
        .until(|counters| counters.token_requests_in_flight == 0)
        .await;
    assert_eq!(emulator.counters().max_token_requests_in_flight, 2);
}

#[test]
fn a_delayed_reply_arrives() {
    let emulator = world().build().unwrap();
    let server = start(&emulator);
    emulator.fault(Fault::new(Target::Token, Effect::Delay(Duration::from_millis(1))).after());
    assert!(send(&server, TOKEN, &fields("rt-bakery")).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_large_reply_arrives_whole_and_a_request_too_large_is_refused() {
    let emulator = world().build().unwrap();
    let server = start(&emulator);
    emulator.fault(Fault::new(Target::Token, Effect::Oversized(3_000_000)));
    let answer = send(&server, TOKEN, &fields("rt-bakery"));
    assert_eq!(answer.split_once("\r\n\r\n").unwrap().1.len(), 3_000_000);
    let head = format!("{TOKEN}\r\nExpect: 100-continue");
    let refused = send(&server, &head, &"x".repeat((1 << 20) + 1));
    assert!(refused.contains("HTTP/1.1 413 "), "{refused}");
}

#[test]
fn a_stopped_server_refuses_connections() {
    let server = start(&world().build().unwrap());
    let address = server.local_addr();
    server.shutdown();
    assert!(TcpStream::connect(address).is_err());
}
