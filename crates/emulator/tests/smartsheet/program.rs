//! `attache-emulator smartsheet`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Ends the program whatever the test does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn start(arguments: &[&str]) -> (Running, impl Iterator<Item = String> + use<>) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_attache-emulator"))
        .arg("smartsheet")
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(program.stdout.take().unwrap());
    (Running(program), output.lines().map(Result::unwrap))
}

fn ask(base_url: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(base_url.strip_prefix("http://").unwrap()).unwrap();
    let length = body.len();
    write!(
        stream,
        "{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut text = String::new();
    // A reset after the last byte is an end too.
    let _ = stream.read_to_string(&mut text);
    text
}

#[test]
fn one_line_of_json_is_enough_to_use_it() {
    let (_program, mut lines) = start(&[
        "--json",
        "--seed",
        "3",
        "--expires-in",
        "5",
        "--rows",
        "3",
        "--region",
        "eu",
    ]);
    let hello: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let base = hello["base_url"].as_str().unwrap();
    let eu = &hello["regions"][1];
    assert_eq!(
        (&hello["home"], &eu["region"]),
        (&Value::from("eu"), &Value::from("eu"))
    );
    let app = &eu["apps"][0];
    let body = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        app["client_id"].as_str().unwrap(),
        app["client_secret"].as_str().unwrap(),
        app["grants"][0]["refresh_token"].as_str().unwrap()
    );
    let head = "POST /2.0/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let first = ask(base, head, &body);
    assert!(first.contains("\"expires_in\":5"), "{first}");
    assert!(ask(base, head, &body).contains("1071"));
    let token = eu["personal"][1]["tokens"][0].as_str().unwrap();
    let sheets = ask(
        base,
        &format!("GET /eu/2.0/sheets HTTP/1.1\r\nAuthorization: Bearer {token}"),
        "",
    );
    assert!(sheets.contains("Large sheet"), "{sheets}");
}

#[test]
fn the_printed_lines_name_everything_to_try() {
    let (_program, lines) = start(&["--redirect-url", "http://127.0.0.1:3000/cb"]);
    let text: Vec<String> = lines
        .take_while(|line| !line.contains("/_emulator/log"))
        .collect();
    let text = text.join("\n");
    for word in [
        "client secret",
        "Personal token",
        "/us/2.0/users/me",
        "/us/b/authorize?",
        "/us/b/developer-tools",
        "3000",
    ] {
        assert!(text.contains(word), "{word} is missing in {text}");
    }
}
