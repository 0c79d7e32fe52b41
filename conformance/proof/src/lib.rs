//! Proofs that need whole processes: what is left after a kill at any point ([`crash`]), two processes on one
//! folder ([`race`]), and the figures that the project promises ([`figures`]).
//!
//! The programs that are killed and raced are built on the SDK; the server they talk to is the emulator, which is
//! not.

pub mod crash;
pub mod figures;
mod hooks;
mod portal;
pub mod race;
