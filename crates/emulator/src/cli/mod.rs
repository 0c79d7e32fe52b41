//! The commands, one file a provider.

pub(crate) mod factorial;
pub(crate) mod planday;
mod running;
pub(crate) mod smartsheet;

pub(crate) use running::hold;
