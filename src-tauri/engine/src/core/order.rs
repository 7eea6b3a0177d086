//! The order of a node's steps in one scope: by cause, never by time (SEMANTICS 6).

use super::Core;
use std::cmp::Ordering;

impl Core {
    /// By edge, then by the source's order, then by emission. Both steps are of one node in one scope.
    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        let (mut a, mut b) = (a, b);
        // The innermost difference that is found on the way decides only if nothing further up does.
        let mut later = Ordering::Equal;
        loop {
            if a == b {
                return later;
            }
            match (self.steps[a].by, self.steps[b].by) {
                (None, None) => return later,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some((edge_a, source_a, emission_a)), Some((edge_b, source_b, emission_b))) => {
                    let by_edge = self.place(edge_a).cmp(&self.place(edge_b));
                    if by_edge != Ordering::Equal {
                        return by_edge;
                    }
                    if emission_a != emission_b {
                        later = emission_a.cmp(&emission_b);
                    }
                    (a, b) = (source_a, source_b);
                }
            }
        }
    }

    /// Target port, then the file's order.
    fn place(&self, edge: usize) -> (u16, usize) {
        (self.plan.edges[edge].to_port, edge)
    }

    /// Deliveries of an edge in the order of their steps, then of their emissions.
    pub(super) fn sorted_deliveries(&self, scope: usize, edge: usize) -> Vec<(usize, u32)> {
        let mut deliveries = self.scopes[scope].edges[self.plan.edges[edge].local].deliveries.to_vec();
        deliveries.sort_by(|(a, n), (b, m)| self.compare(*a, *b).then(n.cmp(m)));
        deliveries
    }

    /// These steps of one node and scope, in order.
    pub(super) fn sorted(&self, mut steps: Vec<usize>) -> Vec<usize> {
        steps.sort_by(|a, b| self.compare(*a, *b));
        steps
    }
}
