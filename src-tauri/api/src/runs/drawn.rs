//! A run as screens draw it: what each node did, what each thread carried.

use crate::types::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use weft_engine::Engine;
use weft_engine::journal::{Row, StepId};
use weft_engine::state::{self, RunState, StepState};
use weft_flow::Flow;
use weft_node::NodeType;

/// The run strip shows so many steps of a node.
const MOST_SPANS: usize = 200;

/// A run while its rows are read. Applying further rows brings it up to date.
pub struct Drawn {
    pub summary: RunSummary,
    pub state: RunState,
    /// Nodes that changed since somebody asked.
    touched: BTreeSet<String>,
    flow: Option<Arc<Flow>>,
    /// Knows the node types.
    engine: Arc<Engine>,
}

impl Drawn {
    pub fn new(summary: RunSummary, flow: Option<Arc<Flow>>, engine: Arc<Engine>) -> Drawn {
        Drawn { summary, state: RunState::default(), touched: BTreeSet::new(), flow, engine }
    }

    /// Nodes that changed since the last call.
    pub fn take_touched(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.touched)
    }

    pub fn apply(&mut self, row: &Row) {
        self.state.apply(row);
        let step = match row {
            Row::StepStarted { step, .. }
            | Row::StepFinished { step, .. }
            | Row::StepFailed { step, .. }
            | Row::StepWaiting { step, .. }
            | Row::ItemsDone { step, .. }
            | Row::IterationStarted { step, .. }
            | Row::IterationDone { step, .. }
            | Row::AttentionNeeded { step, .. }
            | Row::Decision { step, .. } => Some(step),
            // Threads learn only now that nothing more will come.
            Row::RunFinished { .. } => {
                self.touched.extend(self.flow.iter().flat_map(|flow| flow.nodes.keys().cloned()));
                None
            }
            _ => None,
        };
        if let Some(step) = step.and_then(|step| self.state.steps.get(step)) {
            self.touched.insert(step.node.clone());
        }
        if self.summary.queued.is_none() {
            self.summary.status = status(self.state.status());
        }
        self.summary.started_at = self.state.started.map(|at| at as f64);
        self.summary.finished_at = self.state.finished.map(|at| at as f64);
        self.summary.problem = self.state.problem.as_deref().cloned().map(Problem::from);
    }

    /// A node's part of the run.
    pub fn node(&self, node: &str) -> NodeRun {
        let mut drawn = NodeRun {
            node: node.to_owned(),
            status: StepStatus::Skipped,
            steps: 0,
            items_in: 0,
            items_out: self.ports(node).into_iter().map(|port| PortCount { port, items: 0 }).collect(),
            started_at: None,
            finished_at: None,
            progress: None,
            problem: None,
            warnings: Vec::new(),
            attempt: 1,
            spans: Vec::new(),
        };
        for step in self.state.of_node(node) {
            self.add(&mut drawn, step);
        }
        if matches!(drawn.status, StepStatus::Running | StepStatus::Waiting | StepStatus::NeedsDecision) {
            drawn.finished_at = None;
        }
        drawn
    }

    fn add(&self, drawn: &mut NodeRun, step: &StepState) {
        let now = step_status(step.status);
        drawn.steps += 1;
        drawn.status = if drawn.steps == 1 { now } else { louder(drawn.status, now) };
        drawn.attempt = drawn.attempt.max(step.attempt);
        drawn.items_in += self.state.items_in(step);
        let mut count = |port: usize, items: u32| {
            while drawn.items_out.len() <= port {
                drawn.items_out.push(PortCount { port: "error".into(), items: 0 });
            }
            drawn.items_out[port].items += items;
        };
        for emission in &step.emissions {
            count(emission.port as usize, emission.items.len() as u32);
        }
        for turn in 0..step.turns.len() {
            count(0, self.state.chunk_size(step, turn));
        }
        let started = step.started as f64;
        drawn.started_at = Some(drawn.started_at.map_or(started, |at| at.min(started)));
        drawn.finished_at = step.finished.map(|at| at as f64).into_iter().chain(drawn.finished_at).reduce(f64::max);
        if let Some(problem) = &step.problem {
            drawn.problem = Some(Problem::from((**problem).clone()));
        }
        for warning in &step.warnings {
            if !drawn.warnings.contains(warning) {
                drawn.warnings.push(warning.clone());
            }
        }
        if drawn.spans.len() < MOST_SPANS {
            drawn.spans.push(Span { step: step.id.to_string(), from: started, to: step.finished.map(|at| at as f64), status: now });
        }
    }

    pub(super) fn kind_of(&self, node: &str) -> Option<&'static NodeType> {
        self.engine.catalog().of(self.flow.as_ref()?.nodes.get(node)?).ok()
    }

    /// Names of a node's output ports, `error` last where it has one.
    pub fn ports(&self, node: &str) -> Vec<String> {
        let kind = self.kind_of(node);
        let mut ports: Vec<String> =
            kind.map_or_else(|| vec!["out".into()], |kind| kind.outputs.iter().map(|port| port.name.to_owned()).collect());
        let has_error =
            self.flow.as_ref().and_then(|flow| flow.nodes.get(node)).is_some_and(|node| node.on_error == weft_flow::OnError::Port);
        if has_error {
            ports.push("error".into());
        }
        ports
    }

    pub(super) fn in_ports(&self, node: &str) -> Vec<String> {
        self.kind_of(node).map_or_else(|| vec!["in".into()], |kind| kind.inputs.iter().map(|port| port.name.to_owned()).collect())
    }

    /// Threads with what they carried; only those of these nodes where some are named.
    pub fn edges(&self, of: Option<&BTreeSet<String>>) -> BTreeMap<String, EdgeRun> {
        let Some(flow) = &self.flow else { return BTreeMap::new() };
        let ends: BTreeMap<String, (&str, &str)> = flow
            .edges
            .iter()
            .map(|edge| {
                (format!("{}.{} -> {}.{}", edge.from, edge.from_port, edge.to, edge.to_port), (edge.from.as_str(), edge.to.as_str()))
            })
            .collect();
        let wanted = |id: &str| of.is_none_or(|of| ends.get(id).is_some_and(|(from, to)| of.contains(*from) || of.contains(*to)));
        let edges = self.state.edges(flow, self.engine.catalog()).into_iter().filter(|(id, _)| wanted(id));
        edges.map(|(id, edge)| (id, EdgeRun { items: edge.items, state: edge_state(edge) })).collect()
    }

    pub fn attentions(&self) -> Vec<Attention> {
        let attention = |(step, seen): (&StepId, &state::Attention)| Attention {
            step: step.to_string(),
            node: seen.node.clone(),
            item: seen.item,
            items: seen.items,
            since: seen.since as f64,
        };
        self.state.attentions.iter().map(attention).collect()
    }

    pub fn view(&self, at: Cursor) -> Run {
        let names: Vec<String> = match &self.flow {
            Some(flow) => flow.nodes.keys().cloned().collect(),
            None => self.state.steps.values().map(|step| step.node.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        };
        Run {
            summary: self.summary.clone(),
            version: self.state.created.as_ref().map(|created| created.version.clone()).unwrap_or_default(),
            nodes: names.iter().map(|name| self.node(name)).collect(),
            edges: self.edges(None),
            decisions: self.attentions(),
            at,
        }
    }
}

