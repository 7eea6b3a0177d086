//! Where an item came from: node by node, back to the trigger.

use super::pieces::{Piece, slice};
use super::{Drawn, items};
use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use weft_engine::journal::StepId;
use weft_node::{Item, Lineage};

/// A hop names so many items at most; more are said to be many, not listed.
const MOST: usize = 10_000;

/// An item by its place: the step that made it, the emission, the position in it.
type Place = (StepId, u32, u32);

fn place(piece: &Piece<'_>) -> Option<Place> {
    piece.origin.map(|(step, emission)| (step, emission, piece.from))
}

pub async fn lineage(api: &Arc<Api>, wanted: LineageRequest) -> Result<LineageView, Problem> {
    let drawn = super::drawn(api, super::id(&wanted.run)?).await?;
    let port = match &wanted.port {
        None => 0,
        Some(name) => drawn.ports(&wanted.node).iter().position(|port| port == name).unwrap_or(0),
    };
    let chosen = slice(drawn.out_pieces(&wanted.node, port), wanted.item, wanted.item.saturating_add(1));
    let first = chosen.first().and_then(place);
    let first = first.ok_or_else(|| problem("item.not_found", "This item is not there any more.", "Look at the run again."))?;
    let mut batches: BTreeMap<(StepId, u32), Vec<Item>> = BTreeMap::new();
    let mut seen: BTreeSet<Place> = BTreeSet::from([first]);
    let mut queue = VecDeque::from([first]);
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    while let Some((step, emission, at)) = queue.pop_front() {
        let Some(made_by) = drawn.state.steps.get(&step) else { continue };
        if let Entry::Vacant(place) = batches.entry((step, emission)) {
            let Some(found) = made_by.emissions.get(emission as usize) else { continue };
            let whole = Piece { step, origin: None, stored: &found.items, from: 0, to: found.items.len() as u32 };
            place.insert(items::load(api, &whole).await?);
        }
        let Some(item) = batches[&(step, emission)].get(at as usize) else { continue };
        let Lineage::From(pairs) = &item.from else {
            unknown.insert(made_by.node.clone());
            continue;
        };
        for (port, position) in pairs.iter().take(MOST) {
            let source = slice(drawn.taken(made_by, *port as usize), *position, position.saturating_add(1));
            if let Some(source) = source.first().and_then(place)
                && seen.len() < MOST
                && seen.insert(source)
            {
                queue.push_back(source);
            }
        }
    }
    Ok(LineageView { hops: hops(&drawn, &seen, &unknown) })
}

impl Drawn {
    /// Position of an item in its node's output port, over all steps.
    fn position(&self, (step, emission, at): Place) -> Option<(String, usize, u32)> {
        let made_by = self.state.steps.get(&step)?;
        let port = made_by.emissions.get(emission as usize)?.port as usize;
        let mut before = 0;
        for piece in self.out_pieces(&made_by.node, port) {
            if piece.origin == Some((step, emission)) {
                return Some((made_by.node.clone(), port, before + at));
            }
            before += piece.len();
        }
        None
    }
}

/// By node and port, the chosen node first, then towards the trigger.
fn hops(drawn: &Drawn, seen: &BTreeSet<Place>, unknown: &BTreeSet<String>) -> Vec<LineageHop> {
    let mut by_port: BTreeMap<(String, usize), Vec<u32>> = BTreeMap::new();
    for place in seen {
        if let Some((node, port, position)) = drawn.position(*place) {
            by_port.entry((node, port)).or_default().push(position);
        }
    }
    let began = |node: &str| drawn.state.steps.values().position(|step| step.node == node).unwrap_or(usize::MAX);
    let mut hops: Vec<LineageHop> = by_port
        .into_iter()
        .map(|((node, port), mut items)| {
            items.sort_unstable();
            let name = drawn.ports(&node).get(port).cloned().unwrap_or_else(|| "out".into());
            LineageHop { known: !unknown.contains(&node), port: name, items, node }
        })
        .collect();
    hops.sort_by_key(|hop| std::cmp::Reverse(began(&hop.node)));
    hops
}
