//! From what a node gave to emissions: lineage filled in, large batches put into the blob store.

use super::Run;
use crate::journal::{Durability, Stored};
use crate::plan::{DONE, PlanNode, Runner};
use smallvec::smallvec;
use weft_node::world::World;
use weft_node::{Batch, Input, Item, Lineage, Map, Problem, Result, Value};

/// Bytes of an encoded batch that still stand in a row.
pub const INLINE: usize = 64 * 1024;
/// Blobs of emissions say what they are.
const MEDIA_TYPE: &str = "application/vnd.msgpack";

/// What a step gave, by output port.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub ports: Vec<Vec<Item>>,
    pub warnings: Vec<String>,
    pub pinned: bool,
}

/// One emission, in memory and as its row keeps it.
pub(super) type Emitted = (u16, Batch, Stored);

impl Given {
    pub fn on(port: usize, items: Vec<Item>) -> Given {
        let mut given = Given::default();
        given.extend(port, items);
        given
    }

    pub fn extend(&mut self, port: usize, items: impl IntoIterator<Item = Item>) {
        if self.ports.len() <= port {
            self.ports.resize_with(port + 1, Vec::new);
        }
        self.ports[port].extend(items);
    }
}

impl Run {
    /// The emissions of a step: one per port that has items, in port order.
    pub(super) async fn emissions(&self, node: &PlanNode, input: &Input, mut given: Given) -> Result<Vec<Emitted>> {
        if node.emit_if_empty && !node.is_bypassed() && !given.pinned && given.ports.iter().all(Vec::is_empty) {
            let port = if node.runner == Runner::Loop { DONE } else { 0 };
            let mut empty = vec![Item::new(Value::from(Map::default()))];
            fill(&mut empty, input);
            given.extend(port.into(), empty);
        }
        if given.ports.iter().skip(node.outs.len()).any(|items| !items.is_empty()) {
            return Err(Problem::new("node.port", format!("`{}` gave items on a port that it does not have.", node.kind.id)));
        }
        let mut emissions = Vec::new();
        for (port, items) in given.ports.into_iter().enumerate().filter(|(_, items)| !items.is_empty()) {
            let batch = Batch::new(items);
            let stored = self.store(&batch).await?;
            emissions.push((port as u16, batch, stored));
        }
        Ok(emissions)
    }

    /// A batch as a row keeps it.
    pub(super) async fn store(&self, batch: &Batch) -> Result<Stored> {
        store(&*self.world, batch, self.log.durability()).await
    }
}

/// A batch as a row keeps it: a blob is durable before the row that names it.
///
/// # Errors
/// What the blob store says.
pub(crate) async fn store(world: &dyn World, batch: &Batch, durability: Durability) -> Result<Stored> {
    if durability == Durability::None || batch.weight() < INLINE / 2 {
        return Ok(Stored::Inline(batch.clone()));
    }
    let bytes = rmp_serde::to_vec_named(batch).expect("a batch is always encodable");
    if bytes.len() <= INLINE {
        return Ok(Stored::Inline(batch.clone()));
    }
    let blob = world.blobs().put(bytes.into(), MEDIA_TYPE, None).await?;
    Ok(Stored::Blob { blob, items: batch.len() as u32 })
}

/// Reads a stored batch back.
///
/// # Errors
/// What the blob store says; `journal.damaged`.
pub async fn read_stored(world: &dyn World, stored: &Stored) -> Result<Batch> {
    match stored {
        Stored::Inline(batch) => Ok(batch.clone()),
        Stored::Blob { blob, .. } => {
            let bytes = world.blobs().read(blob).await?;
            rmp_serde::from_slice(&bytes).map_err(crate::journal::damaged)
        }
    }
}

/// Where a batch node's items came from, if it did not say: pairwise where the counts agree, from the only item, else unknown.
pub(super) fn fill(items: &mut [Item], input: &Input) {
    let count = items.len();
    let first = input.items().len();
    let total: usize = input.ports.iter().map(|port| port.len()).sum();
    let only = input.ports.iter().position(|port| port.len() == 1).filter(|_| total == 1);
    for (at, item) in items.iter_mut().enumerate() {
        match &item.from {
            Lineage::Auto if total == 0 => item.from = Lineage::none(),
            Lineage::Auto if only.is_some() => item.from = Lineage::From(smallvec![(only.unwrap_or(0) as u16, 0)]),
            Lineage::Auto if count == first => item.from = one(at),
            Lineage::Auto => item.from = Lineage::Unknown,
            Lineage::From(pairs) if pairs.iter().any(|(port, at)| *at as usize >= input.port(*port as usize).len()) => {
                item.from = Lineage::Unknown
            }
            Lineage::From(_) | Lineage::Unknown => {}
        }
    }
}

/// From the item at this position of the first port.
pub(super) fn one(at: usize) -> Lineage {
    Lineage::From(smallvec![(0, at as u32)])
}
