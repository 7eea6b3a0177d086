//! Bodies of loops, and free cycles.

use super::{BODY, Cycle, Level, Plan, Runner};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use weft_node::{Problem, Result};

impl Plan {
    /// Gives every node and edge its level, and every level its cycles.
    pub(super) fn find_levels(&mut self) -> Result<()> {
        self.levels = vec![Level::default()];
        let loops: Vec<usize> = (0..self.nodes.len()).filter(|at| self.nodes[*at].runner == Runner::Loop).collect();
        let mut bodies: Vec<(usize, Vec<bool>, usize)> = loops
            .iter()
            .map(|at| (*at, self.body_of(*at)))
            .map(|(at, body)| {
                let size = body.iter().filter(|is_in| **is_in).count();
                (at, body, size)
            })
            .collect();
        for (owner, ..) in &bodies {
            self.nodes[*owner].body = Some(self.levels.len());
            self.levels.push(Level { owner: Some(*owner), ..Level::default() });
        }
        // Of nested bodies the smallest is the innermost.
        bodies.sort_by_key(|(_, _, size)| *size);
        for at in 0..self.nodes.len() {
            let innermost = bodies.iter().find(|(_, body, _)| body[at]);
            self.nodes[at].level = innermost.map_or(0, |(owner, ..)| self.nodes[*owner].body.expect("given above"));
        }
        self.check_nesting()?;
        for at in 0..self.nodes.len() {
            let level = &mut self.levels[self.nodes[at].level];
            self.nodes[at].local = level.nodes.len();
            level.nodes.push(at);
        }
        for at in 0..self.edges.len() {
            let level = self.level_of_edge(at)?;
            self.edges[at].level = level;
            self.edges[at].local = self.levels[level].edges.len();
            self.levels[level].edges.push(at);
        }
        for level in 0..self.levels.len() {
            self.find_cycles(level);
        }
        Ok(())
    }

    /// What `body` reaches without passing the loop itself.
    fn body_of(&self, owner: usize) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open: Vec<usize> = self.nodes[owner].out_edges[BODY as usize].clone();
        while let Some(edge) = open.pop() {
            let to = self.edges[edge].to;
            if to != owner && !std::mem::replace(&mut seen[to], true) {
                open.extend(self.nodes[to].out_edges.iter().flatten());
            }
        }
        seen
    }

    fn check_nesting(&self) -> Result<()> {
        for level in self.levels.iter().skip(1) {
            let mut owner = level.owner;
            for _ in 0..=self.levels.len() {
                owner = owner.and_then(|at| self.levels[self.nodes[at].level].owner);
            }
            if owner.is_some() {
                return Err(self.crossing(level.owner.expect("only the run has none"), "lies in its own body, by way of another loop"));
            }
        }
        Ok(())
    }

    fn level_of_edge(&self, at: usize) -> Result<usize> {
        let edge = &self.edges[at];
        let (from, to) = (&self.nodes[edge.from], &self.nodes[edge.to]);
        let source =
            if from.runner == Runner::Loop && edge.from_port == BODY { from.body.expect("every loop has a body") } else { from.level };
        let target = if edge.is_back { to.body.expect("every loop has a body") } else { to.level };
        if source == target {
            return Ok(source);
        }
        let owner = self.levels[if source == 0 { target } else { source }].owner.expect("only one of two levels is the run");
        Err(self.crossing(owner, &format!("has the edge `{}` between its body and what lies outside", edge.id)))
    }

    fn crossing(&self, owner: usize, what: &str) -> Problem {
        let id = &self.nodes[owner].id;
        Problem {
            node: Some(id.to_string()),
            ..Problem::new("loop.crossing", format!("The loop `{id}` {what}."))
                .help("Lead what enters the body through `body` and what leaves it through `back`; outer nodes can be read by expression.")
        }
    }

    fn find_cycles(&mut self, level: usize) {
        let mut graph: DiGraph<usize, ()> = DiGraph::new();
        let members: Vec<NodeIndex> = self.levels[level].nodes.iter().map(|at| graph.add_node(*at)).collect();
        for &edge in &self.levels[level].edges {
            let edge = &self.edges[edge];
            // A chunk comes from outside of the body, a result goes there.
            if self.nodes[edge.from].level == level && self.nodes[edge.to].level == level && !edge.is_back {
                graph.add_edge(members[self.nodes[edge.from].local], members[self.nodes[edge.to].local], ());
            }
        }
        for part in tarjan_scc(&graph) {
            if part.len() == 1 && !graph.contains_edge(part[0], part[0]) {
                continue;
            }
            let number = self.levels[level].cycles.len();
            let mut nodes: Vec<usize> = part.iter().map(|at| graph[*at]).collect();
            nodes.sort_unstable();
            let entries = nodes
                .iter()
                .flat_map(|at| &self.nodes[*at].in_edges)
                .copied()
                .filter(|edge| !nodes.contains(&self.edges[*edge].from))
                .collect();
            for at in &nodes {
                self.nodes[*at].cycle = Some(number);
            }
            self.levels[level].cycles.push(Cycle { nodes, entries });
        }
    }
}
