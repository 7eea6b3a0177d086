//! A run drawn from its rows: what screens and lists show of it. Nothing here is stored.

mod edges;

pub use edges::{EdgeState, EdgeView};

use crate::journal::{Cause, Chunk, Class, Decided, Emission, Ending, InputRef, Row, RunCreated, ScopePath, StepId, Stored, Until};
use indexmap::IndexMap;
use std::sync::Arc;
use weft_node::Problem;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunStatus {
    #[default]
    Queued,
    Running,
    /// Everything that is left waits for a person or a time.
    Waiting,
    Finished,
    Failed,
    Cancelled,
}

/// A run as far as its rows tell it.
#[derive(Clone, Debug, Default)]
pub struct RunState {
    pub created: Option<Arc<RunCreated>>,
    pub started: Option<i64>,
    pub finished: Option<i64>,
    ending: Option<Ending>,
    pub problem: Option<Arc<Problem>>,
    pub cancelled_by: Option<String>,
    /// In the order of their first rows.
    pub steps: IndexMap<StepId, StepState>,
    /// Steps of which nobody knows whether they changed the world.
    pub attentions: IndexMap<StepId, Attention>,
    /// Deliveries that came too late, by edge.
    pub dropped: IndexMap<String, u32>,
    /// Rows folded so far.
    pub rows: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    pub node: String,
    pub item: u32,
    pub items: u32,
    pub since: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    Running,
    Waiting,
    NeedsDecision,
    Finished,
    Pinned,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug)]
pub struct StepState {
    pub id: StepId,
    pub node: String,
    /// `data.filter@1`.
    pub kind: String,
    pub scope: ScopePath,
    pub cause: Cause,
    pub status: StepStatus,
    pub attempt: u32,
    /// Only of steps that had a `started` row.
    pub class: Option<Class>,
    pub inputs: Vec<InputRef>,
    /// What it gave; of a running item node what is done so far.
    pub emissions: Vec<Emission>,
    pub items_done: u32,
    pub until: Option<Until>,
    pub warnings: Vec<String>,
    pub problem: Option<Arc<Problem>>,
    pub started: i64,
    pub finished: Option<i64>,
    pub log: Vec<String>,
    /// A loop's iterations.
    pub turns: Vec<Turn>,
}

#[derive(Clone, Debug)]
pub struct Turn {
    pub chunk: Chunk,
    /// What came back, once it is over.
    pub result: Option<Stored>,
    pub problem: Option<Arc<Problem>>,
    pub started: i64,
    pub finished: Option<i64>,
}

/// The state of a run after these rows.
pub fn fold<'a>(rows: impl IntoIterator<Item = &'a Row>) -> RunState {
    let mut state = RunState::default();
    for row in rows {
        state.apply(row);
    }
    state
}

impl RunState {
    pub fn status(&self) -> RunStatus {
        match self.ending {
            Some(Ending::Finished) => RunStatus::Finished,
            Some(Ending::Failed) => RunStatus::Failed,
            Some(Ending::Cancelled) => RunStatus::Cancelled,
            None if self.started.is_none() && self.steps.is_empty() => RunStatus::Queued,
            None => {
                let running = |step: &StepState| step.status == StepStatus::Running && step.turns.is_empty();
                let waits = |step: &StepState| matches!(step.status, StepStatus::Waiting | StepStatus::NeedsDecision);
                if self.steps.values().any(waits) && !self.steps.values().any(running) { RunStatus::Waiting } else { RunStatus::Running }
            }
        }
    }

    pub fn is_over(&self) -> bool {
        self.ending.is_some()
    }

