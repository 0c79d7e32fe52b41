//! What all examples are told by environment variables.

use std::{error::Error, path::Path};

use attache_planday::{App, AppBuilder, Environment, Planday, Scope};

/// The app: `ATTACHE_PLANDAY_APPLICATION_ID`, at the real Planday unless both addresses are given.
pub(crate) fn app(setting: &impl Fn(&str) -> Option<String>) -> Result<AppBuilder, Box<dyn Error>> {
    let addresses = (
        setting("ATTACHE_PLANDAY_IDENTITY"),
        setting("ATTACHE_PLANDAY_API"),
    );
    let environment = match addresses {
        (Some(identity), Some(api)) => Environment::new(identity.parse()?, api.parse()?),
        (None, None) => Environment::production(),
        _ => return Err("set both ATTACHE_PLANDAY_IDENTITY and ATTACHE_PLANDAY_API, or neither".into()),
    };
    let application_id = required(setting, "ATTACHE_PLANDAY_APPLICATION_ID")?;
    Ok(App::builder(&application_id).environment(&environment))
}

/// The app of a partner: with its scopes, separated by spaces, and its redirect URI.
#[allow(dead_code, reason = "each example takes in what it needs")]
pub(crate) fn partner_app(
    setting: &impl Fn(&str) -> Option<String>,
) -> Result<(App, String), Box<dyn Error>> {
    let redirect_uri = required(setting, "ATTACHE_PLANDAY_REDIRECT_URI")?;
    let scopes = required(setting, "ATTACHE_PLANDAY_SCOPES")?;
    let scopes = scopes
        .split_whitespace()
        .map(|scope| Scope::new(scope.to_owned()));
    let app = app(setting)?
        .scopes(scopes)
        .redirect_uris([&redirect_uri])
        .build()?;
    Ok((app, redirect_uri))
}

/// The accounts in a folder, for an app without scopes and redirect URIs, as the customer flow needs none.
#[allow(dead_code, reason = "each example takes in what it needs")]
pub(crate) fn open(
    folder: &Path,
    setting: &impl Fn(&str) -> Option<String>,
) -> Result<Planday, Box<dyn Error>> {
    Ok(Planday::open(folder, app(setting)?.build()?)?)
}

/// A variable that has to be set.
pub(crate) fn required(
    setting: &impl Fn(&str) -> Option<String>,
    name: &str,
) -> Result<String, Box<dyn Error>> {
    setting(name).ok_or_else(|| format!("set {name}").into())
}

/// Prints what a run found, or what went wrong: errors are made for people, and hold no secret.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints what it finds"
)]
#[allow(dead_code, reason = "tests take the rest of an example in, not its `main`")]
pub(crate) fn report(outcome: Result<Vec<String>, Box<dyn Error>>) -> std::process::ExitCode {
    match outcome {
        Ok(lines) => {
            for line in lines {
                println!("{line}");
            }
            std::process::ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}
