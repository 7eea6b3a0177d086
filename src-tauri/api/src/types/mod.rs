//! The shapes that cross the api: plain data, no behaviour.
//!
//! Ids are text, counts are `u32`, times are milliseconds since 1970 as `f64`, lists are paged, and bytes
//! never travel inside these shapes: they have ranged calls of their own. `ui/src/api/generated.ts` is made
//! from this folder.

mod call;
mod event;
mod flow;
mod node;
mod run;
mod workspace;

pub use call::*;
pub use event::*;
pub use flow::*;
pub use node::*;
pub use run::*;
pub use workspace::*;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Any JSON value; `unknown` in TypeScript, so that screens must look before they use it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Json(#[specta(type = specta_typescript::Unknown)] pub serde_json::Value);

/// What went wrong, in words a person can act on. Screens decide by `code`, never by the text;
/// each code has a page under `docs/problems/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Problem {
    /// Dotted and stable, for example `flow.not_found`.
    pub code: String,
    /// What happened and where, one sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    pub node: Option<String>,
    pub field: Option<String>,
    /// Position of the item in the step's input, from 0.
    pub item: Option<u32>,
    /// More for programs: the permission that is missing, the line that does not parse, ...
    pub details: Option<Json>,
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Page {
    /// Opaque: what `next` of the page before said.
    #[serde(default)]
    pub after: Option<String>,
    /// At most 1,000; 100 where nothing is said.
    #[serde(default)]
    pub limit: Option<u32>,
}
