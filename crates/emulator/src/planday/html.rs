//! Planday's pages.

pub(crate) use crate::html::{alert, each, escape, hidden, redirect, respond};

/// A whole page around HTML that is escaped already.
pub(crate) fn page(title: &str, main: &str) -> String {
    crate::html::page("Planday", title, main)
}