    /// The steps of a node, in the order of their first rows.
    pub fn of_node<'a>(&'a self, node: &'a str) -> impl Iterator<Item = &'a StepState> + 'a {
        self.steps.values().filter(move |step| step.node == node)
    }

    /// How many items a step was given.
    pub fn items_in(&self, step: &StepState) -> u32 {
        step.inputs.iter().map(|input| self.size(input)).sum()
    }

    /// How many items one delivery had.
    pub fn size(&self, input: &InputRef) -> u32 {
        let Some(source) = self.steps.get(&input.step) else { return 0 };
        self.emission(source, input.out_port, input.emission)
            .map_or_else(|| self.chunk_size(source, input.emission as usize), |stored| stored.len() as u32)
    }

    /// The stored items of one delivery; none for a chunk of a loop, which is part of the loop's own input or an iteration's result.
    pub fn emission<'a>(&self, source: &'a StepState, port: u16, emission: u32) -> Option<&'a Stored> {
        if port == 0 && !source.turns.is_empty() {
            return None;
        }
        source.emissions.get(emission as usize).map(|emission| &emission.items)
    }

    /// How many items an iteration of a loop was given.
    pub fn chunk_size(&self, step: &StepState, turn: usize) -> u32 {
        match step.turns.get(turn).map(|turn| turn.chunk) {
            Some(Chunk::Input { from, to }) => to.saturating_sub(from),
            Some(Chunk::Last) => {
                turn.checked_sub(1).and_then(|before| step.turns.get(before)?.result.as_ref()).map_or(0, |result| result.len() as u32)
            }
            None => 0,
        }
    }

    /// Takes one more row.
    pub fn apply(&mut self, row: &Row) {
        self.rows += 1;
        match row {
            Row::RunCreated(created) => self.created = Some(created.clone()),
            Row::RunStarted { at } => self.started = Some(*at),
            Row::StepStarted { step, node, kind, scope, cause, attempt, class, inputs, at } => {
                let state = self.step(*step, node, kind, scope, cause, inputs, *at);
                (state.status, state.attempt, state.class, state.until) = (StepStatus::Running, *attempt, Some(*class), None);
            }
            Row::ItemsDone { step, from, to, emissions } => {
                if let Some(state) = self.steps.get_mut(step) {
                    state.items_done += to - from;
                    state.emissions.extend(emissions.iter().cloned());
                }
            }
            Row::StepWaiting { step, until, .. } => {
                if let Some(state) = self.steps.get_mut(step) {
                    state.status = StepStatus::Waiting;
                    if let Until::Retry { problem, .. } = until {
                        state.problem.clone_from(problem);
                    }
                    state.until = Some(until.clone());
                }
            }
            Row::StepFinished { step, node, kind, scope, cause, attempt, inputs, emissions, warnings, pinned, started, at, log } => {
                let state = self.step(*step, node, kind, scope, cause, inputs, *started);
                state.status = if *pinned { StepStatus::Pinned } else { StepStatus::Finished };
                (state.attempt, state.finished, state.until, state.problem) = (*attempt, Some(*at), None, None);
                (state.emissions, state.warnings, state.log) = (emissions.clone(), warnings.clone(), log.clone());
                self.attentions.shift_remove(step);
            }
            Row::StepFailed { step, node, kind, scope, cause, attempt, inputs, problem, cancelled, started, at, log } => {
                let state = self.step(*step, node, kind, scope, cause, inputs, *started);
                state.status = if *cancelled { StepStatus::Cancelled } else { StepStatus::Failed };
                (state.attempt, state.finished, state.until) = (*attempt, Some(*at), None);
                state.problem = (!cancelled).then(|| problem.clone());
                state.log.clone_from(log);
                self.attentions.shift_remove(step);
            }
            Row::IterationStarted { step, chunk, at, .. } => {
                if let Some(state) = self.steps.get_mut(step) {
                    state.turns.push(Turn { chunk: *chunk, result: None, problem: None, started: *at, finished: None });
                }
            }
            Row::IterationDone { step, index, result, problem, at } => {
                if let Some(turn) = self.steps.get_mut(step).and_then(|state| state.turns.get_mut(*index as usize)) {
                    (turn.result, turn.problem, turn.finished) = (Some(result.clone()), problem.clone(), Some(*at));
                }
            }
            Row::DeliveryDropped { edge, .. } => *self.dropped.entry(edge.clone()).or_default() += 1,
            Row::CancelRequested { by, .. } => self.cancelled_by = Some(by.clone()),
            Row::AttentionNeeded { step, node, item, items, at } => {
                self.attentions.insert(*step, Attention { node: node.clone(), item: *item, items: *items, since: *at });
                if let Some(state) = self.steps.get_mut(step) {
                    state.status = StepStatus::NeedsDecision;
                }
            }
            Row::Decision { step, decision, .. } => {
                self.attentions.shift_remove(step);
                if let Some(state) = self.steps.get_mut(step).filter(|_| !matches!(decision, Decided::Fail)) {
                    state.status = StepStatus::Running;
                }
            }
            Row::Responded { .. } => {}
            Row::RunFinished { ending, problem, at, .. } => {
                (self.ending, self.finished) = (Some(*ending), Some(*at));
                self.problem.clone_from(problem);
                self.attentions.clear();
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields that rows of steps have in common")]
    fn step(
        &mut self,
        id: StepId,
        node: &str,
        kind: &str,
        scope: &ScopePath,
        cause: &Cause,
        inputs: &[InputRef],
        started: i64,
    ) -> &mut StepState {
        self.steps.entry(id).or_insert_with(|| StepState {
            id,
            node: node.into(),
            kind: kind.into(),
            scope: scope.clone(),
            cause: cause.clone(),
            status: StepStatus::Running,
            attempt: 1,
            class: None,
            inputs: inputs.to_vec(),
            emissions: Vec::new(),
            items_done: 0,
            until: None,
            warnings: Vec::new(),
            problem: None,
            started,
            finished: None,
            log: Vec::new(),
            turns: Vec::new(),
        })
    }
}
