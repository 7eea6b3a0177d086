//! One run: one future that interprets the plan, with the futures of steps that really wait inside of it.

mod batch;
mod call;
mod drive;
mod emit;
mod items;
mod log;
mod loops;
mod names;
mod respond;
mod resume;
mod scripts;
mod step;

pub(crate) use drive::drive;
pub use emit::read_stored;
pub(crate) use emit::store;
pub(crate) use log::RowLog;
pub(crate) use names::Names;
pub(crate) use resume::{Resumed, load, replay};

use crate::Reply;
use crate::core::Core;
use crate::engine::Engine;
use crate::journal::{Decided, RunCreated, StepId};
use crate::plan::Plan;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use weft_node::world::World;
use weft_node::{Batch, Permissions, Value};

/// Everything of a run that its steps share.
pub(crate) struct Run {
    pub id: Uuid,
    pub created: Arc<RunCreated>,
    pub plan: Arc<Plan>,
    pub engine: Arc<Engine>,
    pub world: Arc<dyn World>,
    core: Mutex<Core>,
    pub log: RowLog,
    pub cancel: CancellationToken,
    /// Fires when nothing new may start: retries stop waiting.
    pub stopping: CancellationToken,
    pub permissions: Arc<Permissions>,
    pub time_zone: Arc<str>,
    pub config: Value,
    pub pins: HashMap<usize, Vec<Batch>>,
    /// Wakes the run's future when a loop has opened an iteration.
    pub wake: Notify,
    loops: Mutex<HashMap<usize, mpsc::UnboundedSender<usize>>>,
    pub decisions: Mutex<HashMap<StepId, oneshot::Sender<Decided>>>,
    reply: Mutex<Answer>,
    pub started: i64,
}

/// The run's reply and result, as far as they are known.
#[derive(Default)]
pub(crate) struct Answer {
    pub sender: Option<oneshot::Sender<Reply>>,
    /// What reached the first respond step.
    pub result: Option<Batch>,
    /// A respond step has answered, in this life of the run or before.
    pub responded: bool,
}

pub(crate) enum Command {
    Cancel { by: String },
    Decide { step: StepId, decision: Decided, by: String, done: oneshot::Sender<weft_node::Result<()>> },
}

impl Run {
    pub fn core(&self) -> MutexGuard<'_, Core> {
        lock(&self.core)
    }

    pub fn answer(&self) -> MutexGuard<'_, Answer> {
        lock(&self.reply)
    }

    pub fn now(&self) -> i64 {
        self.world.clock().now_ms()
    }

    /// Gives the reply to whoever waits; false where nobody does, or it was given.
    pub fn reply(&self, reply: Reply) -> bool {
        let sender = self.answer().sender.take();
        sender.is_some_and(|sender| sender.send(reply).is_ok())
    }
}

pub(crate) struct NewRun {
    pub id: Uuid,
    pub created: Arc<RunCreated>,
    pub plan: Arc<Plan>,
    pub engine: Arc<Engine>,
    pub core: Core,
    pub log: RowLog,
    pub pins: HashMap<usize, Vec<Batch>>,
    pub reply: Answer,
    pub started: i64,
}

impl NewRun {
    pub fn make(self) -> Arc<Run> {
        let world = self.engine.world().clone();
        let mut config = self.created.config.as_object().cloned().unwrap_or_default();
        for (key, value) in self.plan.flow.config().into_iter().flat_map(|own| own.iter()) {
            config.insert(key.clone(), value.clone());
        }
        Arc::new(Run {
            id: self.id,
            permissions: Arc::new(self.created.permissions.clone()),
            time_zone: self.created.time_zone.as_str().into(),
            config: Value::from(config),
            created: self.created,
            plan: self.plan,
            engine: self.engine,
            world,
            core: Mutex::new(self.core),
            log: self.log,
            cancel: CancellationToken::new(),
            stopping: CancellationToken::new(),
            pins: self.pins,
            wake: Notify::new(),
            loops: Mutex::default(),
            decisions: Mutex::default(),
            reply: Mutex::new(self.reply),
            started: self.started,
        })
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
