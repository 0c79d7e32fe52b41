//! Links a portal and lists its departments.
//!
//! With the two values of Planday's page Settings > Integrations > API Access:
//!
//! ```text
//! ATTACHE_PLANDAY_APPLICATION_ID=... ATTACHE_PLANDAY_TOKEN_SECRET=... cargo run --example first_program
//! ```
//!
//! The first run links the portal. Later runs find the account in the folder `planday-accounts` and need no
//! `ATTACHE_PLANDAY_TOKEN_SECRET` any more. To try it without Planday, start `attache-emulator planday`, set
//! `ATTACHE_PLANDAY_IDENTITY` and `ATTACHE_PLANDAY_API` to the address that it prints, and the two values above
//! to those that it prints.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints what it finds"
)]

use std::{error::Error, path::Path, process::ExitCode, time::Duration};

use attache_planday::{AccountKey, App, Client, Environment, Planday, TokenSecret};

#[tokio::main(flavor = "current_thread")]
#[allow(
    dead_code,
    reason = "a test takes the rest of this file in and runs it against the emulator"
)]
async fn main() -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    match run(Path::new("planday-accounts"), setting).await {
        Ok(departments) => {
            for department in departments {
                println!("{department}");
            }
            ExitCode::SUCCESS
        }
        // What errors show is made for people, and holds no secret.
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The whole program; `setting` gives the value of an environment variable.
pub(crate) async fn run(
    folder: &Path,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    // Which Planday: the real one, unless both addresses are given.
    let addresses = (
        setting("ATTACHE_PLANDAY_IDENTITY"),
        setting("ATTACHE_PLANDAY_API"),
    );
    let environment = match addresses {
        (Some(identity), Some(api)) => Environment::new(identity.parse()?, api.parse()?),
        (None, None) => Environment::production(),
        _ => return Err("set both ATTACHE_PLANDAY_IDENTITY and ATTACHE_PLANDAY_API, or neither".into()),
    };

    // The app. It is the same for all portals, and it is no secret.
    let application_id = setting("ATTACHE_PLANDAY_APPLICATION_ID")
        .ok_or("set ATTACHE_PLANDAY_APPLICATION_ID to the App Id")?;
    let app = App::at(&application_id, &environment)?;

    // The accounts, in a folder. Each portal is one account; you choose what it is called.
    let planday = Planday::open(folder, app)?;
    let account = AccountKey::new("my-company", "planday", "main-portal")?;

    // A portal is linked once. From then on the account keeps itself: access tokens are renewed ahead of time, and
    // what a renewal brings is saved before it is used.
    let client = match planday.client(&account).await {
        Err(error) if error.is_needs_relink() => {
            let pasted = setting("ATTACHE_PLANDAY_TOKEN_SECRET")
                .ok_or("set ATTACHE_PLANDAY_TOKEN_SECRET to the Token of the portal")?;
            planday.link(&account, TokenSecret::new(&pasted)?).await?;
            planday.client(&account).await?
        }
        found => found?,
    };

    let departments = departments(&client).await?;

    // Lets a renewal that is under way finish before the program ends.
    let _ = planday.close(Duration::from_secs(10)).await;
    Ok(departments)
}

/// One line for each department.
async fn departments(client: &Client) -> Result<Vec<String>, attache_planday::Error> {
    let mut lines = Vec::new();
    let mut pages = client.hr().departments().list();
    while let Some(page) = pages.next_page().await? {
        for department in page.items {
            lines.push(format!("{} {}", department.id, department.name));
        }
    }
    Ok(lines)
}
