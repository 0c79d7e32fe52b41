//! How fast requests go out, on a clock of the test's own.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use attache_core::{
    AuthorizationNow, Authorized, Clock as _, Generation, ManualClock, Monotonic, Need, transport_from_fn,
};
use attache_planday::{
    AccountKey, App, Authorization, Client, ClientBuilder, Error, Pace, RateBudget, RequestOptions, Sent,
    TokenSecret, portal::PortalId,
};
use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use http::{HeaderValue, Response, header};

use crate::world::{self, APPLICATION_ID, CAFE_TOKEN, environment};

const BAKERY: PortalId = PortalId(4711);
const CAFE: PortalId = PortalId(4712);

/// An account whose access token never ends.
struct Endless;

impl Authorization for Endless {
    fn now(&self, _: Need) -> AuthorizationNow<'_> {
        AuthorizationNow::Ready(Authorized {
            name: header::AUTHORIZATION,
            value: HeaderValue::from_static("Bearer invented"),
            generation: Generation::default(),
        })
    }

    fn rejected(&self, _: Generation) {}
}

/// A Planday that answers at once, and remembers when it was asked.
#[derive(Clone)]
struct World {
    clock: ManualClock,
    pace: Pace,
    asked: Arc<Mutex<Vec<Monotonic>>>,
    headers: &'static [(&'static str, &'static str)],
}

impl World {
    fn new(headers: &'static [(&'static str, &'static str)]) -> Self {
        let clock = ManualClock::starting_at("2026-11-21T12:00:00Z".parse().unwrap());
        Self {
            pace: Pace::new(Arc::new(clock.clone())),
            clock,
            asked: Arc::default(),
            headers,
        }
    }

    fn client(&self, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        let app = App::at(APPLICATION_ID, &environment("https://planday.example.com")).unwrap();
        let (world, clock) = (self.clone(), Arc::new(self.clock.clone()));
        let transport = transport_from_fn(move |_| {
            world.asked.lock().unwrap().push(world.clock.monotonic());
            let mut response = Response::new(r#"{"data":{"id":4711}}"#.into());
            for (name, value) in world.headers {
                response.headers_mut().insert(*name, value.parse().unwrap());
            }
            async move { Ok(response) }
        });
        let builder = Client::builder(&app, Arc::new(Endless), Arc::new(transport), clock).pace(&self.pace);
        change(builder).build().unwrap()
    }

    fn of(&self, portal: PortalId) -> Client {
        self.client(|builder| builder.portal(portal))
    }

    /// Runs all calls at once, lets the time of every wait pass, and gives the milliseconds at which requests went out.
    async fn run(&self, clients: &[(&Client, usize)]) -> Vec<u128> {
        let started = self.clock.monotonic();
        let mut calls: FuturesUnordered<BoxFuture<'_, Result<(), Error>>> = FuturesUnordered::new();
        for (client, count) in clients {
            for _ in 0..*count {
                calls.push(Box::pin(async { client.portal().info().await.map(drop) }));
            }
        }
        loop {
            match poll_fn(|context| Poll::Ready(calls.poll_next_unpin(context))).await {
                Poll::Ready(Some(outcome)) => outcome.unwrap(),
                Poll::Ready(None) => break,
                Poll::Pending => {
                    let next = self.clock.next_sleeper().unwrap();
                    self.clock.advance(next.since(self.clock.monotonic()));
                }
            }
        }
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|at| at.since(started).as_millis()).collect()
    }
}

#[tokio::test]
async fn a_portal_is_asked_ten_times_a_second() {
    let world = World::new(&[]);
    let at = world.run(&[(&world.of(BAKERY), 25)]).await;
    assert_eq!(at, [vec![0; 10], vec![1000; 10], vec![2000; 5]].concat());
}

#[tokio::test]
async fn a_portal_is_asked_750_times_a_minute() {
    let world = World::new(&[]);
    let hurried = RateBudget::new().portal_per_second(1000).app_per_second(1000);
    let client = world.client(|builder| builder.portal(BAKERY).budget(hurried));
    let at = world.run(&[(&client, 760)]).await;
    assert_eq!(at, [vec![0; 750], vec![60_000; 10]].concat());
}

#[tokio::test]
async fn clients_of_one_portal_share_its_limit_and_other_portals_do_not() {
    let world = World::new(&[]);
    let (one, other, cafe) = (world.of(BAKERY), world.of(BAKERY), world.of(CAFE));
    let at = world.run(&[(&one, 6), (&other, 6), (&cafe, 10)]).await;
    assert_eq!(at, [vec![0; 20], vec![1000; 2]].concat());
}

