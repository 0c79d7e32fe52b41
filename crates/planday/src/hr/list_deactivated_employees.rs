//! Which employees who left to list, and what of them.

use attache_core::Timestamp;

use super::Special;
use crate::model::{any_of, query, second_after, second_before};

query! {
    /// Which employees who left to list, and what of them. Nothing set lists them all.
    ///
    /// The times are sent in whole seconds: the earlier one in those that end in `from`, the later one in those that
    /// end in `to`, so that nobody falls between.
    pub struct ListDeactivatedEmployees {
        /// Only those whose record was made at this time or later.
        created_from: Timestamp = "createdFrom" as second_before;
        /// Only those whose record was made at this time or earlier.
        created_to: Timestamp = "createdTo" as second_after;
        /// Only those whose record was made, changed or deleted at this time or later.
        modified_from: Timestamp = "modifiedFrom" as second_before;
        /// Only those whose record was made, changed or deleted at this time or earlier.
        modified_to: Timestamp = "modifiedTo" as second_after;
        /// Only those who left at this time or later.
        deactivated_from: Timestamp = "deactivatedFrom" as second_before;
        /// Only those who left at this time or earlier.
        deactivated_to: Timestamp = "deactivatedTo" as second_after;
        /// Members that need a scope of their own; none if empty.
        special: Vec<Special> = "special" by any_of;
        /// Only those whose name, e-mail address, phone number, salary identifier or social security number has this
        /// text in it. `Debug` does not show it. It travels in the URL's query, which proxies and servers may write to
        /// their logs: do not search for a social security number where that matters.
        search_query: String = "searchQuery", hidden;
    }
    at most 50 rows
}
