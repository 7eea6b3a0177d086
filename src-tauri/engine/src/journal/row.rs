//! The rows of SEMANTICS 11. State is a fold over them; nothing else is true.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use weft_node::{Batch, BlobRef, Problem, Result, Value};

/// Identity of a step: `BLAKE3(run, node, scope, cause)[..16]`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepId(#[serde(with = "id_bytes")] pub [u8; 16]);

mod id_bytes {
    use serde::{Deserialize, Deserializer, Serializer};
    pub fn serialize<S: Serializer>(id: &[u8; 16], out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() { out.collect_str(&uuid::Uuid::from_bytes(*id).simple()) } else { out.serialize_bytes(id) }
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 16], D::Error> {
        uuid::Uuid::deserialize(input).map(uuid::Uuid::into_bytes)
    }
}

impl std::fmt::Display for StepId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Uuid::from_bytes(self.0).simple())
    }
}

impl std::fmt::Debug for StepId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for StepId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(|id| StepId(id.into_bytes()))
    }
}

/// Enclosing iterations, outermost first; empty = the run itself.
pub type ScopePath = Vec<(String, u32)>;

/// What made a node run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    Start,
    /// `all`, `any`, `n`.
    Join,
    /// `each` and `zip`: the delivery of one emission over one edge.
    Delivery {
        edge: String,
        step: StepId,
        emission: u32,
    },
}

/// Inputs by reference: which emission of which step came in at which port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputRef {
    pub port: u16,
    pub step: StepId,
    pub out_port: u16,
    pub emission: u32,
}

/// Items of one emission: in the row up to 64 KiB, else in a blob that was durable before the row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Stored {
    Inline(Batch),
    /// msgpack of the batch.
    Blob {
        blob: BlobRef,
        items: u32,
    },
}

