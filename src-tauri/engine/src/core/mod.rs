//! What a run is between two events: scopes, edges, steps. Pure bookkeeping, fed with ends of steps, asked for the
//! next ones; a resumed run feeds it the rows of its journal and has the same state again.

mod activate;
mod close;
mod order;
mod trace;

use crate::journal::{Cause, Chunk, InputRef, ScopePath, StepId};
use crate::plan::{BODY, Plan, Runner};
use smallvec::SmallVec;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;
use weft_node::{Batch, Input, Join, Problem};

/// Most steps of one node of a free cycle.
pub const CYCLE_LIMIT: usize = 10_000;

/// Which nodes a run has, and which of them are not run but pinned.
pub struct Selection {
    pub start: usize,
    pub included: Vec<bool>,
    pub pinned: Vec<bool>,
    /// Pinned nodes give their pins even where nothing reaches them (from here, only this).
    pub pins_stand_alone: bool,
}

pub struct Core {
    pub plan: Arc<Plan>,
    run: Uuid,
    selection: Selection,
    pub scopes: Vec<Scope>,
    pub steps: Vec<Step>,
    by_id: HashMap<StepId, usize>,
    ready: VecDeque<usize>,
    ended: VecDeque<usize>,
    dropped: Vec<Dropped>,
}

/// One instance of a level: the run itself, or an iteration.
pub struct Scope {
    pub path: ScopePath,
    pub level: usize,
    /// The loop step and its iteration.
    pub opener: Option<(usize, u32)>,
    nodes: Vec<NodeState>,
    edges: Vec<EdgeState>,
    cycles: Vec<CycleState>,
    unfinished: usize,
    active: usize,
    /// Nothing new starts here any more, because of this.
    pub stopping: Option<Arc<Problem>>,
    /// A step inside of it failed, and nothing inside caught that.
    pub failed: bool,
    pub ended: bool,
}

#[derive(Default)]
struct NodeState {
    /// Activations that have not ended.
    active: usize,
    open_in: usize,
    /// `all`, `any` and `n` activate once.
    fired: bool,
    ran: bool,
    finished: bool,
    steps: SmallVec<[usize; 1]>,
}

#[derive(Default)]
struct EdgeState {
    deliveries: SmallVec<[(usize, u32); 1]>,
    closed: Option<Reason>,
}

struct CycleState {
    open_in: usize,
    active: usize,
    closed: bool,
}

/// Why an edge is closed (SEMANTICS 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Delivered,
    Empty,
    NotTaken,
}

/// One activation.
pub struct Step {
    pub id: StepId,
    pub node: usize,
    pub scope: usize,
    pub cause: Cause,
    /// The delivery that caused it: edge, source step, emission.
    by: Option<(usize, usize, u32)>,
    /// Every in-edge was closed when it was made: it sees all steps before it.
    sees_all: bool,
    pub feeds: Vec<Feed>,
    pub state: StepState,
    /// Emissions by number. A loop's chunks are not among them.
    pub emissions: Vec<(u16, Batch)>,
    /// A loop's chunks: what it gave on `body`, by iteration.
    pub chunks: Vec<ChunkGiven>,
    /// It is one too many.
    pub refused: Option<Problem>,
}

/// One delivery that a step was given.
pub struct Feed {
    pub port: u16,
    pub step: usize,
    pub out_port: u16,
    pub emission: u32,
    pub batch: Batch,
}

pub struct ChunkGiven {
    pub batch: Batch,
    origin: Origin,
}

/// Where the items of a chunk lie in what the loop step was given.
enum Origin {
    Input {
        from: u32,
    },
    /// What the iteration before gave.
    Items(Vec<ItemRef>),
}

/// One item: (step, output port, emission, position).
pub type ItemRef = (usize, u16, u32, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Ready,
    Begun,
    Finished,
    Failed,
    /// Taken back before it began.
    Gone,
}

/// A delivery that came too late for `any` or `n`.
pub struct Dropped {
    pub node: usize,
    pub scope: usize,
    pub edge: usize,
    pub step: usize,
    pub emission: u32,
}

impl Core {
    pub fn new(plan: Arc<Plan>, run: Uuid, selection: Selection) -> Core {
        let mut core = Core {
            plan,
            run,
            selection,
            scopes: Vec::new(),
            steps: Vec::new(),
            by_id: HashMap::new(),
            ready: VecDeque::new(),
            ended: VecDeque::new(),
            dropped: Vec::new(),
        };
        core.open(0, Vec::new(), None);
        let start = core.selection.start;
        core.activate(0, start, Cause::Start, None, Vec::new(), true);
        core.settle_opened(0);
        core
    }

    /// The next activation to begin, in the order in which they came about.
    pub fn next_ready(&mut self) -> Option<usize> {
        let step = self.ready.pop_front()?;
        self.steps[step].state = StepState::Begun;
        Some(step)
    }

