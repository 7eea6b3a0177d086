//! The typed flow that the rest of the program reads: normalised, shared, without any trace of how the document holds it.

mod build;
mod options;
#[cfg(test)]
mod tests;

pub use options::{Disabled, Durability, Join, OnError, Order, Retry, duration};

use crate::finding::Finding;
use crate::ids::in_words;
use indexmap::IndexMap;
use petgraph::graph::DiGraph;
use std::time::Duration;
use weft_node::{Map, Value};

/// The newest format this program writes and understands.
pub const FORMAT: u32 = 1;

/// One flow as it stands. Nodes, edges and blocks are in the file's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// Version of the format; above [`FORMAT`] the flow is read-only.
    pub weft: u32,
    pub name: Option<String>,
    pub description: Option<String>,
    /// The flow's other own keys as they stand: `config env order durability timeout error_flow`, and unknown ones.
    pub settings: Map,
    pub nodes: IndexMap<String, Node>,
    /// Only edges whose two nodes are there.
    pub edges: Vec<Edge>,
    pub blocks: IndexMap<String, Block>,
    /// Where nodes and blocks stand, by id.
    pub layout: IndexMap<String, Spot>,
    /// What making this view had to leave out or could not read: dangling edges, options of the wrong type.
    pub findings: Vec<Finding>,
}

/// A box that computes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    pub id: String,
    /// `net.http@2`. May name a type this program does not know; empty where the file names none.
    pub kind: String,
    pub name: Option<String>,
    pub note: Option<String>,
    /// Another name under which expressions find its output (`as`).
    pub as_: Option<String>,
    /// None: the type's own policy.
    pub join: Option<Join>,
    /// None: the type's own answer.
    pub run_on_empty: Option<bool>,
    pub emit_if_empty: bool,
    pub concurrency: Option<u32>,
    pub retry: Option<Retry>,
    pub timeout: Option<Duration>,
    pub on_error: OnError,
    pub disabled: Option<Disabled>,
    /// The settings object as it stands: plain values, expressions as text, `{"$literal": v}`. Always an object.
    pub settings: Value,
    /// All keys beside `type` and `settings` as they stand, unknown ones too.
    pub options: Map,
}

/// A thread between two ports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    pub from: String,
    pub from_port: String,
    pub to: String,
    pub to_port: String,
    pub note: Option<String>,
    /// Other keys of the edge's mapping.
    pub extra: Map,
}

/// A box that does not compute: note, frame or view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub id: String,
    pub kind: String,
    /// All keys beside `type` as they stand: `text members dye of show x series`.
    pub fields: Map,
}

/// A place on the canvas; blocks have a size too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
    pub size: Option<(f64, f64)>,
}

impl Flow {
    /// The nodes and edges as a graph; weights are positions in [`Flow::nodes`] and [`Flow::edges`], a node's index is its position.
    pub fn graph(&self) -> DiGraph<usize, usize> {
        let mut graph = DiGraph::with_capacity(self.nodes.len(), self.edges.len());
        let at: Vec<_> = (0..self.nodes.len()).map(|i| graph.add_node(i)).collect();
        for (i, edge) in self.edges.iter().enumerate() {
            let ends = (self.nodes.get_index_of(&edge.from), self.nodes.get_index_of(&edge.to));
            if let (Some(from), Some(to)) = ends {
                graph.add_edge(at[from], at[to], i);
            }
        }
        graph
    }

    /// Why edits are refused, where they are.
    pub fn read_only(&self) -> Option<Finding> {
        (self.weft > FORMAT).then(|| newer(self.weft))
    }

    /// `parallel` unless the flow says `ordered`.
    pub fn order(&self) -> Order {
        self.settings.get("order").and_then(Order::read).unwrap_or_default()
    }

    /// What the journal waits for; `step` unless the flow says otherwise.
    pub fn durability(&self) -> Durability {
        self.settings.get("durability").and_then(Durability::read).unwrap_or_default()
    }

    /// How long a run may take.
    pub fn timeout(&self) -> Option<Duration> {
        self.settings.get("timeout").and_then(duration)
    }

    /// The flow that is run when a run of this one fails.
    pub fn error_flow(&self) -> Option<&str> {
        self.settings.get("error_flow").and_then(Value::as_str)
    }

    /// The flow's `config:` values.
    pub fn config(&self) -> Option<&Map> {
        self.settings.get("config").and_then(Value::as_object)
    }
}

pub(crate) fn newer(weft: u32) -> Finding {
    Finding::warning(
        "format.newer",
        format!("this flow is written in format {weft}; this program knows formats up to {FORMAT}"),
        "it is open read-only: update the program to change it",
    )
    .in_field("weft")
}

impl Node {
    /// The shown name; the id, in words, where none was given.
    pub fn shown_name(&self) -> String {
        self.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| in_words(&self.id))
    }

    /// `net.http@2` as `("net.http", 2)`; without `@n` it is version 1. A version that is no number is part of the name.
    pub fn type_and_version(&self) -> (&str, u32) {
        match self.kind.rsplit_once('@').map(|(name, version)| (name, version.parse())) {
            Some((name, Ok(version))) => (name, version),
            _ => (&self.kind, 1),
        }
    }
}

impl Edge {
    /// `fetch.out -> clean.in`, ports always written.
    pub fn id(&self) -> String {
        self.ends().long()
    }

    pub fn ends(&self) -> crate::Ends {
        let (from, from_port, to, to_port) = (self.from.clone(), self.from_port.clone(), self.to.clone(), self.to_port.clone());
        crate::Ends { from, from_port, to, to_port }
    }
}
