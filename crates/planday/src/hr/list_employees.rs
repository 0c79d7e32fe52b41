//! Which employees to list, and what of them.

use std::fmt;

use attache_client::Call;
use attache_core::Timestamp;

use crate::model::{Hidden, any_of, second_after, second_before};

/// Which employees to list, and what of them. Nothing set lists all that are active.
///
/// # Examples
///
/// ```
/// use attache_planday::{Timestamp, hr::{ListEmployees, Special}};
///
/// let since: Timestamp = "2026-11-01T00:00:00Z".parse()?;
/// let options = ListEmployees::new().modified_from(since).special([Special::BirthDate]);
/// assert_eq!(options.special, [Special::BirthDate]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListEmployees {
    /// Only those whose record was made at this time or later. Sent in whole seconds, as all four times: the
    /// earlier one here and in `modified_from`, the later one in `created_to` and `modified_to`, so that nobody
    /// falls between.
    pub created_from: Option<Timestamp>,
    /// Only those whose record was made at this time or earlier.
    pub created_to: Option<Timestamp>,
    /// Only those whose record was made, changed or deleted at this time or later.
    pub modified_from: Option<Timestamp>,
    /// Only those whose record was made, changed or deleted at this time or earlier.
    pub modified_to: Option<Timestamp>,
    /// Members that need a scope of their own; none if empty.
    pub special: Vec<Special>,
    /// Whether to give security groups.
    pub include_security_groups: bool,
    /// Only those whose name, e-mail address, phone number, salary identifier or social security number has this
    /// text in it. `Debug` does not show it. It travels in the URL's query, which proxies and servers may write to
    /// their logs: do not search for a social security number where that matters.
    pub search_query: Option<String>,
    /// How many rows to ask for at a time, 1 to 50; 50 unless set. Planday refuses other numbers.
    pub rows: Option<u32>,
}

/// A member of an employee that is only given when it is asked for, and that needs a scope of its own (Planday,
/// HR guide: special fields).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Special {
    /// `bankAccount`; needs the scope `bankaccount:read`.
    BankAccount,
    /// `birthDate`; needs the scope `birthdate:read`.
    BirthDate,
    /// `ssn`; needs the scope `ssn:read`.
    Ssn,
}

impl Special {
    /// The text that Planday has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BankAccount => "BankAccount",
            Self::BirthDate => "BirthDate",
            Self::Ssn => "Ssn",
        }
    }

    /// The scope that it needs beside that of the operation.
    pub const fn scope(self) -> &'static str {
        match self {
            Self::BankAccount => "bankaccount:read",
            Self::BirthDate => "birthdate:read",
            Self::Ssn => "ssn:read",
        }
    }
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ListEmployees {
    /// All that are active.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`Self::created_from`](field@Self::created_from).
    #[must_use]
    pub fn created_from(mut self, at: Timestamp) -> Self {
        self.created_from = Some(at);
        self
    }

    /// Sets [`Self::created_to`](field@Self::created_to).
    #[must_use]
    pub fn created_to(mut self, at: Timestamp) -> Self {
        self.created_to = Some(at);
        self
    }

    /// Sets [`Self::modified_from`](field@Self::modified_from).
    #[must_use]
    pub fn modified_from(mut self, at: Timestamp) -> Self {
        self.modified_from = Some(at);
        self
    }

    /// Sets [`Self::modified_to`](field@Self::modified_to).
    #[must_use]
    pub fn modified_to(mut self, at: Timestamp) -> Self {
        self.modified_to = Some(at);
        self
    }

    /// Sets [`Self::special`](field@Self::special).
    #[must_use]
    pub fn special(mut self, special: impl IntoIterator<Item = Special>) -> Self {
        self.special = special.into_iter().collect();
        self
    }

    /// Sets [`Self::include_security_groups`](field@Self::include_security_groups).
    #[must_use]
    pub fn include_security_groups(mut self, include: bool) -> Self {
        self.include_security_groups = include;
        self
    }

    /// Sets [`Self::search_query`](field@Self::search_query).
    #[must_use]
    pub fn search_query(mut self, text: impl Into<String>) -> Self {
        self.search_query = Some(text.into());
        self
    }

    /// Sets [`Self::rows`](field@Self::rows).
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = Some(rows);
        self
    }

    pub(super) fn add_to(&self, call: Call) -> Call {
        let call = call
            .query_some("createdFrom", self.created_from.as_ref().map(second_before))
            .query_some("createdTo", self.created_to.as_ref().map(second_after))
            .query_some("modifiedFrom", self.modified_from.as_ref().map(second_before))
            .query_some("modifiedTo", self.modified_to.as_ref().map(second_after))
            .query_some("searchQuery", self.search_query.as_deref());
        let call = if self.include_security_groups {
            call.query("includeSecurityGroups", true)
        } else {
            call
        };
        add_special(call, &self.special)
    }
}

pub(super) fn add_special(call: Call, special: &[Special]) -> Call {
    any_of(call, "special", "special", special)
}

impl fmt::Debug for ListEmployees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListEmployees")
            .field("created_from", &self.created_from)
            .field("created_to", &self.created_to)
            .field("modified_from", &self.modified_from)
            .field("modified_to", &self.modified_to)
            .field("special", &self.special)
            .field("include_security_groups", &self.include_security_groups)
            .field("search_query", &self.search_query.as_ref().map(|_| Hidden))
            .field("rows", &self.rows)
            .finish()
    }
}
