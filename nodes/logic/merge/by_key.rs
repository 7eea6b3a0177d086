//! Merging by a key: every left item with every right item of the same value.

use super::{Keep, Merge};
use std::collections::HashMap;
use weft_node::{Input, Item, PerItem, Problem, Result, Value};

/// A product of two large groups is a mistake more often than a wish.
const MOST_PAIRS: usize = 1_000_000;

impl Merge {
    pub(super) fn by_key(&self, input: &Input, left: &PerItem<Value>, right: Option<&str>, keep: Keep) -> Result<Vec<Item>> {
        let right_field = match (right, left) {
            (Some(field), _) => field,
            (None, PerItem::Same(Value::Text(field))) => field,
            _ => {
                return Err(Problem::setting("how/right", "The left key is an expression, so the right field must be named.")
                    .help("Name a field of the right items."));
            }
        };
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, item) in input.port(1).iter().enumerate() {
            if let Some(key) = item.json.at(right_field).and_then(key_text) {
                places.entry(key).or_default().push(at);
            }
        }
        let mut paired = vec![false; input.port(1).len()];
        let mut items = Vec::new();
        for (at, item) in input.port(0).iter().enumerate() {
            let partners = left.of(item, at).as_ref().and_then(key_text).and_then(|key| places.get(&key));
            match partners {
                Some(partners) => {
                    for &partner in partners {
                        paired[partner] = true;
                        items.push(self.pair(input, Some(at), Some(partner)));
                        if items.len() > MOST_PAIRS {
                            return Err(Problem::new("merge.too_many", format!("The key pairs more than {MOST_PAIRS} items."))
                                .help("Choose a key that names fewer items on one side."));
                        }
                    }
                }
                None if matches!(keep, Keep::Left | Keep::Both) => items.push(self.pair(input, Some(at), None)),
                None => {}
            }
        }
        if matches!(keep, Keep::Right | Keep::Both) {
            items.extend((0..paired.len()).filter(|&at| !paired[at]).map(|at| self.pair(input, None, Some(at))));
        }
        Ok(items)
    }
}

/// Equal values have equal texts; nothing pairs with nothing. Keys of objects are sorted, because their order does not count.
fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Number(n) => Some(format!("n{n}")),
        Value::Text(text) => Some(format!("t{text}")),
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().map(|(k, v)| format!("{k:?}:{}", key_text(v).unwrap_or_default())).collect();
            members.sort();
            Some(format!("o{}", members.join(",")))
        }
        other => Some(other.to_json()),
    }
}
