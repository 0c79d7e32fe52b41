//! Who waits, and whose turn it is. Knows no clock and no lock: time is passed in, and whoever is to be woken is
//! handed out.
//!
//! Waiters are looked at in the order in which they came. One that finds a limit exhausted holds that key: who
//! came later and needs the same key stays behind it, and everybody else passes. The first at a key sleeps until
//! the key is free. Those behind it sleep a little longer: if it does not come when it should, because nobody polls
//! it, it is absent. An absent waiter keeps its ticket and holds up nobody until it is polled again.

use std::{collections::BTreeMap, sync::Arc, task::Waker, time::Duration};

use attache_core::Monotonic;

use super::{gate::Lanes, limits::PaceKey, tally::Tally};

/// How long a waiter that was woken may take to come before others pass it.
const GRACE: Duration = Duration::from_millis(50);

/// Everything that is counted, and everybody who waits.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) keys: Vec<Key>,
    /// Places in `keys` that are free.
    pub(super) vacant: Vec<usize>,
    pub(super) places: BTreeMap<PaceKey, usize>,
    waiting: BTreeMap<u64, Waiter>,
    next_ticket: u64,
    /// The look at the waiters that the notes in the keys are of.
    look: u64,
}

#[derive(Default)]
pub(super) struct Key {
    pub(super) tally: Tally,
    /// How many gates count by it.
    pub(super) gates: usize,
    notes: Notes,
}

/// What the last look at the waiters found about a key. Absent ones are left out.
struct Notes {
    look: u64,
    /// Somebody waits for it, so whoever comes later stays behind.
    held: bool,
    /// What those take whose turn it is and who have not come for it yet.
    taken: u64,
    /// What those take who are to pass before anybody who comes now.
    ahead: u64,
    /// When the first of those whom others wait for is absent, if it does not come.
    come_by: Monotonic,
}

struct Waiter {
    lanes: Arc<Lanes>,
    class: &'static str,
    waker: Waker,
    /// When it is polled if anybody polls it: its timer is set to this, or it has been woken.
    due: Monotonic,
    /// As of the last look at which it was not absent.
    standing: Standing,
}

/// How a request stands behind those that came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether it is its turn.
    pub(super) go: bool,
    /// When to look again. Nothing changes before unless it is woken.
    pub(super) look_at: Monotonic,
    /// When its turn comes at the earliest, if all who are before it come.
    pub(super) earliest: Monotonic,
}

/// Wakers that are handed out of the lock: what they run may take its time, or come back.
#[derive(Default)]
#[must_use]
pub(super) struct Wakers {
    pub(super) woken: Vec<Waker>,
    /// To be dropped only.
    spent: Vec<Waker>,
}

