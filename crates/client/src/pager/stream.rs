//! Pages and items as streams.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use attache_core::BoxFuture;
use futures_core::Stream;

use crate::{Cursor, Error, Page, Pager};

type Turn<T> = (Box<Pager<T>>, Result<Option<Page<T>>, Error>);

enum State<T> {
    Idle(Box<Pager<T>>),
    Fetching(BoxFuture<'static, Turn<T>>),
    Done,
}

/// The pages of a list. See [`Pager::pages`].
pub struct Pages<T> {
    state: State<T>,
    cursor: Option<Cursor>,
}

/// The items of a list. See [`Pager::items`].
pub struct Items<T> {
    pages: Pages<T>,
    rest: vec::IntoIter<T>,
    /// Where the next item is.
    place: Option<Cursor>,
}

impl<T> Pages<T> {
    pub(crate) fn new(pager: Pager<T>) -> Self {
        Self {
            cursor: pager.cursor(),
            state: State::Idle(Box::new(pager)),
        }
    }

    /// Where the next page begins, or `None` at the end of the list.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }
}

impl<T> Items<T> {
    pub(crate) fn new(pager: Pager<T>) -> Self {
        Self {
            place: pager.cursor(),
            pages: Pages::new(pager),
            rest: Vec::new().into_iter(),
        }
    }

    /// Where the next item is, or `None` at the end of the list.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.place.as_ref()
    }
}

impl<T: Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut fetching = match std::mem::replace(&mut this.state, State::Done) {
            State::Idle(mut pager) => Box::pin(async move {
                let outcome = pager.next_page().await;
                (pager, outcome)
            }),
            State::Fetching(fetching) => fetching,
            State::Done => return Poll::Ready(None),
        };
        let Poll::Ready((pager, outcome)) = fetching.as_mut().poll(context) else {
            this.state = State::Fetching(fetching);
            return Poll::Pending;
        };
        this.cursor = pager.cursor();
        if let Ok(Some(_)) = outcome {
            this.state = State::Idle(pager);
        }
        Poll::Ready(outcome.transpose())
    }
}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
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
