//! Structs for JSON objects.

/// Writes a model: a `#[non_exhaustive]` struct with public fields, one for each known member, a map of the others,
/// and its own `Deserialize` and `Debug`.
///
/// - `field: Type = "member";` is read by [`Member`](crate::model::Member): `Option` and `Vec` may be absent or
///   null, all else is required.
/// - `hidden` after the member's name keeps the value out of `Debug`.
/// - `family "prefix" { field: Type }` gathers members whose names begin with `prefix`.
macro_rules! record {
    (
        $(#[$doc:meta])*
        pub struct $record:ident {
            $( $(#[$field_doc:meta])* $field:ident: $type:ty = $member:literal $($hidden:ident)?; )*
        }
        $( family $prefix:literal { $(#[$family_doc:meta])* $family:ident: $family_type:ty } )?
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $record {
            $( $(#[$field_doc])* pub $field: $type, )*
            $( $(#[$family_doc])* pub $family: std::collections::BTreeMap<String, $family_type>, )?
            /// Members that this version does not know, as they came. `Debug` shows their names only.
            pub other: serde_json::Map<String, serde_json::Value>,
        }

        impl<'de> serde::Deserialize<'de> for $record {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $record;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object with the members of ", stringify!($record)))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$record, A::Error> {
                        $( let mut $field: Option<$type> = None; )*
                        $( let mut $family = std::collections::BTreeMap::<String, $family_type>::new(); )?
                        let mut other = serde_json::Map::new();
                        while let Some(name) = map.next_key::<$crate::model::MemberName<'de>>()? {
                            match &*name.0 {
                                $( $member => {
                                    $field = Some(map.next_value::<$crate::model::Wire<$type>>()?.0);
                                } )*
                                $( prefixed if prefixed.starts_with($prefix) => {
                                    let value = map.next_value::<$crate::model::Wire<$family_type>>()?.0;
                                    $family.insert(name.0.into_owned(), value);
                                } )?
                                _ => {
                                    let value = map.next_value()?;
                                    other.insert(name.0.into_owned(), value);
                                }
                            }
                        }
                        Ok($record {
                            $( $field: $crate::model::present($field, $member)?, )*
                            $( $family, )?
                            other,
                        })
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }

        impl $crate::model::Member for $record {
            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(deserializer)
            }
        }

        impl std::fmt::Debug for $record {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($record))
                    $( .field(stringify!($field), record!(@shown self.$field $($hidden)?)) )*
                    $( .field(stringify!($family), &self.$family) )?
                    .field("other", &self.other.keys().collect::<Vec<_>>())
                    .finish()
            }
        }
    };
    (@shown $self:ident.$field:ident) => { &$self.$field };
    (@shown $self:ident.$field:ident hidden) => { &$self.$field.as_ref().map(|_| $crate::model::Hidden) };
}

pub(crate) use record;