fn status(status: state::RunStatus) -> RunStatus {
    match status {
        state::RunStatus::Queued => RunStatus::Queued,
        state::RunStatus::Running => RunStatus::Running,
        state::RunStatus::Waiting => RunStatus::Waiting,
        state::RunStatus::Finished => RunStatus::Finished,
        state::RunStatus::Failed => RunStatus::Failed,
        state::RunStatus::Cancelled => RunStatus::Cancelled,
    }
}

fn step_status(status: state::StepStatus) -> StepStatus {
    match status {
        state::StepStatus::Running => StepStatus::Running,
        state::StepStatus::Waiting => StepStatus::Waiting,
        state::StepStatus::NeedsDecision => StepStatus::NeedsDecision,
        state::StepStatus::Finished => StepStatus::Finished,
        state::StepStatus::Pinned => StepStatus::Pinned,
        state::StepStatus::Failed => StepStatus::Failed,
        state::StepStatus::Cancelled => StepStatus::Cancelled,
    }
}

fn edge_state(edge: state::EdgeView) -> EdgeState {
    match edge.state {
        state::EdgeState::Open if edge.items > 0 => EdgeState::Delivered,
        state::EdgeState::Open => EdgeState::Open,
        state::EdgeState::Delivered => EdgeState::Delivered,
        state::EdgeState::Empty => EdgeState::Empty,
        state::EdgeState::NotTaken => EdgeState::NotTaken,
    }
}

/// Of the steps of one node, the state a person must see first.
fn louder(a: StepStatus, b: StepStatus) -> StepStatus {
    let rank = |status: StepStatus| match status {
        StepStatus::NeedsDecision => 8,
        StepStatus::Failed => 7,
        StepStatus::Running => 6,
        StepStatus::Waiting => 5,
        StepStatus::Queued => 4,
        StepStatus::Cancelled => 3,
        StepStatus::Finished => 2,
        StepStatus::Pinned => 1,
        StepStatus::Skipped => 0,
    };
    if rank(b) > rank(a) { b } else { a }
}
