//! Sheets: columns, rows and cells.

pub(crate) mod cells;
pub(crate) mod columns;
pub(crate) mod lifecycle;
pub(crate) mod listing;
pub(crate) mod model;
pub(crate) mod places;
pub(crate) mod reading;
pub(crate) mod rows;

pub use model::{Column, Sheet};
