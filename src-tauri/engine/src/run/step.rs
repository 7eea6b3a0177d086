//! One step from its beginning to its end: what is common to all kinds of nodes.

use super::emit::{Emitted, Given, fill, one};
use super::names::Names;
use super::resume::Before;
use super::scripts::StepWorld;
use super::{Run, batch, call, items, loops, respond};
use crate::identity::retry_delay;
use crate::journal::{Class, Durability, Row, StepId, Until, Volatile};
use crate::plan::{DONE, PlanNode, Runner};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use tokio_util::task::AbortOnDropHandle;
use weft_flow::OnError;
use weft_node::world::Caller;
use weft_node::{Batch, CANCELLED, Context, EffectClass, Input, Item, Lineage, Problem, Result, TIMEOUT, Trigger, Value};

/// A step that runs longer tells so by a row, whatever it does.
const TOLD_AFTER: Duration = Duration::from_millis(50);
/// From so many items on a step gets a task of its own, so that it holds up neither its siblings nor a cancel.
const OWN_TASK_FROM: usize = 512;

/// What a step has at hand while it runs.
pub(super) struct StepCx {
    pub run: Arc<Run>,
    pub step: usize,
    pub id: StepId,
    pub node: usize,
    pub input: Input,
    pub started: i64,
    pub world: Arc<StepWorld>,
    pub before: Mutex<Option<Before>>,
    attempt: AtomicU32,
    announced: AtomicU32,
}

/// How a step ended, with what its row says beside.
pub(super) struct End {
    pub outcome: Outcome,
    pub attempt: u32,
    pub started: i64,
    pub log: Vec<String>,
}

pub(super) enum Outcome {
    Finished {
        emissions: Vec<Emitted>,
        warnings: Vec<String>,
        pinned: bool,
    },
    Failed(Problem),
    Cancelled,
    /// The journal takes nothing any more.
    Broken(Problem),
}

/// Why a step gave nothing.
#[derive(Debug)]
pub(super) enum Failure {
    Problem(Problem),
    Cancelled,
    Broken(Problem),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        if problem.code == CANCELLED { Failure::Cancelled } else { Failure::Problem(problem) }
    }
}

/// Begins a step. The future is to be polled in the run's own future; it never panics.
pub(super) fn begin(run: &Arc<Run>, step: usize, before: Option<Before>) -> BoxFuture<'static, (usize, End)> {
    let (id, node, input) = {
        let core = run.core();
        (core.steps[step].id, core.steps[step].node, core.input(step))
    };
    let started = before.as_ref().map_or_else(|| run.now(), |before| before.started);
    let attempt = before.as_ref().map_or(1, |before| before.attempt);
    let announced = before.as_ref().map_or(0, |before| before.announced);
    let items: usize = input.ports.iter().map(|port| port.len()).sum();
    let cx = Arc::new(StepCx {
        world: Arc::new(StepWorld::new(run.world.clone())),
        run: run.clone(),
        step,
        id,
        node,
        input,
        started,
        before: Mutex::new(before),
        attempt: AtomicU32::new(attempt),
        announced: AtomicU32::new(announced),
    });
    Box::pin(async move {
        let mut work: BoxFuture<'static, Result<Outcome, String>> =
            if items >= OWN_TASK_FROM && matches!(cx.plan().runner, Runner::Item | Runner::Batch) {
                let task = AbortOnDropHandle::new(tokio::spawn(work(cx.clone())));
                Box::pin(async move {
                    task.await.map_err(|error| error.try_into_panic().map_or_else(|e| e.to_string(), |panic| panic_text(&*panic)))
                })
            } else {
                Box::pin(AssertUnwindSafe(work(cx.clone())).catch_unwind().map(|done| done.map_err(|panic| panic_text(&*panic))))
            };
        let done = match futures_util::poll!(&mut work) {
            Poll::Ready(done) => done,
            Poll::Pending => tokio::select! {
                biased;
                done = &mut work => done,
                () = tokio::time::sleep(TOLD_AFTER) => {
                    cx.announce();
                    cx.run.log.hand_over();
                    work.await
                }
            },
        };
        let outcome = done.unwrap_or_else(|text| Outcome::Failed(cx.place(panicked(&text))));
        (step, End { outcome, attempt: cx.attempt(), started, log: cx.world.take_lines() })
    })
}

async fn work(cx: Arc<StepCx>) -> Outcome {
    let refused = cx.run.core().steps[cx.step].refused.clone();
    if let Some(problem) = refused {
        return Outcome::Failed(cx.place(problem));
    }
    let given = match carry_out(&cx).await {
        Ok(given) => given,
        Err(Failure::Cancelled) => return Outcome::Cancelled,
        Err(Failure::Broken(problem)) => return Outcome::Broken(problem),
        Err(Failure::Problem(problem)) => return Outcome::Failed(cx.place(problem)),
    };
    let (mut warnings, pinned) = (given.warnings.clone(), given.pinned);
    if cx.world.was_rounded() {
        warnings.push("An integer beyond 2^53 went to JavaScript, which rounds it.".into());
    }
    match cx.run.emissions(cx.plan(), &cx.input, given).await {
        Ok(emissions) => Outcome::Finished { emissions, warnings, pinned },
        Err(problem) if problem.code == weft_node::DISK_FULL => Outcome::Broken(problem),
        Err(problem) => Outcome::Failed(cx.place(problem)),
    }
}

