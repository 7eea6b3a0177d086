//! Expressions in settings: what a text means, what it reads, and what it gives (SEMANTICS 9).
//!
//! | module | holds |
//! |---|---|
//! | `parse` | one setting's text: plain, `${...}` inside text, or `js/...` |
//! | `path` | plain paths, looked up here and never in JavaScript |
//! | `root` | the names that can be read, and references to them |
//! | `lexer`, `scan` | what a piece of JavaScript refers to, without running it |
//! | `compiled` | a node's settings compiled once per flow version |
//! | `evaluate` | what they give for one item, all items or a whole activation |
//! | `names` | the object of names that a script is handed |
//! | `schema` | what a settings schema says of a place |
//!
//! A value is never looked at again: what an expression gives is data, also where it contains `${`.

pub(crate) mod compiled;
mod evaluate;
mod lexer;
mod names;
mod parse;
mod path;
pub(crate) mod root;
mod scan;
pub mod schema;
#[cfg(test)]
mod tests;

pub use compiled::{Compiled, Placed};
pub use evaluate::Moment;
pub use names::{Lookup, names, whole};
pub use parse::{Body, Expression, Issue, Parsed, Piece, parse};
pub use path::Path;
pub use root::{NodePart, Reference, Root};
pub use scan::references;
