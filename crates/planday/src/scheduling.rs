//! Shifts, and what they are made of (Planday, API reference: Schedule).

mod deleted_shift;
mod ids;
mod list_deleted_shifts;
mod list_shifts;
mod lists;
mod position;
mod save_shift;
mod section;
mod shift;
mod shift_status;
mod shift_time;
mod shift_type;
mod shifts;
mod wage;

pub use deleted_shift::DeletedShift;
pub use ids::{PositionId, PunchClockShiftId, RevenueUnitId, SectionId, ShiftId, ShiftTypeId};
pub use list_deleted_shifts::ListDeletedShifts;
pub use list_shifts::ListShifts;
pub use lists::{Positions, Sections, ShiftTypes};
pub use position::{ListPositions, Position};
pub use save_shift::{CreateShift, UpdateShift};
pub use section::{ListSections, Section};
pub use shift::{SavedShift, Shift};
pub use shift_status::ShiftStatus;
pub use shift_time::ShiftTime;
pub use shift_type::{ListShiftTypes, PaymentType, ShiftType};
pub use shifts::Shifts;
pub use wage::{Wage, WageType};

use attache_client::Operation;

use crate::client::Client;

pub(crate) fn operations() -> [&'static [&'static Operation]; 2] {
    [shifts::OPERATIONS, lists::OPERATIONS]
}

/// The operations of the tag Schedule. See [`Client::scheduling`].
#[derive(Debug, Clone, Copy)]
pub struct Scheduling<'a> {
    client: &'a Client,
}

impl<'a> Scheduling<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Shifts.
    pub fn shifts(&self) -> Shifts<'a> {
        Shifts::new(self.client)
    }

    /// Positions, which shifts fill.
    pub fn positions(&self) -> Positions<'a> {
        Positions::new(self.client)
    }

    /// Shift types.
    pub fn shift_types(&self) -> ShiftTypes<'a> {
        ShiftTypes::new(self.client)
    }

    /// Sections of departments.
    pub fn sections(&self) -> Sections<'a> {
        Sections::new(self.client)
    }
}
