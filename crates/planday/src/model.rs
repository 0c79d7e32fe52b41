//! What the models are made of: how members are read and written, and the macros that write the models out.
//!
//! `record!` writes a struct with a visitor of its own, because derived flattening and untagged enums cost more to
//! compile and to run. `request!` writes what a request carries, `query!` what a list is asked for, `id!` an id, `open_enum!` an enum that keeps text
//! it does not know, `operations!` what a file asks of the API.

mod date;
mod envelope;
mod id;
mod member;
mod open_enum;
mod operations;
mod patch;
mod query;
mod record;
mod request;
mod whole_second;
mod written;

pub(crate) use date::text as date_text;
pub(crate) use envelope::{Rows, Single};
pub(crate) use id::id;
pub(crate) use member::{Hidden, Member, MemberName, Wire, present};
pub(crate) use open_enum::open_enum;
pub(crate) use operations::operations;
pub(crate) use query::{any_of, query, some_of};
pub(crate) use record::record;
pub(crate) use request::request;
pub(crate) use whole_second::{second_after, second_before};
pub(crate) use written::{Written, custom_members, member, problem_of, with_body};

pub use patch::Patch;
