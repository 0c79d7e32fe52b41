//! The partner flow, as a web server does it: one request sends the browser away, another one gets it back.
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_SCOPES="employee:read shift:read" \
//! ATTACHE_PLANDAY_REDIRECT_URI=https://example.com/callback cargo run --example partner
//! ```
//!
//! This one has no server: it prints the address for the browser, and takes the address that the browser ends at from
//! standard input. What has to be set up at Planday first is in `docs/planday.md`.

#[path = "settings/mod.rs"]
mod settings;

use std::{error::Error, io, path::Path, process::ExitCode};

use attache_auth::seal::{KeyRing, Sealer};
use attache_planday::{AccountKey, LinkAttempt, Planday};

#[tokio::main(flavor = "current_thread")]
#[allow(
    dead_code,
    reason = "a test takes the rest of this file in and runs it against the emulator"
)]
async fn main() -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    settings::report(run(Path::new("planday-partner-accounts"), setting, ask).await)
}

/// The whole program; `browse` stands for the person: it is given an address and gives back where the browser ended.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
    browse: impl FnOnce(&str) -> io::Result<String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let (app, redirect_uri) = settings::partner_app(&setting)?;
    let planday = Planday::open(folder, app)?;
    // A server has a key of its own for cookies, and keeps it.
    let cookies = Sealer::new(KeyRing::load_or_create(folder.join("cookie-key"))?);

    let (address, cookie) = begin(&planday, &cookies, &redirect_uri)?;
    let callback = browse(&address)?;
    let account = AccountKey::new("customer-17", "planday", "main-portal")?;
    let lines = complete(&planday, &cookies, &account, &cookie, &callback).await?;
    let _ = planday.close(std::time::Duration::from_secs(10)).await;
    Ok(lines)
}

/// The handler of "connect your Planday": where to redirect to, and a cookie for this browser. Set it `HttpOnly`,
/// `Secure` and `SameSite=Lax`.
fn begin(
    planday: &Planday,
    cookies: &Sealer,
    redirect_uri: &str,
) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let attempt = planday.begin_link(redirect_uri)?;
    Ok((attempt.authorization_url().to_string(), attempt.seal(cookies)?))
}

/// The handler of the redirect URI: what it was called with, and the cookie of the browser that called. Answer with a
/// redirect, so that the code leaves the address bar.
async fn complete(
    planday: &Planday,
    cookies: &Sealer,
    account: &AccountKey,
    cookie: &[u8],
    callback: &str,
) -> Result<Vec<String>, Box<dyn Error>> {
    let attempt = LinkAttempt::open(cookies, cookie)?;
    let linked = planday.complete_link(account, &attempt, callback).await?;
    let mut lines = vec![format!("linked {}", linked.portal.name.unwrap_or_default())];
    let departments = planday.client(account).await?.hr().departments().list();
    for department in departments.collect().await? {
        lines.push(format!("{} {}", department.id, department.name));
    }
    Ok(lines)
}

#[allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]
#[allow(dead_code, reason = "used by `main` only")]
fn ask(address: &str) -> io::Result<String> {
    println!("open this address, and paste the one that your browser ends at:\n{address}");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
