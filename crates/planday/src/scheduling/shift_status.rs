//! What has become of a shift.

use crate::model::open_enum;

open_enum! {
    /// What has become of a shift. Lists can be asked for the first eight.
    pub enum ShiftStatus {
        /// Nobody has it.
        Open = "Open",
        /// Somebody has it.
        Assigned = "Assigned",
        /// Approved for payroll, which does not say that it is published.
        Approved = "Approved",
        /// Whoever has it offers it to others.
        ForSale = "ForSale",
        /// Not published.
        Draft = "Draft",
        /// At work now.
        OnDuty = "OnDuty",
        /// Somebody has to accept to swap it.
        PendingSwapAcceptance = "PendingSwapAcceptance",
        /// Somebody has to approve it.
        PendingApproval = "PendingApproval",
        /// Punched in.
        PunchclockStarted = "PunchclockStarted",
        /// Punched out.
        PunchclockFinished = "PunchclockFinished",
        /// What was punched is approved.
        PunchclockApproved = "PunchclockApproved",
    }
}
