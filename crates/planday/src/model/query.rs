//! Structs for what a list is asked for.

use std::fmt::Display;

/// Writes what a list is asked for: a `#[non_exhaustive]` struct whose public fields are `None` unless set, a setter
/// for each, the number of rows at a time, and `add_to`, which puts all that is set into a call's query.
///
/// `as` names a function that makes the text of a value which does not show itself as Planday wants it.
macro_rules! query {
    (
        $(#[$doc:meta])*
        pub struct $query:ident {
            $( $(#[$field_doc:meta])* $field:ident: $type:ty = $name:literal $(as $text:path)?; )*
        }
        at most $most:literal rows
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $query {
            $( $(#[$field_doc])* pub $field: Option<$type>, )*
            #[doc = concat!("How many rows to ask for at a time, 1 to ", $most, "; ", $most, " unless set. Planday refuses")]
            /// other numbers.
            pub rows: Option<u32>,
        }

        impl $query {
            /// Nothing set: the whole list.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                #[doc = concat!("Sets [`Self::", stringify!($field), "`](field@Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*

            /// Sets [`Self::rows`](field@Self::rows).
            #[must_use]
            pub fn rows(mut self, rows: u32) -> Self {
                self.rows = Some(rows);
                self
            }

            pub(super) fn add_to(&self, call: attache_client::Call) -> attache_client::Call {
                call $( .query_some($name, self.$field.as_ref().map(query!(@text $($text)?))) )*
            }
        }
    };
    (@text) => { |value| value };
    (@text $text:path) => { |value| $text(value) };
}

pub(crate) use query;

/// Comma-joined: the specification gives no style for lists, and this is the one that Planday's own published tools
/// use. Repeated keys were seen to work as well.
pub(crate) fn comma_joined<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}
