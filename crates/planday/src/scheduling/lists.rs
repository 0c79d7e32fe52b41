//! Operations on what shifts are made of: positions, shift types and sections.

use attache_client::{OffsetNames, Operation, Pager, Paging};
use http::Method;

use super::{ListPositions, ListSections, ListShiftTypes, Position, Section, ShiftType};
use crate::{
    client::Client,
    model::{Rows, operations},
};

/// At most 50 rows at a time; how many where the request names no number is documented for shift types only.
const fn fifty_at_most(default: Option<u32>) -> Paging {
    Paging::Offset {
        default,
        max: Some(50),
    }
}

operations! {
    LIST_POSITIONS = Operation::new("scheduling.listPositions", Method::GET, "/scheduling/v1.0/positions")
        .scopes(&["shiftposition:read"])
        .paging(fifty_at_most(None));
    LIST_SHIFT_TYPES = Operation::new("scheduling.listShiftTypes", Method::GET, "/scheduling/v1.0/shifttypes")
        .scopes(&["shifttype:read"])
        .paging(fifty_at_most(Some(50)));
    LIST_SECTIONS = Operation::new("scheduling.listSections", Method::GET, "/scheduling/v1.0/sections")
        .scopes(&["shiftposition:read"])
        .paging(fifty_at_most(None));
}

macro_rules! lists {
    ($( $(#[$doc:meta])* $name:ident, $operation:ident, $options:ident, $row:ident; )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'a> {
            client: &'a Client,
        }

        impl<'a> $name<'a> {
            pub(super) fn new(client: &'a Client) -> Self {
                Self { client }
            }

            /// The list, 50 rows at a time unless the options say otherwise. Its order is not documented.
            pub fn list(&self, options: &$options) -> Pager<$row> {
                let (api, call) = (self.client.api().clone(), options.add_to(self.client.call(&$operation)));
                Pager::offset::<Rows<$row>>(api, call, OffsetNames::default(), options.rows)
            }
        }
    )+};
}

lists! {
    /// Operations on positions. See [`Scheduling::positions`](super::Scheduling::positions). They need the scope
    /// `shiftposition:read`.
    Positions, LIST_POSITIONS, ListPositions, Position;
    /// Operations on shift types. See [`Scheduling::shift_types`](super::Scheduling::shift_types). They need the
    /// scope `shifttype:read`.
    ShiftTypes, LIST_SHIFT_TYPES, ListShiftTypes, ShiftType;
    /// Operations on sections. See [`Scheduling::sections`](super::Scheduling::sections). They need the scope
    /// `shiftposition:read`.
    Sections, LIST_SECTIONS, ListSections, Section;
}
