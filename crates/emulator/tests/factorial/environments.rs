use attache_emulator::factorial::{Emulator, Environment, ForeignCredential, Link, Options};

use crate::support::{form, read, refusal, refused};

fn both(options: &Options) -> (Emulator, Emulator) {
    let production = Emulator::seeded(1).options(options.clone()).build().unwrap();
    let demo = Emulator::seeded(2)
        .options(options.clone())
        .environment(Environment::Demo)
        .beside(&production)
        .build()
        .unwrap();
    (production, demo)
}

/// A key, a token and a client of one environment, at another: statuses of the key, the token, the client.
fn tried(from: &Emulator, at: &Emulator) -> [crate::support::Answer; 3] {
    let app = from.apps().into_iter().find(|app| app.confidential).unwrap();
    let pair = from.link(Link::user(app.client_id.as_str(), "admin@brisa.example"));
    let pair = pair.unwrap();
    let (_, key) = from.api_keys().remove(0);
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", pair.refresh_token.as_deref().unwrap()),
    ];
    [
        crate::support::get_with_key(at, "/teams/teams", &key),
        crate::support::get(at, "/teams/teams", &pair.access_token),
        form(at, "/oauth/token", &fields),
    ]
}

#[test]
fn credentials_of_one_environment_are_refused_at_the_other() {
    let (production, demo) = both(&Options::default());
    assert_eq!(demo.environment(), Environment::Demo);
    for (from, at) in [(&production, &demo), (&demo, &production)] {
        let [key, token, client] = tried(from, at);
        assert_eq!((key.status, token.status), (401, 401));
        assert_eq!(refusal(&client), refused(401, "invalid_client"));
        let statuses = tried(from, from).map(|answer| answer.status);
        assert_eq!(statuses, [200, 200, 200], "at home they work");
    }
}

#[test]
fn empty_responses_as_documented_are_a_switch_and_only_for_foreign_ones() {
    let options = Options::default().foreign_credential(ForeignCredential::EmptyResponse);
    let (production, demo) = both(&options);
    let answers = tried(&production, &demo).map(|answer| (answer.status, answer.raw.len()));
    assert_eq!(answers, [(200, 0), (200, 0), (200, 0)]);
    let unknown = crate::support::get(&demo, "/teams/teams", "nobody's");
    assert_eq!(unknown.status, 401);
}

#[test]
fn without_any_credential_it_is_401() {
    let (production, _) = both(&Options::default());
    let request = http::Request::get("/api/2026-10-01/resources/teams/teams");
    let answer = read(production.handle(request.body(bytes::Bytes::new()).unwrap()));
    assert_eq!(answer.status, 401);
}