async fn carry_out(cx: &Arc<StepCx>) -> Result<Given, Failure> {
    if let Some(pins) = cx.run.pins.get(&cx.node).filter(|_| cx.run.core().is_pinned(cx.node)) {
        return Ok(pinned(pins, &cx.input));
    }
    let node = cx.plan();
    if node.is_bypassed() && !matches!(node.runner, Runner::Source(_)) {
        let port = if node.runner == Runner::Loop { DONE } else { 0 };
        let pass = |(at, item): (usize, &Item)| Item { from: one(at), ..item.clone() };
        return Ok(if node.outs.is_empty() {
            Given::default()
        } else {
            Given::on(port.into(), cx.input.items().iter().enumerate().map(pass).collect())
        });
    }
    match node.runner {
        Runner::Source(trigger) => Ok(Given::on(0, source(trigger, &cx.run.created.request))),
        Runner::Item => items::run(cx).await,
        Runner::Batch => batch::run(cx).await,
        Runner::Loop => loops::run(cx).await,
        Runner::Call => call::run(cx).await,
        Runner::Respond => respond::run(cx).await,
    }
}

/// A trigger gives the body: a list as one item per element, nothing as one empty object.
fn source(trigger: Trigger, request: &Value) -> Vec<Item> {
    let item = |json: Value| Item { from: Lineage::none(), ..Item::new(json) };
    let empty = || Value::from(weft_node::Map::default());
    match (trigger, request.get("body").unwrap_or(&Value::Null)) {
        (_, Value::Null) => vec![item(empty())],
        (Trigger::Manual, Value::List(items)) => items.iter().cloned().map(item).collect(),
        (_, body) => vec![item(body.clone())],
    }
}

fn pinned(pins: &[Batch], input: &Input) -> Given {
    let pin = |batch: &Batch| {
        let pairs = batch.len() == input.items().len();
        let from = |at| if pairs { one(at) } else { Lineage::Unknown };
        batch
            .iter()
            .enumerate()
            .map(|(at, item)| Item {
                from: if input.ports.iter().all(|port| port.is_empty()) { Lineage::none() } else { from(at) },
                ..item.clone()
            })
            .collect()
    };
    Given { ports: pins.iter().map(pin).collect(), warnings: Vec::new(), pinned: true }
}

impl StepCx {
    pub fn plan(&self) -> &PlanNode {
        &self.run.plan.nodes[self.node]
    }

    pub fn attempt(&self) -> u32 {
        self.attempt.load(Ordering::Relaxed)
    }

    /// Names the node in a problem that does not.
    pub fn place(&self, mut problem: Problem) -> Problem {
        problem.node.get_or_insert_with(|| self.plan().id.to_string());
        problem
    }

    /// Writes the `started` row of this attempt, once.
    pub fn announce(&self) {
        let attempt = self.attempt();
        if self.announced.swap(attempt, Ordering::Relaxed) == attempt {
            return;
        }
        let core = self.run.core();
        let class = match self.plan().class {
            EffectClass::Pure => Class::Pure,
            EffectClass::Read => Class::Read,
            EffectClass::Idempotent => Class::Idempotent,
            EffectClass::Unsafe => Class::Unsafe,
        };
        let row = Row::StepStarted {
            step: self.id,
            node: self.plan().id.to_string(),
            kind: self.plan().kind_name.clone(),
            scope: core.path(self.step).clone(),
            cause: core.steps[self.step].cause.clone(),
            attempt,
            class,
            inputs: core.input_refs(self.step),
            at: if attempt == 1 { self.started } else { self.run.now() },
        };
        drop(core);
        self.run.log.push(row);
    }

    /// The attempt is made again, knowingly: it gets a row of its own.
    pub fn announce_again(&self) {
        self.announced.store(0, Ordering::Relaxed);
    }

    /// Before an attempt that may change the world: its `started` row is on the disk.
    pub async fn announce_durably(&self) -> Result<(), Failure> {
        self.announce();
        self.run.log.durable_step().await.map_err(Failure::Broken)
    }

    /// Waits until the next attempt, where there is to be one.
    pub async fn wait_for_retry(&self, problem: &Problem) -> Result<(), Failure> {
        let attempt = self.attempt() + 1;
        let retry = self.plan().retry.unwrap_or_default();
        let delay = retry_delay(&retry, self.id, attempt, problem.retry_after_ms.map(Duration::from_millis));
        let at = self.run.now() + delay.as_millis() as i64;
        self.announce();
        let until = Until::Retry { at, attempt, problem: Some(Arc::new(self.place(problem.clone()))) };
        self.run.log.push(Row::StepWaiting { step: self.id, until, at: self.run.now() });
        if self.run.log.durability() == Durability::Run {
            self.run.log.durable().await.map_err(Failure::Broken)?;
        } else {
            self.run.log.hand_over();
        }
        self.wait_until(at, problem).await?;
        self.attempt.store(attempt, Ordering::Relaxed);
        Ok(())
    }

