//! The `attache-emulator` program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::tcp::{open, text};

/// Ends the program whatever the test does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn one_line_of_json_is_enough_to_use_it() {
    let program = Command::new(env!("CARGO_BIN_EXE_attache-emulator"))
        .args([
            "planday",
            "--json",
            "--seed",
            "3",
            "--expires-in",
            "5",
            "--rotation",
            "once",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Running(program);
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let hello: Value = serde_json::from_str(&line).unwrap();
    let address = hello["base_url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let portal = &hello["portals"][0];
    let body = format!(
        "client_id={}&grant_type=refresh_token&refresh_token={}",
        hello["apps"][0]["client_id"].as_str().unwrap(),
        portal["refresh_token"].as_str().unwrap()
    );
    let head = "POST /connect/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let first = text(open(address, head, &body));
    let second = text(open(address, head, &body));
    let counters = text(open(address, "GET /_emulator/counters HTTP/1.1", ""));
    assert!(first.contains("\"expires_in\":5"), "{first}");
    assert!(second.contains("\"invalid_grant\""), "{second}");
    assert!(counters.contains("\"replays\":1"), "{counters}");
}

#[test]
fn the_printed_authorization_url_opens_the_partner_flow() {
    let program = Command::new(env!("CARGO_BIN_EXE_attache-emulator"))
        .args([
            "planday",
            "--redirect-uri",
            "http://127.0.0.1:3000/callback",
            "--any-loopback-port",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Running(program);
    let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
    let line = lines
        .by_ref()
        .map(Result::unwrap)
        .find(|line| line.contains("/connect/authorize?"))
        .unwrap();
    let url = url::Url::parse(line.trim()).unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let other_port = url.query().unwrap().replace("3000", "3999");
    let body = format!("{other_port}&portal=4720&administrator=owner&decision=accept");
    let head = "POST /connect/authorize HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let answer = text(open(address, head, &body));
    assert!(
        answer.contains("location: http://127.0.0.1:3999/callback?code="),
        "{answer}"
    );
    let page = format!("http://{address}/portal/4711/settings/integrations/api-access");
    let page = text(open(address, &format!("GET {page} HTTP/1.1"), ""));
    assert!(page.contains("Signe Owner"), "{page}");
}

#[test]
fn help_teaches_the_flags_and_the_levers() {
    let run = Command::new(env!("CARGO_BIN_EXE_attache-emulator"))
        .args(["planday", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(run.stdout).unwrap();
    for word in [
        "--rotation",
        "--expires-in",
        "--seed",
        "--json",
        "once-family",
        "--redirect-uri",
        "--any-loopback-port",
        "consent",
        "/_emulator/",
    ] {
        assert!(help.contains(word), "{word} is missing in {help}");
    }
}
