//! The ids of Scheduling.

use crate::model::id;

id! {
    /// The id of a shift.
    ShiftId
    /// The id of a shift type.
    ShiftTypeId
    /// The id of a position.
    PositionId
    /// The id of a section.
    SectionId
    /// The id of a punched shift.
    PunchClockShiftId
    /// The id of a kind of revenue.
    RevenueUnitId
}
