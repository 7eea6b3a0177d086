//! Backwards through a run: which steps a step sees (SEMANTICS 9), and which items an item came from (1).

use super::{Core, ItemRef, Origin, StepState};
use crate::plan::{BODY, Runner};
use std::collections::HashSet;
use weft_node::{Batch, Item, Lineage};

/// Most items one question may lead through.
const MAX_VISITED: usize = 200_000;

/// Where a path backwards came out.
#[derive(Debug, Default)]
pub struct Traced {
    pub found: Vec<ItemRef>,
    /// Somewhere on the way a node could not say.
    pub unknown: bool,
}

impl Core {
    /// The steps of an ancestor that a step sees, in order: those that led to it, or all where everything before it was over when it began.
    pub fn visible(&self, step: usize, node: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut open = vec![step];
        while let Some(at) = open.pop() {
            let here = &self.steps[at];
            if self.plan.nodes[here.node].level == self.plan.nodes[node].level && here.sees_all {
                let own = &self.scopes[here.scope].nodes[self.plan.nodes[node].local];
                found.extend(own.steps.iter().copied().filter(|other| *other != step && self.steps[*other].state == StepState::Finished));
                continue;
            }
            if here.sees_all
                && let Some((opener, _)) = self.scopes[here.scope].opener
                && seen.insert(opener)
            {
                open.push(opener);
            }
            for feed in &here.feeds {
                let source = &self.steps[feed.step];
                if source.node == node && source.state == StepState::Finished {
                    found.push(feed.step);
                }
                // Further back it can only be found where a path leads from it.
                if (source.node == node || self.plan.is_ancestor(source.node, node)) && seen.insert(feed.step) {
                    open.push(feed.step);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        self.sorted(found)
    }

    /// Items of one output port over these steps.
    pub fn output(&self, steps: &[usize], port: u16) -> Batch {
        let mut batches =
            steps.iter().flat_map(|step| self.steps[*step].emissions.iter().filter(|(at, _)| *at == port).map(|(_, batch)| batch));
        match (batches.next(), batches.next()) {
            (None, _) => Batch::default(),
            (Some(only), None) => only.clone(),
            (Some(first), Some(second)) => [first, second].into_iter().chain(batches).flat_map(|batch| batch.iter().cloned()).collect(),
        }
    }

    /// The items of a node that an item of a step's input came from.
    pub fn trace(&self, step: usize, port: u16, at: usize, node: usize) -> Traced {
        let mut traced = Traced::default();
        let Some(start) = self.source_of(step, port, at as u32) else { return traced };
        self.walk(
            vec![start],
            &mut traced,
            |item| {
                let source = self.steps[item.0].node;
                if source == node {
                    return Some(item);
                }
                None
            },
            |source| source == node || self.plan.is_ancestor(source, node),
        );
        traced
    }

    pub fn item(&self, (step, port, emission, at): ItemRef) -> &Item {
        &self.batch(step, port, emission)[at as usize]
    }

    /// The positions in a loop step's first input that the items of an iteration's result came from, one list per item; none = not known.
    pub fn result_lineage(&self, loop_step: usize, scope: usize) -> Vec<Lineage> {
        let is_chunk = |item: ItemRef| {
            item.0 == loop_step && item.1 == BODY && matches!(self.steps[loop_step].chunks[item.2 as usize].origin, Origin::Input { .. })
        };
        let owner = self.steps[loop_step].node;
        let trace = |item: ItemRef| {
            let mut traced = Traced::default();
            self.walk(
                vec![item],
                &mut traced,
                |item| is_chunk(item).then_some(item),
                |source| source == owner || self.plan.is_ancestor(source, owner),
            );
            if traced.unknown {
                return Lineage::Unknown;
            }
            let mut places: Vec<u32> = traced
                .found
                .iter()
                .map(|(step, _, iteration, at)| match &self.steps[*step].chunks[*iteration as usize].origin {
                    Origin::Input { from } => from + at,
                    Origin::Items(_) => *at,
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            Lineage::From(places.into_iter().map(|at| (0, at)).collect())
        };
        self.result_refs(scope).into_iter().map(trace).collect()
    }

    fn walk(
        &self,
        mut open: Vec<ItemRef>,
        traced: &mut Traced,
        is_found: impl Fn(ItemRef) -> Option<ItemRef>,
        leads_on: impl Fn(usize) -> bool,
    ) {
        let mut seen: HashSet<ItemRef> = open.iter().copied().collect();
        while let Some(item) = open.pop() {
            if let Some(found) = is_found(item) {
                traced.found.push(found);
                continue;
            }
            if !leads_on(self.steps[item.0].node) {
                continue;
            }
            if seen.len() > MAX_VISITED {
                traced.unknown = true;
                return;
            }
            match self.before(item) {
                Some(items) => open.extend(items.into_iter().filter(|item| seen.insert(*item))),
                None => traced.unknown = true,
            }
        }
        traced.found.sort_unstable();
    }

    /// The items that an item was made of; none = not known.
    fn before(&self, item: ItemRef) -> Option<Vec<ItemRef>> {
        let (step, port, emission, at) = item;
        if self.plan.nodes[self.steps[step].node].runner == Runner::Loop && port == BODY && !self.is_pinned(self.steps[step].node) {
            return Some(match &self.steps[step].chunks[emission as usize].origin {
                Origin::Input { from } => self.source_of(step, 0, from + at).into_iter().collect(),
                Origin::Items(refs) => refs.get(at as usize).copied().into_iter().collect(),
            });
        }
        match &self.item(item).from {
            Lineage::From(pairs) => Some(pairs.iter().filter_map(|(port, at)| self.source_of(step, *port, *at)).collect()),
            Lineage::Auto | Lineage::Unknown => None,
        }
    }

    /// The emitted item that stands at a place of a step's input.
    fn source_of(&self, step: usize, port: u16, at: u32) -> Option<ItemRef> {
        let mut left = at;
        for feed in self.steps[step].feeds.iter().filter(|feed| feed.port == port) {
            let items = feed.batch.len() as u32;
            if left < items {
                return Some((feed.step, feed.out_port, feed.emission, left));
            }
            left -= items;
        }
        None
    }
}

impl Core {
    /// Where an iteration's chunk begins in the loop's first input; none where it is what the iteration before gave.
    pub fn chunk_from(&self, step: usize, iteration: u32) -> Option<u32> {
        match self.steps[step].chunks.get(iteration as usize)?.origin {
            Origin::Input { from } => Some(from),
            Origin::Items(_) => None,
        }
    }
}
