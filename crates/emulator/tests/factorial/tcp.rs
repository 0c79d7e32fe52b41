//! Over a real socket.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use attache_emulator::serve;

use crate::support::world;

pub(crate) fn ask(address: SocketAddr, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A reset after the last byte is an end too.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_call_travels_over_tcp_and_large_uploads_are_read() {
    let emulator = world().build().unwrap();
    let server = serve(emulator, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let head = "GET /api/2026-10-01/resources/teams/teams HTTP/1.1\r\nAuthorization: Bearer at-bo";
    let answer = ask(server.local_addr(), head, "");
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("Workshop"),
        "{answer}"
    );
    let head = "POST /api/2026-10-01/resources/documents/documents HTTP/1.1\r\nAuthorization: Bearer at-bo\r\n\
                Content-Type: multipart/form-data; boundary=b";
    let large = ask(server.local_addr(), head, &"x".repeat(3 << 20));
    assert!(
        large.starts_with("HTTP/1.1 400 "),
        "read, and no multipart: {large}"
    );
}
