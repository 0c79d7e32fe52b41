use attache_emulator::factorial::{Emulator, Options};
use bytes::Bytes;
use http::Request;

use crate::support::{ADMIN, Answer, BASIC, CALLBACK, encoded, form, get, parameter, read, world};

const PAGE: &str = "/oauth/applications";

fn open(emulator: &Emulator, below: &str, email: &str) -> Answer {
    let request = Request::get(format!("{PAGE}{below}?{}", encoded(&[("as", email)])));
    read(emulator.handle(request.body(Bytes::new()).unwrap()))
}

fn create(emulator: &Emulator) -> Answer {
    let uris = format!("{CALLBACK}\r\nhttps://app.example/callback\r\n");
    let fields = [
        ("as", ADMIN),
        ("name", "Rota <1>"),
        ("redirect_uri", uris.as_str()),
        ("confidential", "1"),
        ("scope", "employees"),
        ("scope", "time_off"),
    ];
    form(emulator, PAGE, &fields)
}

fn made(emulator: &Emulator) -> attache_emulator::factorial::App {
    let apps = emulator.apps();
    apps.into_iter().find(|app| app.name == "Rota <1>").unwrap()
}

#[test]
fn a_new_application_has_what_the_form_said_and_its_secret_is_shown_once() {
    let emulator = world().build().unwrap();
    let answer = create(&emulator);
    let app = made(&emulator);
    assert_eq!(answer.status, 201);
    assert!(answer.text().contains(&app.secret) && answer.text().contains(&app.client_id));
    assert!(answer.text().contains("Rota &lt;1&gt;"), "escaped");
    assert_eq!(app.redirect_uris, [CALLBACK, "https://app.example/callback"]);
    assert_eq!(
        (app.scopes, app.confidential),
        (vec!["employees".to_owned(), "time_off".to_owned()], true)
    );
    let later = open(&emulator, &format!("/{}", app.client_id), ADMIN).text();
    assert!(later.contains(&app.client_id) && !later.contains(&app.secret));
    assert!(open(&emulator, "", ADMIN).text().contains("Rota &lt;1&gt;"));
}

#[test]
fn a_readable_secret_is_a_switch() {
    let options = Options::default().secret_readable(true);
    let emulator = world().options(options).build().unwrap();
    create(&emulator);
    let app = made(&emulator);
    let later = open(&emulator, &format!("/{}", app.client_id), ADMIN).text();
    assert!(later.contains(&app.secret));
}

#[test]
fn only_an_administrator_comes_in() {
    let emulator = world().build().unwrap();
    assert_eq!(open(&emulator, "", BASIC).status, 403);
    let stranger = read(emulator.handle(Request::get(PAGE).body(Bytes::new()).unwrap()));
    assert!(stranger.text().contains("Sign in"));
    assert_eq!(open(&emulator, "/app-roster", ADMIN).status, 404, "a partner's");
}

#[test]
fn a_form_that_does_not_fit_comes_back_with_the_reason() {
    let emulator = world().build().unwrap();
    for (name, uri) in [("", CALLBACK), ("Rota", ""), ("Rota", "http://app.example/")] {
        let fields = [("as", ADMIN), ("name", name), ("redirect_uri", uri)];
        let answer = form(&emulator, PAGE, &fields);
        assert_eq!(answer.status, 422, "{name} {uri}");
        assert!(answer.text().contains("role=\"alert\""));
    }
    assert_eq!(emulator.apps().len(), 2);
}

#[test]
fn the_authorize_button_leads_to_a_user_token() {
    let emulator = world().build().unwrap();
    create(&emulator);
    let app = made(&emulator);
    let page = open(&emulator, &format!("/{}", app.client_id), ADMIN).text();
    let button = page.split("href=\"/oauth/authorize?").nth(1).unwrap();
    let query = button.split('"').next().unwrap().replace("&amp;", "&");
    assert!(!query.contains("resource_owner_type"));
    let url = format!("http://localhost/oauth/authorize?{query}");
    let code = parameter(&emulator.consent(&url, ADMIN).unwrap(), "code").unwrap();
    let answer = form(
        &emulator,
        "/oauth/token",
        &[
            ("client_id", &app.client_id),
            ("client_secret", &app.secret),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ],
    );
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(answer.body["scope"], "employees time_off");
}

#[test]
fn other_scopes_kill_the_applications_tokens_and_a_new_name_does_not() {
    let emulator = world().build().unwrap();
    create(&emulator);
    let app = made(&emulator);
    let link = attache_emulator::factorial::Link::user(app.client_id.as_str(), BASIC);
    let pair = emulator.link(link).unwrap();
    let edit = |scopes: &[&str]| {
        let mut fields = vec![("as", ADMIN), ("name", "Rota 2"), ("redirect_uri", CALLBACK)];
        fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
        form(&emulator, &format!("{PAGE}/{}", app.client_id), &fields).status
    };
    assert_eq!(edit(&["employees", "time_off"]), 303);
    assert_eq!(get(&emulator, "/teams/teams", &pair.access_token).status, 200);
    assert_eq!(edit(&["employees"]), 303);
    assert_eq!(get(&emulator, "/teams/teams", &pair.access_token).status, 401);
    assert!(!emulator.is_live_refresh_token(&pair.refresh_token.unwrap()));
    assert!(emulator.is_live_access_token("at-bo"), "other applications' live");
}

#[test]
fn a_destroyed_application_is_gone_with_its_tokens() {
    let emulator = world().build().unwrap();
    create(&emulator);
    let app = made(&emulator);
    let link = attache_emulator::factorial::Link::user(app.client_id.as_str(), BASIC);
    let pair = emulator.link(link).unwrap();
    let path = format!("{PAGE}/{}/delete", app.client_id);
    assert_eq!(form(&emulator, &path, &[("as", ADMIN)]).status, 303);
    assert!(!emulator.is_live_access_token(&pair.access_token));
    assert_eq!(emulator.apps().len(), 2);
}
