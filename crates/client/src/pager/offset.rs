//! Paging by offset.

use std::fmt;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::{
    Api, Call, Cursor, Error, ErrorKind, Items, Pages, Paging, RawResponse,
    decode::{DecodeFailure, decode},
    executor::Named,
};

/// Reads a list page by page.
///
/// It goes on by the number of rows that came, so that a server may give fewer than were asked for. It stops at
/// a page without rows, when it has come as far as the total, if the server gives one, or at a short page of a
/// server that says nothing about paging at all.
///
/// # Several pages at once
///
/// The streams ([`Pager::items`], [`Pager::pages`]) ask for up to eight pages at a time ([`Pager::prefetch`]), and
/// give them in the order of the list. They begin with one, and ask for more only once its items are being read
/// and if it was full and said how many rows a page has and how many the list has. A page that comes with fewer
/// rows or says something else ends that: what was fetched beyond it is dropped, and reading goes on from where it
/// ended, so that the rows are those that reading page by page gives. Where only the total has changed, it begins
/// again after one more page; else the rest of the list is read page by page.
///
/// Nothing is spawned: pages move while the stream is polled, and dropping the stream abandons them. A page that
/// was asked for early and did not come within its deadline is asked for once more when it is its turn. Where there
/// is a [pace](crate::Pace), pages are asked for early only as far as it has room for them at once: they wait in
/// nobody's way.
/// [`Pager::next_page`] asks for one page at a time, since nothing is polled between two calls.
pub struct Pager<T> {
    api: Api,
    call: Call,
    names: OffsetNames,
    limit: Option<u32>,
    decode: fn(&[u8]) -> Result<OffsetPage<T>, DecodeFailure>,
    offset: u64,
    /// The body of the page before, to notice a server that gives the same one for ever.
    previous: Bytes,
    finished: bool,
    most_at_once: usize,
}

/// How many pages are asked for at a time unless the caller chooses.
const AT_ONCE: usize = 8;

/// What a provider calls the two parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetNames {
    /// The number of rows to skip.
    pub offset: &'static str,
    /// The number of rows to give.
    pub limit: &'static str,
}

impl Default for OffsetNames {
    /// `offset` and `limit`.
    fn default() -> Self {
        Self {
            offset: "offset",
            limit: "limit",
        }
    }
}

/// What a provider's envelope says. Numbers that it leaves out are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many rows the server says it skipped.
    pub offset: Option<u64>,
    /// How many rows the server says it gives at most.
    pub limit: Option<u64>,
    /// How many rows there are in all.
    pub total: Option<u64>,
}

/// A page of a list. It has at least one item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many items of the list come before.
    pub offset: u64,
    /// How many items the server says it gives at most, if it says so.
    pub limit: Option<u64>,
    /// How many items there are in all, if the server says so.
    pub total: Option<u64>,
}

impl<T> Pager<T> {
    /// A pager over the list that `call` gives, from its beginning.
    ///
    /// `E` is the provider's envelope. `limit` is how many rows to ask for at a time; without it, as many as the
    /// operation allows, or as many as the server likes if that is not known.
    pub fn offset<E>(api: Api, call: Call, names: OffsetNames, limit: Option<u32>) -> Self
    where
        E: DeserializeOwned + Into<OffsetPage<T>>,
    {
        let limit = limit.or(match call.operation.page_kind() {
            Paging::Offset { max, .. } => max,
            Paging::None => None,
        });
        Self {
            api,
            call,
            names,
            limit,
            decode: |body| decode::<E>(body).map(Into::into),
            offset: 0,
            previous: Bytes::new(),
            finished: false,
            most_at_once: AT_ONCE,
        }
    }

