//! The operations under `/scheduling` (Planday, Scheduling).

pub(crate) mod positions;
pub(crate) mod schedule_days;
pub(crate) mod sections;
pub(crate) mod shift_types;
pub(crate) mod shift_writes;
pub(crate) mod shifts;
pub(crate) mod skills;
pub(crate) mod time_and_cost;
