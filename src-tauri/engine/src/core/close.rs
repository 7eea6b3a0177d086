//! How nodes finish and edges close (SEMANTICS 3, 8).

use super::{Core, CycleState, Dropped, EdgeState, NodeState, Reason, Scope};
use crate::journal::ScopePath;
use weft_node::Join;

impl Core {
    pub(super) fn open(&mut self, level: usize, path: ScopePath, opener: Option<(usize, u32)>) -> usize {
        let plan = &self.plan;
        let planned = &plan.levels[level];
        let nodes = planned.nodes.iter().map(|at| NodeState { open_in: plan.nodes[*at].in_edges.len(), ..NodeState::default() });
        let cycles = planned.cycles.iter().map(|cycle| CycleState { open_in: cycle.entries.len(), active: 0, closed: false });
        let scope = Scope {
            path,
            level,
            opener,
            nodes: nodes.collect(),
            edges: planned.edges.iter().map(|_| EdgeState::default()).collect(),
            cycles: cycles.collect(),
            unfinished: planned.nodes.len(),
            active: 0,
            // What is opened inside of what stops has nothing to do.
            stopping: opener.and_then(|(step, _)| self.scopes[self.steps[step].scope].stopping.clone()),
            failed: false,
            ended: false,
        };
        self.scopes.push(scope);
        self.scopes.len() - 1
    }

    /// Finishes what cannot run in a scope that was just opened: other triggers, what is not reached, what is left out.
    pub(super) fn settle_opened(&mut self, scope: usize) {
        let nodes = self.plan.levels[self.scopes[scope].level].nodes.clone();
        for node in nodes {
            self.check(scope, node);
        }
        self.check_end(scope);
    }

    /// The loop gives an iteration nothing more.
    pub(super) fn close_entries(&mut self, scope: usize, step: usize) {
        let plan = self.plan.clone();
        for &edge in &plan.nodes[self.steps[step].node].out_edges[crate::plan::BODY as usize] {
            let reason =
                if self.scopes[scope].edges[plan.edges[edge].local].deliveries.is_empty() { Reason::Empty } else { Reason::Delivered };
            self.close(scope, edge, reason);
        }
    }

    fn close(&mut self, scope: usize, edge: usize, reason: Reason) {
        let plan = self.plan.clone();
        let edge_plan = &plan.edges[edge];
        let state = &mut self.scopes[scope];
        if state.edges[edge_plan.local].closed.replace(reason).is_some() || edge_plan.is_back {
            return;
        }
        let node = &plan.nodes[edge_plan.to];
        state.nodes[node.local].open_in -= 1;
        if let Some(cycle) = node.cycle
            && plan.levels[state.level].cycles[cycle].entries.contains(&edge)
        {
            state.cycles[cycle].open_in -= 1;
        }
        self.check(scope, edge_plan.to);
    }

    /// Activates or finishes a node whose in-edges are all closed.
    pub(super) fn check(&mut self, scope: usize, node: usize) {
        let plan = self.plan.clone();
        let planned = &plan.nodes[node];
        if let Some(cycle) = planned.cycle {
            return self.check_cycle(scope, cycle);
        }
        let state = &self.scopes[scope];
        let own = &state.nodes[planned.local];
        if own.finished || own.open_in > 0 || own.active > 0 || state.stopping.is_some() {
            return;
        }
        let runs = !planned.is_off() && self.selection.included[node];
        if runs && !own.fired && own.steps.is_empty() {
            let edge = |edge: &usize| &state.edges[plan.edges[*edge].local];
            let delivered = planned.in_edges.iter().any(|at| !edge(at).deliveries.is_empty());
            let empty = planned.in_edges.iter().any(|at| edge(at).closed == Some(Reason::Empty));
            let join = self.join_of(node);
            let alone = self.selection.pins_stand_alone && self.is_pinned(node);
            if (delivered && join == Join::All)
                || alone
                || (!delivered && empty && planned.run_on_empty && !planned.is_bypassed() && !self.is_pinned(node))
            {
                let feeds = self.gather(scope, node);
                return self.fire(scope, node, feeds, true);
            }
            if delivered && matches!(join, Join::N(_)) {
                // Fewer edges than asked for: what came is told to be lost.
                for &edge in &planned.in_edges {
                    for (step, emission) in self.sorted_deliveries(scope, edge) {
                        self.dropped.push(Dropped { node, scope, edge, step, emission });
                    }
                }
            }
        }
        self.finish_node(scope, node);
    }

