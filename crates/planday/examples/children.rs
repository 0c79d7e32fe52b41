//! The child portals of a master portal, with the master's account alone.
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_TOKEN_SECRET=... cargo run --example children
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
    settings::report(run(Path::new("planday-network"), setting).await)
}

/// The whole program; `setting` gives the value of an environment variable.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let planday = settings::open(folder, &setting)?;
    let master = AccountKey::new("my-company", "planday", "master")?;
    let token_secret = settings::required(&setting, "ATTACHE_PLANDAY_TOKEN_SECRET")?;
    let linked = planday.link(&master, TokenSecret::new(&token_secret)?).await?;

    let mut lines = Vec::new();
    for child in linked.portal.portals {
        let name = child.name.unwrap_or_default();
        // The account's token is exchanged for one of the child, and again whenever that one ends.
        let client = match planday.child(&master, child.id).await {
            Ok(client) => client,
            Err(error) if error.is_forbidden() => {
                lines.push(format!("{name}: connect the app there"));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let departments = client.hr().departments().list().collect().await?;
        lines.push(format!("{name}: {} departments", departments.len()));
    }
    let _ = planday.close(Duration::from_secs(10)).await;
    Ok(lines)
}
