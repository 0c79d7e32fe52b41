//! Who waits, and whose turn it is. Knows no clock and no lock: time is passed in, and whoever is to be woken is
//! handed out.
//!
//! Waiters are looked at in the order in which they came. One that finds a limit exhausted holds that key: who
//! came later and needs the same key stays behind it, and everybody else passes. The first at a key sleeps until
//! the key is free; those behind it sleep until they are woken.

use std::{collections::BTreeMap, sync::Arc, task::Waker};

use attache_core::Monotonic;

use super::{gate::Lanes, limits::PaceKey, tally::Tally};

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

/// What the last look at the waiters found about a key.
#[derive(Default)]
struct Notes {
    look: u64,
    /// Somebody waits for it, so whoever comes later stays behind.
    held: bool,
    /// What those take whose turn it is and who have not come for it yet.
    taken: u64,
    /// What those take who are to pass before anybody who comes now.
    ahead: u64,
}

struct Waiter {
    lanes: Arc<Lanes>,
    class: &'static str,
    waker: Waker,
    told: Told,
}

/// How a waiter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It may go.
    Go,
    /// It is the first at a key that is free at this time.
    Until(Monotonic),
    /// It is behind somebody.
    Behind,
}

/// What a waiter is to do.
pub(super) struct Standing {
    pub(super) go: bool,
    /// When to look again; `None` to wait to be woken.
    pub(super) until: Option<Monotonic>,
    /// When its turn comes at the earliest.
    pub(super) earliest: Monotonic,
}