impl Queue {
    /// Looks at all waiters if somebody whom a request of this class would stay behind has not come when it should
    /// have.
    pub(super) fn call_roll(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> Wakers {
        let look = self.look;
        let overdue = lanes
            .counted(class)
            .any(|(place, _)| self.keys[place].notes.of(look).come_by <= now);
        if overdue {
            self.look_at_all(None, now).1
        } else {
            Wakers::default()
        }
    }

    /// Lets a request through at once, if nobody and nothing is in its way.
    pub(super) fn pass(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> bool {
        let free = self.has_room(lanes, class, 1, now);
        if free {
            self.admit(lanes, class, now);
        }
        free
    }

    /// How many requests, of `most`, would pass at once.
    pub(super) fn room(&mut self, lanes: &Lanes, class: &'static str, most: usize, now: Monotonic) -> usize {
        let full = (1..=most).find(|requests| !self.has_room(lanes, class, *requests as u64, now));
        full.map_or(most, |requests| requests - 1)
    }

    fn has_room(&mut self, lanes: &Lanes, class: &'static str, requests: u64, now: Monotonic) -> bool {
        let look = self.look;
        lanes.counted(class).all(|(place, cost)| {
            let key = &mut self.keys[place];
            let notes = key.notes.of(look);
            let (held, taken) = (notes.held, notes.taken);
            let cost = key.tally.cost(cost).saturating_mul(requests);
            !held && key.tally.free_at(now, taken.saturating_add(cost)) <= now
        })
    }

    /// When the turn of a request that came now would come at the earliest.
    pub(super) fn prospect(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> Monotonic {
        self.judge(lanes, class, now).earliest
    }

    /// Puts a request that cannot pass at the end. Gives its ticket, and when to look again.
    pub(super) fn join(
        &mut self,
        lanes: &Arc<Lanes>,
        class: &'static str,
        waker: Waker,
        now: Monotonic,
    ) -> (u64, Monotonic) {
        let standing = self.judge(lanes, class, now);
        let due = standing.look_at;
        self.note(lanes, class, now, standing.go, due);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let waiter = Waiter {
            lanes: lanes.clone(),
            class,
            waker,
            due,
            standing,
        };
        self.waiting.insert(ticket, waiter);
        (ticket, due)
    }

    /// Puts a request back to where it was before its turn came. It is to look at once.
    pub(super) fn join_again(
        &mut self,
        ticket: u64,
        lanes: &Arc<Lanes>,
        class: &'static str,
        waker: Waker,
        now: Monotonic,
    ) {
        let waiter = Waiter {
            lanes: lanes.clone(),
            class,
            waker,
            due: now,
            standing: Standing {
                go: false,
                look_at: now,
                earliest: now,
            },
        };
        self.waiting.insert(ticket, waiter);
    }

    /// A waiter looks whether it is its turn, and goes if it is.
    pub(super) fn look(&mut self, ticket: u64, waker: &Waker, now: Monotonic) -> (Standing, Wakers) {
        let mut spent = Vec::new();
        if let Some(waiter) = self.waiting.get_mut(&ticket) {
            if !waiter.waker.will_wake(waker) {
                spent.push(std::mem::replace(&mut waiter.waker, waker.clone()));
            }
            if !waiter.is_absent(now) && now < waiter.standing.look_at {
                waiter.due = waiter.standing.look_at;
                let woken = Vec::new();
                return (waiter.standing, Wakers { woken, spent });
            }
        }
        let (standing, mut wakers) = self.look_at_all(Some(ticket), now);
        wakers.spent.append(&mut spent);
        (standing, wakers)
    }

    /// A waiter no longer waits.
    pub(super) fn leave(&mut self, ticket: u64, now: Monotonic) -> Wakers {
        let left = self.waiting.remove(&ticket);
        let mut wakers = self.look_at_all(None, now).1;
        wakers.spent.extend(left.map(|waiter| waiter.waker));
        wakers
    }

    /// A request that was let through has not gone out after all.
    pub(super) fn give_back(
        &mut self,
        lanes: &Lanes,
        class: &'static str,
        at: Monotonic,
        now: Monotonic,
    ) -> Wakers {
        for (place, cost) in lanes.counted(class) {
            let tally = &mut self.keys[place].tally;
            tally.give_back(at, tally.cost(cost));
        }
        self.look_at_all(None, now).1
    }

    /// The provider wants no more requests of this key for now. Everybody who waits looks again, since the wait may
    /// have become longer than they have time for.
    pub(super) fn block(&mut self, place: usize, until: Monotonic, now: Monotonic) -> Wakers {
        self.keys[place].tally.block(until);
        let mut wakers = self.look_at_all(None, now).1;
        wakers.woken = self.waiting.values().map(|waiter| waiter.waker.clone()).collect();
        wakers
    }

    /// The provider says what is left of these keys, and for how long.
    pub(super) fn limit(
        &mut self,
        places: impl Iterator<Item = usize>,
        left: (u64, Duration),
        sent_at: Monotonic,
        now: Monotonic,
    ) -> Wakers {
        for place in places {
            let tally = &mut self.keys[place].tally;
            let until = now.plus(tally.reset_within(left.1));
            tally.limit(left.0, until, sent_at);
        }
        self.look_at_all(None, now).1
    }

    pub(super) fn waiters(&self) -> usize {
        self.waiting.len()
    }

    /// Looks at all waiters in order, and lets `asking` go if it is its turn. Hands out whom to wake.
    pub(super) fn look_at_all(&mut self, asking: Option<u64>, now: Monotonic) -> (Standing, Wakers) {
        self.look += 1;
        let mut answer = Standing {
            go: false,
            look_at: now,
            earliest: now,
        };
        let mut wakers = Wakers::default();
        // Taken out, so that the keys can be changed meanwhile.
        let mut waiting = std::mem::take(&mut self.waiting);
        for (ticket, waiter) in &mut waiting {
            let asks = asking == Some(*ticket);
            if !asks && waiter.is_absent(now) {
                continue;
            }
            let standing = self.judge(&waiter.lanes, waiter.class, now);
            waiter.standing = standing;
            if asks {
                answer = standing;
                if standing.go {
                    self.admit(&waiter.lanes, waiter.class, now);
                    continue;
                }
                waiter.due = standing.look_at;
            } else if standing.look_at < waiter.due {
                waiter.due = now;
                wakers.woken.push(waiter.waker.clone());
            }
            self.note(&waiter.lanes, waiter.class, now, standing.go, waiter.due);
        }
        self.waiting = waiting;
        if answer.go
            && let Some(ticket) = asking
        {
            let gone = self.waiting.remove(&ticket);
            wakers.spent.extend(gone.map(|waiter| waiter.waker));
        }
        (answer, wakers)
    }

    /// How a request stands behind all that were noted.
    fn judge(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> Standing {
        let look = self.look;
        let (mut behind, mut free, mut earliest) = (false, now, now);
        let mut come_by = Monotonic::FAR_FUTURE;
        for (place, cost) in lanes.counted(class) {
            let key = &mut self.keys[place];
            let notes = key.notes.of(look);
            let (held, taken, ahead) = (notes.held, notes.taken, notes.ahead);
            come_by = come_by.min(notes.come_by);
            let cost = key.tally.cost(cost);
            earliest = earliest.max(key.tally.free_at(now, ahead.saturating_add(cost)));
            if held {
                behind = true;
            } else {
                free = free.max(key.tally.free_at(now, taken.saturating_add(cost)));
            }
        }
        let go = !behind && free <= now;
        Standing {
            go,
            look_at: match (go, behind) {
                (true, _) => now,
                (false, true) => come_by,
                (false, false) => come_by.min(free),
            },
            earliest,
        }
    }

    /// Notes in the keys how a request stands, for those that come after it.
    fn note(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic, go: bool, due: Monotonic) {
        let look = self.look;
        let come_by = due.plus(GRACE);
        for (place, cost) in lanes.counted(class) {
            let key = &mut self.keys[place];
            let cost = key.tally.cost(cost);
            let notes = key.notes.of(look);
            if go {
                notes.taken += cost;
                notes.ahead += cost;
                notes.come_by = notes.come_by.min(come_by);
            } else if notes.held {
                notes.ahead += cost;
            } else if key.tally.free_at(now, notes.taken.saturating_add(cost)) > now {
                notes.held = true;
                notes.ahead += cost;
                notes.come_by = notes.come_by.min(come_by);
            }
        }
    }

    fn admit(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) {
        for (place, cost) in lanes.counted(class) {
            let tally = &mut self.keys[place].tally;
            tally.admit(now, tally.cost(cost));
        }
    }
}

impl Notes {
    /// The notes of this look; empty if they are of an earlier one.
    fn of(&mut self, look: u64) -> &mut Self {
        if self.look != look {
            *self = Self {
                look,
                ..Self::default()
            };
        }
        self
    }
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            look: 0,
            held: false,
            taken: 0,
            ahead: 0,
            come_by: Monotonic::FAR_FUTURE,
        }
    }
}

impl Waiter {
    /// Whether it should have come long ago.
    fn is_absent(&self, now: Monotonic) -> bool {
        self.due.plus(GRACE) <= now
    }
}

impl Wakers {
    /// Wakes whoever is to be woken. Not under the lock.
    pub(super) fn wake(self) {
        self.woken.into_iter().for_each(Waker::wake);
    }

    /// Adds others.
    pub(super) fn extend(&mut self, mut others: Self) {
        self.woken.append(&mut others.woken);
        self.spent.append(&mut others.spent);
    }
}

#[cfg(test)]
mod tests;
