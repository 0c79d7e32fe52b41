//! One app on several portals (Connect App): a Token, and an account, for each.
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_TOKENS="copenhagen=... aarhus=..." cargo run --example portals
//! ```

#[path = "settings/mod.rs"]
mod settings;

use std::{error::Error, path::Path, process::ExitCode, time::Duration};

use attache_planday::{AccountKey, TokenSecret};

#[tokio::main(flavor = "current_thread")]
#[allow(
    dead_code,
    reason = "a test takes the rest of this file in and runs it against the emulator"
)]
async fn main() -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    settings::report(run(Path::new("planday-portals"), setting).await)
}

/// The whole program; `setting` gives the value of an environment variable.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let planday = settings::open(folder, &setting)?;
    let mut lines = Vec::new();
    for portal in settings::required(&setting, "ATTACHE_PLANDAY_TOKENS")?.split_whitespace() {
        let (name, token) = portal
            .split_once('=')
            .ok_or("ATTACHE_PLANDAY_TOKENS: write name=token")?;
        let account = AccountKey::new("my-company", "planday", name)?;
        planday.link(&account, TokenSecret::new(token)?).await?;
    }
    // Each account goes on by itself. Whoever authorised one may have other rights than whoever did another, so a call
    // that works for one may be forbidden to the other.
    for portal in settings::required(&setting, "ATTACHE_PLANDAY_TOKENS")?.split_whitespace() {
        let name = portal.split('=').next().unwrap_or_default();
        let client = planday
            .client(&AccountKey::new("my-company", "planday", name)?)
            .await?;
        let departments = client.hr().departments().list().collect().await?;
        lines.push(format!("{name}: {} departments", departments.len()));
    }
    let _ = planday.close(Duration::from_secs(10)).await;
    Ok(lines)
}
