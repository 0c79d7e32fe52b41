//! Nothing that is shown holds a secret.

use attache_emulator::planday::{Effect, Fault, Target};
use attache_planday::TokenSecret;

use crate::world::{APPLICATION_ID, BAKERY, BAKERY_TOKEN, CAFE_TOKEN, World, key};

/// All that the SDK can show of an error.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let shown: Vec<_> = causes
        .map(|error| format!("{error} {error:?} {error:#?}"))
        .collect();
    shown.join(" ")
}

#[tokio::test]
async fn neither_tokens_nor_bodies_are_shown_by_values_or_errors() {
    let world = World::new();
    let mut shown = vec![format!("{:?}", TokenSecret::new(BAKERY_TOKEN).unwrap())];

    shown.push(chain(&world.link("canary-no-such-token").await.unwrap_err()));
    world.emulator.fault(Fault::new(Target::Api, Effect::status(403)));
    let error = world.link(BAKERY_TOKEN).await.unwrap_err();
    shown.push(chain(&error));
    shown.push(format!("{:?}", error.into_credential()));

    let linked = world.link(BAKERY_TOKEN).await.unwrap();
    let client = world.planday.client(&key()).await.unwrap();
    shown.push(format!(
        "{linked:?} {client:?} {:?} {:?}",
        world.planday,
        client.hr().departments().list()
    ));
    shown.push(chain(&world.link(CAFE_TOKEN).await.unwrap_err()));

    world
        .emulator
        .set_administrator_active(APPLICATION_ID, BAKERY, false)
        .unwrap();
    shown.push(chain(&client.portal().info().await.unwrap_err()));
    world.emulator.revoke(APPLICATION_ID, BAKERY).unwrap();
    world.emulator.expire_access_tokens();
    let account = world.planday.account(&key()).await.unwrap();
    shown.push(format!("{account:?} {:?}", account.recheck().await));

    let mut secrets = vec!["canary".to_owned()];
    for exchange in world.emulator.log() {
        secrets.extend(
            exchange
                .form
                .iter()
                .filter(|(name, _)| name == "refresh_token")
                .map(|(_, token)| token.clone()),
        );
        let header = exchange
            .headers
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        secrets.extend(
            header
                .and_then(|header| header.strip_prefix("Bearer "))
                .map(str::to_owned),
        );
    }
    assert!(secrets.len() > 5, "the test has seen the tokens");
    for text in &shown {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
    }
}
