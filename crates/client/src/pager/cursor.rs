//! A place in a list.

use serde::{Deserialize, Serialize};

/// A place in a list from which a [`Pager`](crate::Pager) can go on, in this process or in a later one.
///
/// It holds the operation's name and a number of rows, nothing of the list's content. Rows that were added or
/// removed before the place in the meantime shift it, as with all paging by offset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    pub(crate) operation: Box<str>,
    pub(crate) offset: u64,
}
