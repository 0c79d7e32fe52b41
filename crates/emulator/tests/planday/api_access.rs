//! The API Access page, as a browser works it.

use attache_emulator::planday::{AfterRevoke, App, Emulator, WorldError};

use crate::partner::{
    DEMO, NORTH, PARTNER, SOUTH, call, customers, customers_with, link, open, parameter, post, text, url_with,
};
use crate::support::{Answer, oauth_error};

const INFO: &str = "/portal/v1.0/info";

fn page(portal: i64) -> String {
    format!("/portal/{portal}/settings/integrations/api-access")
}

fn show(emulator: &Emulator, portal: i64, user_name: &str) -> String {
    text(&open(emulator, &format!("{}?as={user_name}", page(portal))))
}

/// Sends one of the page's forms and follows it back to the page.
fn submit(
    emulator: &Emulator,
    portal: i64,
    user_name: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut fields = fields.to_vec();
    fields.push(("as", user_name));
    let answer = post(emulator, &format!("{}/{action}", page(portal)), &fields);
    if answer.status == 303 {
        assert_eq!(
            answer.header("location"),
            format!("{}?as={user_name}", page(portal))
        );
    }
    answer
}

fn refresh(emulator: &Emulator, client_id: &str, token: &str) -> Answer {
    let fields = [
        ("client_id", client_id),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    post(emulator, "/connect/token", &fields)
}

#[test]
fn only_administrators_get_in() {
    let emulator = customers().build().unwrap();
    let door = open(&emulator, &page(NORTH));
    assert_eq!(door.status, 200);
    assert!(text(&door).contains("Sign in to Portal 4720 ApS"));
    for (user_name, problem) in [
        ("eve", "eve is no administrator of this portal."),
        ("cy", "cy is inactive."),
    ] {
        let answer = open(&emulator, &format!("{}?as={user_name}", page(NORTH)));
        assert_eq!(
            (answer.status, text(&answer).contains(problem)),
            (403, true),
            "{user_name}"
        );
    }
    assert_eq!(open(&emulator, &page(1)).status, 404);
    assert_eq!(
        open(&emulator, &format!("{}/nothing?as=ada", page(NORTH))).status,
        404
    );
    assert_eq!(emulator.counters().page_requests, 5);
}

#[test]
fn an_app_is_created_authorized_and_its_token_works() {
    let emulator = customers().build().unwrap();
    let form = text(&open(&emulator, &format!("{}/create?as=ada", page(NORTH))));
    assert!(form.contains("name=\"scope\" value=\"payrates:update\"") && form.contains("Edit pay rates"));
    assert_eq!(form.matches("name=\"redirect_uri\"").count(), 3);
    assert!(!form.contains("offline_access"), "no app ticks that");
    let fields = [
        ("name", "Rota <3"),
        ("scope", "department:read"),
        ("scope", "employee:read"),
        ("redirect_uri", "https://rota.example/back"),
        ("redirect_uri", ""),
    ];
    assert_eq!(submit(&emulator, NORTH, "ada", "create", &fields).status, 303);
    let app = emulator
        .apps()
        .into_iter()
        .find(|app| app.name == "Rota <3")
        .unwrap();
    assert_eq!(
        (app.scopes, app.redirect_uris, app.home),
        (
            vec!["department:read".to_owned(), "employee:read".to_owned()],
            vec!["https://rota.example/back".to_owned()],
            Some(NORTH)
        )
    );
    let listed = show(&emulator, NORTH, "ada");
    let hidden = format!(
        "<details><summary>Show the App Id of Rota &lt;3</summary><code>{}</code></details>",
        app.client_id
    );
    assert!(
        listed.contains(&hidden) && listed.contains("Not authorized"),
        "{listed}"
    );
    let consent = open(
        &emulator,
        &format!("{}/authorize?as=ada&client_id={}", page(NORTH), app.client_id),
    );
    assert!(text(&consent).contains("<h1>Authorize Rota &lt;3?</h1>"));
    let client = ("client_id", app.client_id.as_str());
    submit(
        &emulator,
        NORTH,
        "ada",
        "authorize",
        &[client, ("decision", "deny")],
    );
    assert!(!emulator.is_authorized(&app.client_id, NORTH));
    submit(
        &emulator,
        NORTH,
        "ada",
        "authorize",
        &[client, ("decision", "accept")],
    );
    let token = emulator.refresh_token(&app.client_id, NORTH).unwrap();
    let listed = show(&emulator, NORTH, "ada");
    assert!(listed.contains(&format!("<dt>Token</dt><dd><code>{token}</code></dd>")));
    let answer = refresh(&emulator, &app.client_id, &token);
    assert_eq!(
        answer.body["scope"],
        "openid offline_access department:read employee:read"
    );
}

#[test]
fn a_form_that_does_not_fit_comes_back_with_what_was_typed() {
    let emulator = customers().build().unwrap();
    let uri = ("redirect_uri", "https://a.example/");
    let scope = ("scope", "employee:read");
    let cases = [
        (vec![scope], "The name is missing: it is what customers see."),
        (vec![("name", "A")], "No scope is ticked"),
        (
            vec![("name", "A"), ("scope", "openid")],
            "No app can have the scope",
        ),
        (
            vec![("name", "A"), scope, uri, uri, uri, uri],
            "at most 3 redirect URIs",
        ),
        (
            vec![("name", "A"), scope, ("redirect_uri", "https://a.example/#b")],
            "no absolute URL without a fragment",
        ),
        (
            vec![("name", "A"), scope, ("redirect_uri", "/back")],
            "no absolute URL",
        ),
    ];
    for (fields, problem) in cases {
        let answer = submit(&emulator, NORTH, "ada", "create", &fields);
        let page = text(&answer);
        assert_eq!(
            (answer.status, page.contains(problem)),
            (400, true),
            "{problem}: {page}"
        );
        let name = fields.iter().any(|(name, _)| *name == "name");
        assert_eq!(page.contains("name=\"name\" value=\"A\""), name);
    }
    assert_eq!(emulator.apps().len(), 1);
}

#[test]
fn a_partners_app_is_connected_by_its_app_id_and_authorized_there() {
    let emulator = customers().build().unwrap();
    assert!(show(&emulator, NORTH, "ada").contains("No app yet"));
    let unknown = submit(&emulator, NORTH, "ada", "connect", &[("client_id", "nobody")]);
    assert_eq!(
        (unknown.status, text(&unknown).contains("There is no app nobody.")),
        (400, true)
    );
    let client = ("client_id", PARTNER);
    assert_eq!(submit(&emulator, NORTH, "ada", "connect", &[client]).status, 303);
    assert_eq!(
        submit(&emulator, NORTH, "ada", "connect", &[client]).status,
        400,
        "twice"
    );
    submit(
        &emulator,
        NORTH,
        "bo",
        "authorize",
        &[client, ("decision", "accept")],
    );
    let token = emulator.refresh_token(PARTNER, NORTH).unwrap();
    let access = refresh(&emulator, PARTNER, &token).body["access_token"].clone();
    let departments = call(&emulator, "/hr/v1.0/departments", access.as_str().unwrap());
    assert_eq!(departments.body["paging"]["total"], 1, "bo sees one of two");
    let listed = show(&emulator, NORTH, "ada");
    assert!(listed.contains("Bo &quot;B&quot; Lund") && !listed.contains("/rename?"));
    let renamed = submit(&emulator, NORTH, "ada", "rename", &[client, ("name", "Mine")]);
    let deleted = submit(&emulator, NORTH, "ada", "delete", &[client]);
    assert_eq!(
        (renamed.status, deleted.status, emulator.apps().len()),
        (400, 400, 1)
    );
}

#[test]
fn an_app_linked_by_code_is_listed_too() {
    let emulator = customers().build().unwrap();
    let (_, token) = link(&emulator, NORTH, "ada");
    let listed = show(&emulator, NORTH, "ada");
    assert!(listed.contains("Shifts &amp; &lt;more&gt;") && listed.contains(&token));
}

#[test]
fn revoke_pauses_and_authorize_brings_back_the_same_token() {
    let emulator = customers().build().unwrap();
    let (access, token) = link(&emulator, NORTH, "ada");
    let client = ("client_id", PARTNER);
    assert_eq!(submit(&emulator, NORTH, "ada", "revoke", &[client]).status, 303);
    let listed = show(&emulator, NORTH, "ada");
    assert!(listed.contains("Revoked") && !listed.contains(&token));
    assert_eq!(
        refresh(&emulator, PARTNER, &token).shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(call(&emulator, INFO, &access).status, 401);
    submit(
        &emulator,
        NORTH,
        "ada",
        "authorize",
        &[client, ("decision", "accept")],
    );
    assert_eq!(refresh(&emulator, PARTNER, &token).status, 200);
    assert_eq!(
        submit(&emulator, SOUTH, "administrator", "revoke", &[client]).status,
        400
    );
}

#[test]
fn where_the_portal_gives_a_new_token_the_old_one_stays_dead() {
    let emulator = customers_with(|options| options.after_revoke(AfterRevoke::NewToken))
        .build()
        .unwrap();
    let (_, token) = link(&emulator, NORTH, "ada");
    emulator.revoke(PARTNER, NORTH).unwrap();
    let fresh = emulator.authorize_as(PARTNER, NORTH, "ada").unwrap();
    assert_ne!(fresh, token);
    assert_eq!(
        refresh(&emulator, PARTNER, &token).shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(refresh(&emulator, PARTNER, &fresh).status, 200);
}

#[test]
fn what_the_client_gave_back_comes_back_as_a_new_token_only() {
    let emulator = customers().build().unwrap();
    let (_, token) = link(&emulator, NORTH, "ada");
    let fields = [("client_id", PARTNER), ("token", &token)];
    post(&emulator, "/connect/revocation", &fields);
    assert!(show(&emulator, NORTH, "ada").contains("Not authorized"));
    let fresh = emulator.authorize_as(PARTNER, NORTH, "ada").unwrap();
    assert_ne!(fresh, token);
    assert!(emulator.is_live_refresh_token(&fresh) && !emulator.is_live_refresh_token(&token));
}

#[test]
fn authorizing_what_is_authorized_keeps_the_token_and_changes_the_administrator() {
    let emulator = customers().build().unwrap();
    let (access, token) = link(&emulator, NORTH, "ada");
    assert_eq!(emulator.authorize_as(PARTNER, NORTH, "bo").unwrap(), token);
    let departments = call(&emulator, "/hr/v1.0/departments", &access);
    assert_eq!(departments.body["paging"]["total"], 1);
}

#[test]
fn renaming_changes_what_people_see_and_nothing_else() {
    let emulator = customers().build().unwrap();
    let (_, token) = link(&emulator, NORTH, "ada");
    let client = ("client_id", PARTNER);
    let empty = submit(
        &emulator,
        DEMO,
        "administrator",
        "rename",
        &[client, ("name", " ")],
    );
    assert_eq!(empty.status, 400);
    submit(
        &emulator,
        DEMO,
        "administrator",
        "rename",
        &[client, ("name", "Better")],
    );
    assert!(show(&emulator, NORTH, "ada").contains("<h2>Better"));
    assert_eq!(refresh(&emulator, PARTNER, &token).status, 200);
}

#[test]
fn deleting_is_for_good_and_everywhere() {
    let deleted = |options: fn(attache_emulator::planday::Options) -> attache_emulator::planday::Options| {
        let emulator = customers_with(options).build().unwrap();
        let (access, token) = link(&emulator, NORTH, "ada");
        let warning = format!("{}/delete?as=administrator&client_id={PARTNER}", page(DEMO));
        assert!(text(&open(&emulator, &warning)).contains("goes for good"));
        submit(
            &emulator,
            DEMO,
            "administrator",
            "delete",
            &[("client_id", PARTNER)],
        );
        assert_eq!(call(&emulator, INFO, &access).status, 401);
        assert!(show(&emulator, NORTH, "ada").contains("No app yet"));
        assert_eq!(open(&emulator, &url_with(&[])).status, 400);
        refresh(&emulator, PARTNER, &token).shown()
    };
    assert_eq!(deleted(|options| options), oauth_error("invalid_client"));
    assert_eq!(
        deleted(|options| options.deleted_app(attache_emulator::planday::DeletedApp::InvalidGrant)),
        oauth_error("invalid_grant")
    );
}

#[test]
fn a_new_app_is_ready_for_the_partner_flow() {
    let emulator = customers().build().unwrap();
    let uri = "http://localhost:3000/back";
    let client_id = emulator
        .create_app(DEMO, "New", &["employee:read"], &[uri])
        .unwrap();
    let url = url_with(&[
        ("client_id", &client_id),
        ("redirect_uri", uri),
        ("scope", "openid offline_access employee:read"),
    ]);
    let location = emulator.consent(&url, SOUTH, "administrator").unwrap();
    assert!(parameter(&location, "code").is_some(), "{location}");
}

#[test]
fn an_app_that_is_not_listed_cannot_be_authorized() {
    let emulator = customers().build().unwrap();
    assert_eq!(
        emulator
            .authorize_as(PARTNER, NORTH, "ada")
            .unwrap_err()
            .to_string(),
        "there is no connection to portal 4720 by this client id in this world: add it when building"
    );
    emulator.connect_app(PARTNER, NORTH).unwrap();
    assert_eq!(
        emulator.authorize_as(PARTNER, NORTH, "cy"),
        Err(WorldError::Unfit("cy is inactive.".to_owned()))
    );
}

#[test]
fn a_world_is_refused_when_an_app_has_too_many_redirect_uris_or_a_home_that_is_not_there() {
    let app = App::new("a").redirect_uris([
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/3",
    ]);
    let four = app.clone().redirect_uri("https://a.example/4");
    assert!(customers().app(app).build().is_ok());
    assert_eq!(
        customers().app(four).build().unwrap_err().to_string(),
        "an app has at most 3 redirect URIs: leave some out"
    );
    assert!(matches!(
        customers().app(App::new("b").home(1)).build(),
        Err(WorldError::Unknown(_))
    ));
}

#[test]
fn a_redirect_uri_is_https_or_http_on_loopback() {
    let built = |uri: &str| {
        Emulator::builder()
            .app(App::new("a").redirect_uri(uri))
            .build()
            .map(drop)
    };
    for uri in [
        "https://a.example/back",
        "https://localhost/back",
        "http://localhost:8026/back",
        "http://127.0.0.1/back",
        "http://127.8.9.1:1/back",
        "http://[::1]:8026/back",
    ] {
        assert_eq!(built(uri), Ok(()), "{uri}");
    }
    let emulator = customers().build().unwrap();
    for uri in [
        "http://a.example/back",
        "http://localhost.example/back",
        "http://10.0.0.1/back",
        "http://0.0.0.0/back",
        "http://[::2]/back",
        "ftp://localhost/back",
        "com.example.app:/back",
        "javascript:alert(1)",
        "data:text/html,x",
    ] {
        let problem =
            format!("the redirect URI {uri:?} is neither https nor http on loopback: give it one of them");
        assert_eq!(built(uri), Err(WorldError::Unfit(problem.clone())), "{uri}");
        assert_eq!(
            emulator.create_app(NORTH, "A", &["employee:read"], &[uri]),
            Err(WorldError::Unfit(problem)),
            "{uri}"
        );
    }
}