    /// Waits for a time that a row has told.
    pub async fn wait_until(&self, at: i64, problem: &Problem) -> Result<(), Failure> {
        tokio::select! {
            biased;
            () = self.run.cancel.cancelled() => Err(Failure::Cancelled),
            () = self.run.stopping.cancelled() => Err(Failure::Problem(problem.clone())),
            () = self.run.world.clock().until(at) => Ok(()),
        }
    }

    pub fn set_attempt(&self, attempt: u32) {
        self.attempt.store(attempt, Ordering::Relaxed);
    }

    /// Whether another attempt may follow this error.
    pub fn may_retry(&self, problem: &Problem) -> bool {
        problem.retryable && self.plan().retry.is_some_and(|retry| self.attempt() <= retry.times) && !self.run.stopping.is_cancelled()
    }

    pub fn context(&self, names: Arc<Names>, caller: Arc<Caller>) -> Context {
        Context { caller, world: self.world.clone(), scope: names, index: None }
    }

    pub fn caller(self: &Arc<Self>) -> Arc<Caller> {
        let told = AtomicI64::new(i64::MIN);
        let begun = tokio::time::Instant::now();
        let (run, id) = (self.run.clone(), self.id);
        let node = self.plan().id.to_string();
        let on_progress = move |done: u32, of: u32| {
            let now = begun.elapsed().as_millis() as i64;
            let last = told.load(Ordering::Relaxed);
            // At most ten a second.
            if now.saturating_sub(last) >= 100 && told.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                run.engine.journal().volatile(Volatile::Progress { run: run.id, step: id, node: node.clone(), done, of });
            }
        };
        Arc::new(Caller {
            flow: self.run.created.flow.clone(),
            run: self.run.id,
            step: self.id.0,
            node: self.plan().id.to_string(),
            attempt: self.attempt(),
            permissions: self.run.permissions.clone(),
            cancel: self.run.cancel.clone(),
            now_ms: self.started,
            time_zone: self.run.time_zone.clone(),
            on_progress: Some(Arc::new(on_progress)),
        })
    }

    pub fn names(self: &Arc<Self>, caller: &Arc<Caller>) -> Arc<Names> {
        let caller = caller.clone();
        Arc::new(Names {
            run: self.run.clone(),
            step: self.step,
            input: self.input.clone(),
            now_ms: self.started,
            seed: Arc::new(move |item| caller.seed(item)),
            world: self.world.clone(),
            turn: None,
        })
    }

    /// Runs one call of a node within the node's timeout, its panic caught.
    pub async fn guard<T>(&self, call: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let caught = AssertUnwindSafe(call).catch_unwind();
        let done = match self.plan().timeout {
            None => caught.await,
            Some(limit) => match tokio::time::timeout(limit, caught).await {
                Ok(done) => done,
                Err(_) => {
                    let text = format!("`{}` took longer than {} ms.", self.plan().id, limit.as_millis());
                    return Err(Problem::new(TIMEOUT, text).help("Give it a longer timeout, or less to do at once.").retryable());
                }
            },
        };
        done.unwrap_or_else(|panic| Err(panicked(&panic_text(&*panic))))
    }

    /// What a failed activation gives by the node's `on_error`: its whole input, marked.
    pub fn caught(&self, problem: Problem) -> Result<Given, Failure> {
        let node = self.plan();
        let problem = Arc::new(self.place(problem));
        let mark = |port: usize| {
            let problem = problem.clone();
            move |(at, item): (usize, &Item)| Item {
                from: Lineage::From(smallvec::smallvec![(port as u16, at as u32)]),
                error: Some(problem.clone()),
                ..item.clone()
            }
        };
        let mut given = Given { warnings: vec![format!("Failed and went on: {}", problem.message)], ..Given::default() };
        match (node.on_error, node.error_port()) {
            (OnError::Continue, _) if !node.outs.is_empty() => {
                let port = if node.runner == Runner::Loop { DONE } else { 0 };
                given.extend(port.into(), self.input.items().iter().enumerate().map(mark(0)));
                Ok(given)
            }
            (OnError::Port, Some(error)) => {
                for (port, items) in self.input.ports.iter().enumerate() {
                    given.extend(error.into(), items.iter().enumerate().map(mark(port)));
                }
                Ok(given)
            }
            _ => Err(Failure::Problem(Problem::clone(&problem))),
        }
    }

    /// Fills in where a batch node's items came from.
    pub fn given(&self, outputs: weft_node::Outputs) -> Given {
        let mut ports = outputs.ports;
        for items in &mut ports {
            fill(items, &self.input);
        }
        Given { ports, warnings: outputs.warnings, pinned: false }
    }
}

fn panicked(text: &str) -> Problem {
    Problem::new("node.panic", format!("The node broke down: {text}."))
        .help("This is a mistake in the node itself; please report it with what went in.")
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_string())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".into())
}
