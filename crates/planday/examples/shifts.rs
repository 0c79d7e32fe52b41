//! A week of shifts, with their local times and the zone that these are in.
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_TOKEN_SECRET=... \
//! ATTACHE_PLANDAY_FROM=2026-11-23 ATTACHE_PLANDAY_TO=2026-11-29 cargo run --example shifts
//! ```

#[path = "settings/mod.rs"]
mod settings;

use std::{error::Error, path::Path, process::ExitCode, time::Duration};

use attache_planday::{
    AccountKey, Date, TokenSecret,
    scheduling::{ListShifts, ShiftTime},
};

#[tokio::main(flavor = "current_thread")]
#[allow(
    dead_code,
    reason = "a test takes the rest of this file in and runs it against the emulator"
)]
async fn main() -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    settings::report(run(Path::new("planday-shifts"), setting).await)
}

/// The whole program; `setting` gives the value of an environment variable.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let planday = settings::open(folder, &setting)?;
    let account = AccountKey::new("my-company", "planday", "main-portal")?;
    let token_secret = settings::required(&setting, "ATTACHE_PLANDAY_TOKEN_SECRET")?;
    planday.link(&account, TokenSecret::new(&token_secret)?).await?;

    let from: Date = settings::required(&setting, "ATTACHE_PLANDAY_FROM")?.parse()?;
    let to: Date = settings::required(&setting, "ATTACHE_PLANDAY_TO")?.parse()?;
    let week = ListShifts::new().from(from).to(to);
    let client = planday.client(&account).await?;
    let mut lines = Vec::new();
    for shift in client.scheduling().shifts().list(&week).collect().await? {
        // Planday gives times as the clock on the wall shows them; which wall, the time zone says.
        let time = |time: Option<ShiftTime>| {
            time.map_or_else(|| "open".to_owned(), |time| time.wall_clock().to_string())
        };
        let zone = shift.time_zone.as_deref().unwrap_or("unknown zone");
        lines.push(format!(
            "{} {} to {} ({zone})",
            shift.id,
            time(shift.start),
            time(shift.end)
        ));
    }
    let _ = planday.close(Duration::from_secs(10)).await;
    Ok(lines)
}