    /// Sets how many pages the streams ask for at a time; 8 unless set, and one by one if 0 or 1.
    #[must_use]
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.most_at_once = pages.max(1);
        self
    }

    /// Goes on from a place instead of the beginning.
    ///
    /// # Errors
    ///
    /// `Configuration`, if the place is in another operation's list.
    pub fn resume(mut self, cursor: &Cursor) -> Result<Self, Error> {
        let operation = self.call.operation.name();
        if *cursor.operation != *operation {
            return Err(Error::configuration(format!(
                "cursor: belongs to another list than that of {operation}"
            )));
        }
        self.offset = cursor.offset;
        self.finished = false;
        Ok(self)
    }

    /// Leaves out the first `rows` of the list.
    #[must_use]
    pub fn skip_rows(mut self, rows: u64) -> Self {
        self.offset = rows;
        self
    }

    /// Where the next page begins, or `None` at the end of the list.
    pub fn cursor(&self) -> Option<Cursor> {
        (!self.finished).then(|| Cursor {
            operation: self.call.operation.name().into(),
            offset: self.offset,
        })
    }

    /// Where the next page begins.
    pub(crate) fn place(&self) -> u64 {
        self.offset
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once
    }

    /// How many more pages, of `most`, can be asked for without waiting for their turn.
    pub(crate) fn room(&self, most: usize) -> usize {
        let class = self.call.operation.rate_class_name();
        self.api
            .0
            .pace
            .as_ref()
            .map_or(most, |gate| gate.room(class, most))
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// The next page, or `None` at the end of the list. After an error the same page can be asked for again.
    ///
    /// # Errors
    ///
    /// As any call; `Decode` also if the server gives the same page again, or one from another place than was
    /// asked for.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: the next call asks for the same page.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.finished {
            return Ok(None);
        }
        let answer = self.fetch(self.offset).await?;
        self.accept(answer)
    }

    /// Asks for the page that begins here.
    pub(crate) fn fetch(
        &self,
        offset: u64,
    ) -> impl Future<Output = Result<RawResponse, Error>> + Send + 'static {
        let api = self.api.clone();
        let mut call = self.call.clone();
        call.set_query(self.names.offset, offset);
        if let Some(limit) = self.limit {
            call.set_query(self.names.limit, limit);
        }
        async move { api.send(call).await }
    }

    /// Takes the page that the pager is at, and moves on. `None` at the end of the list.
    pub(crate) fn accept(&mut self, answer: RawResponse) -> Result<Option<Page<T>>, Error> {
        let page = (self.decode)(&answer.body).map_err(|failure| {
            let error = failure.into_error(answer.status, answer.body.clone());
            self.api
                .about(error, Named::of(self.call.operation), Some(&answer.headers))
        })?;
        if page.rows.is_empty() {
            self.finished = true;
            return Ok(None);
        }
        if page.offset.is_some_and(|offset| offset != self.offset) {
            return Err(self.lost(
                answer.status,
                "the answer is from another place than was asked for",
            ));
        }
        if answer.body == self.previous {
            return Err(self.lost(answer.status, "the server gives the same page again"));
        }
        let offset = self.offset;
        let rows = page.rows.len() as u64;
        self.offset += rows;
        self.previous = answer.body;
        self.finished = match (page.total, self.limit) {
            (Some(total), _) => self.offset >= total,
            // An answer that says nothing about paging and is shorter than was asked for is the whole list: a
            // server that does not page would only give it again.
            (None, Some(limit)) if page.offset.is_none() && page.limit.is_none() => rows < u64::from(limit),
            (None, _) => false,
        };
        Ok(Some(Page {
            items: page.rows,
            offset,
            limit: page.limit,
            total: page.total,
        }))
    }

    /// The pages as a stream, up to eight of them under way at a time. It ends after the first error; its cursor
    /// tells where to go on.
    pub fn pages(self) -> Pages<T> {
        Pages::new(self)
    }

    /// The items as a stream, up to eight pages of them under way at a time. It ends after the first error; its
    /// cursor tells where to go on.
    pub fn items(self) -> Items<T> {
        Items::new(self)
    }

    /// All items, up to eight pages of them under way at a time.
    ///
    /// # Errors
    ///
    /// The first that occurs; what came before it is dropped. To keep it, or to go on later, see [`Pager::items`] and
    /// its cursor.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop where listing is; the pages so far are lost.
    pub async fn collect(self) -> Result<Vec<T>, Error>
    where
        T: Send + 'static,
    {
        let mut pages = self.pages();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page?.items);
        }
        Ok(items)
    }

    fn lost(&self, status: StatusCode, why: &'static str) -> Error {
        let error = Error::new(ErrorKind::Decode).change(|inner| {
            inner.detail = Some(format!("{why} ({} {})", self.names.offset, self.offset).into());
            inner.sent = attache_core::Sent::Yes;
            inner.status = Some(status.as_u16());
        });
        self.api.about(error, Named::of(self.call.operation), None)
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("operation", &self.call.operation.name())
            .field("offset", &self.offset)
            .field("limit", &self.limit)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
