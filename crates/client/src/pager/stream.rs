//! Pages and items as streams.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;

use super::ahead::Ahead;
use crate::{Cursor, Error, Page, Pager};

/// The pages of a list. See [`Pager::pages`].
pub struct Pages<T> {
    pager: Pager<T>,
    ahead: Ahead,
    /// Whether a page has been given.
    begun: bool,
    /// Whether there is nothing more to give.
    over: bool,
    cursor: Option<Cursor>,
}

/// The items of a list. See [`Pager::items`].
pub struct Items<T> {
    pages: Pages<T>,
    rest: vec::IntoIter<T>,
    /// Where the next item is.
    place: Option<Cursor>,
    /// Whether an item has been given.
    begun: bool,
}

impl<T> Pages<T> {
    pub(crate) fn new(pager: Pager<T>) -> Self {
        Self {
            cursor: pager.cursor(),
            pager,
            ahead: Ahead::new(),
            begun: false,
            over: false,
        }
    }

    /// Where the next page begins, or `None` at the end of the list.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Lets pages come that nobody waits for yet.
    fn look_ahead(&mut self, context: &mut Context<'_>) {
        if !self.over && !self.pager.is_finished() {
            self.ahead.look_ahead(&self.pager, context);
        }
    }
}

impl<T> Items<T> {
    pub(crate) fn new(pager: Pager<T>) -> Self {
        Self {
            place: pager.cursor(),
            pages: Pages::new(pager),
            rest: Vec::new().into_iter(),
            begun: false,
        }
    }

    /// Where the next item is, or `None` at the end of the list.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.place.as_ref()
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.over {
            return Poll::Ready(None);
        }
        if this.pager.is_finished() {
            this.over = true;
            return Poll::Ready(None);
        }
        let fetched = loop {
            let fetched = ready!(this.ahead.poll_page(&this.pager, context));
            if !this.ahead.tries_again(&fetched) {
                break fetched;
            }
        };
        let outcome = fetched.outcome.and_then(|answer| this.pager.accept(answer));
        this.cursor = this.pager.cursor();
        if let Ok(Some(page)) = &outcome {
            this.ahead.compare(page);
            // The first page is given before another is asked for: most readers of a list want its beginning.
            if this.begun {
                this.look_ahead(context);
            }
            this.begun = true;
        } else {
            this.ahead.drop_all();
            this.over = true;
        }
        Poll::Ready(outcome.transpose())
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.begun && this.rest.len() > 0 {
            this.pages.look_ahead(context);
        }
        this.begun = true;
        loop {
            if let Some(item) = this.rest.next() {
                if this.rest.len() == 0 {
                    this.place = this.pages.cursor.clone();
                } else if let Some(place) = &mut this.place {
                    place.offset += 1;
                }
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.rest = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    this.place = this.pages.cursor.clone();
                    return Poll::Ready(None);
                }
            }
        }
    }
}

// The items are plain values that are moved out, never polled.
impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("cursor", &self.place)
            .finish_non_exhaustive()
    }
}
