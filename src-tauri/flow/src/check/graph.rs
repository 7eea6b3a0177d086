//! Ports that exist, nodes that can be reached, cycles that end, loops that keep to themselves.

use super::{Known, did_you_mean};
use crate::finding::Finding;
use crate::view::{Edge, Flow, Join, Node, OnError};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, EdgeRef};
use std::collections::HashSet;
use weft_node::{Body, Mode, NodeType, ScopeKind};

pub(super) fn check(known: &Known<'_>, findings: &mut Vec<Finding>) {
    ports(known, findings);
    reachable(known, findings);
    cycles(known, findings);
    for node in known.flow.nodes.values().filter(|node| is_loop(known, node)) {
        body(known.flow, node, findings);
    }
}

fn is_loop(known: &Known<'_>, node: &Node) -> bool {
    known.kind(node).is_some_and(|kind| matches!(kind.body, Body::Scope(ScopeKind::Loop)))
}

fn ends_iteration(known: &Known<'_>, edge: &Edge) -> bool {
    edge.to_port == "back" && known.flow.nodes.get(&edge.to).is_some_and(|node| is_loop(known, node))
}

fn ports(known: &Known<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for edge in &known.flow.edges {
        if !seen.insert(edge.id()) {
            findings.push(
                Finding::error("edge.twice", format!("the edge `{}` stands here twice", edge.id()), "remove one of them")
                    .on_edge(edge.id()),
            );
        }
        for (id, port, is_out) in [(&edge.from, &edge.from_port, true), (&edge.to, &edge.to_port, false)] {
            let Some(node) = known.flow.nodes.get(id) else { continue };
            let Some(kind) = known.kind(node) else { continue };
            let names: Vec<&str> = if is_out { kind.outputs } else { kind.inputs }.iter().map(|port| port.name).collect();
            let is_error = is_out && port == "error";
            if names.contains(&port.as_str()) || (is_error && node.on_error == OnError::Port) {
                continue;
            }
            let what = if is_out { "output" } else { "input" };
            let help = match names.as_slice() {
                _ if is_error => format!("write `on_error: port` in `{id}`"),
                [] => format!("`{id}` has no {what}: remove the edge"),
                names => format!("its ports are {}", names.join(", ")),
            };
            let message = format!("`{id}` has no {what} `{port}`{}", did_you_mean(port, names.iter().copied()));
            findings.push(Finding::error("edge.port", message, help).on_edge(edge.id()));
        }
    }
}

fn reachable(known: &Known<'_>, findings: &mut Vec<Finding>) {
    let flow = known.flow;
    // What this program does not know might start runs.
    let starts = |node: &Node| known.kind(node).is_none_or(|kind| matches!(kind.body, Body::Source(_)));
    let graph = flow.graph();
    let mut dfs = Dfs::empty(&graph);
    let mut reached = HashSet::new();
    let mut any = false;
    for (at, node) in flow.nodes.values().enumerate().filter(|(_, node)| starts(node)) {
        any |= known.kind(node).is_some();
        dfs.move_to(NodeIndex::new(at));
        while let Some(found) = dfs.next(&graph) {
            reached.insert(found.index());
        }
    }
    if !any && !flow.nodes.is_empty() && flow.nodes.values().all(|node| known.kind(node).is_some()) {
        findings.push(Finding::warning("flow.no_trigger", "nothing starts this flow", "add a trigger, for example `trigger.manual`"));
        return;
    }
    for (at, node) in flow.nodes.values().enumerate().filter(|(at, _)| !reached.contains(at)) {
        debug_assert_eq!(flow.nodes.get_index_of(&node.id), Some(at));
        let message = format!("no trigger leads to `{}`: it never runs", node.id);
        findings.push(Finding::warning("node.unreachable", message, "connect it, or remove it").on_node(&node.id));
    }
}

/// The flow's edges without those that end a loop's iteration.
fn forward(known: &Known<'_>) -> DiGraph<usize, usize> {
    let mut graph = known.flow.graph();
    graph.retain_edges(|graph, edge| !ends_iteration(known, &known.flow.edges[graph[edge]]));
    graph
}

