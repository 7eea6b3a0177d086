//! The engine: starts runs, takes them up again after a crash, and passes commands on to them.

mod attempt;
mod select;

pub use attempt::Tried;

use crate::core::{Core, Selection};
use crate::journal::{Decided, Durability, Ending, Journal, Part, ReplyMode, Row, RunCreated, StepId, damaged};
use crate::plan::Plan;
use crate::public::{EngineParts, Reply, RunEnd, RunHandle, StartRun};
use crate::queue::{Queue, Waiting};
use crate::run::{Answer, Command, NewRun, Resumed, RowLog, drive, load, lock, read_stored, replay};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;
use weft_flow::Flow;
use weft_node::world::World;
use weft_node::{Batch, Problem, Result, Value};

/// What a journal says of a run that it does not have.
const NOT_FOUND: &str = "run.not_found";
/// Compiled versions that are kept.
const PLANS: usize = 256;

/// Runs flows. Made once per workspace, shared as an `Arc`; every run is a task of its own.
pub struct Engine {
    parts: EngineParts,
    plans: Mutex<HashMap<String, Arc<Plan>>>,
    queue: Mutex<Queue>,
}

/// A run that a call step starts.
pub(crate) struct ChildRun {
    pub id: Uuid,
    pub flow: String,
    /// `ctx.request.body` over there.
    pub body: Value,
    pub parent: (Uuid, StepId),
    /// The calling run.
    pub of: Arc<RunCreated>,
}

impl Engine {
    pub fn new(parts: EngineParts) -> Arc<Engine> {
        Arc::new(Engine { parts, plans: Mutex::default(), queue: Mutex::default() })
    }

