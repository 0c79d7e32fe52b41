//! What the models are made of: how members are read, and three macros that write the models out.
//!
//! `record!` writes a struct with a visitor of its own, because derived flattening and untagged enums cost more to
//! compile and to run. `id!` writes an id, `open_enum!` an enum that keeps text it does not know.

mod date;
mod envelope;
mod id;
mod member;
mod open_enum;
mod record;

pub(crate) use envelope::{Rows, Single};
pub(crate) use id::id;
pub(crate) use member::{Hidden, Member, MemberName, Wire, present};
pub(crate) use open_enum::open_enum;
pub(crate) use record::record;
