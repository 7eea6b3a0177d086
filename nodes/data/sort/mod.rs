//! Puts items in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use weft_node::{BatchNode, Body, Context, Input, NodeType, Outputs, PerItem, Port, Result, Value, batch, condition, files, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Sort {
    /// The first decides; the next decides where those before are equal.
    pub by: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Key {
    /// Name of a field, or an expression over `item`.
    pub field: PerItem<Value>,
    #[serde(default)]
    pub order: Order,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Ascending,
    Descending,
}

impl BatchNode for Sort {
    async fn run(&self, input: &Input, _: &Context) -> Result<Outputs> {
        let items = input.items();
        let keys: Vec<Vec<Value>> = items
            .iter()
            .enumerate()
            .map(|(at, item)| self.by.iter().map(|key| key.field.of(item, at).unwrap_or_default()).collect())
            .collect();
        let mut places: Vec<usize> = (0..items.len()).collect();
        // Stable: equal items keep their order.
        places.sort_by(|&a, &b| {
            self.by
                .iter()
                .enumerate()
                .map(|(k, key)| ordered(&keys[a][k], &keys[b][k], key.order))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        Ok(Outputs::many(places.into_iter().map(|at| items[at].with_json(items[at].json.clone()).from_items([at])).collect()))
    }
}

/// Items without the field stand last in both directions.
fn ordered(a: &Value, b: &Value, order: Order) -> Ordering {
    match (a.is_null(), b.is_null(), order) {
        (false, false, Order::Descending) => condition::order(b, a),
        _ => condition::order(a, b),
    }
}

pub static NODE: NodeType = NodeType {
    id: "data.sort",
    version: 1,
    title: "Sort",
    summary: "Puts items in order by one field or several.",
    keywords: &["order", "rank", "ascending", "descending"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Batch(batch::<Sort>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["by {by.0.field}, {by.0.order}", "by {by.0.field}"],
    schema: schema::<Sort>,
    files: files!(),
};
