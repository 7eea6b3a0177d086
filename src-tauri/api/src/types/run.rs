//! Runs: started, watched, looked into, decided.

use super::*;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Queued,
    Running,
    /// Waits for a person, a time or an event.
    Waiting,
    Finished,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RunSummary {
    pub id: String,
    /// Counts up per workspace: "Run 214".
    pub number: u32,
    pub flow: String,
    pub status: RunStatus,
    /// `manual`, `webhook`, `call`.
    pub trigger: String,
    pub mode: RunMode,
    #[specta(type = specta_typescript::Number)]
    pub created_at: f64,
    #[specta(type = Option<specta_typescript::Number>)]
    pub started_at: Option<f64>,
    #[specta(type = Option<specta_typescript::Number>)]
    pub finished_at: Option<f64>,
    pub problem: Option<Problem>,
    /// Place in the queue, from 1.
    pub queued: Option<u32>,
}

/// Which part of the flow runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum RunMode {
    #[default]
    All,
    /// The node and its ancestors.
    ToHere { node: String },
    /// The node and what follows, everything before pinned to what `run` gave.
    FromHere {
        node: String,
        #[serde(default)]
        run: Option<String>,
    },
    OnlyThis {
        node: String,
        #[serde(default)]
        run: Option<String>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct RunRequest {
    pub flow: String,
    /// The trigger; the manual one, else the only one, where none is named.
    #[serde(default)]
    pub start: Option<String>,
    #[serde(default)]
    pub mode: RunMode,
    /// The body for the trigger (`ctx.request.body`).
    #[serde(default)]
    pub input: Option<Json>,
    /// Outputs by node id instead of running it: item jsons of its first output. Pins of the workspace apply besides.
    #[serde(default)]
    pub pins: BTreeMap<String, Vec<Json>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RunList {
    pub runs: Vec<RunSummary>,
    pub next: Option<String>,
}

/// A run with its steps: enough to draw the canvas and the run strip as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Run {
    pub summary: RunSummary,
    /// The flow version it runs, see `Flow::version`.
    pub version: String,
    pub nodes: Vec<NodeRun>,
    /// Items that travelled, by edge id.
    pub edges: BTreeMap<String, EdgeRun>,
    pub decisions: Vec<Attention>,
    /// The event after which this picture holds.
    pub at: Cursor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    Queued,
    Running,
    Waiting,
    /// A killed step of which nobody knows whether it changed the world.
    NeedsDecision,
    Finished,
    Pinned,
    Failed,
    Cancelled,
    Skipped,
}

/// A node of a run: its steps together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NodeRun {
    pub node: String,
    pub status: StepStatus,
    /// How many steps (loops, several deliveries).
    pub steps: u32,
    pub items_in: u32,
    /// By output port, in port order.
    pub items_out: Vec<PortCount>,
    #[specta(type = Option<specta_typescript::Number>)]
    pub started_at: Option<f64>,
    #[specta(type = Option<specta_typescript::Number>)]
    pub finished_at: Option<f64>,
    /// Items done of how many, while it runs.
    pub progress: Option<(u32, u32)>,
    pub problem: Option<Problem>,
    pub warnings: Vec<String>,
    pub attempt: u32,
    /// The steps on the time axis of the run strip: at most the first 200.
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PortCount {
    pub port: String,
    pub items: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Span {
    pub step: String,
    #[specta(type = specta_typescript::Number)]
    pub from: f64,
    #[specta(type = Option<specta_typescript::Number>)]
    pub to: Option<f64>,
    pub status: StepStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct EdgeRun {
    pub items: u32,
    pub state: EdgeState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EdgeState {
    Open,
    Delivered,
    Empty,
    NotTaken,
}

/// A killed step that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Attention {
    pub step: String,
    pub node: String,
    /// First item that may or may not have happened, of how many.
    pub item: u32,
    pub items: u32,
    #[specta(type = specta_typescript::Number)]
    pub since: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "decide", rename_all = "snake_case")]
pub enum Decision {
    /// Do it again: it did not happen, or twice does no harm.
    Repeat,
    Fail,
    /// It happened, and this is what it gave: item jsons of the first output.
    Result {
        items: Vec<Json>,
    },
}

/// Which items of a run are wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ItemsRequest {
    pub run: String,
    pub node: String,
    pub side: Side,
    /// Port name; the first where none is named.
    #[serde(default)]
    pub port: Option<String>,
    /// Position of the first item, from 0, over all steps of the node.
    pub from: u32,
    /// At most 1,000.
    pub limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    In,
    Out,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ItemsPage {
    pub total: u32,
    pub from: u32,
    pub items: Vec<ItemView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ItemView {
    pub json: Json,
    pub blobs: BTreeMap<String, BlobView>,
    /// Where it came from: `(input port, position)` in its own step's input; none = not known, empty = from nothing.
    pub from: Option<Vec<(u32, u32)>>,
    pub problem: Option<Problem>,
    pub step: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct BlobView {
    pub hash: String,
    #[specta(type = specta_typescript::Number)]
    pub size: f64,
    pub media_type: String,
    pub file_name: Option<String>,
}

/// The items that one item came from, node by node towards the trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LineageView {
    pub hops: Vec<LineageHop>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LineageHop {
    pub node: String,
    pub port: String,
    /// Positions in the node's output over all its steps; at most 10,000.
    pub items: Vec<u32>,
    /// Whether the positions are known; false = the node could not say.
    pub known: bool,
}
