//! The end of an account, from both sides: what to do when Planday refuses it, and how to give it back.
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_TOKEN_SECRET=... cargo run --example revoke
//! ```

#[path = "settings/mod.rs"]
mod settings;

use std::{error::Error, path::Path, process::ExitCode, time::Duration};

use attache_planday::{AccountKey, Planday, TokenSecret};

#[tokio::main(flavor = "current_thread")]
#[allow(
    dead_code,
    reason = "a test takes the rest of this file in and runs it against the emulator"
)]
async fn main() -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    settings::report(run(Path::new("planday-revoke"), setting, || {}).await)
}

/// The whole program; `meanwhile` is what somebody does on the API Access page while it runs.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
    meanwhile: impl FnOnce(),
) -> Result<Vec<String>, Box<dyn Error>> {
    let planday = settings::open(folder, &setting)?;
    let account = AccountKey::new("my-company", "planday", "main-portal")?;
    let token_secret = settings::required(&setting, "ATTACHE_PLANDAY_TOKEN_SECRET")?;
    planday.link(&account, TokenSecret::new(&token_secret)?).await?;
    let mut lines = vec![state(&planday, &account).await?];

    meanwhile();
    lines.push(state(&planday, &account).await?);

    // Nobody needs the account any more: Planday is told, and then the folder forgets it.
    planday.revoke(&account).await?;
    lines.push(state(&planday, &account).await?);
    planday.keeper().forget(&account).await?;
    lines.push(state(&planday, &account).await?);
    let _ = planday.close(Duration::from_secs(10)).await;
    Ok(lines)
}

/// Whether the account works, and why not. What Planday calls Revoke may be a pause: a recheck finds out whether it is
/// over, and costs one request.
async fn state(planday: &Planday, key: &AccountKey) -> Result<String, Box<dyn Error>> {
    let client = match planday.client(key).await {
        Err(error) if error.is_needs_relink() => return Ok("not linked".to_owned()),
        client => client?,
    };
    match client.portal().info().await {
        Ok(portal) => return Ok(format!("{} works", portal.name.unwrap_or_default())),
        Err(error) if error.is_needs_relink() => {}
        Err(error) => return Err(error.into()),
    }
    let account = planday.account(key).await?;
    let reason = account.needs_relink();
    if account.recheck().await.is_ok() {
        return Ok("works again".to_owned());
    }
    Ok(reason.map_or_else(|| "works".to_owned(), |reason| format!("link it again: {reason}")))
}