    /// The activation with this id, taken out of those that are ready; for rows of a journal.
    pub fn begin(&mut self, id: StepId) -> Option<usize> {
        let step = *self.by_id.get(&id)?;
        if self.steps[step].state == StepState::Ready {
            self.ready.retain(|other| *other != step);
            self.steps[step].state = StepState::Begun;
        }
        Some(step)
    }

    pub fn step(&self, id: StepId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// A scope that has ended since the last call.
    pub fn next_ended(&mut self) -> Option<usize> {
        self.ended.pop_front()
    }

    /// Deliveries dropped since the last call.
    pub fn take_dropped(&mut self) -> Vec<Dropped> {
        std::mem::take(&mut self.dropped)
    }

    pub fn is_over(&self) -> bool {
        self.scopes[0].ended
    }

    /// The first error that stopped the run.
    pub fn failure(&self) -> Option<&Arc<Problem>> {
        self.scopes[0].stopping.as_ref()
    }

    pub fn is_pinned(&self, node: usize) -> bool {
        self.selection.pinned[node]
    }

    /// Steps that have begun and not ended.
    pub fn begun(&self) -> Vec<usize> {
        (0..self.steps.len()).filter(|at| self.steps[*at].state == StepState::Begun).collect()
    }

    /// What a step was given, by input port.
    pub fn input(&self, step: usize) -> Input {
        let step = &self.steps[step];
        let ports = self.plan.nodes[step.node].ins.len().max(1);
        Input::new(
            (0..ports)
                .map(|port| {
                    let mut feeds = step.feeds.iter().filter(|feed| feed.port as usize == port);
                    match (feeds.next(), feeds.next()) {
                        (None, _) => Batch::default(),
                        (Some(only), None) => only.batch.clone(),
                        (Some(first), Some(second)) => {
                            [first, second].into_iter().chain(feeds).flat_map(|feed| feed.batch.iter().cloned()).collect()
                        }
                    }
                })
                .collect(),
        )
    }

    pub fn input_refs(&self, step: usize) -> Vec<InputRef> {
        let refs = self.steps[step].feeds.iter();
        refs.map(|feed| InputRef { port: feed.port, step: self.steps[feed.step].id, out_port: feed.out_port, emission: feed.emission })
            .collect()
    }

    pub fn path(&self, step: usize) -> &ScopePath {
        &self.scopes[self.steps[step].scope].path
    }

    /// Items of one emission.
    fn batch(&self, step: usize, port: u16, emission: u32) -> &Batch {
        let step = &self.steps[step];
        if self.plan.nodes[step.node].runner == Runner::Loop && port == BODY && !self.is_pinned(step.node) {
            return &step.chunks[emission as usize].batch;
        }
        &step.emissions[emission as usize].1
    }

    /// A step has ended well. Emissions without items are not delivered; they keep their number.
    pub fn finish(&mut self, step: usize, emissions: Vec<(u16, Batch)>) {
        let (node, scope) = (self.steps[step].node, self.steps[step].scope);
        self.steps[step].state = StepState::Finished;
        self.scopes[scope].nodes[self.plan.nodes[node].local].ran = true;
        self.steps[step].emissions = emissions;
        for emission in 0..self.steps[step].emissions.len() {
            let (port, batch) = &self.steps[step].emissions[emission];
            if !batch.is_empty() {
                self.emit(scope, step, *port, emission as u32);
            }
        }
        self.deactivate(step);
    }

    /// A step has failed for good, or was cancelled: nothing new starts in its scope, nor in those around it that it stops.
    pub fn fail(&mut self, step: usize, problem: &Arc<Problem>) {
        self.steps[step].state = StepState::Failed;
        let mut scope = self.steps[step].scope;
        loop {
            self.scopes[scope].failed = true;
            self.stop(scope, problem);
            match self.scopes[scope].opener {
                Some((opener, _)) if self.plan.nodes[self.steps[opener].node].on_error == weft_flow::OnError::Stop => {
                    scope = self.steps[opener].scope
                }
                _ => break,
            }
        }
        self.deactivate(step);
    }

    /// Nothing new starts in this scope and in those inside of it; what is ready is taken back.
    pub fn stop(&mut self, scope: usize, problem: &Arc<Problem>) {
        let inside: Vec<usize> = (0..self.scopes.len()).filter(|at| self.is_within(*at, scope)).collect();
        for at in inside {
            self.scopes[at].stopping.get_or_insert_with(|| problem.clone());
        }
        let (gone, stay): (Vec<usize>, Vec<usize>) =
            self.ready.drain(..).partition(|step| self.scopes[self.steps[*step].scope].stopping.is_some());
        self.ready = stay.into();
        for step in gone {
            self.steps[step].state = StepState::Gone;
            self.deactivate(step);
        }
        for at in 0..self.scopes.len() {
            if self.scopes[at].stopping.is_some() {
                self.check_end(at);
            }
        }
    }

    fn is_within(&self, mut scope: usize, outer: usize) -> bool {
        loop {
            if scope == outer {
                return true;
            }
            match self.scopes[scope].opener {
                Some((opener, _)) => scope = self.steps[opener].scope,
                None => return false,
            }
        }
    }

    /// Opens an iteration of a loop step and delivers its chunk; the next in number.
    pub fn open_iteration(&mut self, step: usize, chunk: Chunk) -> usize {
        let iteration = self.steps[step].chunks.len() as u32;
        let given = match chunk {
            Chunk::Input { from, to } => {
                let input = self.input(step);
                let items = input.items();
                let (from, to) = ((from as usize).min(items.len()), (to as usize).min(items.len()));
                let batch = if (from, to) == (0, items.len()) {
                    input.ports[0].clone()
                } else {
                    items[from..to.max(from)].iter().cloned().collect()
                };
                ChunkGiven { batch, origin: Origin::Input { from: from as u32 } }
            }
            Chunk::Last => {
                let last = self.scopes.iter().position(|scope| scope.opener == Some((step, iteration.wrapping_sub(1))));
                let refs = last.map_or_else(Vec::new, |scope| self.result_refs(scope));
                let batch =
                    refs.iter().map(|(step, port, emission, at)| self.batch(*step, *port, *emission)[*at as usize].clone()).collect();
                ChunkGiven { batch, origin: Origin::Items(refs) }
            }
        };
        let is_empty = given.batch.is_empty();
        self.steps[step].chunks.push(given);
        let node = &self.plan.nodes[self.steps[step].node];
        let (level, id) = (node.body.expect("only loops have iterations"), node.id.to_string());
        let mut path = self.path(step).clone();
        path.push((id, iteration));
        let scope = self.open(level, path, Some((step, iteration)));
        if !is_empty {
            self.emit(scope, step, BODY, iteration);
        }
        self.close_entries(scope, step);
        self.settle_opened(scope);
        self.check_end(scope);
        scope
    }

    /// What an iteration gave: what `back` received, in canonical order.
    pub fn result(&self, scope: usize) -> Batch {
        let refs = self.result_refs(scope);
        refs.iter().map(|(step, port, emission, at)| self.batch(*step, *port, *emission)[*at as usize].clone()).collect()
    }

    fn result_refs(&self, scope: usize) -> Vec<ItemRef> {
        let owner = self.plan.levels[self.scopes[scope].level].owner.expect("an iteration has a loop");
        let mut refs = Vec::new();
        for &edge in &self.plan.nodes[owner].back_edges {
            let port = self.plan.edges[edge].from_port;
            for (step, emission) in self.sorted_deliveries(scope, edge) {
                refs.extend((0..self.batch(step, port, emission).len()).map(|at| (step, port, emission, at as u32)));
            }
        }
        refs
    }

    /// How an activation comes about where a node is pinned: once, as a whole.
    fn join_of(&self, node: usize) -> Join {
        if self.is_pinned(node) { Join::All } else { self.plan.nodes[node].join }
    }

    /// The result of the iteration before this one, where it is over.
    pub fn result_before(&self, step: usize, iteration: u32) -> Option<Batch> {
        let before = Some((step, iteration.checked_sub(1)?));
        let scope = self.scopes.iter().rposition(|scope| scope.opener == before)?;
        self.scopes[scope].ended.then(|| self.result(scope))
    }

    /// A step was cancelled: it says nothing about what follows, because its scope stops anyway.
    pub fn cancelled(&mut self, step: usize) {
        self.steps[step].state = StepState::Failed;
        self.deactivate(step);
    }

    /// The end of a scope is known already.
    pub fn acknowledge(&mut self, scope: usize) {
        self.ended.retain(|ended| *ended != scope);
    }

    /// The first of the dropped deliveries stand in the journal.
    pub fn forget_dropped(&mut self, known: usize) {
        self.dropped.drain(..known.min(self.dropped.len()));
    }

    pub fn start(&self) -> usize {
        self.selection.start
    }

    /// What a node of the run itself gave, all ports and steps; none where it did not run.
    pub fn outputs_of(&self, node: usize) -> Option<Batch> {
        let steps = self.scopes[0].nodes[self.plan.nodes[node].local]
            .steps
            .iter()
            .copied()
            .filter(|step| self.steps[*step].state == StepState::Finished);
        let steps = self.sorted(steps.collect());
        let ports = 0..self.plan.nodes[node].outs.len().max(1) as u16;
        (!steps.is_empty()).then(|| ports.flat_map(|port| self.output(&steps, port).into_items()).collect())
    }
}
