//! Shift types.

use super::ShiftTypeId;
use crate::model::{open_enum, query, record};

open_enum! {
    /// What a shift type adds to the wage.
    pub enum PaymentType {
        /// A part of it.
        Percentage = "Percentage",
        /// An amount.
        Monetary = "Monetary",
    }
}

record! {
    /// A shift type: what kind of work a shift is, and what it pays.
    pub struct ShiftType {
        /// Its id.
        id: ShiftTypeId = "id";
        /// Its name.
        name: String = "name";
        /// Its colour, as Planday has it.
        color: Option<String> = "color";
        /// Its code in the payroll.
        salary_code: Option<String> = "salaryCode";
        /// Whether it can be given to shifts.
        is_active: Option<bool> = "isActive";
        /// What it pays in per cent of the wage, if it pays a part.
        pay_percentage: Option<f64> = "payPercentage";
        /// What it pays in the portal's currency, if it pays an amount.
        pay_monetary: Option<f64> = "payMonetary";
        /// Whether its shifts have breaks.
        allows_breaks: Option<bool> = "allowsBreaks";
        /// Whether employees can book its shifts.
        allow_booking: Option<bool> = "allowBooking";
        /// Whether it pays a part or an amount.
        payment_type: Option<PaymentType> = "paymentType";
        /// Whether printed schedules show it.
        include_in_schedule_print: Option<bool> = "includeInSchedulePrint";
    }
}

query! {
    /// Which shift types to list. Nothing set lists them all.
    pub struct ListShiftTypes {
        /// Only those that can be given to shifts, or only the others.
        active: bool = "isActive";
    }
    at most 50 rows
}