    fn finish_node(&mut self, scope: usize, node: usize) {
        let plan = self.plan.clone();
        let planned = &plan.nodes[node];
        let state = &mut self.scopes[scope];
        state.nodes[planned.local].finished = true;
        state.unfinished -= 1;
        let ran = state.nodes[planned.local].ran;
        let no_branch = planned.in_edges.iter().all(|edge| state.edges[plan.edges[*edge].local].closed == Some(Reason::NotTaken));
        for (port, edges) in planned.out_edges.iter().enumerate() {
            for &edge in edges {
                if plan.edges[edge].level == self.scopes[scope].level {
                    let reason = self.reason(scope, edge, ran, no_branch, port);
                    self.close(scope, edge, reason);
                }
            }
        }
    }

    fn reason(&self, scope: usize, edge: usize, ran: bool, no_branch: bool, port: usize) -> Reason {
        let from = self.plan.edges[edge].from;
        let planned = &self.plan.nodes[from];
        if !self.scopes[scope].edges[self.plan.edges[edge].local].deliveries.is_empty() {
            return Reason::Delivered;
        }
        let chose_another = planned.kind.routing || planned.error_port() == Some(port as u16);
        let closed = planned.is_off() || !self.selection.included[from];
        if closed || (ran && chose_another) || (!ran && no_branch) { Reason::NotTaken } else { Reason::Empty }
    }

    /// A free cycle closes as one, when nothing comes in any more and nothing in it is under way.
    fn check_cycle(&mut self, scope: usize, cycle: usize) {
        let plan = self.plan.clone();
        let state = &mut self.scopes[scope];
        let own = &mut state.cycles[cycle];
        if own.closed || own.open_in > 0 || own.active > 0 || state.stopping.is_some() {
            return;
        }
        own.closed = true;
        let nodes = &plan.levels[state.level].cycles[cycle].nodes;
        let inner = |edge: &usize| nodes.contains(&plan.edges[*edge].from) && nodes.contains(&plan.edges[*edge].to);
        // What never ran passes "not taken" on, unless something reached it; the largest solution of that.
        let mut untaken: Vec<usize> = nodes.iter().copied().filter(|at| !self.scopes[scope].nodes[plan.nodes[*at].local].ran).collect();
        loop {
            let before = untaken.len();
            let still = untaken.clone();
            untaken.retain(|node| {
                plan.nodes[*node].in_edges.iter().all(|edge| {
                    let from = plan.edges[*edge].from;
                    if !inner(edge) {
                        return self.scopes[scope].edges[plan.edges[*edge].local].closed == Some(Reason::NotTaken);
                    }
                    self.reason(
                        scope,
                        *edge,
                        !still.contains(&from) && self.scopes[scope].nodes[plan.nodes[from].local].ran,
                        still.contains(&from),
                        plan.edges[*edge].from_port as usize,
                    ) == Reason::NotTaken
                })
            });
            if untaken.len() == before {
                break;
            }
        }
        for &node in nodes {
            let planned = &plan.nodes[node];
            let state = &mut self.scopes[scope];
            state.nodes[planned.local].finished = true;
            state.unfinished -= 1;
        }
        for &node in nodes {
            let ran = self.scopes[scope].nodes[plan.nodes[node].local].ran;
            for (port, edges) in plan.nodes[node].out_edges.iter().enumerate() {
                for edge in edges {
                    let reason = self.reason(scope, *edge, ran, untaken.contains(&node), port);
                    if inner(edge) {
                        self.scopes[scope].edges[plan.edges[*edge].local].closed = Some(reason);
                    } else {
                        self.close(scope, *edge, reason);
                    }
                }
            }
        }
        self.check_end(scope);
    }

    pub(super) fn check_end(&mut self, scope: usize) {
        let state = &mut self.scopes[scope];
        let over = if state.stopping.is_some() { state.active == 0 } else { state.unfinished == 0 };
        if over && !std::mem::replace(&mut state.ended, true) {
            self.ended.push_back(scope);
        }
    }
}