#[tokio::test]
async fn portals_of_one_app_share_the_limit_of_the_app() {
    let world = World::new(&[]);
    let few = |builder: ClientBuilder| builder.budget(RateBudget::new().app_per_second(12));
    let bakery = world.client(|builder| few(builder.portal(BAKERY)));
    let cafe = world.client(|builder| few(builder.portal(CAFE)));
    let at = world.run(&[(&bakery, 10), (&cafe, 10)]).await;
    assert_eq!(at, [vec![0; 12], vec![1000; 8]].concat());
}

#[tokio::test]
async fn without_a_budget_requests_go_out_as_they_come() {
    let world = World::new(&[]);
    let client = world.client(|builder| builder.portal(BAKERY).budget(None));
    assert_eq!(world.run(&[(&client, 100)]).await, vec![0; 100]);
}

#[tokio::test]
async fn what_the_headers_say_holds_on_top_of_the_budget() {
    const USED_UP: &[(&str, &str)] = &[
        ("x-ratelimit-limit", "750, 20;w=1, 750;w=60, 100;w=1, 2000;w=60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "30"),
    ];
    let world = World::new(USED_UP);
    let (bakery, cafe) = (world.of(BAKERY), world.of(CAFE));
    assert_eq!(world.run(&[(&bakery, 1)]).await, [0]);
    assert_eq!(world.run(&[(&cafe, 1)]).await, [0, 0], "another portal goes on");
    let at = world.run(&[(&bakery, 1)]).await;
    assert_eq!(
        at.last(),
        Some(&31_000),
        "the reset, and a second, since seconds are whole"
    );
}

#[tokio::test]
async fn a_call_outlasts_the_minute_that_it_has_to_wait() {
    const USED_UP: &[(&str, &str)] = &[
        ("x-ratelimit-limit", "750, 20;w=1, 750;w=60, 100;w=1, 2000;w=60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "60"),
    ];
    let world = World::new(USED_UP);
    let built = [
        world.of(BAKERY),
        world.client(|builder| builder.portal(CAFE).options(RequestOptions::new().attempts(2))),
    ];
    for client in &built {
        world.asked.lock().unwrap().clear();
        assert_eq!(world.run(&[(client, 1)]).await, [0]);
        assert_eq!(world.run(&[(client, 1)]).await.last(), Some(&60_000));
    }
    let hurried = world.client(|builder| {
        let options = RequestOptions::new().deadline(Duration::from_secs(60));
        builder.portal(CAFE).options(options)
    });
    let error = hurried.portal().info().await.unwrap_err();
    assert_eq!((error.is_rate_limited(), error.sent()), (true, Sent::No));
}

#[tokio::test]
async fn a_reset_that_no_window_has_is_not_believed() {
    const ABSURD: &[(&str, &str)] = &[
        ("x-ratelimit-limit", "750, 20;w=1, 750;w=60, 100;w=1, 2000;w=60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "86400"),
    ];
    let world = World::new(ABSURD);
    let client = world.of(BAKERY);
    assert_eq!(world.run(&[(&client, 1)]).await, [0]);
    assert_eq!(world.run(&[(&client, 1)]).await.last(), Some(&60_000));
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_a_rate_limit_that_was_not_sent() {
    let world = World::new(&[]);
    let slow = RateBudget::new().portal_per_second(1).portal_per_minute(1);
    let client = world.client(|builder| builder.portal(BAKERY).budget(slow));
    assert_eq!(world.run(&[(&client, 1)]).await, [0]);
    let hurried = client.with_options(RequestOptions::new().deadline(Duration::from_secs(5)));
    let error = hurried.portal().info().await.unwrap_err();
    assert_eq!(
        (
            error.is_rate_limited(),
            error.sent(),
            error.status(),
            error.retry_after()
        ),
        (true, Sent::No, None, Some(Duration::from_secs(60)))
    );
    assert_eq!(world.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn clients_of_one_planday_count_together_portal_by_portal() {
    let world = world::World::new();
    world.bakery().await;
    let cafe = AccountKey::new("customer-17", "planday", "cafe").unwrap();
    let token = TokenSecret::new(CAFE_TOKEN).unwrap();
    world.planday.link(&cafe, token).await.unwrap();

    let once = RateBudget::new().portal_per_second(1).portal_per_minute(1);
    let hurried = RequestOptions::new().deadline(Duration::from_secs(5));
    let planday = world.planday.clone().budget(once).options(hurried);
    let first = planday.client(&world::key()).await.unwrap();
    let second = planday.client(&world::key()).await.unwrap();
    first.portal().info().await.unwrap();
    let error = second.portal().info().await.unwrap_err();
    assert_eq!((error.is_rate_limited(), error.sent()), (true, Sent::No));
    let cafe = planday.client(&cafe).await.unwrap();
    cafe.portal().info().await.unwrap();
    assert!(cafe.portal().info().await.unwrap_err().is_rate_limited());
}
