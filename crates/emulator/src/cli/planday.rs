//! `attache-emulator planday`.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use attache_emulator::planday::{Amounts, App, Emulator, Limits, Options, Rotation};
use attache_emulator::{Clock, serve};
use clap::Args;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::hold;

/// Shown after the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  attache-emulator planday
      Start on a free port, and print a refresh token and a curl line to try it with.
  attache-emulator planday --port 8025 --rotation once-family --expires-in 5
      Tokens live 5 seconds; a refresh token presented twice kills its grant.
  attache-emulator planday --redirect-uri http://127.0.0.1:3000/callback
      For your own program's partner flow: its redirect URI is the app's. Open the printed address in a browser.
  attache-emulator planday --json
      Print one line of JSON for the program that started this one.

While it runs, its levers answer under /_emulator/:
  GET  log, counters, seeds        what came in, and what exists
  POST clock                       {\"advance_seconds\": 3600}
  POST rotation                    {\"rule\": \"once\"}
  POST faults                      {\"target\": \"token\", \"when\": \"after\", \"effect\": {\"kind\": \"drop\"}}
  POST revoke, authorize, ...      {\"client_id\": \"...\", \"portal\": 4711}
  POST consent                     {\"url\": \"...\", \"portal\": 4720, \"administrator\": \"owner\"}
  POST options                     {\"pkce\": \"require\", \"code_lifetime_seconds\": 30}
A wrong lever answers with the list of all.";

/// The flags.
#[derive(Args)]
pub(crate) struct Planday {
    /// Port to listen on at 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What a refresh does to the old refresh token: never, omit, first-use-grace, grace:SECONDS, once, once-family.
    #[arg(long, value_name = "RULE", default_value = "never")]
    rotation: Rotation,
    /// The same seed gives the same client id, tokens and data.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// How many departments the first portal has.
    #[arg(long, value_name = "N", default_value_t = Amounts::default().departments)]
    departments: u32,
    /// How many employees it has.
    #[arg(long, value_name = "N", default_value_t = Amounts::default().employees)]
    employees: u32,
    /// How many shifts it has: 10000 are 200 pages.
    #[arg(long, value_name = "N", default_value_t = Amounts::default().shifts)]
    shifts: u32,
    /// How many seconds an access token lives.
    #[arg(long, value_name = "S", default_value_t = 3600)]
    expires_in: u32,
    /// A redirect URI of the sample app, instead of its own two; three at most, https or http on loopback.
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Let a redirect URI at a loopback address have any port (RFC 8252), as no Planday document says it may.
    #[arg(long)]
    any_loopback_port: bool,
    /// Keep the rate limits out of the way; the documented ones apply otherwise.
    #[arg(long)]
    no_rate_limits: bool,
    /// Print one line of JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// The first portal of the sample world.
const SAMPLE_PORTAL: i64 = 4711;

/// Serves Planday until Ctrl-C.
pub(crate) fn run(arguments: &Planday) -> Result<(), Box<dyn Error>> {
    let lifetime = Duration::from_secs(arguments.expires_in.into());
    let limits = if arguments.no_rate_limits {
        Limits::unlimited()
    } else {
        Limits::documented()
    };
    let amounts = Amounts {
        departments: arguments.departments,
        employees: arguments.employees,
        shifts: arguments.shifts,
    };
    let mut builder = Emulator::seeded(arguments.seed).amounts(SAMPLE_PORTAL, amounts);
    if !arguments.redirect_uri.is_empty() {
        builder = builder.redirect_uris(arguments.redirect_uri.iter().map(String::as_str));
    }
    let options = Options::default()
        .access_token_lifetime(lifetime)
        .any_loopback_port(arguments.any_loopback_port);
    let emulator = builder
        .clock(Clock::real_offset())
        .options(options)
        .rotation(arguments.rotation)
        .limits(limits)
        .control_plane(true)
        .build()?;
    let server = serve(
        emulator.clone(),
        SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)),
    )?;
    let welcome = if arguments.json {
        format!("{}\n", summary(&emulator, &server.base_url()))
    } else {
        introduction(&emulator, &server.base_url())
    };
    hold(server, &welcome)
}

/// What a program needs to start.
fn summary(emulator: &Emulator, base_url: &str) -> Value {
    let apps: Vec<Value> = emulator
        .apps()
        .into_iter()
        .map(|app| {
            json!({
                "client_id": app.client_id,
                "name": app.name,
                "scopes": app.scopes,
                "redirect_uris": app.redirect_uris,
                "authorization_url": authorization_url(&app, base_url),
            })
        })
        .collect();
    let portals: Vec<Value> = connections(emulator)
        .into_iter()
        .map(|(client_id, id, name, token)| {
            let page = access_page(base_url, id);
            json!({
                "client_id": client_id,
                "id": id,
                "name": name,
                "refresh_token": token,
                "access_page": page,
            })
        })
        .collect();
    json!({ "provider": "planday", "base_url": base_url, "apps": apps, "portals": portals })
}

/// What a person needs to start.
fn introduction(emulator: &Emulator, base_url: &str) -> String {
    let mut lines = vec![
        format!("Planday, offline, at {base_url}  (Ctrl-C ends it)"),
        String::new(),
    ];
    for app in emulator.apps() {
        lines.push(format!("App \"{}\"", app.name));
        lines.push(format!("  client id      {}", app.client_id));
    }
    let connections = connections(emulator);
    for (_, id, name, token) in &connections {
        lines.push(format!("Portal {id} \"{name}\""));
        lines.push(format!("  refresh token  {token}"));
    }
    if let Some((client_id, portal, _, token)) = connections.first() {
        lines.extend([
            String::new(),
            "Exchange the refresh token for an access token:".to_owned(),
            format!(
                "  curl --data \"client_id={client_id}&grant_type=refresh_token&refresh_token={token}\" \
                 {base_url}/connect/token"
            ),
            "Then call the API with it:".to_owned(),
            format!(
                "  curl -H \"X-ClientId: {client_id}\" -H \"Authorization: Bearer ACCESS_TOKEN\" \
                 {base_url}/hr/v1.0/departments"
            ),
            "The portal's API Access page, to authorize, revoke, create and connect apps:".to_owned(),
            format!("  {}", access_page(base_url, *portal)),
        ]);
        lines.extend(partner_flow(emulator, client_id, base_url));
        lines.extend([
            "See what came in:".to_owned(),
            format!("  curl {base_url}/_emulator/log"),
        ]);
    }
    lines.join("\n") + "\n"
}

/// What a person needs to try the authorization code flow.
fn partner_flow(emulator: &Emulator, client_id: &str, base_url: &str) -> Vec<String> {
    let apps = emulator.apps();
    let Some(app) = apps.iter().find(|app| app.client_id == client_id) else {
        return Vec::new();
    };
    let (Some(redirect_uri), Some(url)) = (app.redirect_uris.first(), authorization_url(app, base_url))
    else {
        return Vec::new();
    };
    vec![
        format!("The partner flow: open this in a browser; {redirect_uri} gets the code:"),
        format!("  {url}"),
        "And change the code for tokens:".to_owned(),
        format!(
            "  curl --data \"client_id={client_id}&grant_type=authorization_code&code=CODE\" \
             --data-urlencode \"redirect_uri={redirect_uri}\" {base_url}/connect/token"
        ),
    ]
}

/// The address that an app sends its customers to; none without a redirect URI.
fn authorization_url(app: &App, base_url: &str) -> Option<String> {
    let scopes = ["openid", "offline_access"]
        .into_iter()
        .chain(app.scopes.iter().map(String::as_str));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &app.client_id)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", app.redirect_uris.first()?)
        .append_pair("scope", &scopes.collect::<Vec<_>>().join(" "))
        .append_pair("state", "choose-a-random-one")
        .finish();
    Some(format!("{base_url}/connect/authorize?{query}"))
}

/// Where a portal's administrator creates, authorizes and revokes apps.
fn access_page(base_url: &str, portal: i64) -> String {
    format!("{base_url}/portal/{portal}/settings/integrations/api-access")
}

/// Client id, portal, portal name and refresh token of each connection. The values are invented.
fn connections(emulator: &Emulator) -> Vec<(String, i64, String, String)> {
    let mut rows = Vec::new();
    for (client_id, id) in emulator.connections() {
        let name = emulator.portal(id).map(|portal| portal.name).unwrap_or_default();
        let token = emulator.refresh_token(&client_id, id).unwrap_or_default();
        rows.push((client_id, id, name, token));
    }
    rows
}