    pub(crate) fn world(&self) -> &Arc<dyn World> {
        &self.parts.world
    }

    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        &self.parts.journal
    }

    pub fn catalog(&self) -> &crate::Catalog {
        &self.parts.catalog
    }

    /// Whether this flow version can be run at all: every type known, every port there, loops closed.
    ///
    /// # Errors
    /// What keeps it from running.
    pub fn check(&self, flow: Arc<Flow>) -> Result<()> {
        Plan::build(flow, &self.parts.catalog).map(drop)
    }

    /// Starts a run, or queues it where the caps are reached; its `run_created` is handed to the journal before this returns,
    /// and with `reply: now` is on the disk.
    ///
    /// # Errors
    /// What keeps the flow from running; `start.*`; `queue.full`; what the journal says.
    pub async fn start(self: &Arc<Self>, start: StartRun) -> Result<RunHandle> {
        self.start_as(start, None, 0).await
    }

    async fn start_as(self: &Arc<Self>, start: StartRun, parent: Option<(Uuid, StepId)>, depth: u32) -> Result<RunHandle> {
        let plan = self.plan(&start.version, &start.flow)?;
        if parent.is_none() && lock(&self.queue).is_full(&self.parts.limits) {
            return Err(Problem::new("queue.full", format!("{} runs are waiting; this one is not taken.", self.parts.limits.queue))
                .help("Try again later."));
        }
        let begin = select::start(&plan, start.start.as_deref())?;
        let mut pins: Vec<(String, Vec<Batch>)> = start.pins;
        if let Some(past) = start.from_run {
            let outputs = self.outputs(past).await?;
            pins.extend(select::past_pins(&plan, &start.part, outputs)?);
        }
        let id = start.run.unwrap_or_else(Uuid::now_v7);
        let durability = start.durability.unwrap_or(match plan.flow.durability() {
            weft_flow::Durability::Step => Durability::Step,
            weft_flow::Durability::Run => Durability::Run,
            weft_flow::Durability::None => Durability::None,
        });
        let pins_by_node = select::pins(&plan, &pins);
        let selection = select::selection(&plan, begin, &start.part, &pins_by_node)?;
        let now = self.world().clock().now_ms();
        let mut stored = Vec::with_capacity(pins.len());
        for (node, ports) in &pins {
            let mut batches = Vec::with_capacity(ports.len());
            for batch in ports {
                batches.push(crate::run::store(&**self.world(), batch, durability).await?);
            }
            stored.push((node.clone(), batches));
        }
        let created = Arc::new(RunCreated {
            flow: start.flow_id,
            version: start.version,
            start: plan.nodes[begin].id.to_string(),
            part: start.part,
            trigger: start.trigger,
            request: start.request,
            pins: stored,
            durability,
            parent,
            depth,
            at: now,
            time_zone: start.time_zone,
            permissions: start.permissions,
            config: start.config,
            env: start.env,
            reply: start.reply,
        });
        let log = RowLog::new(id, durability, self.journal().clone(), 0, [0; 32]);
        log.push(Row::RunCreated(created.clone()));
        let (reply, replied) = oneshot::channel();
        let core = Core::new(plan.clone(), id, selection);
        let answer = Answer { sender: Some(reply), ..Answer::default() };
        let run =
            NewRun { id, created: created.clone(), plan, engine: self.clone(), core, log, pins: pins_by_node, reply: answer, started: now }
                .make();
        if created.reply == ReplyMode::Now {
            run.log.durable().await?;
        }
        let done = self.enter(run, Resumed::default());
        Ok(RunHandle { id, reply: replied, done })
    }

    /// Counts a run in; it begins now or when there is room.
    fn enter(self: &Arc<Self>, run: Arc<crate::run::Run>, resumed: Resumed) -> watch::Receiver<Option<Arc<RunEnd>>> {
        let (tell, done) = watch::channel(None);
        let (commands, receive) = mpsc::channel(16);
        let entered = run.clone();
        let waiting = Waiting { run, commands: receive, tell, resumed };
        let begin = lock(&self.queue).enter(waiting, commands, done.clone(), &self.parts.limits);
        match begin {
            Some(waiting) => self.begin(waiting),
            // What waits is told of at once.
            None => entered.log.hand_over(),
        }
        done
    }

    fn begin(self: &Arc<Self>, waiting: Waiting) {
        let engine = self.clone();
        tokio::spawn(async move {
            let Waiting { run, commands, tell, resumed } = waiting;
            let id = run.id;
            if resumed.started.is_none() {
                run.log.push(Row::RunStarted { at: run.now() });
            }
            let end = Arc::new(drive(run, commands, resumed).await);
            let next = lock(&engine.queue).leave(id, &engine.parts.limits);
            // Nobody may be listening.
            let _ = tell.send(Some(end));
            for waiting in next {
                engine.begin(waiting);
            }
        });
    }

    /// Takes up every run that the journal knows as unfinished. Gives their ids.
    ///
    /// # Errors
    /// What the journal says. A run that cannot be taken up is left as it is, and told in the log.
    pub async fn resume(self: &Arc<Self>) -> Result<Vec<Uuid>> {
        let mut taken = Vec::new();
        let open = self.journal().open_runs().await?;
        let mut loaded = Vec::new();
        for id in &open {
            match self.load(*id).await {
                Ok(rows) => loaded.push((*id, rows)),
                Err(error) => tracing::error!(%error, run = %id, "a run cannot be read"),
            }
        }
        for (id, rows) in loaded {
            let waits =
                matches!(rows.first(), Some(Row::RunCreated(created)) if created.parent.is_some_and(|(parent, _)| open.contains(&parent)));
            // A called run is taken up by its caller.
            if waits || lock(&self.queue).live.contains_key(&id) {
                continue;
            }
            match self.take_up(id, rows).await {
                Ok(_) => taken.push(id),
                Err(error) => tracing::error!(%error, run = %id, "a run cannot be taken up"),
            }
        }
        Ok(taken)
    }

    /// Rows of a run; none where the journal does not know it.
    async fn load(&self, run: Uuid) -> Result<Vec<Row>> {
        match self.journal().rows(run).await {
            Err(problem) if problem.code == NOT_FOUND => Ok(Vec::new()),
            other => other,
        }
    }

    async fn take_up(self: &Arc<Self>, id: Uuid, rows: Vec<Row>) -> Result<watch::Receiver<Option<Arc<RunEnd>>>> {
        let Some(Row::RunCreated(created)) = rows.first().cloned() else { return Err(damaged(format_args!("run {id} has no beginning"))) };
        let flow = self.parts.flows.version(&created.version).await?;
        let plan = self.plan(&created.version, &flow)?;
        let mut pins = Vec::with_capacity(created.pins.len());
        for (node, ports) in &created.pins {
            let mut batches = Vec::with_capacity(ports.len());
            for stored in ports {
                batches.push(read_stored(&**self.world(), stored).await?);
            }
            pins.push((node.clone(), batches));
        }
        let begin = select::start(&plan, Some(&created.start))?;
        let pins = select::pins(&plan, &pins);
        let selection = select::selection(&plan, begin, &created.part, &pins)?;
        let mut core = Core::new(plan.clone(), id, selection);
        let batches = load(&**self.world(), &rows).await?;
        let resumed = replay(&mut core, &rows, batches)?;
        let chain = self.journal().chain(id).await?;
        let log = RowLog::new(id, created.durability, self.journal().clone(), rows.len() as u64, chain);
        let started = resumed.started.unwrap_or(created.at);
        let answer = Answer { responded: resumed.responded.is_some(), result: resumed.responded.clone(), ..Answer::default() };
        let run = NewRun { id, created, plan, engine: self.clone(), core, log, pins, reply: answer, started }.make();
        Ok(self.enter(run, resumed))
    }

    /// The run as something that takes commands: live already, or taken up now.
    async fn ensure_live(self: &Arc<Self>, run: Uuid) -> Result<mpsc::Sender<Command>> {
        if let Some(live) = lock(&self.queue).live.get(&run) {
            return Ok(live.commands.clone());
        }
        let rows = self.load(run).await?;
        match rows.last() {
            None => return Err(Problem::new(NOT_FOUND, format!("There is no run {run}."))),
            Some(Row::RunFinished { .. }) => return Err(ended()),
            Some(_) => {}
        }
        self.take_up(run, rows).await?;
        lock(&self.queue).live.get(&run).map(|live| live.commands.clone()).ok_or_else(ended)
    }

    /// Cancels a run: a row first, then everything it waits for lets go within a second.
    ///
    /// # Errors
    /// `run.not_found`, `run.ended`.
    pub async fn cancel(self: &Arc<Self>, run: Uuid, by: &str) -> Result<()> {
        let waiting = lock(&self.queue).take_waiting(run);
        if let Some(Waiting { run, tell, .. }) = waiting {
            run.log.push(Row::CancelRequested { by: by.into(), at: run.now() });
            run.log.push(Row::RunFinished { ending: Ending::Cancelled, problem: None, result: None, at: run.now() });
            run.log.durable().await?;
            run.reply(Reply::Cancelled);
            // Nobody may be listening.
            let _ = tell.send(Some(Arc::new(RunEnd { id: run.id, ending: Ending::Cancelled, problem: None, result: Batch::default() })));
            return Ok(());
        }
        let commands = self.ensure_live(run).await?;
        commands.send(Command::Cancel { by: by.into() }).await.map_err(|_| ended())
    }

    /// Decides about a step of which nobody knows whether it changed the world.
    ///
    /// # Errors
    /// `run.not_found`, `run.ended`, `step.decided`; what the journal says.
    pub async fn decide(self: &Arc<Self>, run: Uuid, step: StepId, decision: Decided, by: &str) -> Result<()> {
        let commands = self.ensure_live(run).await?;
        // A run that was just taken up may not have come to the step yet.
        for _ in 0..100 {
            let (done, answer) = oneshot::channel();
            let command = Command::Decide { step, decision: decision.clone(), by: by.into(), done };
            commands.send(command).await.map_err(|_| ended())?;
            match answer.await.map_err(|_| ended())? {
                Err(problem) if problem.code == "step.decided" => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
                other => return other,
            }
        }
        Err(Problem::new("step.decided", "This step waits for no decision.").help("Look at the run again: somebody may have decided."))
    }

    /// Place in the queue, from 1; none where the run is not waiting for a place.
    pub fn queue_position(&self, run: Uuid) -> Option<usize> {
        lock(&self.queue).position(run)
    }

    /// Runs that wait for a place, in order.
    pub fn queued(&self) -> Vec<Uuid> {
        lock(&self.queue).queued()
    }

    /// Whether the run is in this engine's hands: running or queued.
    pub fn is_live(&self, run: Uuid) -> bool {
        lock(&self.queue).live.contains_key(&run)
    }

    /// Runs in this engine's hands.
    pub fn live(&self) -> Vec<Uuid> {
        lock(&self.queue).live.keys().copied().collect()
    }

    /// Waits for the end of a live run; none where it is not live.
    pub async fn wait(&self, run: Uuid) -> Option<Arc<RunEnd>> {
        let mut done = lock(&self.queue).live.get(&run).map(|live| live.done.clone())?;
        let end = done.wait_for(Option::is_some).await.ok()?;
        end.clone()
    }

    /// The run of a call step: from its beginning, from where it was, or its end as the journal has it.
    pub(crate) async fn run_child(self: &Arc<Self>, child: ChildRun) -> Result<RunEnd> {
        if let Some(end) = self.wait(child.id).await {
            return Ok((*end).clone());
        }
        let rows = if child.of.durability == Durability::None { Vec::new() } else { self.load(child.id).await? };
        let mut done = match rows.last() {
            Some(Row::RunFinished { ending, problem, result, .. }) => {
                let result = match result {
                    Some(stored) => read_stored(&**self.world(), stored).await?,
                    None => Batch::default(),
                };
                return Ok(RunEnd { id: child.id, ending: *ending, problem: problem.clone(), result });
            }
            Some(_) => self.take_up(child.id, rows).await?,
            None => {
                let (version, flow, permissions) = self.parts.flows.current(&child.flow).await?;
                let plan = self.plan(&version, &flow)?;
                let start = select::manual(&plan)?;
                let mut run = StartRun::new(child.flow, version, flow);
                run.start = Some(plan.nodes[start].id.to_string());
                run.trigger = "call".into();
                run.request = Value::object([("body", child.body)]);
                run.permissions = (*permissions).clone();
                run.run = Some(child.id);
                run.durability = (child.of.durability == Durability::None).then_some(Durability::None);
                run.time_zone = child.of.time_zone.clone();
                run.config = child.of.config.clone();
                run.env = child.of.env.clone();
                Box::pin(self.start_as(run, Some(child.parent), child.of.depth + 1)).await?.done
            }
        };
        let end = done.wait_for(Option::is_some).await.map_err(|_| ended())?;
        Ok(end.as_deref().cloned().expect("just waited for"))
    }

    fn plan(&self, version: &str, flow: &Arc<Flow>) -> Result<Arc<Plan>> {
        if let Some(plan) = lock(&self.plans).get(version) {
            return Ok(plan.clone());
        }
        let plan = Arc::new(Plan::build(flow.clone(), &self.parts.catalog)?);
        let mut plans = lock(&self.plans);
        if plans.len() >= PLANS {
            plans.clear();
        }
        plans.insert(version.to_string(), plan.clone());
        Ok(plan)
    }

    /// What the nodes of a past run gave, by node and port, in the order of its rows.
    async fn outputs(&self, run: Uuid) -> Result<HashMap<String, Vec<Batch>>> {
        let mut outputs: HashMap<String, Vec<Vec<weft_node::Item>>> = HashMap::new();
        for row in self.load(run).await? {
            let Row::StepFinished { node, emissions, .. } = row else { continue };
            let ports = outputs.entry(node).or_default();
            for emission in emissions {
                let port = emission.port as usize;
                if ports.len() <= port {
                    ports.resize_with(port + 1, Vec::new);
                }
                ports[port].extend(read_stored(&**self.world(), &emission.items).await?.into_items());
            }
        }
        Ok(outputs.into_iter().map(|(node, ports)| (node, ports.into_iter().map(Batch::new).collect())).collect())
    }
}

fn ended() -> Problem {
    Problem::new("run.ended", "This run has ended.")
}
