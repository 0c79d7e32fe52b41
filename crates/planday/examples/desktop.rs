//! The partner flow from a desktop or the command line: opens the browser and waits until it comes back.
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_SCOPES="employee:read shift:read" \
//! ATTACHE_PLANDAY_REDIRECT_URI=http://localhost:8765/callback cargo run --example desktop --features loopback
//! ```

#[path = "settings/mod.rs"]
mod settings;

use std::{error::Error, io, path::Path, process::ExitCode, time::Duration};

use attache_planday::{AccountKey, Planday, desktop::system_browser};
use url::Url;

#[tokio::main]
#[allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]
#[allow(
    dead_code,
    reason = "a test takes the rest of this file in and runs it against the emulator"
)]
async fn main() -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    // Where there is no browser, over SSH for example, the printed address does as well.
    let open = |address: &Url| {
        println!("if your browser does not open, go to {address}");
        let _ = system_browser(address);
        Ok(())
    };
    settings::report(run(Path::new("planday-desktop-accounts"), setting, open).await)
}

/// The whole program; `open` shows an address to the person.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
    open: impl FnOnce(&Url) -> io::Result<()> + Send + 'static,
) -> Result<Vec<String>, Box<dyn Error>> {
    let (app, redirect_uri) = settings::partner_app(&setting)?;
    let planday = Planday::open(folder, app)?;
    let account = AccountKey::new("me", "planday", "my-portal")?;
    let five_minutes = Duration::from_secs(300);
    let linked = planday
        .link_in_browser(&account, &redirect_uri, open, five_minutes)
        .await?;
    let _ = planday.close(Duration::from_secs(10)).await;
    Ok(vec![format!(
        "linked {} ({})",
        linked.portal.name.unwrap_or_default(),
        linked.portal.id
    )])
}
