//! Bodies of loops, edges that cross their borders, and cycles without a loop (SEMANTICS 8).

use super::types::Known;
use super::wiring::{Wiring, parts};
use crate::finding::Finding;
use crate::ids::IN;

const BODY: &str = "body";
const BACK: &str = "back";
/// Steps that finding all bodies may take; a flow of thousands of nested loops is told no more about them.
const MOST: usize = 5_000_000;

impl Wiring<'_> {
    /// The loops, each with the positions of its body: what `body` reaches without passing the loop itself.
    pub fn bodies(&self) -> Vec<(usize, Vec<usize>)> {
        let mut left = MOST;
        let mut seen_by = vec![usize::MAX; self.seen.len()];
        let loops = (0..self.seen.len()).filter(|at| self.seen[*at].known.is_some_and(Known::is_loop));
        let body = |owner: usize| {
            let mut body = Vec::new();
            let mut open: Vec<usize> = self.out[owner].iter().copied().filter(|edge| self.flow.edges[*edge].from_port == BODY).collect();
            while let Some(edge) = open.pop() {
                left = left.checked_sub(1)?;
                let to = self.ends[edge].1;
                if to != owner && seen_by[to] != owner {
                    seen_by[to] = owner;
                    body.push(to);
                    open.extend(&self.out[to]);
                }
            }
            Some((owner, body))
        };
        loops.map_while(body).collect()
    }

    /// Edges between the body of a loop and what lies outside.
    pub fn loops(&self, found: &mut Vec<Finding>) {
        let mut bodies = self.bodies();
        // Of nested bodies the smallest is the innermost.
        bodies.sort_by_key(|(_, body)| std::cmp::Reverse(body.len()));
        let mut inside: Vec<Option<usize>> = vec![None; self.seen.len()];
        for (owner, body) in &bodies {
            body.iter().for_each(|at| inside[*at] = Some(*owner));
        }
        let is_loop = |at: usize| self.seen[at].known.is_some_and(Known::is_loop);
        for (edge, (from, to)) in self.flow.edges.iter().zip(&self.ends) {
            let source = if is_loop(*from) && edge.from_port == BODY { Some(*from) } else { inside[*from] };
            let target = if is_loop(*to) && edge.to_port == BACK { Some(*to) } else { inside[*to] };
            if source == target {
                continue;
            }
            let id = |at: usize| &self.seen[at].node.id;
            let (message, help) = match (source, target) {
                (Some(owner), None) if owner == *to || edge.to_port == IN && is_loop(*to) => (
                    format!("`{}` lies in the body of the loop `{}` and leads out of it", edge.from, id(owner)),
                    format!("lead it to `{}.{BACK}`", id(owner)),
                ),
                (_, Some(owner)) => (
                    format!("the edge enters the body of the loop `{}` from outside", id(owner)),
                    format!("lead it to `{}.{IN}`; nodes inside can read outer ones by expression", id(owner)),
                ),
                (owner, None) => (
                    format!("the edge leaves the body of the loop `{}`", owner.map_or("", |owner| id(owner))),
                    format!("lead what leaves the body to `{BACK}`, and go on from `done`"),
                ),
            };
            found.push(Finding::error("loop.crossing", message, help).on_edge(edge.id()));
        }
    }

    /// Cycles that no loop closes.
    pub fn cycles(&self, found: &mut Vec<Finding>) {
        let closes = |edge: usize| {
            let to = self.ends[edge].1;
            self.flow.edges[edge].to_port == BACK && self.seen[to].known.is_some_and(Known::is_loop)
        };
        let free = || (0..self.ends.len()).filter(|edge| !closes(*edge)).map(|edge| self.ends[edge]);
        let mut on_itself = vec![false; self.seen.len()];
        free().filter(|(from, to)| from == to).for_each(|(from, _)| on_itself[from] = true);
        for mut cycle in parts(self.seen.len(), free()) {
            if cycle.len() == 1 && !on_itself[cycle[0]] {
                continue;
            }
            cycle.sort_unstable();
            let names: Vec<&str> = cycle.iter().take(5).map(|at| &*self.seen[*at].node.id).collect();
            let more = if cycle.len() > names.len() { format!(" and {} more", cycle.len() - names.len()) } else { String::new() };
            let message = format!("{}{more} lead back to themselves without a loop node", names.join(", "));
            let help =
                "use a loop node and close the cycle at its `back`; as it is, a run stops with an error after 10,000 steps of one node";
            found.push(Finding::warning("cycle.free", message, help).on_node(names[0]));
            for at in cycle {
                let seen = &self.seen[at];
                if seen.known.is_some_and(|known| !known.joins_each(seen.node)) {
                    let message =
                        format!("`{}` lies in a cycle and waits for all of its inputs, one of which comes from itself", seen.node.id);
                    let help = "write `join: each`, or close the cycle at a loop's `back`";
                    found.push(Finding::error("cycle.join", message, help).on_node(&seen.node.id).in_field("join"));
                }
            }
        }
    }
}
