//! What happened, told after it was committed.

use super::*;

/// A place in the stream of events: the store's epoch and the commit's number, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Cursor {
    pub epoch: String,
    pub seq: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Event {
    /// None on volatile events: they are never needed to rebuild a screen and are not repeated.
    pub at: Option<Cursor>,
    pub what: Happened,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happened {
    /// A flow's document changed. `client` is the window whose edit it was: its own echo.
    FlowChanged {
        flow: String,
        rev: u32,
        author: String,
        client: Option<String>,
        changes: Vec<Change>,
    },
    /// What else of a flow changed: findings, permissions, undo words, in use, read-only, pins. Take `flow_open` anew or these fields of it.
    FlowState {
        flow: String,
        findings: Vec<Finding>,
        undo: Option<String>,
        redo: Option<String>,
        in_use: bool,
        read_only: Option<String>,
        permissions: Vec<Permission>,
        pinned: Vec<String>,
        version: String,
    },
    /// A flow came, went or was renamed: take the list anew.
    FlowsChanged,
    RunChanged {
        run: RunSummary,
    },
    /// A node's part of a run changed; carries the whole state of that node.
    NodeRunChanged {
        run: String,
        flow: String,
        node: NodeRun,
    },
    EdgeRunChanged {
        run: String,
        flow: String,
        edge: String,
        state: EdgeRun,
    },
    AttentionNeeded {
        run: String,
        flow: String,
        attention: Attention,
    },
    /// Volatile: items done of how many in a running step; at most ten a second.
    Progress {
        run: String,
        node: String,
        done: u32,
        of: u32,
    },
    /// Ask for everything anew: the stream no longer reaches back to where you were.
    Reset,
}
