//! The README's first program, to the letter from its imports on; `tests/planday/readme.rs` sees to that.
#![allow(clippy::print_stdout, reason = "an example prints what it finds")]

use attache_planday::{AccountKey, App, Environment, Planday, TokenSecret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));

    // The emulator, or whatever Planday is at these addresses. The real one is Environment::production().
    let environment = Environment::new(setting("IDENTITY")?.parse()?, setting("API")?.parse()?);

    // The App Id and the Token of the portal's page Settings > Integrations > API Access.
    let app = App::at(&setting("APPLICATION_ID")?, &environment)?;
    let token_secret = TokenSecret::new(&setting("TOKEN_SECRET")?)?;

    // A folder of accounts. Any number of processes on this machine may share it.
    let planday = Planday::open("planday-accounts", app)?;

    // Once for each portal. Whose it is, at which provider, and which one: the names are yours.
    let account = AccountKey::new("customer-17", "planday", "copenhagen")?;
    planday.link(&account, token_secret).await?;

    // From now on, at each start, this is all: no Token Secret any more.
    let client = planday.client(&account).await?;
    let mut departments = client.hr().departments().list();
    while let Some(page) = departments.next_page().await? {
        for department in page.items {
            println!("{} {}", department.id, department.name);
        }
    }
    Ok(())
}

// The README's program ends here. A test takes this file in and runs it.
#[allow(dead_code, clippy::main_recursion, reason = "for that test")]
pub(crate) fn run() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
