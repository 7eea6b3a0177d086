//! Edges and ports, what can be reached, and which nodes lie before which.

use super::Seen;
use super::near::{Near, listed};
use super::types::{ERROR, Known};
use crate::finding::Finding;
use crate::view::{Edge, Flow};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// The flow as a graph of positions.
pub(super) struct Wiring<'a> {
    pub flow: &'a Flow,
    pub seen: &'a [Seen<'a>],
    /// Ends of the edges, by position of the node.
    pub ends: Vec<(usize, usize)>,
    /// Edges that leave a node.
    pub out: Vec<Vec<usize>>,
    pub into: Vec<Vec<usize>>,
    /// Parts that lead back to themselves are one; a part comes before those it leads to.
    parts: Vec<Vec<usize>>,
}

impl<'a> Wiring<'a> {
    pub fn new(flow: &'a Flow, seen: &'a [Seen<'a>]) -> Self {
        let at = |id: &str| flow.nodes.get_index_of(id).expect("the view keeps only edges whose nodes are there");
        let ends: Vec<(usize, usize)> = flow.edges.iter().map(|edge| (at(&edge.from), at(&edge.to))).collect();
        let (mut out, mut into) = (vec![Vec::new(); seen.len()], vec![Vec::new(); seen.len()]);
        for (edge, (from, to)) in ends.iter().enumerate() {
            out[*from].push(edge);
            into[*to].push(edge);
        }
        let parts = parts(seen.len(), ends.iter().copied());
        Wiring { flow, seen, ends, out, into, parts }
    }

    pub fn check(&self, near: &Near, found: &mut Vec<Finding>) {
        for edge in &self.flow.edges {
            self.ports(edge, near, found);
        }
        self.counted_joins(found);
        self.reach(found);
        self.loops(found);
        self.cycles(found);
    }

    pub fn known(&self, node: &str) -> Option<&Known> {
        self.flow.nodes.get_index_of(node).and_then(|at| self.seen[at].known)
    }

    fn ports(&self, edge: &Edge, near: &Near, found: &mut Vec<Finding>) {
        let mut say = |node: &str, port: &str, side: &str, ports: &[&str], help: Option<&str>| {
            let message = match ports {
                [] => format!("`{node}` has no {side}s"),
                _ => format!("`{node}` has no {side} `{port}`"),
            };
            let help = match (help, ports) {
                (Some(help), _) => help.to_string(),
                (None, []) => "remove the edge".into(),
                (None, ports) => near.help(port, ports.iter().copied(), format!("its {side}s are {}", listed(ports))),
            };
            found.push(Finding::error("edge.port", message, help).on_edge(edge.id()));
        };
        if let Some(known) = self.known(&edge.from) {
            let ports = known.outputs(&self.flow.nodes[&edge.from]);
            if !ports.contains(&&*edge.from_port) {
                let help = (edge.from_port == ERROR).then_some("write `on_error: port` on that node: then it has this output");
                say(&edge.from, &edge.from_port, "output", &ports, help);
            }
        }
        if let Some(known) = self.known(&edge.to) {
            let ports = known.inputs();
            if !ports.contains(&&*edge.to_port) {
                say(&edge.to, &edge.to_port, "input", &ports, None);
            }
        }
    }

    /// `join: {n: 3}` with two edges waits in vain.
    fn counted_joins(&self, found: &mut Vec<Finding>) {
        for (at, seen) in self.seen.iter().enumerate() {
            let Some(crate::view::Join::N(n)) = seen.node.join else { continue };
            let edges = self.into[at].len();
            let say = |message: String, help: &str| Finding::error("join.n", message, help).on_node(&seen.node.id).in_field("join");
            if n == 0 {
                found.push(say("`join: {n: 0}` waits for no edge at all".into(), "write 1 or more"));
            } else if n as usize > edges {
                let message = format!("`{}` waits for {n} edges, and {edges} lead to it: it will never run", seen.node.id);
                found.push(say(message, "write a smaller number, or add edges"));
            }
        }
    }

    fn reach(&self, found: &mut Vec<Finding>) {
        // What is not known may be a trigger; the finding about its type is enough.
        let starts: Vec<usize> =
            (0..self.seen.len()).filter(|at| self.seen[*at].known.map_or_else(|| self.into[*at].is_empty(), Known::is_trigger)).collect();
        if starts.is_empty() {
            return;
        }
        let reached = self.reached(starts);
        for (at, seen) in self.seen.iter().enumerate() {
            if !reached[at] {
                let message = format!("nothing leads to `{}`: it will never run", seen.node.id);
                let help = "lead an edge to it from a node that runs, or remove it";
                found.push(Finding::warning("node.unreachable", message, help).on_node(&seen.node.id));
            }
        }
    }

    fn reached(&self, starts: Vec<usize>) -> Vec<bool> {
        let mut reached = vec![false; self.seen.len()];
        let mut open = starts;
        open.iter().for_each(|at| reached[*at] = true);
        while let Some(at) = open.pop() {
            for edge in &self.out[at] {
                let to = self.ends[*edge].1;
                if !std::mem::replace(&mut reached[to], true) {
                    open.push(to);
                }
            }
        }
        reached
    }

    /// For pairs (node, other): whether the other is an ancestor, a path leading from it to the node. A pass over the
    /// graph answers for 64 others at once.
    pub fn are_before(&self, pairs: &[(usize, usize)]) -> Vec<bool> {
        let mut part_of = vec![0; self.seen.len()];
        for (number, part) in self.parts.iter().enumerate() {
            part.iter().for_each(|at| part_of[*at] = number);
        }
        let mut others: Vec<usize> = pairs.iter().map(|(_, other)| *other).collect();
        others.sort_unstable();
        others.dedup();
        let mut answers = vec![false; pairs.len()];
        for some in others.chunks(64) {
            // Which of these lie before a part; and, where it leads back to itself, in it.
            let mut before = vec![0u64; self.parts.len()];
            for (number, part) in self.parts.iter().enumerate() {
                let own = part.iter().filter_map(|at| some.binary_search(at).ok()).fold(0, |bits, bit| bits | 1 << bit);
                let behind = before[number] | own;
                for edge in part.iter().flat_map(|at| &self.out[*at]) {
                    // Also of the part itself, where an edge leads back to it.
                    before[part_of[self.ends[*edge].1]] |= behind;
                }
            }
            for (answer, (node, other)) in answers.iter_mut().zip(pairs) {
                if let Ok(bit) = some.binary_search(other) {
                    *answer = before[part_of[*node]] & (1 << bit) != 0;
                }
            }
        }
        answers
    }
}

/// The parts of a graph whose nodes all lead to each other, each before those it leads to.
pub(super) fn parts(nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(nodes, 0);
    let at: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
    for (from, to) in edges {
        graph.add_edge(at[from], at[to], ());
    }
    // Not Tarjan's, which calls itself once per node of a chain.
    kosaraju_scc(&graph).into_iter().rev().map(|part| part.into_iter().map(|at| at.index()).collect()).collect()
}
