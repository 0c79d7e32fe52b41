//! `/connect/authorize`: what a request may say, the pages it leads to, and where it ends.

use attache_emulator::planday::{CallbackIssuer, ConsentError, Pkce};
use bytes::Bytes;
use http::Request;

use crate::partner::{
    LOOPBACK, NORTH, PARTNER, REDIRECT, callback, customers, customers_with, exchange, link, open, parameter,
    post, text, url_with,
};
use crate::support::read;

/// 43 unreserved characters, as S256 gives.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    owned.collect()
}

#[test]
fn consent_sends_back_a_code_and_the_state_and_keeps_the_uris_own_query() {
    let emulator = customers().build().unwrap();
    let location = emulator.consent(&url_with(&[]), NORTH, "ada").unwrap();
    let code = parameter(&location, "code").unwrap();
    assert!(
        location.starts_with(&format!("{REDIRECT}&code={code}")),
        "{location}"
    );
    assert_eq!(
        callback(&location),
        pairs(&[("tenant", "7"), ("code", &code), ("state", "s1 & s2")])
    );
}

#[test]
fn without_a_state_none_comes_back() {
    let emulator = customers().build().unwrap();
    let location = emulator
        .consent(&url_with(&[("state", "")]), NORTH, "ada")
        .unwrap();
    assert_eq!(parameter(&location, "state"), None);
}

#[test]
fn who_refuses_sends_back_access_denied() {
    let emulator = customers().build().unwrap();
    let location = emulator.deny(&url_with(&[]), NORTH, "ada").unwrap();
    assert_eq!(
        callback(&location),
        pairs(&[
            ("tenant", "7"),
            ("error", "access_denied"),
            ("error_description", "the user refused"),
            ("state", "s1 & s2"),
        ])
    );
    assert!(!emulator.is_authorized(PARTNER, NORTH));
}

#[test]
fn an_untrusted_app_or_redirect_uri_is_shown_and_never_redirected() {
    let emulator = customers().build().unwrap();
    let twice = |name: &str| format!("{}&{name}=again", url_with(&[]));
    let cases = [
        (url_with(&[("client_id", "")]), "The client_id is missing."),
        (url_with(&[("client_id", "nobody")]), "No app has this client_id."),
        (twice("client_id"), "The client_id is there more than once."),
        (url_with(&[("redirect_uri", "")]), "The redirect_uri is missing."),
        (twice("redirect_uri"), "The redirect_uri is there more than once."),
        (
            url_with(&[("redirect_uri", "https://app.example/callback")]),
            "The redirect_uri is none of those that the app has registered.",
        ),
        (
            url_with(&[("redirect_uri", "http://127.0.0.1:8027/callback")]),
            "The redirect_uri is none of those that the app has registered.",
        ),
    ];
    for (url, problem) in cases {
        let answer = open(&emulator, &url);
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{url}");
        assert!(text(&answer).contains(problem), "{problem}");
        assert_eq!(
            emulator.consent(&url, NORTH, "ada"),
            Err(ConsentError::Shown(problem.to_owned()))
        );
    }
}

