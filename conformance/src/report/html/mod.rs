//! One static page: provider by area, every case with its exchanges, every rule with what guards it.
//!
//! The page is whole without script; script adds filters, keys and a switch of theme. It loads nothing: style and
//! script lie inside it, and its content security policy admits these two by their digests and nothing else.

mod body;
mod case;
mod exchange;
mod filter;
mod frame;
mod markup;
mod matrix;
mod mutant;
mod rule;
mod word;

#[cfg(test)]
mod tests;

pub(super) use frame::text;
