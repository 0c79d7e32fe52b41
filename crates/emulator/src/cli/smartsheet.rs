//! `attache-emulator smartsheet`.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use attache_emulator::smartsheet::{App, Emulator, Limits, Options, Region};
use attache_emulator::{Clock, serve};
use clap::Args;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::hold;

pub(crate) const EXAMPLES: &str = "\
Examples:
  attache-emulator smartsheet
      Start on a free port, and print tokens and curl lines to try them with.
  attache-emulator smartsheet --port 8027 --region eu --expires-in 5
      Addresses without a region mean the EU; access tokens live 5 seconds.
  attache-emulator smartsheet --rows 20000 --columns 25 --no-rate-limits
      With one large sheet.
  attache-emulator smartsheet --json
      Print one line of JSON for the program that started this one.

Every region is there: /us/2.0/..., /eu/2.0/..., /au/2.0/..., /gov/2.0/..., and /REGION/b/authorize.

While it runs, its levers answer under /_emulator/:
  GET  log, counters, seeds        what came in, and what exists
  POST clock                       {\"advance_seconds\": 604800}
  POST faults                      {\"target\": \"token\", \"when\": \"after\", \"effect\": {\"kind\": \"drop\"}}
  POST error-faults                {\"target\": \"update_rows\", \"code\": 4004}
  POST consent                     {\"url\": \"...\", \"user\": \"owner@plan.example\"}
  POST callbacks                   {\"region\": \"us\"}: the signed webhook callbacks that wait
  POST options                     {\"busy_sheets\": true, \"wrapped_token\": true}
A wrong lever answers with the list of all.";

#[derive(Args)]
pub(crate) struct Smartsheet {
    /// Port to listen on at 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The region of addresses that name none: us, eu, au, gov.
    #[arg(long, value_name = "REGION", default_value = "us")]
    region: Region,
    /// The same seed gives the same ids, tokens and data.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// How many seconds an access token lives.
    #[arg(long, value_name = "S", default_value_t = 604_799)]
    expires_in: u32,
    /// The redirect URL of the sample apps, instead of their own.
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
    /// Add a sheet with this many rows.
    #[arg(long, value_name = "N")]
    rows: Option<usize>,
    /// How many columns that sheet has.
    #[arg(long, value_name = "N", default_value_t = 25)]
    columns: usize,
    /// Keep the rate limits out of the way; 300 and 30 a minute apply otherwise.
    #[arg(long)]
    no_rate_limits: bool,
    /// Print one line of JSON instead of text.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Smartsheet) -> Result<(), Box<dyn Error>> {
    let limits = if arguments.no_rate_limits {
        Limits::unlimited()
    } else {
        Limits::documented()
    };
    let lifetime = Duration::from_secs(arguments.expires_in.into());
    let mut builder = Emulator::seeded(arguments.seed)
        .home(arguments.region)
        .clock(Clock::real_offset())
        .options(Options::default().access_token_lifetime(lifetime))
        .limits(limits)
        .control_plane(true);
    if let Some(url) = &arguments.redirect_url {
        builder = builder.redirect_url(url);
    }
    if let Some(rows) = arguments.rows {
        builder = builder.generated_sheet(arguments.region, "Large sheet", rows, arguments.columns);
    }
    let emulator = builder.build()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let server = serve(emulator.clone(), address)?;
    let welcome = if arguments.json {
        format!("{}\n", summary(&emulator, arguments.region, &server.base_url()))
    } else {
        introduction(&emulator, arguments.region, &server.base_url())
    };
    hold(server, &welcome)
}

/// The address that an app sends people to.
fn authorization_url(app: &App, region: Region, base_url: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", &app.redirect_url)
        .append_pair("scope", "READ_SHEETS WRITE_SHEETS")
        .append_pair("state", "choose-a-random-one")
        .finish();
    format!("{base_url}/{region}/b/authorize?{query}")
}

/// What a program needs to start.
fn summary(emulator: &Emulator, home: Region, base_url: &str) -> Value {
    let regions: Vec<Value> = Region::ALL
        .into_iter()
        .map(|region| {
            let users = emulator.users(region);
            let apps = emulator.apps(region).into_iter().map(|app| {
                let grants = users.iter().filter_map(|user| {
                    let pair = emulator.tokens(region, &app.client_id, &user.email)?;
                    Some(json!({
                        "user": user.email,
                        "access_token": pair.access_token,
                        "refresh_token": pair.refresh_token,
                    }))
                });
                json!({
                    "client_id": app.client_id,
                    "client_secret": app.secret,
                    "redirect_url": app.redirect_url,
                    "authorization_url": authorization_url(&app, region, base_url),
                    "grants": grants.collect::<Vec<_>>(),
                })
            });
            let personal = users.iter().map(|user| {
                json!({
                    "user": user.email,
                    "system_admin": user.system_admin,
                    "tokens": emulator.personal_tokens(region, &user.email),
                })
            });
            let sheets = emulator.sheets(region).into_iter();
            json!({
                "region": region.name(),
                "api": format!("{base_url}/{region}/2.0"),
                "apps": apps.collect::<Vec<_>>(),
                "personal": personal.collect::<Vec<_>>(),
                "sheets": sheets.map(|(id, name)| json!({ "id": id, "name": name })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "provider": "smartsheet", "base_url": base_url, "home": home.name(), "regions": regions })
}

/// What a person needs to start.
fn introduction(emulator: &Emulator, region: Region, base_url: &str) -> String {
    let api = format!("{base_url}/{region}/2.0");
    let mut lines = vec![
        format!("Smartsheet, offline, at {base_url}  (Ctrl-C ends it)"),
        format!("API 2.0 of the region {region} at {api}; us, eu, au and gov are all there"),
        String::new(),
    ];
    let users = emulator.users(region);
    for app in emulator.apps(region) {
        lines.push(format!("App \"{}\"", app.name));
        lines.push(format!("  client id      {}", app.client_id));
        lines.push(format!("  client secret  {}", app.secret));
        for user in &users {
            if let Some(pair) = emulator.tokens(region, &app.client_id, &user.email) {
                lines.push(format!(
                    "  refresh token  {}  ({})",
                    pair.refresh_token, user.email
                ));
            }
        }
    }
    for user in &users {
        let role = if user.system_admin { ", system admin" } else { "" };
        for token in emulator.personal_tokens(region, &user.email) {
            lines.push(format!("Personal token   {token}  ({}{role})", user.email));
        }
    }
    for (id, name) in emulator.sheets(region) {
        lines.push(format!("Sheet            {id}  \"{name}\""));
    }
    lines.extend(first_steps(emulator, region, base_url, &api));
    lines.join("\n") + "\n"
}

/// Lines to paste.
fn first_steps(emulator: &Emulator, region: Region, base_url: &str, api: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let users = emulator.users(region);
    let personal = users
        .iter()
        .flat_map(|user| emulator.personal_tokens(region, &user.email))
        .next();
    if let Some(token) = personal {
        lines.extend([
            "Ask who you are:".to_owned(),
            format!("  curl -H \"Authorization: Bearer {token}\" {api}/users/me"),
        ]);
    }
    if let Some(app) = emulator.apps(region).first() {
        let pair = users
            .iter()
            .find_map(|user| emulator.tokens(region, &app.client_id, &user.email));
        if let Some(pair) = pair {
            lines.extend([
                "Refresh (the old pair is dead at once):".to_owned(),
                format!(
                    "  curl --data \"grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}\" {api}/token",
                    app.client_id, app.secret, pair.refresh_token
                ),
            ]);
        }
        lines.extend([
            format!(
                "OAuth: open this in a browser; {} gets the code:",
                app.redirect_url
            ),
            format!("  {}", authorization_url(app, region, base_url)),
            "Developer Tools, to make apps and read their secrets:".to_owned(),
            format!("  {base_url}/{region}/b/developer-tools"),
        ]);
    }
    lines.extend([
        "See what came in, and what was wrong with it:".to_owned(),
        format!("  curl {base_url}/_emulator/log"),
    ]);
    lines
}
