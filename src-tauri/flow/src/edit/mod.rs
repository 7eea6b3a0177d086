//! What a screen, a command or a script wants changed: typed edits, planned on a draft of the facts and turned into changes.

mod draft;
mod field;
mod fragment;
mod plan;
mod rename;
#[cfg(test)]
mod tests;

pub(crate) use draft::Draft;
pub(crate) use field::same_remarks;
pub use fragment::copy;
pub(crate) use plan::plan;
pub(crate) use rename::change_id;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use weft_node::{Map, Value};

/// One wish. A list of them is one gesture: applied whole or not at all, undone at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Edit {
    /// The id is made from `name`, else the type, unless one is wished for and free.
    AddNode {
        #[serde(default)]
        id: Option<String>,
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        name: Option<String>,
        /// An object, or null for none.
        #[serde(default)]
        settings: Value,
        #[serde(default)]
        at: Option<Vec<f64>>,
    },
    AddBlock {
        #[serde(default)]
        id: Option<String>,
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        fields: Map,
        #[serde(default)]
        at: Option<Vec<f64>>,
    },
    /// Nodes, blocks and edges by id; edges of a removed node go too. What is gone already is left out of account.
    Remove {
        ids: Vec<String>,
    },
    /// `field` is a path in the entity: `name`, `on_error`, `settings/headers/Accept`, `settings/measures/0/field`. A missing
    /// value, and null, removes the field; a null inside an object or list stays one.
    /// `entity` is a node, block or edge id, or empty for the flow itself.
    Set {
        entity: String,
        field: String,
        #[serde(default)]
        value: Option<Value>,
    },
    Connect {
        from: String,
        from_port: String,
        to: String,
        to_port: String,
    },
    Disconnect {
        edge: String,
    },
    /// `[x, y]` or `[x, y, w, h]` by id; a box keeps its size where none is given.
    Move {
        to: BTreeMap<String, Vec<f64>>,
    },
    /// Changes an id everywhere it is named: edges, layout, blocks, expressions.
    ChangeId {
        from: String,
        to: String,
    },
    /// Replaces the characters (Unicode scalar values) `[from, to)` of a text field. `seen` is the document's revision they
    /// were counted in; what others wrote since is merged.
    EditText {
        entity: String,
        field: String,
        from: u32,
        to: u32,
        insert: String,
        seen: u32,
    },
    /// A piece of YAML as [`copy`] gives it; ids are made anew where they are taken.
    Paste {
        text: String,
        #[serde(default)]
        at: Option<Vec<f64>>,
    },
}