impl Queue {
    /// Lets a request through at once, if nobody and nothing is in its way.
    pub(super) fn pass(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> bool {
        let look = self.look;
        let free = lanes.counted(class).all(|(place, cost)| {
            let key = &mut self.keys[place];
            let notes = key.notes.of(look);
            let (held, taken) = (notes.held, notes.taken);
            !held && key.tally.free_at(now, taken + key.tally.cost(cost)) <= now
        });
        if free {
            self.admit(lanes, class, now);
        }
        free
    }

    /// When the turn of a request that came now would come at the earliest.
    pub(super) fn prospect(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> Monotonic {
        self.judge(lanes, class, now).1
    }

    /// Puts a request that cannot pass at the end. Gives its ticket, and when to look again.
    pub(super) fn join(
        &mut self,
        lanes: &Arc<Lanes>,
        class: &'static str,
        waker: Waker,
        now: Monotonic,
    ) -> (u64, Option<Monotonic>) {
        let told = self.judge(lanes, class, now).0;
        self.note(lanes, class, now, told);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let waiter = Waiter {
            lanes: lanes.clone(),
            class,
            waker,
            told,
        };
        self.waiting.insert(ticket, waiter);
        (ticket, told.until())
    }

    /// A waiter looks whether it is its turn, and goes if it is.
    pub(super) fn look(&mut self, ticket: u64, waker: &Waker, now: Monotonic) -> (Standing, Vec<Waker>) {
        if let Some(waiter) = self.waiting.get_mut(&ticket) {
            waiter.waker.clone_from(waker);
        }
        self.look_at_all(Some(ticket), now)
    }

    /// A waiter no longer waits.
    pub(super) fn leave(&mut self, ticket: u64, now: Monotonic) -> Vec<Waker> {
        let left = self.waiting.remove(&ticket);
        let woken = self.look_at_all(None, now).1;
        drop(left);
        woken
    }

    /// A request that was let through has not gone out after all.
    pub(super) fn give_back(
        &mut self,
        lanes: &Lanes,
        class: &'static str,
        at: Monotonic,
        now: Monotonic,
    ) -> Vec<Waker> {
        for (place, cost) in lanes.counted(class) {
            let tally = &mut self.keys[place].tally;
            tally.give_back(at, tally.cost(cost));
        }
        self.look_at_all(None, now).1
    }

    /// The provider wants no more requests for now. Everybody who waits looks again, since the wait may have
    /// become longer than they have time for.
    pub(super) fn block(&mut self, lanes: &Lanes, limit: Option<usize>, until: Monotonic) -> Vec<Waker> {
        for place in lanes.places(limit) {
            self.keys[place].tally.block(until);
        }
        self.waiting.values().map(|waiter| waiter.waker.clone()).collect()
    }

    /// The provider says what is left.
    pub(super) fn limit(
        &mut self,
        lanes: &Lanes,
        limit: Option<usize>,
        left: (u64, Monotonic),
        sent_at: Monotonic,
        now: Monotonic,
    ) -> Vec<Waker> {
        for place in lanes.places(limit) {
            self.keys[place].tally.limit(left.0, left.1, sent_at);
        }
        self.look_at_all(None, now).1
    }

    pub(super) fn waiters(&self) -> usize {
        self.waiting.len()
    }

    /// Looks at all waiters in order, and lets `asking` go if it is its turn. Hands out whom to wake.
    pub(super) fn look_at_all(&mut self, asking: Option<u64>, now: Monotonic) -> (Standing, Vec<Waker>) {
        self.look += 1;
        let mut answer = Standing::new(Told::Behind, now);
        let mut woken = Vec::new();
        // Taken out, so that the keys can be changed meanwhile.
        let mut waiting = std::mem::take(&mut self.waiting);
        for (ticket, waiter) in &mut waiting {
            let (told, earliest) = self.judge(&waiter.lanes, waiter.class, now);
            let asks = asking == Some(*ticket);
            if asks {
                answer = Standing::new(told, earliest);
            }
            if asks && told == Told::Go {
                self.admit(&waiter.lanes, waiter.class, now);
            } else {
                self.note(&waiter.lanes, waiter.class, now, told);
                if !asks && told.is_news_after(waiter.told) {
                    woken.push(waiter.waker.clone());
                }
            }
            waiter.told = told;
        }
        self.waiting = waiting;
        if answer.go
            && let Some(ticket) = asking
        {
            self.waiting.remove(&ticket);
        }
        (answer, woken)
    }

    /// How a request stands behind all that were noted, and when its turn comes at the earliest.
    fn judge(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic) -> (Told, Monotonic) {
        let look = self.look;
        let (mut behind, mut free, mut earliest) = (false, now, now);
        for (place, cost) in lanes.counted(class) {
            let key = &mut self.keys[place];
            let notes = key.notes.of(look);
            let (held, taken, ahead) = (notes.held, notes.taken, notes.ahead);
            let cost = key.tally.cost(cost);
            earliest = earliest.max(key.tally.free_at(now, ahead + cost));
            if held {
                behind = true;
            } else {
                free = free.max(key.tally.free_at(now, taken + cost));
            }
        }
        let told = match (behind, free > now) {
            (true, _) => Told::Behind,
            (false, true) => Told::Until(free),
            (false, false) => Told::Go,
        };
        (told, earliest)
    }

    /// Notes in the keys how a request stands, for those that come after it.
    fn note(&mut self, lanes: &Lanes, class: &'static str, now: Monotonic, told: Told) {
        let look = self.look;
        for (place, cost) in lanes.counted(class) {
            let key = &mut self.keys[place];
            let cost = key.tally.cost(cost);
            let notes = key.notes.of(look);
            if told == Told::Go {
                notes.taken += cost;
                notes.ahead += cost;
            } else if notes.held || key.tally.free_at(now, notes.taken + cost) > now {
                notes.held = true;
                notes.ahead += cost;
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

impl Told {
    fn until(self) -> Option<Monotonic> {
        match self {
            Self::Until(at) => Some(at),
            Self::Go | Self::Behind => None,
        }
    }

    /// Whether a waiter that was told `before` has to do something now.
    fn is_news_after(self, before: Self) -> bool {
        match (before, self) {
            (Self::Go, Self::Go) | (_, Self::Behind) => false,
            // It sleeps until then anyway, and looks again when it wakes.
            (Self::Until(before), Self::Until(now)) => now < before,
            (_, Self::Go | Self::Until(_)) => true,
        }
    }
}

impl Standing {
    fn new(told: Told, earliest: Monotonic) -> Self {
        Self {
            go: told == Told::Go,
            until: told.until(),
            earliest,
        }
    }
}

#[cfg(test)]
mod tests;