/// For each node the nodes from which a path leads to it, in this or an enclosing scope.
pub(super) fn ancestors(known: &Known<'_>) -> Vec<HashSet<usize>> {
    let mut graph = forward(known);
    graph.reverse();
    let of = |at: usize| {
        let mut found = HashSet::new();
        let mut todo: Vec<_> = graph.neighbors(NodeIndex::new(at)).collect();
        while let Some(next) = todo.pop() {
            if found.insert(next.index()) {
                todo.extend(graph.neighbors(next));
            }
        }
        found
    };
    (0..known.flow.nodes.len()).map(of).collect()
}

fn cycles(known: &Known<'_>, findings: &mut Vec<Finding>) {
    let graph = forward(known);
    for component in tarjan_scc(&graph) {
        let is_cycle = component.len() > 1 || graph.edges(component[0]).any(|edge| edge.target() == component[0]);
        if !is_cycle {
            continue;
        }
        let mut members: Vec<usize> = component.iter().map(|at| at.index()).collect();
        members.sort_unstable();
        let nodes: Vec<&Node> = members.iter().filter_map(|at| known.flow.nodes.get_index(*at).map(|(_, node)| node)).collect();
        let names: Vec<&str> = nodes.iter().take(5).map(|node| node.id.as_str()).collect();
        let message = format!("{} lead in a circle without a loop node", names.join(", "));
        findings.push(Finding::warning("cycle.free", message, "put a loop node in, or make sure that it ends").on_node(&nodes[0].id));
        for node in nodes {
            if known.kind(node).is_some_and(|kind| join(node, kind) != Join::Each) {
                let message = format!("`{}` waits for everything before it, and stands in a circle: it would wait for itself", node.id);
                findings.push(Finding::error("cycle.join", message, "use a loop node, or `join: each`").on_node(&node.id));
            }
        }
    }
}

/// The join policy that holds for a node (SEMANTICS 4).
fn join(node: &Node, kind: &NodeType) -> Join {
    if let Some(own) = node.join {
        return own;
    }
    match kind.join {
        Some(weft_node::Join::Each) => return Join::Each,
        Some(weft_node::Join::All) => return Join::All,
        Some(weft_node::Join::Any) => return Join::Any,
        Some(weft_node::Join::N(n)) => return Join::N(n),
        Some(weft_node::Join::Zip) => return Join::Zip,
        None => {}
    }
    let is_item = match &kind.body {
        Body::Item(_) => true,
        Body::Choice { default, .. } => Mode::of(&node.settings, *default) == Mode::EachItem,
        _ => false,
    };
    if is_item && kind.inputs.len() == 1 { Join::Each } else { Join::All }
}

/// No edge enters a loop's body from outside, and what is in it ends at `back`.
fn body(flow: &Flow, node: &Node, findings: &mut Vec<Finding>) {
    let mut body = HashSet::new();
    let mut todo: Vec<&str> =
        flow.edges.iter().filter(|edge| edge.from == node.id && edge.from_port == "body").map(|edge| edge.to.as_str()).collect();
    while let Some(id) = todo.pop() {
        if id != node.id && body.insert(id) {
            todo.extend(flow.edges.iter().filter(|edge| edge.from == id).map(|edge| edge.to.as_str()));
        }
    }
    for edge in &flow.edges {
        let from_body = body.contains(edge.from.as_str());
        if body.contains(edge.to.as_str()) && !from_body && !(edge.from == node.id && edge.from_port == "body") {
            let message = format!("the edge enters the body of the loop `{}` from outside", node.id);
            let help = "lead it to the loop's `in`; inside, read outer nodes by expression";
            findings.push(Finding::error("loop.enter", message, help).on_edge(edge.id()));
        }
        if from_body && edge.to == node.id && edge.to_port != "back" {
            let message = format!("the edge leaves the body of the loop `{}`", node.id);
            findings.push(
                Finding::error("loop.leave", message, "lead it to the loop's `back`; what follows stands behind `done`").on_edge(edge.id()),
            );
        }
    }
}
