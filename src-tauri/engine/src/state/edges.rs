//! What travelled on the edges of a run, and how they closed (SEMANTICS 3), from its rows and its flow.

use super::{RunState, StepStatus};
use crate::Catalog;
use indexmap::IndexMap;
use std::collections::HashMap;
use weft_flow::{Disabled, Edge, Flow, OnError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeView {
    pub items: u32,
    pub state: EdgeState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeState {
    /// The run is not over: more may come.
    Open,
    Delivered,
    Empty,
    NotTaken,
}

impl RunState {
    /// By edge id (`fetch.out -> clean.in`), in the flow's order.
    pub fn edges(&self, flow: &Flow, catalog: &Catalog) -> IndexMap<String, EdgeView> {
        let ports: HashMap<&str, Vec<&str>> = flow.nodes.values().map(|node| (node.id.as_str(), out_ports(node, catalog))).collect();
        let mut items: HashMap<(&str, &str), u32> = HashMap::new();
        for step in self.steps.values() {
            let Some(names) = ports.get(step.node.as_str()) else { continue };
            let mut add = |port: usize, count: u32| {
                if let Some(name) = names.get(port) {
                    *items.entry((step.node.as_str(), *name)).or_default() += count;
                }
            };
            if step.finished.is_some() {
                for emission in &step.emissions {
                    add(emission.port.into(), emission.items.len() as u32);
                }
            }
            for turn in 0..step.turns.len() {
                add(0, self.chunk_size(step, turn));
            }
        }
        let came = |edge: &Edge| items.get(&(edge.from.as_str(), edge.from_port.as_str())).copied().unwrap_or_default();
        // What was never reached passes "not taken" on; the largest solution of that.
        let ran = |node: &str| {
            self.of_node(node).any(|step| matches!(step.status, StepStatus::Finished | StepStatus::Pinned) || !step.turns.is_empty())
        };
        let mut untaken: Vec<&str> = flow.nodes.keys().map(String::as_str).filter(|node| !ran(node)).collect();
        loop {
            let before = untaken.len();
            let still = untaken.clone();
            untaken.retain(|node| {
                flow.edges
                    .iter()
                    .filter(|edge| edge.to == *node)
                    .all(|edge| came(edge) == 0 && reason(edge, flow, catalog, ran(&edge.from), &still) == EdgeState::NotTaken)
            });
            if untaken.len() == before {
                break;
            }
        }
        let view = |edge: &Edge| {
            let items = came(edge);
            let state = if !self.is_over() {
                EdgeState::Open
            } else if items > 0 {
                EdgeState::Delivered
            } else {
                reason(edge, flow, catalog, ran(&edge.from), &untaken)
            };
            (edge.id(), EdgeView { items, state })
        };
        flow.edges.iter().map(view).collect()
    }
}

/// Why an edge without deliveries is closed.
fn reason(edge: &Edge, flow: &Flow, catalog: &Catalog, ran: bool, untaken: &[&str]) -> EdgeState {
    let Some(node) = flow.nodes.get(&edge.from) else { return EdgeState::NotTaken };
    let routing = catalog.of(node).is_ok_and(|kind| kind.routing);
    let chose_another = ran && (routing || (node.on_error == OnError::Port && edge.from_port == "error"));
    if node.disabled == Some(Disabled::Off) || chose_another || (!ran && untaken.contains(&edge.from.as_str())) {
        EdgeState::NotTaken
    } else {
        EdgeState::Empty
    }
}

fn out_ports<'a>(node: &weft_flow::Node, catalog: &'a Catalog) -> Vec<&'a str> {
    let mut names: Vec<&str> = catalog.of(node).map(|kind| kind.outputs.iter().map(|port| port.name).collect()).unwrap_or_default();
    if node.on_error == OnError::Port {
        names.push("error");
    }
    names
}
