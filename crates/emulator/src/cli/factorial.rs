//! `attache-emulator factorial`.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use attache_emulator::factorial::{App, Emulator, Environment, Limits, Options, Rotation};
use attache_emulator::{Clock, serve};
use clap::Args;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::hold;

/// Shown after the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  attache-emulator factorial
      Start production and demo on free ports, and print credentials and curl lines to try them with.
  attache-emulator factorial --port 8030 --rotation once --expires-in 5
      User tokens live 5 seconds; an old refresh token is dead at once, not at the first use of the new token.
  attache-emulator factorial --redirect-uri http://127.0.0.1:3000/callback
      For your own program: its redirect URI is the applications'. Open the printed address in a browser.
  attache-emulator factorial --json
      Print one line of JSON for the program that started this one.

While it runs, its levers answer under /_emulator/ of each environment:
  GET  log, counters, seeds        what came in, with what the client did wrong; and what exists
  POST clock                       {\"advance_seconds\": 604800}
  POST faults                      {\"target\": \"token\", \"when\": \"after\", \"effect\": {\"kind\": \"drop\"}}
  POST consent                     {\"url\": \"...\", \"email\": \"admin@brisa.example\"}
  POST link                        {\"client_id\": \"...\", \"email\": \"admin@brisa.example\", \"company\": true}
  POST app-scopes                  {\"client_id\": \"...\", \"scopes\": [\"employees\"]}
  POST options                     {\"error_shape\": \"objects\", \"rotation\": \"once\"}
A wrong lever answers with the list of all.";

/// The flags.
#[derive(Args)]
pub(crate) struct Factorial {
    /// Port of production at 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Port of the demo environment, whose credentials are no good in production.
    #[arg(long, default_value_t = 0)]
    demo_port: u16,
    /// What a refresh does to the old refresh token: first-use (dead when the new access token is first used) or once.
    #[arg(long, value_name = "RULE", default_value = "first-use")]
    rotation: Rotation,
    /// The same seed gives the same client ids, secrets, tokens and data.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// How many seconds a user's access token lives.
    #[arg(long, value_name = "S", default_value_t = 3600)]
    expires_in: u32,
    /// A redirect URI of the sample applications, instead of their own; https, or http on loopback.
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Keep the rate limit out of the way; 200 POST requests a minute otherwise.
    #[arg(long)]
    no_rate_limits: bool,
    /// Print one line of JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// Who signs in, in the sample world.
const ADMIN: &str = "admin@brisa.example";

/// Serves Factorial until Ctrl-C.
pub(crate) fn run(arguments: &Factorial) -> Result<(), Box<dyn Error>> {
    let options = Options::default()
        .access_token_lifetime(Duration::from_secs(arguments.expires_in.into()))
        .rotation(arguments.rotation);
    let limits = if arguments.no_rate_limits {
        Limits::unlimited()
    } else {
        Limits::documented()
    };
    let world = |seed: u64, environment: Environment| {
        let builder = Emulator::seeded(seed)
            .environment(environment)
            .clock(Clock::real_offset())
            .options(options.clone())
            .limits(limits)
            .control_plane(true);
        if arguments.redirect_uri.is_empty() {
            builder
        } else {
            builder.redirect_uris(arguments.redirect_uri.iter().map(String::as_str))
        }
    };
    let production = world(arguments.seed, Environment::Production).build()?;
    let demo = world(arguments.seed.wrapping_add(1_000_003), Environment::Demo)
        .beside(&production)
        .build()?;
    let at = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = serve(production.clone(), at(arguments.port))?;
    let demo_server = serve(demo.clone(), at(arguments.demo_port))?;
    let (base_url, demo_url) = (server.base_url(), demo_server.base_url());
    let welcome = if arguments.json {
        let environments = [(&production, &base_url), (&demo, &demo_url)];
        let environments = environments.map(|(emulator, base_url)| summary(emulator, base_url));
        let line = json!({ "provider": "factorial", "base_url": base_url, "environments": environments });
        format!("{line}\n")
    } else {
        introduction(&production, &base_url, &demo_url)
    };
    let held = hold(server, &welcome);
    demo_server.shutdown();
    held
}

/// What a program needs to start.
fn summary(emulator: &Emulator, base_url: &str) -> Value {
    let apps: Vec<Value> = emulator
        .apps()
        .into_iter()
        .map(|app| {
            json!({
                "client_id": app.client_id,
                "client_secret": app.secret,
                "name": app.name,
                "confidential": app.confidential,
                "scopes": app.scopes,
                "redirect_uris": app.redirect_uris,
                "authorization_url": authorization_url(&app, base_url, false),
                "company_authorization_url": authorization_url(&app, base_url, true),
            })
        })
        .collect();
    let mut people = Vec::new();
    for company in emulator.companies() {
        for person in company.people.values() {
            let company = company.id.to_string();
            people.push(json!({ "email": person.email, "admin": person.admin, "company": company }));
        }
    }
    let keys: Vec<String> = emulator.api_keys().into_iter().map(|(_, key)| key).collect();
    json!({
        "environment": emulator.environment().name(),
        "base_url": base_url,
        "applications_page": format!("{base_url}/oauth/applications"),
        "apps": apps,
        "people": people,
        "api_keys": keys,
    })
}

/// What a person needs to start.
fn introduction(emulator: &Emulator, base_url: &str, demo_url: &str) -> String {
    let mut lines = vec![
        format!("Factorial, offline, at {base_url}  (Ctrl-C ends it)"),
        format!(
            "Its demo environment at {demo_url}, with credentials of its own: {demo_url}/_emulator/seeds"
        ),
        String::new(),
    ];
    for app in emulator.apps() {
        let kind = if app.confidential {
            "confidential"
        } else {
            "public"
        };
        lines.push(format!("Application \"{}\", {kind}", app.name));
        lines.push(format!("  client id      {}", app.client_id));
        lines.push(format!("  client secret  {}", app.secret));
    }
    if let Some((_, key)) = emulator.api_keys().first() {
        lines.extend([
            String::new(),
            "With an API key:".to_owned(),
            format!(
                "  curl -H \"x-api-key: {key}\" '{base_url}/api/2026-10-01/resources/employees/employees?limit=2'"
            ),
        ]);
    }
    let apps = emulator.apps();
    if let Some(app) = apps.iter().find(|app| app.confidential) {
        lines.extend(code_flow(app, base_url));
    }
    lines.extend([
        "Who a credential is:".to_owned(),
        format!(
            "  curl -H \"Authorization: Bearer ACCESS_TOKEN\" \
             {base_url}/api/2026-10-01/resources/api_public/credentials"
        ),
        format!("The applications page, to create and change applications (sign in as {ADMIN}):"),
        format!("  {base_url}/oauth/applications"),
        "See what came in:".to_owned(),
        format!("  curl {base_url}/_emulator/log"),
    ]);
    lines.join("\n") + "\n"
}

/// What a person needs to try the authorization code flow.
fn code_flow(app: &App, base_url: &str) -> Vec<String> {
    let (Some(redirect_uri), Some(user), Some(company)) = (
        app.redirect_uris.first(),
        authorization_url(app, base_url, false),
        authorization_url(app, base_url, true),
    ) else {
        return Vec::new();
    };
    vec![
        format!("A user token: open this in a browser; {redirect_uri} gets the code:"),
        format!("  {user}"),
        "A company token, by an administrator:".to_owned(),
        format!("  {company}"),
        "Change the code for tokens:".to_owned(),
        format!(
            "  curl --data \"grant_type=authorization_code&client_id={}&client_secret={}&code=CODE\" \
             --data-urlencode \"redirect_uri={redirect_uri}\" {base_url}/oauth/token",
            app.client_id, app.secret
        ),
    ]
}

/// The address that an application sends people to; none without a redirect URI.
fn authorization_url(app: &App, base_url: &str, company: bool) -> Option<String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", app.redirect_uris.first()?)
        .append_pair("response_type", "code")
        .append_pair("state", "choose-a-random-one");
    if company {
        query.append_pair("resource_owner_type", "company");
    }
    Some(format!("{base_url}/oauth/authorize?{}", query.finish()))
}
