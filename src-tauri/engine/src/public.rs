//! What the engine is given and what it gives back.

use crate::Catalog;
use crate::journal::{Durability, Ending, Journal, Part, ReplyMode, StepId};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};
use uuid::Uuid;
use weft_flow::Flow;
use weft_node::world::World;
use weft_node::{Batch, Permissions, Problem, Result, Value};

/// What an engine is made of.
pub struct EngineParts {
    pub world: Arc<dyn World>,
    pub journal: Arc<dyn Journal>,
    pub catalog: Catalog,
    pub flows: Arc<dyn Flows>,
    pub limits: Limits,
}

/// Version hash, flow, and what it may touch.
pub type Current = (String, Arc<Flow>, Arc<Permissions>);

/// Flow versions by hash, and the one a name stands for now.
pub trait Flows: Send + Sync {
    /// A version that a run keeps.
    fn version<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Arc<Flow>>>;

    /// What a call of this flow runs now.
    fn current<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Current>>;
}

/// Runs at once (SEMANTICS 13). What exceeds them queues in order.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of one flow, started by hand.
    pub manual_per_flow: usize,
    /// Of one flow, started by webhooks.
    pub webhook_per_flow: usize,
    pub workspace: usize,
    /// Waiting runs; one more is refused with `queue.full`.
    pub queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { manual_per_flow: 1, webhook_per_flow: 64, workspace: 256, queue: 10_000 }
    }
}

/// A run to be started.
#[derive(Clone)]
pub struct StartRun {
    pub flow: Arc<Flow>,
    pub flow_id: String,
    /// Hash of the flow version; the plan is kept by it.
    pub version: String,
    /// The trigger; the manual one, else the only one, where none is named.
    pub start: Option<String>,
    pub part: Part,
    /// `manual`, `webhook`, `call`.
    pub trigger: String,
    /// `ctx.request`.
    pub request: Value,
    /// Outputs by node, one batch per output port.
    pub pins: Vec<(String, Vec<Batch>)>,
    /// None: what the flow says.
    pub durability: Option<Durability>,
    pub permissions: Permissions,
    /// None: a new UUIDv7.
    pub run: Option<Uuid>,
    /// A past run whose outputs become pins (from here, only this).
    pub from_run: Option<Uuid>,
    pub time_zone: String,
    /// The workspace's; the flow's own config goes over it.
    pub config: Value,
    pub env: Value,
    pub reply: ReplyMode,
}

impl StartRun {
    /// A run by hand of the whole flow, with nothing allowed and nothing given.
    pub fn new(flow_id: impl Into<String>, version: impl Into<String>, flow: Arc<Flow>) -> StartRun {
        StartRun {
            flow,
            flow_id: flow_id.into(),
            version: version.into(),
            start: None,
            part: Part::All,
            trigger: "manual".into(),
            request: Value::object([("body", Value::Null)]),
            pins: Vec::new(),
            durability: None,
            permissions: Permissions::default(),
            run: None,
            from_run: None,
            time_zone: "UTC".into(),
            config: Value::Null,
            env: Value::Null,
            reply: ReplyMode::Auto,
        }
    }
}

/// A run that was started, or goes on.
pub struct RunHandle {
    pub id: Uuid,
    /// The reply, as soon as it is known. Dropping this cancels nothing.
    pub reply: oneshot::Receiver<Reply>,
    pub(crate) done: watch::Receiver<Option<Arc<RunEnd>>>,
}

impl RunHandle {
    /// Waits for the end.
    pub async fn done(&mut self) -> Arc<RunEnd> {
        let id = self.id;
        match self.done.wait_for(Option::is_some).await {
            Ok(end) => end.clone().expect("just waited for"),
            // The program is ending; the run goes on when it starts again.
            Err(_) => Arc::new(RunEnd { id, ending: Ending::Cancelled, problem: None, result: Batch::default() }),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunEnd {
    pub id: Uuid,
    pub ending: Ending,
    pub problem: Option<Arc<Problem>>,
    /// What reached the first respond node, else the outputs of nodes without out-edges, in the file's order.
    pub result: Batch,
}

/// What a webhook's caller is answered (SEMANTICS 12). Content types and statuses are the server's to make of it.
#[derive(Clone, Debug)]
pub enum Reply {
    /// By a respond node: its evaluated settings (`status`, `body`, `headers`) and the items that reached it.
    Respond {
        step: StepId,
        settings: Value,
        items: Batch,
    },
    /// `flat` of the canonically last node that ran without out-edges; none = nothing came.
    Last(Option<Value>),
    /// The run finished and no respond node ran: 500 `no_response`.
    NoResponse,
    Failed(Arc<Problem>),
    Cancelled,
}
