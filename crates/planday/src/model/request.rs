//! Structs for what requests carry.

/// Writes what a request carries: a `#[non_exhaustive]` struct with public fields, a `new` that takes what is
/// required, a setter for all else, and how its members are written.
///
/// - `required` members are arguments of `new`, `preset` ones are always sent and have a value before they are set.
/// - `optional` members are left out unless set; `patch` members may also be sent as null.
/// - `custom` adds the members `custom_<n>` of an employee. What is `aside` does not go into the body.
/// - `hidden` after the member's name keeps the value out of `Debug`.
macro_rules! request {
    (
        $(#[$doc:meta])*
        pub struct $request:ident {
            $( required { $( $(#[$required_doc:meta])* $required:ident: $required_type:ty = $required_member:literal; )* } )?
            $( preset { $( $(#[$preset_doc:meta])* $preset:ident: $preset_type:ty = $preset_member:literal, $value:expr; )* } )?
            $( optional { $( $(#[$optional_doc:meta])* $optional:ident: $optional_type:ty = $optional_member:literal $($optional_hidden:ident)?; )* } )?
            $( patch { $( $(#[$patch_doc:meta])* $patch:ident: $patch_type:ty = $patch_member:literal $($patch_hidden:ident)?; )* } )?
            $( custom { $(#[$custom_doc:meta])* $custom:ident } )?
            $( aside { $( $(#[$aside_doc:meta])* $aside:ident: $aside_type:ty; )* } )?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $request {
            $($( $(#[$required_doc])* pub $required: $required_type, )*)?
            $($( $(#[$preset_doc])* pub $preset: $preset_type, )*)?
            $($( $(#[$optional_doc])* pub $optional: Option<$optional_type>, )*)?
            $($( $(#[$patch_doc])* pub $patch: $crate::model::Patch<$patch_type>, )*)?
            $( $(#[$custom_doc])* pub $custom: std::collections::BTreeMap<u32, serde_json::Value>, )?
            $($( $(#[$aside_doc])* pub $aside: Option<$aside_type>, )*)?
        }

        impl $request {
            /// What is required, and nothing else.
            pub fn new($($( $required: impl Into<$required_type>, )*)?) -> Self {
                Self {
                    $($( $required: $required.into(), )*)?
                    $($( $preset: $value, )*)?
                    $($( $optional: None, )*)?
                    $($( $patch: $crate::model::Patch::Absent, )*)?
                    $( $custom: std::collections::BTreeMap::new(), )?
                    $($( $aside: None, )*)?
                }
            }

            $($(
                #[doc = concat!("Sets [`Self::", stringify!($preset), "`](field@Self::", stringify!($preset), ").")]
                #[must_use]
                pub fn $preset(mut self, $preset: impl Into<$preset_type>) -> Self {
                    self.$preset = $preset.into();
                    self
                }
            )*)?

            $($(
                #[doc = concat!("Sets [`Self::", stringify!($optional), "`](field@Self::", stringify!($optional), ").")]
                #[must_use]
                pub fn $optional(mut self, $optional: impl Into<$optional_type>) -> Self {
                    self.$optional = Some($optional.into());
                    self
                }
            )*)?

            $($(
                #[doc = concat!("Sets [`Self::", stringify!($patch), "`](field@Self::", stringify!($patch), ").")]
                #[must_use]
                pub fn $patch(mut self, $patch: impl Into<$crate::model::Patch<$patch_type>>) -> Self {
                    self.$patch = $patch.into();
                    self
                }
            )*)?

            $($(
                #[doc = concat!("Sets [`Self::", stringify!($aside), "`](field@Self::", stringify!($aside), ").")]
                #[must_use]
                pub fn $aside(mut self, $aside: impl Into<$aside_type>) -> Self {
                    self.$aside = Some($aside.into());
                    self
                }
            )*)?

            $(
                /// Sets the field `custom_<number>` to text, a number, a bool, a list or null. Which of them Planday
                /// takes depends on the field's type.
                #[must_use]
                pub fn custom_field(mut self, number: u32, value: impl Into<serde_json::Value>) -> Self {
                    self.$custom.insert(number, value.into());
                    self
                }
            )?
        }

        impl $crate::model::Written for $request {
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $($( $crate::model::member(&mut map, $required_member, &self.$required)?; )*)?
                $($( $crate::model::member(&mut map, $preset_member, &self.$preset)?; )*)?
                $($( $crate::model::member(&mut map, $optional_member, &self.$optional)?; )*)?
                $($( $crate::model::member(&mut map, $patch_member, &self.$patch)?; )*)?
                $( $crate::model::custom_members(&mut map, &self.$custom)?; )?
                map.end()
            }

            fn problem(&self) -> Option<std::borrow::Cow<'static, str>> {
                let problem = None;
                $($( let problem = problem.or_else(|| $crate::model::problem_of($required_member, &self.$required)); )*)?
                $($( let problem = problem.or_else(|| $crate::model::problem_of($preset_member, &self.$preset)); )*)?
                $($( let problem = problem.or_else(|| $crate::model::problem_of($optional_member, &self.$optional)); )*)?
                $($( let problem = problem.or_else(|| $crate::model::problem_of($patch_member, &self.$patch)); )*)?
                problem
            }
        }

        impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($request))
                    $($( .field(stringify!($required), &self.$required) )*)?
                    $($( .field(stringify!($preset), &self.$preset) )*)?
                    $($( .field(stringify!($optional), request!(@shown self.$optional $($optional_hidden)?)) )*)?
                    $($( .field(stringify!($patch), request!(@shown self.$patch $($patch_hidden)?)) )*)?
                    $( .field(stringify!($custom), &self.$custom.keys().collect::<Vec<_>>()) )?
                    $($( .field(stringify!($aside), &self.$aside) )*)?
                    .finish()
            }
        }
    };
    (@shown $self:ident.$field:ident) => { &$self.$field };
    (@shown $self:ident.$field:ident hidden) => { &$self.$field.as_ref().map(|_| $crate::model::Hidden) };
}

pub(crate) use request;
