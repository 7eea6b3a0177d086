//! Brings two streams of items together.

mod by_key;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{BatchNode, Body, Context, Input, Item, NodeType, Outputs, PerItem, Port, Result, Value, batch, files, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Merge {
    /// How the items of the two sides meet.
    #[serde(default)]
    pub how: How,
    /// Which side's value stays where both have a field of one name.
    #[serde(default)]
    pub prefer: Prefer,
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum How {
    /// First everything of the left side, then everything of the right.
    #[default]
    Append,
    /// The first with the first, the second with the second.
    Position {
        /// What becomes of items without a partner.
        #[serde(default)]
        keep: Keep,
    },
    /// Items with the same value in a field.
    Key {
        /// A field of the left items, or an expression over `item`.
        left: PerItem<Value>,
        /// A field of the right items; the left one's name where nothing is said.
        #[serde(default)]
        right: Option<String>,
        /// What becomes of items without a partner.
        #[serde(default)]
        keep: Keep,
    },
}

/// Which items without a partner stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// None.
    #[default]
    Pairs,
    Left,
    Right,
    Both,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    Left,
    #[default]
    Right,
}

impl Merge {
    /// One item of the two at these places.
    fn pair(&self, input: &Input, left: Option<usize>, right: Option<usize>) -> Item {
        let l = left.map(|at| &input.port(0)[at]);
        let r = right.map(|at| &input.port(1)[at]);
        let json = match (l, r) {
            (Some(l), Some(r)) => {
                let (mut base, over) = match self.prefer {
                    Prefer::Right => (l.json.clone(), &r.json),
                    Prefer::Left => (r.json.clone(), &l.json),
                };
                match over.as_object() {
                    Some(map) => {
                        for (key, value) in map.iter() {
                            base = base.with(key.clone(), value.clone());
                        }
                        base
                    }
                    None => over.clone(),
                }
            }
            (Some(one), None) | (None, Some(one)) => one.json.clone(),
            (None, None) => Value::Null,
        };
        let mut merged = Item::new(json).from_ports(left.map(|at| (0, at)).into_iter().chain(right.map(|at| (1, at))));
        for side in [l, r].into_iter().flatten() {
            for (name, blob) in side.blobs.iter().flat_map(|blobs| blobs.iter()) {
                merged = merged.with_blob(name.clone(), blob.clone());
            }
        }
        merged
    }

    fn by_position(&self, input: &Input, keep: Keep) -> Vec<Item> {
        let (left, right) = (input.port(0).len(), input.port(1).len());
        let length = match keep {
            Keep::Pairs => left.min(right),
            Keep::Left => left,
            Keep::Right => right,
            Keep::Both => left.max(right),
        };
        (0..length).map(|at| self.pair(input, (at < left).then_some(at), (at < right).then_some(at))).collect()
    }
}

impl BatchNode for Merge {
    async fn run(&self, input: &Input, _: &Context) -> Result<Outputs> {
        Ok(Outputs::many(match &self.how {
            How::Append => (0..input.port(0).len())
                .map(|at| self.pair(input, Some(at), None))
                .chain((0..input.port(1).len()).map(|at| self.pair(input, None, Some(at))))
                .collect(),
            How::Position { keep } => self.by_position(input, *keep),
            How::Key { left, right, keep } => self.by_key(input, left, right.as_deref(), *keep)?,
        }))
    }
}

pub static NODE: NodeType = NodeType {
    id: "logic.merge",
    version: 1,
    title: "Merge",
    summary: "Brings two streams together: one after the other, side by side, or by a key.",
    keywords: &["join", "combine", "append", "union", "lookup"],
    inputs: &[Port::items("left"), Port::items("right")],
    outputs: Port::OUT,
    body: Body::Batch(batch::<Merge>),
    join: None,
    run_on_empty: true,
    routing: false,
    effect: pure,
    card: &["by {how.left}", "by {how.by}", "append"],
    schema: schema::<Merge>,
    files: files!(),
};
