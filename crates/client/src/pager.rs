//! Lists that come in pages.

mod ahead;
mod cursor;
mod offset;
mod stream;

pub use cursor::Cursor;
pub use offset::{OffsetNames, OffsetPage, Page, Pager};
pub use stream::{Items, Pages};
