//! Items that went into a node or came out of it, page by page.

use super::pieces::{Piece, slice};
use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use weft_engine::journal::StepId;
use weft_node::{Item, Lineage};

/// The items of a piece.
pub(super) async fn load(api: &Arc<Api>, piece: &Piece<'_>) -> Result<Vec<Item>, Problem> {
    let batch = weft_engine::read_stored(&*api.world, piece.stored).await?;
    Ok(batch.iter().skip(piece.from as usize).take(piece.len() as usize).cloned().collect())
}

pub async fn items(api: &Arc<Api>, wanted: ItemsRequest) -> Result<ItemsPage, Problem> {
    let drawn = super::drawn(api, super::id(&wanted.run)?).await?;
    let ports = match wanted.side {
        Side::Out => drawn.ports(&wanted.node),
        Side::In => drawn.in_ports(&wanted.node),
    };
    let port = match &wanted.port {
        None => 0,
        Some(name) => ports.iter().position(|port| port == name).ok_or_else(|| {
            problem("port.not_found", format!("{} has no port {name}.", wanted.node), "Choose one of the ports its card shows.")
        })?,
    };
    let pieces = match wanted.side {
        Side::Out => drawn.out_pieces(&wanted.node, port),
        Side::In => drawn.in_pieces(&wanted.node, port),
    };
    let total = pieces.iter().map(Piece::len).sum();
    let mut items = Vec::new();
    for piece in slice(pieces, wanted.from, wanted.from.saturating_add(wanted.limit.clamp(1, 1_000))) {
        items.extend(load(api, &piece).await?.iter().map(|item| view(item, piece.step)));
    }
    Ok(ItemsPage { total, from: wanted.from, items })
}

fn view(item: &Item, step: StepId) -> ItemView {
    let blob = |(name, blob): (&String, &weft_node::BlobRef)| {
        let seen = BlobView {
            hash: blob.hash.clone(),
            size: blob.size as f64,
            media_type: blob.media_type.clone(),
            file_name: blob.file_name.clone(),
        };
        (name.clone(), seen)
    };
    ItemView {
        json: Json((&item.json).into()),
        blobs: item.blobs.iter().flat_map(|blobs| blobs.iter()).map(blob).collect(),
        from: match &item.from {
            Lineage::From(pairs) => Some(pairs.iter().map(|(port, at)| (u32::from(*port), *at)).collect()),
            Lineage::Auto | Lineage::Unknown => None,
        },
        problem: item.error.as_deref().cloned().map(Problem::from),
        step: step.to_string(),
    }
}

/// Everything a node of a run gave, by port: what a pin keeps.
pub(crate) async fn outputs_of(api: &Arc<Api>, run: &str, node: &str) -> Result<BTreeMap<String, Vec<Item>>, Problem> {
    let drawn = super::drawn(api, super::id(run)?).await?;
    let mut ports = BTreeMap::new();
    for (at, port) in drawn.ports(node).into_iter().enumerate() {
        let mut items = Vec::new();
        for piece in drawn.out_pieces(node, at) {
            items.extend(load(api, &piece).await?);
        }
        ports.insert(port, items);
    }
    if ports.values().all(Vec::is_empty) {
        return Err(problem("pin.empty", format!("{node} gave nothing in this run."), "Run it first, or pin items of your own."));
    }
    Ok(ports)
}
