use attache_emulator::factorial::{App, Company, ConsentError, Options, Person, Pkce};
use bytes::Bytes;
use http::{Request, StatusCode};

use crate::support::{
    ADMIN, APP, BASIC, CALLBACK, COMPANY, PUBLIC, authorization_url, code, encoded, exchange, form,
    parameter, read, world,
};

fn open(emulator: &attache_emulator::factorial::Emulator, fields: &[(&str, &str)]) -> crate::support::Answer {
    let request = Request::get(format!("/oauth/authorize?{}", encoded(fields)));
    read(emulator.handle(request.body(Bytes::new()).unwrap()))
}

const ASKED: [(&str, &str); 3] = [
    ("client_id", APP),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
];

#[test]
fn the_pages_lead_from_sign_in_over_consent_to_a_code() {
    let emulator = world().build().unwrap();
    let mut fields = ASKED.to_vec();
    fields.push(("state", "s&1"));
    let sign_in = open(&emulator, &fields);
    assert_eq!(sign_in.status, 200);
    assert!(sign_in.text().contains(BASIC) && sign_in.text().contains("value=\"s&amp;1\""));
    fields.push(("email", BASIC));
    let consent = form(&emulator, "/oauth/authorize", &fields);
    assert!(
        consent.text().contains("Authorize Roster sync?"),
        "{}",
        consent.text()
    );
    fields.push(("decision", "authorize"));
    let answer = form(&emulator, "/oauth/authorize", &fields);
    assert_eq!(answer.status, 302);
    let location = answer.header("location").to_owned();
    assert!(location.starts_with("http://127.0.0.1:8026/callback?code="));
    assert_eq!(parameter(&location, "state").unwrap(), "s&1");
}

#[test]
fn a_link_cannot_agree_for_a_person() {
    let emulator = world().build().unwrap();
    let mut fields = ASKED.to_vec();
    fields.extend([("email", ADMIN), ("decision", "authorize")]);
    let answer = open(&emulator, &fields);
    assert_eq!((answer.status, answer.header("location")), (200, ""));
}

#[test]
fn an_unknown_client_or_redirect_uri_is_a_page_and_never_a_redirect() {
    let emulator = world().build().unwrap();
    let mut client = ASKED;
    client[0].1 = "nobody";
    let mut uri = ASKED;
    uri[1].1 = "https://evil.example/";
    let shown = [client, uri].map(|fields| {
        let answer = open(&emulator, &fields);
        (answer.status, answer.header("location").to_owned())
    });
    assert_eq!(shown, [(401, String::new()), (400, String::new())]);
}

#[test]
fn other_mistakes_are_redirected_with_the_state() {
    let emulator = world().build().unwrap();
    let error = |more: &[(&str, &str)]| {
        let mut fields = ASKED[..2].to_vec();
        fields.push(("state", "s1"));
        fields.extend(more);
        let answer = open(&emulator, &fields);
        let location = answer.header("location").to_owned();
        assert_eq!(answer.status, 302);
        assert_eq!(parameter(&location, "state").unwrap(), "s1");
        parameter(&location, "error").unwrap()
    };
    assert_eq!(error(&[]), "invalid_request");
    assert_eq!(error(&[("response_type", "token")]), "unsupported_response_type");
    assert_eq!(
        error(&[("response_type", "code"), ("scope", "employees moon")]),
        "invalid_scope"
    );
}

#[test]
fn a_person_who_says_no_is_sent_back_with_access_denied() {
    let emulator = world().build().unwrap();
    let location = emulator
        .deny(&authorization_url(&[("state", "s1")]), BASIC)
        .unwrap();
    assert_eq!(parameter(&location, "error").unwrap(), "access_denied");
    assert_eq!(parameter(&location, "state").unwrap(), "s1");
}

#[test]
fn without_a_scope_the_applications_own_apply_and_with_one_only_that() {
    let emulator = world()
        .app(
            App::new("app-small", "s")
                .redirect_uri(CALLBACK)
                .scopes(["employees", "time_off"]),
        )
        .build()
        .unwrap();
    let scope = |scope: Option<&str>| {
        let mut fields = vec![
            ("client_id", "app-small"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
        ];
        fields.extend(scope.map(|scope| ("scope", scope)));
        let url = format!("http://localhost/oauth/authorize?{}", encoded(&fields));
        let code = parameter(&emulator.consent(&url, BASIC).unwrap(), "code").unwrap();
        let answer = form(
            &emulator,
            "/oauth/token",
            &[
                ("client_id", "app-small"),
                ("client_secret", "s"),
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
            ],
        );
        answer.member("scope")
    };
    assert_eq!(scope(None), "employees time_off");
    assert_eq!(scope(Some("time_off")), "time_off");
}

#[test]
fn a_company_token_takes_an_administrator() {
    let emulator = world().build().unwrap();
    let url = authorization_url(&[("resource_owner_type", "company")]);
    let refused = emulator.consent(&url, BASIC).unwrap_err();
    assert!(
        matches!(refused, ConsentError::Shown(StatusCode::FORBIDDEN, _)),
        "{refused:?}"
    );
    assert!(emulator.consent(&url, ADMIN).is_ok());
}

#[test]
fn a_companys_own_application_is_not_for_other_companies() {
    let emulator = world()
        .company(Company::new(9).person(Person::new("zoe@elsewhere.example")))
        .app(App::new("app-own", "s").redirect_uri(CALLBACK).company(COMPANY))
        .build()
        .unwrap();
    let url = authorization_url(&[]).replace(APP, "app-own");
    let refused = emulator.consent(&url, "zoe@elsewhere.example").unwrap_err();
    assert!(
        matches!(refused, ConsentError::Shown(StatusCode::FORBIDDEN, _)),
        "{refused:?}"
    );
    assert!(emulator.consent(&url, BASIC).is_ok());
}

#[test]
fn out_of_band_shows_the_code_on_a_page() {
    let oob = "urn:ietf:wg:oauth:2.0:oob";
    let emulator = world()
        .app(App::new("app-oob", "s").redirect_uri(oob))
        .build()
        .unwrap();
    let url =
        format!("http://localhost/oauth/authorize?client_id=app-oob&response_type=code&redirect_uri={oob}");
    let location = emulator.consent(&url, BASIC).unwrap();
    let page = read(emulator.handle(Request::get(&location).body(Bytes::new()).unwrap()));
    let code = location.strip_prefix("/oauth/authorize/native?code=").unwrap();
    assert!(page.text().contains(&format!("<code>{code}</code>")));
}

#[test]
fn pkce_is_ignored_unless_switched_on() {
    let challenge = [("code_challenge", "right"), ("code_challenge_method", "plain")];
    let ignoring = world().build().unwrap();
    let unverified = code(&ignoring, BASIC, &challenge);
    assert_eq!(exchange(&ignoring, &unverified).status, 200);

    let options = Options::default().pkce(Pkce::Enforce);
    let enforcing = world().options(options).build().unwrap();
    let answers = [None, Some("wrong"), Some("right")].map(|verifier| {
        let code = code(&enforcing, BASIC, &challenge);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        crate::support::token(&enforcing, &fields).status
    });
    assert_eq!(answers, [400, 400, 200]);
}

#[test]
fn a_public_application_asks_in_the_same_way() {
    let emulator = world().build().unwrap();
    let url = authorization_url(&[]).replace(APP, PUBLIC);
    assert!(emulator.consent(&url, BASIC).unwrap().contains("code="));
}
