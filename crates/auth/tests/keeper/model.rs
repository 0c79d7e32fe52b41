//! The state function and the keeper against models that are written another way.

use std::{collections::VecDeque, time::Duration};

use attache_auth::{RefreshPolicy, RotationRule};
use attache_core::{Authorization, AuthorizationErrorKind, Clock, Monotonic, Need, RelinkReason};
use proptest::prelude::*;

use crate::world::{LIFETIME, Reply, World, ask, generation, settle, text};

/// One thing that happens to an account.
#[derive(Debug, Clone)]
enum Step {
    Pass(u64),
    Ask,
    Reject,
    Accept,
    Outage,
    Unreachable,
    Revoke,
    Restore,
    Recheck,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4000u64).prop_map(Step::Pass),
        2 => (0..30u64).prop_map(Step::Pass),
        8 => Just(Step::Ask),
        2 => Just(Step::Reject),
        1 => Just(Step::Accept),
        2 => Just(Step::Outage),
        1 => Just(Step::Unreachable),
        1 => Just(Step::Revoke),
        2 => Just(Step::Restore),
        1 => Just(Step::Recheck),
    ]
}

/// What the account should be like: a ledger of the token in force, by plain arithmetic.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a ledger of independent facts")]
struct Ledger {
    token: u64,
    ends: Monotonic,
    refused: bool,
    probation: bool,
    dead: Option<RelinkReason>,
    rotates: bool,
    quiet_until: Monotonic,
    /// What the next requests are answered with: whether there is an answer at all.
    failing: VecDeque<bool>,
    /// Whether an answered failure leaves open what became of the refresh token.
    unsettled: bool,
    revoked: bool,
    requests: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Token(u64),
    NeedsRelink(RelinkReason),
    Later,
}

impl Ledger {
    /// A renewal is tried: what becomes of it. `quiet` is how long the keeper said it will wait after a failure.
    fn renew(&mut self, now: Monotonic, quiet: impl Fn() -> Duration) -> bool {
        self.requests += 1;
        if let Some(answered) = self.failing.pop_front() {
            self.unsettled |= answered;
            self.quiet_until = now.plus(quiet());
            return false;
        }
        if self.revoked {
            self.dead.get_or_insert(if self.unsettled && self.rotates {
                RelinkReason::LostInRotation
            } else {
                RelinkReason::Refused
            });
            self.unsettled = false;
            self.probation = false;
            return false;
        }
        self.unsettled = false;
        self.probation = self.refused && self.dead.is_none();
        self.refused = false;
        self.dead = None;
        self.token += 1;
        self.ends = now.plus(LIFETIME);
        true
    }

    fn ask(&mut self, now: Monotonic, quiet: impl Fn() -> Duration) -> Answer {
        if let Some(reason) = self.dead {
            return Answer::NeedsRelink(reason);
        }
        let left = self.ends.since(now);
        let usable = !left.is_zero() && !self.refused;
        let quiet_now = now < self.quiet_until;
        if usable && left > Duration::from_secs(900) {
            return Answer::Token(self.token);
        }
        if usable && left > Duration::from_secs(10) {
            let served = Answer::Token(self.token);
            if !quiet_now {
                self.renew(now, quiet);
            }
            return served;
        }
        if quiet_now {
            return if usable {
                Answer::Token(self.token)
            } else {
                Answer::Later
            };
        }
        if self.renew(now, quiet) {
            return Answer::Token(self.token);
        }
        match (self.dead, usable) {
            (Some(reason), _) => Answer::NeedsRelink(reason),
            (None, true) => Answer::Token(self.token),
            (None, false) => Answer::Later,
        }
    }
}

async fn run(rule: RotationRule, steps: Vec<Step>) {
    let mut world = World::new(rule);
    world.policy = RefreshPolicy::default().jitter_share(0.0);
    let keeper = world.keeper();
    let account = world.linked(&keeper, LIFETIME).await;
    let mut ledger = Ledger {
        token: 0,
        ends: world.clock.monotonic().plus(LIFETIME),
        refused: false,
        probation: false,
        dead: None,
        rotates: rule == RotationRule::Once,
        quiet_until: Monotonic::ORIGIN,
        failing: VecDeque::new(),
        unsettled: false,
        revoked: false,
        requests: 0,
    };
    for step in steps {
        let now = world.clock.monotonic();
        let quiet = || {
            world
                .journal
                .last_retry()
                .expect("a failure says when it is tried again")
        };
        match step {
            Step::Pass(seconds) => world.pass(Duration::from_secs(seconds)).await,
            Step::Ask => {
                let asked = tokio::spawn({
                    let account = account.clone();
                    // The clock stands still, so a deadline is never reached; it only says not to wait.
                    let deadline = attache_core::Deadline::after(&world.clock, Duration::from_millis(1));
                    async move {
                        ask(
                            &account,
                            Need {
                                deadline,
                                ..Need::default()
                            },
                        )
                        .await
                    }
                });
                settle().await;
                let found = match asked.await.unwrap() {
                    Ok(authorized) => Answer::Token(text(&authorized)[2..].parse().unwrap()),
                    Err(error) => match error.kind() {
                        AuthorizationErrorKind::NeedsRelink(reason) => Answer::NeedsRelink(reason),
                        AuthorizationErrorKind::Transient => Answer::Later,
                        other => panic!("{other:?}"),
                    },
                };
                assert_eq!(found, ledger.ask(now, quiet));
            }
            Step::Reject => {
                account.rejected(generation(ledger.token + 1));
                if !ledger.probation {
                    ledger.refused = true;
                }
            }
            Step::Accept => {
                account.accepted(generation(ledger.token + 1));
                ledger.probation = false;
            }
            Step::Outage => {
                world.script([Reply::Answer(503, "")]);
                ledger.failing.push_back(true);
            }
            Step::Unreachable => {
                world.script([Reply::Unreachable]);
                ledger.failing.push_back(false);
            }
            Step::Revoke => {
                world.provider().revoked = true;
                ledger.revoked = true;
            }
            Step::Restore => {
                world.provider().revoked = false;
                ledger.revoked = false;
            }
            Step::Recheck => {
                let found = account.recheck().await;
                if ledger.dead.is_some() {
                    let alive = ledger.renew(now, || Duration::ZERO);
                    assert_eq!(found.is_ok(), alive);
                } else {
                    assert!(found.is_ok());
                }
            }
        }
        assert_eq!(world.requests(), ledger.requests);
        assert_eq!(account.needs_relink(), ledger.dead);
    }
    // Whatever happened, a provider that is well again means an account that is well again.
    world.provider().revoked = false;
    world.provider().script.clear();
    world.pass(Duration::from_secs(61)).await;
    account.recheck().await.unwrap();
    world.token(&account).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_keeper_does_what_a_plain_ledger_says(steps in prop::collection::vec(step(), 1..40)) {
        for rule in [RotationRule::Never, RotationRule::Once] {
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run(rule, steps.clone()));
        }
    }
}