#[test]
fn every_other_mistake_is_told_to_the_app() {
    let emulator = customers().build().unwrap();
    let cases = [
        (url_with(&[("response_type", "")]), "invalid_request"),
        (
            url_with(&[("response_type", "token")]),
            "unsupported_response_type",
        ),
        (
            url_with(&[("response_type", "code id_token")]),
            "unsupported_response_type",
        ),
        (url_with(&[("scope", "")]), "invalid_scope"),
        (url_with(&[("scope", " ")]), "invalid_scope"),
        (url_with(&[("scope", "openid payroll:read")]), "invalid_scope"),
        (format!("{}&scope=openid", url_with(&[])), "invalid_request"),
        (format!("{}&response_type=code", url_with(&[])), "invalid_request"),
        (url_with(&[("code_challenge", "short")]), "invalid_request"),
        (
            url_with(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S512")]),
            "invalid_request",
        ),
        (url_with(&[("code_challenge_method", "S256")]), "invalid_request"),
    ];
    for (url, error) in cases {
        let answer = open(&emulator, &url);
        let location = answer.header("location");
        assert_eq!(
            (answer.status, location.starts_with(REDIRECT)),
            (303, true),
            "{url}"
        );
        assert_eq!(parameter(location, "error").as_deref(), Some(error), "{url}");
        assert_eq!(parameter(location, "state").as_deref(), Some("s1 & s2"), "{url}");
        assert_eq!(parameter(location, "code"), None);
    }
}

#[test]
fn a_state_that_comes_twice_is_not_echoed() {
    let emulator = customers().build().unwrap();
    let answer = open(&emulator, &format!("{}&state=other", url_with(&[])));
    let location = answer.header("location");
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"));
    assert_eq!(parameter(location, "state"), None);
}

#[test]
fn unknown_parameters_are_ignored() {
    let emulator = customers().build().unwrap();
    let url = url_with(&[("prompt", "login"), ("request_uri", "urn:x")]);
    assert!(parameter(&emulator.consent(&url, NORTH, "ada").unwrap(), "code").is_some());
}

#[test]
fn pkce_can_be_required_refused_and_ignored() {
    let error = |pkce, challenge: &str| {
        let emulator = customers_with(|options| options.pkce(pkce)).build().unwrap();
        let url = url_with(&[("code_challenge", challenge)]);
        parameter(
            &emulator.consent(&url, NORTH, "ada").unwrap(),
            "error_description",
        )
    };
    assert_eq!(
        error(Pkce::Require, "").as_deref(),
        Some("code challenge required")
    );
    assert_eq!(error(Pkce::Require, CHALLENGE), None);
    assert_eq!(
        error(Pkce::Refuse, CHALLENGE).as_deref(),
        Some("code_challenge is not supported")
    );
    assert_eq!(error(Pkce::Refuse, ""), None);
    assert_eq!(error(Pkce::Ignore, "short"), None);
}

#[test]
fn a_loopback_port_may_differ_only_where_that_is_switched_on() {
    let emulator = customers_with(|options| options.any_loopback_port(true))
        .build()
        .unwrap();
    let other_port = url_with(&[("redirect_uri", "http://127.0.0.1:50123/callback")]);
    let location = emulator.consent(&other_port, NORTH, "ada").unwrap();
    assert!(
        location.starts_with("http://127.0.0.1:50123/callback?code="),
        "{location}"
    );
    for refused in [
        "http://127.0.0.1:50123/other",
        "http://localhost:50123/callback",
        "https://127.0.0.1:50123/callback",
        "https://app.example:444/callback?tenant=7",
    ] {
        let url = url_with(&[("redirect_uri", refused)]);
        assert!(emulator.consent(&url, NORTH, "ada").is_err(), "{refused}");
    }
    assert!(
        emulator
            .consent(&url_with(&[("redirect_uri", LOOPBACK)]), NORTH, "ada")
            .is_ok()
    );
}

#[test]
fn any_port_is_for_loopback_addresses_and_not_for_names() {
    let registered = [
        "http://localhost:8026/callback",
        "http://127.0.0.1:8026/callback",
        "http://[::1]:8026/callback",
    ];
    let emulator = customers_with(|options| options.any_loopback_port(true))
        .redirect_uris(registered)
        .build()
        .unwrap();
    let agrees = |redirect_uri: &str| {
        let url = url_with(&[("redirect_uri", redirect_uri)]);
        emulator.consent(&url, NORTH, "ada").is_ok()
    };
    assert_eq!(registered.map(agrees), [true; 3]);
    let elsewhere = registered.map(|uri| uri.replace("8026", "50123"));
    assert_eq!(elsewhere.each_ref().map(|uri| agrees(uri)), [false, true, true]);
}

#[test]
fn only_a_url_of_the_authorization_endpoint_can_be_agreed_to() {
    let emulator = customers().build().unwrap();
    for path in [
        "/",
        "/connect/authorise",
        "/connect/authorize/",
        "/x/connect/authorize",
        "/connect/token",
    ] {
        let url = url_with(&[]).replace("/connect/authorize", path);
        let shown = "There is nothing to agree to here: the path is not /connect/authorize.".to_owned();
        assert_eq!(
            [
                emulator.consent(&url, NORTH, "ada"),
                emulator.deny(&url, NORTH, "ada")
            ],
            [(); 2].map(|()| Err(ConsentError::Shown(shown.clone()))),
            "{path}"
        );
    }
}

#[test]
fn fewer_scopes_than_the_app_has_can_be_refused() {
    let emulator = customers_with(|options| options.all_scopes_required(true))
        .build()
        .unwrap();
    for (left_out, fewer) in [
        (
            "department:read",
            "openid offline_access employee:read department:create",
        ),
        (
            "openid",
            "offline_access employee:read department:read department:create",
        ),
        (
            "offline_access",
            "openid employee:read department:read department:create",
        ),
    ] {
        let fewer = url_with(&[("scope", fewer)]);
        let location = emulator.consent(&fewer, NORTH, "ada").unwrap();
        assert_eq!(
            (
                parameter(&location, "error").as_deref(),
                parameter(&location, "error_description")
            ),
            (
                Some("invalid_scope"),
                Some(format!("scope lacks {left_out}, which the app has"))
            )
        );
    }
    assert!(parameter(&emulator.consent(&url_with(&[]), NORTH, "ada").unwrap(), "code").is_some());
}

#[test]
fn a_callback_can_carry_an_issuer_and_parameters_that_nobody_knows() {
    let extras = vec![("session_state".to_owned(), "x y".to_owned())];
    let shown = |issuer| {
        let emulator = customers_with(|options| {
            options
                .unknown_member(true)
                .callback_issuer(issuer)
                .callback_extras(extras.clone())
        });
        let emulator = emulator.build().unwrap();
        let accepted = emulator.consent(&url_with(&[]), NORTH, "ada").unwrap();
        let denied = emulator.deny(&url_with(&[]), NORTH, "ada").unwrap();
        assert_eq!(parameter(&accepted, "iss"), parameter(&denied, "iss"));
        assert_eq!(parameter(&accepted, "session_state").as_deref(), Some("x y"));
        assert_eq!(parameter(&accepted, "notInAnyDocument").as_deref(), Some("2027"));
        parameter(&accepted, "iss")
    };
    assert_eq!(shown(CallbackIssuer::Omit), None);
    assert_eq!(shown(CallbackIssuer::Own).as_deref(), Some("https://id.example"));
    let other = CallbackIssuer::Other("https://evil.example".to_owned());
    assert_eq!(shown(other).as_deref(), Some("https://evil.example"));
}

/// The hidden fields of a page, unescaped.
fn fields(page: &str) -> Vec<(String, String)> {
    let attribute = |input: &str, name: &str| {
        let value = input.split_once(&format!("{name}=\"")).unwrap().1;
        let value = value.split_once('"').unwrap().0;
        value.replace("&quot;", "\"").replace("&amp;", "&")
    };
    page.split("<input type=\"hidden\"")
        .skip(1)
        .map(|input| (attribute(input, " name"), attribute(input, " value")))
        .collect()
}

#[test]
fn a_person_goes_from_portal_to_sign_in_to_consent_and_back() {
    let emulator = customers().build().unwrap();
    let mut page = text(&open(&emulator, &url_with(&[])));
    for (title, answer) in [
        ("<h1>Which portal?</h1>", ("portal", "North.planday.com")),
        ("<h1>Sign in to Portal 4720 ApS</h1>", ("administrator", "bo")),
    ] {
        assert!(page.contains(title), "{page}");
        let mut form = fields(&page);
        form.push((answer.0.to_owned(), answer.1.to_owned()));
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
        let answer = post(&emulator, "/connect/authorize", &form);
        assert_eq!(answer.status, 200);
        page = text(&answer);
    }
    for shown in [
        "<h1>Authorize Shifts &amp; &lt;more&gt;?</h1>",
        "Bo &quot;B&quot; Lund, bo - sees department 1 only, may not edit",
        "<span>Create departments</span> <code>department:create</code>",
        "<span>Keep access while you are away</span> <code>offline_access</code>",
    ] {
        assert!(page.contains(shown), "{shown} is missing in {page}");
    }
    let mut form = fields(&page);
    form.push(("decision".to_owned(), "accept".to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let back = post(&emulator, "/connect/authorize", &form);
    let code = parameter(back.header("location"), "code").unwrap();
    assert_eq!((back.status, exchange(&emulator, &code, &[]).status), (303, 200));
    assert_eq!(emulator.counters().authorize_requests, 4);
}

#[test]
fn pages_hold_no_script_and_may_not_be_framed_or_kept() {
    let emulator = customers().build().unwrap();
    let answer = open(&emulator, &url_with(&[]));
    assert_eq!(
        [
            "content-type",
            "cache-control",
            "content-security-policy",
            "referrer-policy",
            "x-frame-options"
        ]
        .map(|name| answer.header(name)),
        [
            "text/html; charset=utf-8",
            "no-store",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
            "no-referrer",
            "DENY",
        ]
    );
    assert!(!text(&answer).contains("<script"));
}

#[test]
fn what_a_page_shows_is_escaped() {
    let emulator = customers().build().unwrap();
    let evil = "\"><script>alert(1)</script>";
    let url = url_with(&[("state", evil), ("unknown", evil)]);
    let page = text(&open(&emulator, &url));
    assert!(!page.contains("<script"), "{page}");
    assert!(fields(&page).contains(&("state".to_owned(), evil.replace('<', "&lt;").replace('>', "&gt;"))));
    let back = emulator.consent(&url, NORTH, "ada").unwrap();
    assert_eq!(parameter(&back, "state").as_deref(), Some(evil));
    let typed = post(&emulator, "/connect/authorize", &[("client_id", evil)]);
    assert!(!text(&typed).contains("<script"));
}

#[test]
fn who_cannot_sign_in_is_told_so() {
    let emulator = customers().build().unwrap();
    let shown = |portal, administrator: &str| emulator.consent(&url_with(&[]), portal, administrator);
    let problem = |text: &str| Err(ConsentError::Shown(text.to_owned()));
    assert_eq!(shown(1, "ada"), problem("There is no portal 1."));
    assert_eq!(
        shown(NORTH, "eve"),
        problem("eve is no administrator of this portal.")
    );
    assert_eq!(shown(NORTH, "cy"), problem("cy is inactive."));
    assert_eq!(
        emulator.consent("not a url", NORTH, "ada"),
        Err(ConsentError::NotAnUrl)
    );
}

#[test]
fn other_methods_and_bodies_are_refused() {
    let emulator = customers().build().unwrap();
    let status = |method: &str, content_type: &str| {
        let request = Request::builder()
            .method(method)
            .uri(url_with(&[]))
            .header("content-type", content_type)
            .body(Bytes::new())
            .unwrap();
        read(emulator.handle(request)).status
    };
    assert_eq!(status("PUT", "text/plain"), 405);
    assert_eq!(status("HEAD", "text/plain"), 405);
    assert_eq!(status("POST", "application/json"), 415);
}

#[test]
fn a_link_cannot_agree_for_a_person() {
    let emulator = customers().build().unwrap();
    let url = url_with(&[
        ("portal", "north"),
        ("administrator", "ada"),
        ("decision", "accept"),
    ]);
    let answer = open(&emulator, &url);
    assert_eq!(
        (answer.status, text(&answer).contains("Which portal?")),
        (200, true)
    );
}

#[test]
fn a_second_consent_makes_a_second_code() {
    let emulator = customers().build().unwrap();
    let (first, _) = link(&emulator, NORTH, "ada");
    let (second, _) = link(&emulator, NORTH, "bo");
    assert_ne!(first, second);
}
