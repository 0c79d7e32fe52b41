//! Structs for what a list is asked for.

use std::fmt::Display;

use attache_client::Call;

/// Writes what a list is asked for: a `#[non_exhaustive]` struct whose public fields are `None` unless set, a setter
/// for each, the number of rows at a time, and `add_to`, which puts all that is set into a call's query.
///
/// - `as` names a function that makes the text of a value which does not show itself as Planday wants it.
/// - `by` names one that puts the value into the query itself: [`some_of`] or [`any_of`], for lists.
/// - `hidden` at the end keeps the value out of `Debug`.
macro_rules! query {
    (
        $(#[$doc:meta])*
        pub struct $query:ident {
            $( $(#[$field_doc:meta])* $field:ident: $type:ty = $name:literal $(as $text:ident)? $(by $add:ident)? $(, $hidden:ident)?; )*
        }
        at most $most:literal rows
    ) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq)]
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
                $( let call = query!(@add call, self.$field, $name, $(as $text)? $(by $add)?); )*
                call
            }
        }

        impl std::fmt::Debug for $query {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($query))
                    $( .field(stringify!($field), query!(@shown self.$field $(, $hidden)?)) )*
                    .field("rows", &self.rows)
                    .finish()
            }
        }
    };
    (@add $call:ident, $self:ident.$field:ident, $name:literal,) => {
        $call.query_some($name, $self.$field.as_ref())
    };
    (@add $call:ident, $self:ident.$field:ident, $name:literal, as $text:ident) => {
        $call.query_some($name, $self.$field.as_ref().map($text))
    };
    (@add $call:ident, $self:ident.$field:ident, $name:literal, by $add:ident) => {
        match &$self.$field {
            Some(items) => $add($call, stringify!($field), $name, items),
            None => $call,
        }
    };
    (@shown $self:ident.$field:ident) => { &$self.$field };
    (@shown $self:ident.$field:ident, hidden) => { &$self.$field.as_ref().map(|_| $crate::model::Hidden) };
}

pub(crate) use query;

/// Comma-joined: the specification gives no style for lists, and this is the one that Planday's own published tools
/// use. Repeated keys were seen to work as well.
fn comma_joined<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// Adds a list that leaves rows out. An empty one would be sent without a value, which Planday may read as no filter at
/// all and answer with everybody's rows, so the call is refused.
pub(crate) fn some_of<T: Display>(call: Call, field: &str, name: &'static str, items: &[T]) -> Call {
    if items.is_empty() {
        return call.refuse(format!(
            "{field}: is empty, which may be read as no filter: name at least one id, or leave it unset to have them all"
        ));
    }
    call.query(name, comma_joined(items))
}

/// Adds a list that asks for more of each row; an empty one asks for nothing and is left out.
pub(crate) fn any_of<T: Display>(call: Call, _: &str, name: &'static str, items: &[T]) -> Call {
    if items.is_empty() {
        return call;
    }
    call.query(name, comma_joined(items))
}
