//! Observers hear what they ask for.

#![allow(
    clippy::unwrap_used,
    reason = "the world of a test may fail loudly, like the test"
)]

use std::{sync::Mutex, time::Duration};

use attache_core::{
    AccountKey, FailureClass, Generation, NeedsRelink, NoObserver, Observer, PaceWait, Recovered,
    RefreshFailed, Refreshed, RelinkReason, Retried, Unauthorized, Unsaved,
};

fn key() -> AccountKey {
    AccountKey::new("customer-17", "planday", "copenhagen").unwrap()
}

/// Tells an observer one of each.
fn tell_everything(observer: &dyn Observer, account: &AccountKey) {
    let error = std::fmt::Error;
    let (class, second) = (FailureClass::Throttled, Duration::from_secs(1));
    observer.refreshed(&Refreshed::new(account, Generation(2), true, 3));
    observer.refresh_failed(&RefreshFailed::new(account, class, Some(second), &error));
    observer.unauthorized(&Unauthorized::new(
        Some(account),
        Generation(2),
        "departments.list",
    ));
    observer.retried(&Retried::new(None, "departments.list", 1, second));
    observer.pace_wait(&PaceWait::new(None, "departments.list", second));
    observer.unsaved(&Unsaved::new(account, true));
    observer.needs_relink(&NeedsRelink::new(account, RelinkReason::Refused));
    observer.recovered(&Recovered::new(account));
}

/// Writes down two of the events and leaves the others to their defaults.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

impl Observer for Listener {
    fn refreshed(&self, event: &Refreshed<'_>) {
        let Refreshed {
            account,
            generation,
            adopted,
            waiters,
            ..
        } = event;
        let heard = format!("refreshed {account} {generation:?} {adopted} {waiters}");
        self.0.lock().unwrap().push(heard);
    }

    fn needs_relink(&self, event: &NeedsRelink<'_>) {
        self.0.lock().unwrap().push(format!(
            "needs_relink {} {}",
            event.account,
            event.reason.as_str()
        ));
    }
}

#[test]
fn an_observer_hears_what_it_overrides_and_nothing_else() {
    let listener = Listener::default();
    tell_everything(&listener, &key());
    assert_eq!(
        listener.0.into_inner().unwrap(),
        [
            "refreshed customer-17/planday/copenhagen Generation(2) true 3",
            "needs_relink customer-17/planday/copenhagen refused",
        ]
    );
}

#[test]
fn every_event_may_go_unheard() {
    tell_everything(&NoObserver, &key());
}

#[test]
fn events_have_the_parts_that_they_were_made_of() {
    let (account, error) = (key(), std::fmt::Error);
    let second = Duration::from_secs(1);
    let failed = RefreshFailed::new(&account, FailureClass::Store, None, &error);
    assert_eq!(
        (
            failed.account,
            failed.class,
            failed.retry_in,
            failed.error.to_string()
        ),
        (&account, FailureClass::Store, None, error.to_string())
    );
    let unauthorized = Unauthorized::new(None, Generation(2), "departments.list");
    assert_eq!(
        (
            unauthorized.account,
            unauthorized.generation,
            unauthorized.operation
        ),
        (None, Generation(2), "departments.list")
    );
    let retried = Retried::new(Some(&account), "departments.list", 3, second);
    assert_eq!(
        (retried.account, retried.operation, retried.attempt, retried.delay),
        (Some(&account), "departments.list", 3, second)
    );
    let waited = PaceWait::new(Some(&account), "departments.list", second);
    assert_eq!(
        (waited.account, waited.operation, waited.waited),
        (Some(&account), "departments.list", second)
    );
    let unsaved = Unsaved::new(&account, false);
    assert_eq!((unsaved.account, unsaved.spilled), (&account, false));
    assert_eq!(Recovered::new(&account).account, &account);
}

#[test]
fn classes_of_failures_have_names() {
    use FailureClass::{ConnectorMisconfigured, GrantRefused, Store, Throttled, Transient};

    assert_eq!(
        [Transient, Throttled, GrantRefused, ConnectorMisconfigured, Store].map(|class| class.to_string()),
        [
            "transient",
            "throttled",
            "grant refused",
            "connector misconfigured",
            "store"
        ]
    );
}
