//! The `attache-emulator factorial` program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::encoded;
use crate::tcp::ask;

/// Ends the program whatever the test does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn start(arguments: &[&str]) -> (Running, impl Iterator<Item = String> + use<>) {
    let program = Command::new(env!("CARGO_BIN_EXE_attache-emulator"))
        .arg("factorial")
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Running(program);
    let lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
    (program, lines.map(Result::unwrap))
}

#[test]
fn one_line_of_json_is_enough_to_use_both_environments() {
    let (_program, mut lines) = start(&["--json", "--seed", "3", "--expires-in", "5"]);
    let hello: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let statuses = [0, 1].map(|index| {
        let environment = &hello["environments"][index];
        let address = environment["base_url"].as_str().unwrap();
        let address = address.strip_prefix("http://").unwrap().parse().unwrap();
        let key = hello["environments"][0]["api_keys"][0].as_str().unwrap();
        let head = format!("GET /api/2026-10-01/resources/teams/teams HTTP/1.1\r\nx-api-key: {key}");
        ask(address, &head, "")[9..12].to_owned()
    });
    assert_eq!(statuses, ["200", "401"], "production's key at both");
}

#[test]
fn the_printed_authorization_url_opens_the_flow() {
    let (_program, lines) = start(&["--redirect-uri", "http://127.0.0.1:3000/callback"]);
    let mut urls = lines.filter(|line| line.contains("/oauth/authorize?"));
    let (user, company) = (urls.next().unwrap(), urls.next().unwrap());
    assert!(!user.contains("resource_owner_type") && company.contains("resource_owner_type=company"));
    let url = url::Url::parse(company.trim()).unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let yes = encoded(&[("email", "admin@brisa.example"), ("decision", "authorize")]);
    let head = "POST /oauth/authorize HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let answer = ask(address, head, &format!("{}&{yes}", url.query().unwrap()));
    assert!(
        answer.contains("location: http://127.0.0.1:3000/callback?code="),
        "{answer}"
    );
}

#[test]
fn help_teaches_the_flags_and_the_levers() {
    let run = Command::new(env!("CARGO_BIN_EXE_attache-emulator"))
        .args(["factorial", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(run.stdout).unwrap();
    for word in [
        "--rotation",
        "--demo-port",
        "first-use",
        "app-scopes",
        "/_emulator/",
    ] {
        assert!(help.contains(word), "{word} is missing in {help}");
    }
}
