//! Pinned outputs: what a node gives instead of running.

use super::{Flows, locked, now_ms};
use crate::error::refused;
use crate::{Error, Result};
use rusqlite::params;
use std::collections::BTreeMap;
use weft_node::Item;

/// Items by port, by node.
pub type Pins = BTreeMap<String, BTreeMap<String, Vec<Item>>>;

/// Largest pin, as JSON.
const MAX: usize = 16 << 20;

impl Flows {
    /// Fixes what a node gives. Bytes its items name stay in the blob store as long as the pin does.
    pub fn set_pin(&self, id: &str, node: &str, ports: &BTreeMap<String, Vec<Item>>) -> Result<()> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let key = slot.key()?;
        if !slot.doc(&self.inner)?.view().nodes.contains_key(node) {
            return Err(refused("edit.unknown", format!("there is no node `{node}` in `{id}`"), "look at the flow as it is now"));
        }
        let text = serde_json::to_string(ports)
            .map_err(|e| refused("pin.invalid", format!("these items cannot be kept: {e}"), "pin fewer or simpler items"))?;
        if text.len() > MAX {
            return Err(refused("pin.size", format!("what `{node}` gave is larger than {} MiB", MAX >> 20), "pin fewer items"));
        }
        let named = ports.values().flatten().filter_map(|item| item.blobs.as_ref()).flat_map(|blobs| blobs.values());
        let blobs: Vec<String> = named.map(|blob| blob.hash.clone()).collect();
        let (flow, node) = (id.to_string(), node.to_string());
        self.inner.store.writer().write_now(move |tx| {
            tx.execute("DELETE FROM pins WHERE flow = ?1 AND node = ?2", params![key, node])?;
            tx.execute("INSERT INTO pins VALUES (?1, ?2, ?3, ?4)", params![key, node, text, now_ms()])?;
            let owner = owner(key, &node);
            tx.execute("DELETE FROM blob_refs WHERE owner = ?1", [&owner])?;
            for hash in blobs {
                tx.execute("INSERT OR IGNORE INTO blob_refs VALUES (?1, ?2, 1)", params![owner, hash])?;
            }
            tx.tell("flow_state", serde_json::json!({ "flow": flow })).map(drop)
        })
    }

    /// True where there was one.
    pub fn clear_pin(&self, id: &str, node: &str) -> Result<bool> {
        let key = locked(&*self.inner.slot(id)?).key()?;
        let (flow, node) = (id.to_string(), node.to_string());
        self.inner.store.writer().write_now(move |tx| {
            let gone = tx.execute("DELETE FROM pins WHERE flow = ?1 AND node = ?2", params![key, node])?;
            if gone > 0 {
                tx.execute("DELETE FROM blob_refs WHERE owner = ?1", [owner(key, &node)])?;
                tx.tell("flow_state", serde_json::json!({ "flow": flow }))?;
            }
            Ok(gone > 0)
        })
    }

    /// All pins of a flow, of nodes that are there.
    pub fn pins(&self, id: &str) -> Result<Pins> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let key = slot.key()?;
        let view = slot.doc(&self.inner)?.view();
        self.inner.store.readers().now(move |db| {
            let mut select = db.prepare_cached("SELECT node, ports FROM pins WHERE flow = ?1")?;
            let mut out = Pins::new();
            for row in select.query_map([key], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
                let (node, ports) = row?;
                if view.nodes.contains_key(&node) {
                    let ports = serde_json::from_str(&ports).map_err(|e| Error::damaged(format!("the pin of {node}: {e}")))?;
                    out.insert(node, ports);
                }
            }
            Ok(out)
        })
    }

    /// Ids of the nodes that have one.
    pub(super) fn pinned(&self, key: i64) -> Result<Vec<String>> {
        self.inner.store.readers().now(move |db| {
            let mut select = db.prepare_cached("SELECT node FROM pins WHERE flow = ?1 ORDER BY node")?;
            Ok(select.query_map([key], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?)
        })
    }
}

/// Who names the blobs of a pin.
fn owner(flow: i64, node: &str) -> String {
    format!("pin:{flow}:{node}")
}
