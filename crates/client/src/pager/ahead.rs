//! Pages that are fetched before they are wanted.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use attache_core::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt as _};

use super::offset::{Page, Pager};
use crate::{Error, ErrorKind, RawResponse};

/// The pages of a list that are under way, in the order of the list. They move only while they are polled.
pub(crate) struct Ahead {
    mode: Mode,
    under_way: FuturesOrdered<BoxFuture<'static, Fetched>>,
    arrived: VecDeque<Fetched>,
    /// Where the next page to fetch begins.
    next: u64,
}

/// A page that came.
pub(crate) struct Fetched {
    pub(crate) outcome: Result<RawResponse, Error>,
    /// Whether it was asked for while others were, or while nobody was waiting for it.
    early: bool,
}

/// How far the list is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing of it has been seen.
    New,
    /// The last page was another than expected, so the next one is read by itself. If it is of this shape, it
    /// goes on as before.
    Watching(Shape),
    /// Full pages of one shape, so where the next ones begin is known.
    Steady(Shape),
    /// Its pages are not all full: where the next one begins is known only when the one before has come.
    OneByOne,
}

/// What a full page says about the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    /// Rows on a full page.
    rows: u64,
    total: u64,
}

impl Ahead {
    pub(crate) fn new() -> Self {
        Self {
            mode: Mode::New,
            under_way: FuturesOrdered::new(),
            arrived: VecDeque::new(),
            next: 0,
        }
    }

    /// Asks for the page that the pager is at, and for as many more as it may.
    pub(crate) fn poll_page<T>(&mut self, pager: &Pager<T>, context: &mut Context<'_>) -> Poll<Fetched> {
        if self.len() == 0 {
            self.next = pager.place();
            self.fetch(pager, false);
        }
        // Whether others may go is known once those before have been polled.
        self.drive(context);
        while self.fill(pager) {
            self.drive(context);
        }
        self.arrived.pop_front().map_or(Poll::Pending, Poll::Ready)
    }

    /// Asks for more pages while nobody waits for one, if it is known where they begin.
    pub(crate) fn look_ahead<T>(&mut self, pager: &Pager<T>, context: &mut Context<'_>) {
        if pager.most_at_once() == 1 {
            return;
        }
        if self.len() == 0 {
            self.next = pager.place();
        }
        self.drive(context);
        while self.fill(pager) {
            self.drive(context);
        }
    }

    /// Compares the page that was just delivered with what was expected. If it is another, what was fetched beyond
    /// it may not follow it, and is dropped.
    pub(crate) fn compare<T>(&mut self, page: &Page<T>) {
        let rows = page.items.len() as u64;
        let shape = match (page.limit, page.total) {
            (Some(limit), Some(total)) if limit == rows => Some(Shape { rows, total }),
            _ => None,
        };
        let mode = match (self.mode, shape) {
            (Mode::New, Some(shape)) => Mode::Steady(shape),
            (Mode::Watching(before) | Mode::Steady(before), Some(shape)) if before == shape => {
                Mode::Steady(shape)
            }
            (Mode::Watching(before) | Mode::Steady(before), Some(shape)) if before.rows == shape.rows => {
                Mode::Watching(shape)
            }
            _ => Mode::OneByOne,
        };
        if !matches!(mode, Mode::Steady(_)) {
            self.drop_all();
        }
        self.mode = mode;
    }

    /// Whether a failed page is to be asked for once more, by itself: having been one of many, or not polled for
    /// long, is what it may have failed of. What was fetched beyond it is dropped.
    pub(crate) fn tries_again(&mut self, fetched: &Fetched) -> bool {
        let again = fetched.early
            && fetched
                .outcome
                .as_ref()
                .is_err_and(|error| matches!(error.kind(), ErrorKind::Deadline | ErrorKind::RateLimited));
        if again {
            self.drop_all();
            if let Mode::Steady(shape) = self.mode {
                self.mode = Mode::Watching(shape);
            }
        }
        again
    }

    /// Gives up what is under way.
    pub(crate) fn drop_all(&mut self) {
        self.under_way = FuturesOrdered::new();
        self.arrived.clear();
    }

    fn len(&self) -> usize {
        self.under_way.len() + self.arrived.len()
    }

    /// Asks for pages that nobody waits for yet: for those whose turn it is now, so that none of them is in the
    /// queue before the requests of others. Says whether there is one.
    fn fill<T>(&mut self, pager: &Pager<T>) -> bool {
        let Mode::Steady(shape) = self.mode else {
            return false;
        };
        let left = shape.total.saturating_sub(self.next).div_ceil(shape.rows);
        let more = pager.most_at_once().saturating_sub(self.len());
        let more = more.min(usize::try_from(left).unwrap_or(usize::MAX));
        if more == 0 {
            return false;
        }
        let room = pager.room(more);
        for _ in 0..room {
            self.fetch(pager, true);
        }
        room > 0
    }

    fn fetch<T>(&mut self, pager: &Pager<T>, early: bool) {
        let page = pager.fetch(self.next);
        self.under_way.push_back(Box::pin(async move {
            Fetched {
                outcome: page.await,
                early,
            }
        }));
        if let Mode::Steady(shape) = self.mode {
            self.next += shape.rows;
        }
    }

    fn drive(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some(fetched)) = self.under_way.poll_next_unpin(context) {
            self.arrived.push_back(fetched);
        }
    }
}
