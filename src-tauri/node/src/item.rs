//! What travels on an edge: items, their blobs, and where they came from.

use crate::{Problem, Value};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One item: a JSON value and references to bytes. Immutable; cloning shares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    #[serde(rename = "j")]
    pub json: Value,
    /// Bytes by name; they lie in the blob store, never in `json`.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub blobs: Option<Arc<BTreeMap<String, BlobRef>>>,
    #[serde(rename = "f", default, skip_serializing_if = "Lineage::is_auto")]
    pub from: Lineage,
    /// Set on items that left a failed step by `continue` or `port`.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Arc<Problem>>,
}

impl Item {
    pub fn new(json: impl Into<Value>) -> Self {
        Item { json: json.into(), ..Item::default() }
    }

    /// This item with another json; blobs are kept, lineage is the engine's to fill.
    #[must_use]
    pub fn with_json(&self, json: impl Into<Value>) -> Self {
        Item { json: json.into(), blobs: self.blobs.clone(), from: Lineage::Auto, error: None }
    }

    /// Names the positions in the first input port that this item came from.
    #[must_use]
    pub fn from_items(mut self, positions: impl IntoIterator<Item = usize>) -> Self {
        self.from = Lineage::From(positions.into_iter().map(|at| (0, at as u32)).collect());
        self
    }

    /// Names (input port, position) pairs that this item came from.
    #[must_use]
    pub fn from_ports(mut self, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        self.from = Lineage::From(pairs.into_iter().map(|(port, at)| (port as u16, at as u32)).collect());
        self
    }

    #[must_use]
    pub fn with_blob(mut self, name: impl Into<String>, blob: BlobRef) -> Self {
        let mut blobs = self.blobs.take().map_or_else(BTreeMap::new, Arc::unwrap_or_clone);
        blobs.insert(name.into(), blob);
        self.blobs = Some(Arc::new(blobs));
        self
    }

    pub fn blob(&self, name: &str) -> Option<&BlobRef> {
        self.blobs.as_ref()?.get(name)
    }
}

/// The (input port, position) pairs of its own step's input that an item came from (SEMANTICS 1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Lineage {
    /// Not said by the node: the engine fills it in. Never leaves a step.
    #[default]
    Auto,
    /// The node cannot say.
    Unknown,
    /// Empty for what has no source.
    From(SmallVec<[(u16, u32); 1]>),
}

impl Lineage {
    pub fn none() -> Self {
        Lineage::From(SmallVec::new())
    }

    pub fn is_auto(&self) -> bool {
        matches!(self, Lineage::Auto)
    }
}

/// Bytes in the blob store, named by their content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    /// BLAKE3 of the bytes, 64 hexadecimal digits.
    pub hash: String,
    /// Bytes.
    pub size: u64,
    pub media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
}

/// An ordered, shared list of items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Batch(Arc<Vec<Item>>);

impl Batch {
    pub fn new(items: Vec<Item>) -> Self {
        Batch(Arc::new(items))
    }

    /// The items, without copying where nobody else holds them.
    pub fn into_items(self) -> Vec<Item> {
        Arc::unwrap_or_clone(self.0)
    }

    /// Roughly how many bytes it holds in memory; for caps.
    pub fn weight(&self) -> usize {
        self.iter().map(|item| 48 + item.json.weight()).sum()
    }

    /// `flat` of SEMANTICS 9: the json of the only item, else the list of jsons; none where there are no items.
    pub fn flat(&self) -> Option<Value> {
        match self.len() {
            0 => None,
            1 => Some(self[0].json.clone()),
            _ => Some(Value::list(self.iter().map(|item| item.json.clone()).collect())),
        }
    }
}

impl std::ops::Deref for Batch {
    type Target = [Item];
    fn deref(&self) -> &[Item] {
        &self.0
    }
}

impl From<Vec<Item>> for Batch {
    fn from(items: Vec<Item>) -> Self {
        Batch::new(items)
    }
}

impl FromIterator<Item> for Batch {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        Batch::new(items.into_iter().collect())
    }
}
