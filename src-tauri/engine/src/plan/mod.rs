//! A flow version as the engine runs it: everything by number, computed once.

mod build;
mod levels;

use crate::settings::Settings;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use weft_flow::{Disabled, Flow, OnError, Retry};
use weft_node::{EffectClass, Join, NodeType, Trigger};

/// Nodes, edges and levels of one flow version. A node's number is its place in the file.
pub struct Plan {
    pub flow: Arc<Flow>,
    pub nodes: Vec<PlanNode>,
    pub edges: Vec<PlanEdge>,
    /// 0 is the run itself, the others are bodies of loops.
    pub levels: Vec<Level>,
    by_id: HashMap<Arc<str>, usize>,
    /// `as` names.
    by_name: HashMap<Arc<str>, usize>,
}

pub struct PlanNode {
    pub id: Arc<str>,
    pub kind: &'static NodeType,
    /// What rows say of the type: `data.filter@1`.
    pub kind_name: String,
    pub runner: Runner,
    pub ins: Vec<Arc<str>>,
    /// With `error` last, where the node has it.
    pub outs: Vec<Arc<str>>,
    /// In canonical order: by target port, then as in the file. Without a loop's `back`.
    pub in_edges: Vec<usize>,
    /// Only a loop has them.
    pub back_edges: Vec<usize>,
    /// By output port.
    pub out_edges: Vec<Vec<usize>>,
    pub join: Join,
    pub run_on_empty: bool,
    pub emit_if_empty: bool,
    pub concurrency: Option<u32>,
    pub retry: Option<Retry>,
    pub timeout: Option<Duration>,
    pub on_error: OnError,
    pub disabled: Option<Disabled>,
    pub class: EffectClass,
    pub settings: Settings,
    pub level: usize,
    /// Place in its level's nodes.
    pub local: usize,
    /// The level that is this loop's body.
    pub body: Option<usize>,
    /// The free cycle of its level that it is in.
    pub cycle: Option<usize>,
    ancestors: OnceLock<Vec<bool>>,
}

/// How a node is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Item,
    Batch,
    Source(Trigger),
    Loop,
    Call,
    Respond,
}

pub struct PlanEdge {
    /// `fetch.out -> clean.in`.
    pub id: String,
    pub from: usize,
    pub from_port: u16,
    pub to: usize,
    pub to_port: u16,
    /// The level whose scopes it lives in, and its place there.
    pub level: usize,
    pub local: usize,
    /// It leads to its loop's `back`.
    pub is_back: bool,
}

/// What is instantiated once per scope.
#[derive(Default)]
pub struct Level {
    /// None: the run itself.
    pub owner: Option<usize>,
    pub nodes: Vec<usize>,
    pub edges: Vec<usize>,
    pub cycles: Vec<Cycle>,
}

/// A free cycle: a strongly connected part of a level.
pub struct Cycle {
    pub nodes: Vec<usize>,
    /// Edges that come in from outside of it.
    pub entries: Vec<usize>,
}

/// Ports of a loop, by name and number.
pub const BODY: u16 = 0;
pub const DONE: u16 = 1;
pub const BACK: u16 = 1;

impl Plan {
    pub fn node(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// By its id, or by what its `as` says.
    pub fn node_or_name(&self, name: &str) -> Option<usize> {
        self.node(name).or_else(|| self.by_name.get(name).copied())
    }

    /// Whether a path leads from the first to the second.
    pub fn is_ancestor(&self, of: usize, ancestor: usize) -> bool {
        self.nodes[of].ancestors.get_or_init(|| self.before(of, true))[ancestor]
    }

    /// The nodes from which a path leads here. Inside a loop's body, what only lies behind `back` is not before it unless asked for.
    pub fn before(&self, node: usize, through_back: bool) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![(node, false)];
        while let Some((at, from_inside)) = open.pop() {
            let here = &self.nodes[at];
            let back = if from_inside && !through_back { &[][..] } else { &here.back_edges[..] };
            for &edge in here.in_edges.iter().chain(back) {
                let edge = &self.edges[edge];
                let inside = self.nodes[edge.from].runner == Runner::Loop && edge.from_port == BODY;
                if !std::mem::replace(&mut seen[edge.from], true) {
                    open.push((edge.from, inside));
                }
            }
        }
        seen
    }

    /// The nodes to which a path leads from here.
    pub fn behind(&self, node: usize) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![node];
        while let Some(at) = open.pop() {
            for &edge in self.nodes[at].out_edges.iter().flatten() {
                let to = self.edges[edge].to;
                if !std::mem::replace(&mut seen[to], true) {
                    open.push(to);
                }
            }
        }
        seen
    }

    /// Nodes of the run itself without out-edges, in the file's order: what they give is the result where nobody responds.
    pub fn leaves(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.levels[0].nodes.iter().copied().filter(|at| self.nodes[*at].out_edges.iter().all(Vec::is_empty))
    }

    /// Whether a respond node can be reached from here.
    pub fn reaches_respond(&self, start: usize) -> bool {
        self.behind(start).iter().zip(&self.nodes).any(|(reached, node)| *reached && node.runner == Runner::Respond)
    }
}

impl PlanNode {
    /// Number of the `error` port, where the node has one.
    pub fn error_port(&self) -> Option<u16> {
        (self.on_error == OnError::Port).then(|| (self.outs.len() - 1) as u16)
    }

    pub fn is_off(&self) -> bool {
        self.disabled == Some(Disabled::Off)
    }

    pub fn is_bypassed(&self) -> bool {
        self.disabled == Some(Disabled::Bypass)
    }

    /// Whether a step of it needs its `started` row on the disk before it acts.
    pub fn changes_the_world(&self) -> bool {
        self.class >= EffectClass::Idempotent
    }
}
