//! Deliveries, and the join policies that make activations of them (SEMANTICS 4).

use super::{CYCLE_LIMIT, Core, Dropped, Feed, Step, StepState};
use crate::identity::step_id;
use crate::journal::Cause;
use weft_node::{Join, Problem};

impl Core {
    /// Delivers one emission on every edge of its port that lives in this scope.
    pub(super) fn emit(&mut self, scope: usize, step: usize, port: u16, emission: u32) {
        let plan = self.plan.clone();
        let edges = plan.nodes[self.steps[step].node].out_edges.get(port as usize).map_or(&[][..], Vec::as_slice);
        for &edge in edges {
            if plan.edges[edge].level == self.scopes[scope].level {
                self.deliver(scope, edge, step, emission);
            }
        }
    }

    fn deliver(&mut self, scope: usize, edge: usize, step: usize, emission: u32) {
        let plan = self.plan.clone();
        let target = &plan.edges[edge];
        self.scopes[scope].edges[target.local].deliveries.push((step, emission));
        let node = &plan.nodes[target.to];
        if target.is_back || node.is_off() || !self.selection.included[target.to] || self.scopes[scope].stopping.is_some() {
            return;
        }
        let drop = |core: &mut Core| core.dropped.push(Dropped { node: target.to, scope, edge, step, emission });
        match self.join_of(target.to) {
            Join::Each => {
                let cause = Cause::Delivery { edge: target.id.clone(), step: self.steps[step].id, emission };
                let feed = self.feed(edge, step, emission);
                self.activate(scope, target.to, cause, Some((edge, step, emission)), vec![feed], false);
            }
            Join::All | Join::Zip => {}
            Join::Any if self.scopes[scope].nodes[node.local].fired => drop(self),
            Join::Any => {
                let feed = self.feed(edge, step, emission);
                self.fire(scope, target.to, vec![feed], false);
            }
            Join::N(_) if self.scopes[scope].nodes[node.local].fired => drop(self),
            Join::N(wanted) => {
                let arrived =
                    node.in_edges.iter().filter(|edge| !self.scopes[scope].edges[plan.edges[**edge].local].deliveries.is_empty()).count();
                if arrived as u32 >= wanted {
                    let feeds = self.gather(scope, target.to);
                    self.fire(scope, target.to, feeds, false);
                }
            }
        }
    }

    fn feed(&self, edge: usize, step: usize, emission: u32) -> Feed {
        let edge = &self.plan.edges[edge];
        Feed { port: edge.to_port, step, out_port: edge.from_port, emission, batch: self.batch(step, edge.from_port, emission).clone() }
    }

    /// Per port all deliveries, in canonical edge order, then in the order of the producing steps.
    pub(super) fn gather(&self, scope: usize, node: usize) -> Vec<Feed> {
        let edges = self.plan.nodes[node].in_edges.iter();
        edges
            .flat_map(|edge| self.sorted_deliveries(scope, *edge).into_iter().map(|(step, emission)| self.feed(*edge, step, emission)))
            .collect()
    }

    /// The one activation of `all`, `any` and `n`.
    pub(super) fn fire(&mut self, scope: usize, node: usize, feeds: Vec<Feed>, sees_all: bool) {
        let local = self.plan.nodes[node].local;
        self.scopes[scope].nodes[local].fired = true;
        self.activate(scope, node, Cause::Join, None, feeds, sees_all);
    }

    pub(super) fn activate(
        &mut self,
        scope: usize,
        node: usize,
        cause: Cause,
        by: Option<(usize, usize, u32)>,
        feeds: Vec<Feed>,
        sees_all: bool,
    ) {
        let plan = self.plan.clone();
        let planned = &plan.nodes[node];
        let id = step_id(self.run, &planned.id, &self.scopes[scope].path, &cause);
        let step = self.steps.len();
        let state = &mut self.scopes[scope];
        let before = state.nodes[planned.local].steps.len();
        let refused = (planned.cycle.is_some() && before >= CYCLE_LIMIT).then(|| {
            Problem::new("cycle.limit", format!("`{}` ran {CYCLE_LIMIT} times in a cycle.", planned.id))
                .help("Give the cycle an end, or use a loop node.")
        });
        state.nodes[planned.local].steps.push(step);
        state.nodes[planned.local].active += 1;
        state.active += 1;
        if let Some(cycle) = planned.cycle {
            state.cycles[cycle].active += 1;
        }
        self.by_id.insert(id, step);
        self.steps.push(Step {
            id,
            node,
            scope,
            cause,
            by,
            sees_all,
            feeds,
            state: StepState::Ready,
            emissions: Vec::new(),
            chunks: Vec::new(),
            refused,
        });
        self.ready.push_back(step);
    }

    /// An activation has ended, whichever way.
    pub(super) fn deactivate(&mut self, step: usize) {
        let (node, scope) = (self.steps[step].node, self.steps[step].scope);
        let plan = self.plan.clone();
        let planned = &plan.nodes[node];
        let state = &mut self.scopes[scope];
        state.nodes[planned.local].active -= 1;
        state.active -= 1;
        if let Some(cycle) = planned.cycle {
            state.cycles[cycle].active -= 1;
        }
        if state.stopping.is_none() {
            self.check(scope, node);
        }
        self.check_end(scope);
    }
}