impl Stored {
    pub fn len(&self) -> usize {
        match self {
            Stored::Inline(batch) => batch.len(),
            Stored::Blob { items, .. } => *items as usize,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One emission of a step. Its number is its place in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Emission {
    pub port: u16,
    pub items: Stored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Pure,
    Read,
    Idempotent,
    Unsafe,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    #[default]
    Step,
    Run,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Finished,
    Failed,
    Cancelled,
}

/// Which part of the flow runs (SEMANTICS 5).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    #[default]
    All,
    ToHere(String),
    FromHere(String),
    OnlyThis(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunCreated {
    pub flow: String,
    /// Hash of the flow version; the store keeps that version while runs need it.
    pub version: String,
    pub start: String,
    pub part: Part,
    /// `manual`, `webhook`, `call`.
    pub trigger: String,
    /// What started it: `ctx.request`.
    pub request: Value,
    /// Outputs by node, one batch per output port: pins of the workspace, of the command, or of an earlier run.
    pub pins: Vec<(String, Vec<Stored>)>,
    pub durability: Durability,
    /// The step of the calling run, where there is one.
    pub parent: Option<(Uuid, StepId)>,
    /// How deep calls are nested; 0 = started from outside.
    pub depth: u32,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Time zone of this run.
    pub time_zone: String,
    /// Where ports' and permissions' facts at the start are needed again after a restart.
    pub permissions: weft_node::Permissions,
    /// `config` and `env` of the workspace as they were at the start; the flow's own config goes over them.
    #[serde(default)]
    pub config: Value,
    #[serde(default)]
    pub env: Value,
    /// How the run's reply comes about.
    #[serde(default)]
    pub reply: ReplyMode,
}

/// What a webhook's caller waits for (SEMANTICS 12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyMode {
    /// `node` where a respond node can be reached from the start, else `last`.
    #[default]
    Auto,
    /// Nothing: 202 as soon as the run is durable.
    Now,
    /// The first respond node that starts.
    Node,
    /// `flat` of the canonically last node that ran without out-edges.
    Last,
}

/// What an iteration of a loop is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chunk {
    /// Items `[from, to)` of the loop's first input port.
    Input { from: u32, to: u32 },
    /// What the iteration before gave (`while`, `until`).
    Last,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Until {
    /// Milliseconds since 1970.
    Time(i64),
    /// The run of a called flow has ended.
    Child(Uuid),
    /// A retry of the attempt after the one that failed.
    Retry {
        at: i64,
        attempt: u32,
        #[serde(default)]
        problem: Option<Arc<Problem>>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Row {
    RunCreated(Arc<RunCreated>),
    /// The run left the queue.
    RunStarted {
        at: i64,
    },
    StepStarted {
        step: StepId,
        node: String,
        kind: String,
        scope: ScopePath,
        cause: Cause,
        attempt: u32,
        class: Class,
        inputs: Vec<InputRef>,
        at: i64,
    },
    /// Outputs of items `[from, to)` of an unsafe or idempotent item node.
    ItemsDone {
        step: StepId,
        from: u32,
        to: u32,
        emissions: Vec<Emission>,
    },
    StepWaiting {
        step: StepId,
        until: Until,
        at: i64,
    },
    /// `node`, `scope`, `cause` and `inputs` again, because pure and read steps have only this row.
    StepFinished {
        step: StepId,
        node: String,
        kind: String,
        scope: ScopePath,
        cause: Cause,
        attempt: u32,
        inputs: Vec<InputRef>,
        emissions: Vec<Emission>,
        warnings: Vec<String>,
        pinned: bool,
        started: i64,
        at: i64,
        log: Vec<String>,
    },
    StepFailed {
        step: StepId,
        node: String,
        kind: String,
        scope: ScopePath,
        cause: Cause,
        attempt: u32,
        inputs: Vec<InputRef>,
        problem: Arc<Problem>,
        cancelled: bool,
        started: i64,
        at: i64,
        log: Vec<String>,
    },
    /// An iteration of a loop has begun: its chunk is emission `index` of the loop's `body` port.
    IterationStarted {
        step: StepId,
        index: u32,
        chunk: Chunk,
        at: i64,
    },
    /// An iteration of a loop has ended with this result: what `back` received.
    IterationDone {
        step: StepId,
        index: u32,
        result: Stored,
        problem: Option<Arc<Problem>>,
        at: i64,
    },
    DeliveryDropped {
        node: String,
        scope: ScopePath,
        edge: String,
        step: StepId,
        emission: u32,
    },
    CancelRequested {
        by: String,
        at: i64,
    },
    /// A killed unsafe step: item `item` of `items` may have happened.
    AttentionNeeded {
        step: StepId,
        node: String,
        item: u32,
        items: u32,
        at: i64,
    },
    Decision {
        step: StepId,
        by: String,
        decision: Decided,
        at: i64,
    },
    /// The reply of a webhook or the result of a called flow was given by this respond step.
    Responded {
        step: StepId,
        reply: Value,
        delivered: bool,
        at: i64,
    },
    RunFinished {
        ending: Ending,
        problem: Option<Arc<Problem>>,
        result: Option<Stored>,
        at: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    Repeat,
    Fail,
    Result(Batch),
}

/// Encoding of rows as the store keeps them.
pub struct Rows;

impl Rows {
    /// msgpack, fields by name, so that later versions may add some.
    pub fn encode(rows: &[Row]) -> Vec<u8> {
        rmp_serde::to_vec_named(rows).expect("rows are always encodable")
    }

    /// # Errors
    /// `journal.damaged`.
    pub fn decode(bytes: &[u8]) -> Result<Vec<Row>> {
        rmp_serde::from_slice(bytes).map_err(super::damaged)
    }

    /// The run's chain after these encoded rows.
    pub fn chain(previous: &[u8; 32], encoded: &[u8]) -> [u8; 32] {
        *blake3::Hasher::new().update(previous).update(encoded).finalize().as_bytes()
    }
}
