//! Flows: the list, the open document, the edits that go in and the changes that come out.

use super::*;
use std::collections::BTreeMap;

/// A row of the flow list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowSummary {
    /// Path under `flows/` without the ending: `team/notify`.
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub nodes: u32,
    pub in_use: bool,
    /// Time and author of the last edit.
    #[specta(type = specta_typescript::Number)]
    pub edited_at: f64,
    pub edited_by: String,
    pub last_run: Option<RunSummary>,
    /// Where every node stands and its family, for the small drawing: `[x, y, group]`.
    #[specta(type = Vec<(specta_typescript::Number, specta_typescript::Number, String)>)]
    pub drawing: Vec<(f64, f64, String)>,
    /// Set where the file cannot be read: the first finding's sentence.
    pub broken: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowList {
    pub flows: Vec<FlowSummary>,
    pub next: Option<String>,
}

/// One open flow, whole. Afterwards `flow_changed` events keep it true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Flow {
    pub id: String,
    /// Rises by one with every change of the document.
    pub rev: u32,
    /// Hash of the logic (not the layout): what a run keeps as its version.
    pub version: String,
    /// The flow's own keys: `name`, `description`, `config`, `env`, `order`, `durability`, `timeout`, ...
    pub settings: BTreeMap<String, Json>,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub blocks: Vec<Block>,
    /// `[x, y]` or `[x, y, w, h]` by node or block id.
    #[specta(type = BTreeMap<String, Vec<specta_typescript::Number>>)]
    pub layout: BTreeMap<String, Vec<f64>>,
    pub findings: Vec<Finding>,
    /// Set when edits are refused: a newer format, a file that does not parse, a workspace held by somebody else.
    pub read_only: Option<String>,
    pub in_use: bool,
    /// What undo and redo of this author would take back or bring back, in words.
    pub undo: Option<String>,
    pub redo: Option<String>,
    pub permissions: Vec<Permission>,
    /// Ids of nodes whose output is pinned.
    pub pinned: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Node {
    pub id: String,
    /// With `@n` from version 2 on. May name a type this program does not know: draw it all the same.
    #[serde(rename = "type")]
    pub kind: String,
    /// Shown name; the id, in words, where none was given.
    pub name: String,
    /// Keys beside `type` and `settings`: `note as join run_on_empty emit_if_empty concurrency retry timeout on_error disabled`, and unknown ones.
    pub options: BTreeMap<String, Json>,
    /// The settings object as it stands in the document: plain values, expressions as text, `{"$literal": v}`.
    pub settings: Json,
}

/// An edge is its two ends; its id is `fetch.out -> clean.in`, ports always written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Edge {
    pub id: String,
    pub from: String,
    pub from_port: String,
    pub to: String,
    pub to_port: String,
    pub note: Option<String>,
}

/// A box that does not compute: `note`, `frame` or `view`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Block {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// Its keys as they stand: `text`, `members`, `dye`, `of`, `show`, `x`, `series`, ...
    pub fields: BTreeMap<String, Json>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Finding {
    pub code: String,
    pub severity: Severity,
    pub message: String,
    pub help: String,
    pub node: Option<String>,
    /// Path inside the node: `settings/url`, `settings/measures/0/field`.
    pub field: Option<String>,
    pub edge: Option<String>,
    /// Place in the file, from 1, where the file is known.
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// A piece inside the field's text, `[from, to)` in characters.
    pub span: Option<(u32, u32)>,
}

/// What a screen wants changed. A list of them is one gesture: applied whole or not at all, undone at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Edit {
    /// The id is made by the document (from `name`, else the type) unless one is wished for and free.
    AddNode {
        #[serde(default)]
        id: Option<String>,
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        name: Option<String>,
        settings: Json,
        #[serde(default)]
        #[specta(type = Option<Vec<specta_typescript::Number>>)]
        at: Option<Vec<f64>>,
    },
    AddBlock {
        #[serde(default)]
        id: Option<String>,
        #[serde(rename = "type")]
        kind: String,
        fields: BTreeMap<String, Json>,
        #[serde(default)]
        #[specta(type = Option<Vec<specta_typescript::Number>>)]
        at: Option<Vec<f64>>,
    },
    /// Nodes, blocks and edges by id; edges of a removed node go too.
    Remove {
        ids: Vec<String>,
    },
    /// `field` is a path in the entity: `name`, `on_error`, `settings/headers/Accept`. A missing value removes the field.
    /// `entity` is a node, block or edge id, or empty for the flow itself.
    Set {
        entity: String,
        field: String,
        #[serde(default)]
        value: Option<Json>,
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
    /// Layout: `[x, y]` or `[x, y, w, h]` by id.
    Move {
        #[specta(type = BTreeMap<String, Vec<specta_typescript::Number>>)]
        to: BTreeMap<String, Vec<f64>>,
    },
    /// Changes an id everywhere it is named.
    ChangeId {
        from: String,
        to: String,
    },
    /// Replaces characters `[from, to)` of a text field; `seen` is the text's revision the screen worked on.
    EditText {
        entity: String,
        field: String,
        from: u32,
        to: u32,
        insert: String,
        seen: u32,
    },
    /// A piece of YAML as `flow_copy` gives it; ids are made anew where they are taken.
    Paste {
        text: String,
        #[serde(default)]
        #[specta(type = Option<Vec<specta_typescript::Number>>)]
        at: Option<Vec<f64>>,
    },
}

/// What an edit did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Applied {
    pub rev: u32,
    /// Ids made by `add_node`, `add_block` and `paste`, in the order of the edits.
    pub made: Vec<String>,
    /// What was left alone because somebody else changed it meanwhile (undo), in words.
    pub kept: Vec<String>,
}

/// One fact that changed: a screen that applies all of them has the new document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Change {
    /// `flow`, `node`, `edge`, `block` or `layout`.
    pub entity: String,
    pub id: String,
    /// Path of the field; empty where the whole entity came or went.
    pub field: String,
    pub before: Option<Json>,
    pub after: Option<Json>,
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct HistoryEntry {
    /// Number of the edit; also what `flow_diff` and `flow_at` take.
    pub seq: String,
    pub author: String,
    #[specta(type = specta_typescript::Number)]
    pub at: f64,
    /// `edit`, `file`, `undo`, `redo`, `seed`.
    pub kind: String,
    /// In words: "By month: order is now descending".
    pub words: String,
    pub undone: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct History {
    pub entries: Vec<HistoryEntry>,
    pub next: Option<String>,
}

/// An expression, tried on the values of a past run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ExpressionTry {
    pub flow: String,
    pub node: String,
    /// The setting as it would stand in the document.
    pub value: Json,
    /// The run whose values it sees; the newest one that reached the node where none is named.
    #[serde(default)]
    pub run: Option<String>,
    /// Position of the item, from 0.
    pub item: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ExpressionResult {
    pub value: Option<Json>,
    /// `text`, `number`, `boolean`, `null`, `list`, `object`, `undefined`.
    pub kind: String,
    pub problem: Option<Problem>,
    /// Characters `[from, to)` of the expression that are wrong.
    pub span: Option<(u32, u32)>,
    /// How many items there are to look at.
    pub items: u32,
    pub run: Option<String>,
}
