//! Groups items and measures each group.

mod measure;

use indexmap::IndexMap;
use measure::Tally;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{
    BatchNode, Body, Context, Input, Item, Map, NodeType, Outputs, PerItem, Port, Problem, Result, Value, batch, condition, files, pure,
    schema,
};

#[derive(Deserialize, JsonSchema)]
pub struct Summarize {
    /// Items with the same values go into one group. Empty: all items are one group.
    #[serde(default)]
    pub group_by: Vec<Group>,
    /// What is measured in each group.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// Order of the groups.
    #[serde(default)]
    pub order: Order,
    /// When a value is missing.
    #[serde(default)]
    pub missing: Missing,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Group {
    /// Name of a field, or an expression over `item`.
    pub value: PerItem<Value>,
    /// Name of the group's field in the result; the field's own where nothing is said.
    #[serde(default)]
    pub name: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Measure {
    /// Name of the field in the result.
    pub name: String,
    /// What is measured.
    pub of: Of,
    /// Name of a field, or an expression over `item`. Count needs none.
    #[serde(default)]
    pub field: Option<PerItem<Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Of {
    #[serde(rename = "count")]
    Count,
    /// How many items have something true in the field: `js/item.precipitation > 0`.
    #[serde(rename = "count if")]
    CountIf,
    #[serde(rename = "sum")]
    Sum,
    #[serde(rename = "mean")]
    Mean,
    #[serde(rename = "min")]
    Min,
    #[serde(rename = "max")]
    Max,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Order {
    /// As their first items came.
    #[default]
    #[serde(rename = "as they come")]
    AsTheyCome,
    /// By group, first to last.
    #[serde(rename = "ascending")]
    Ascending,
    #[serde(rename = "descending")]
    Descending,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Missing {
    /// Leave it out of the measure.
    #[default]
    #[serde(rename = "leave out")]
    LeaveOut,
    /// Take it as 0.
    #[serde(rename = "as zero")]
    AsZero,
    /// Stop with an error.
    #[serde(rename = "stop")]
    Stop,
}

/// A group while it is measured.
struct Measured {
    values: Vec<Value>,
    tallies: Vec<Tally>,
    items: Vec<usize>,
}

impl BatchNode for Summarize {
    async fn run(&self, input: &Input, cx: &Context) -> Result<Outputs> {
        let mut groups: IndexMap<String, Measured> = IndexMap::new();
        if self.group_by.is_empty() {
            groups.insert(String::new(), self.empty(Vec::new()));
        }
        for (at, item) in input.items().iter().enumerate() {
            if at % 4096 == 0 && cx.is_cancelled() {
                return Err(Problem::new(weft_node::CANCELLED, "The run was stopped."));
            }
            let values: Vec<Value> = self.group_by.iter().map(|group| group.value.of(item, at).unwrap_or_default()).collect();
            let key = values.iter().map(|value| format!("{}\u{1f}", value.to_json())).collect::<String>();
            let group = groups.entry(key).or_insert_with(|| self.empty(values));
            group.items.push(at);
            for (measure, tally) in self.measures.iter().zip(&mut group.tallies) {
                let value = measure.field.as_ref().and_then(|field| field.of(item, at)).unwrap_or_default();
                tally.add(&value, self.missing).map_err(|problem| {
                    let field =
                        format!("settings/measures/{}/field", self.measures.iter().position(|m| m.name == measure.name).unwrap_or(0));
                    problem.field(field).item(at)
                })?;
            }
        }
        let mut groups: Vec<Measured> = groups.into_values().collect();
        if self.order != Order::AsTheyCome {
            groups.sort_by(|a, b| {
                let order = a
                    .values
                    .iter()
                    .zip(&b.values)
                    .map(|(a, b)| condition::order(a, b))
                    .find(|o| o.is_ne())
                    .unwrap_or(std::cmp::Ordering::Equal);
                if self.order == Order::Descending { order.reverse() } else { order }
            });
        }
        Ok(Outputs::many(groups.into_iter().map(|group| self.item(group)).collect()))
    }
}

impl Summarize {
    fn empty(&self, values: Vec<Value>) -> Measured {
        Measured { values, tallies: self.measures.iter().map(|measure| Tally::new(measure.of)).collect(), items: Vec::new() }
    }

    fn item(&self, group: Measured) -> Item {
        let mut json = Map::with_capacity(self.group_by.len() + self.measures.len());
        for (at, (by, value)) in self.group_by.iter().zip(group.values).enumerate() {
            let name = match (&by.name, &by.value) {
                (Some(name), _) => name.clone(),
                (None, PerItem::Same(Value::Text(field))) => field.to_string(),
                _ if at == 0 => "group".into(),
                _ => format!("group_{}", at + 1),
            };
            json.insert(name, value);
        }
        for (measure, tally) in self.measures.iter().zip(group.tallies) {
            json.insert(measure.name.as_str(), tally.result());
        }
        Item::new(json).from_items(group.items)
    }
}

pub static NODE: NodeType = NodeType {
    id: "data.summarize",
    version: 1,
    title: "Summarize",
    summary: "Groups items and counts, adds up or averages each group.",
    keywords: &["group by", "aggregate", "sum", "count", "mean", "average", "min", "max", "pivot"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Batch(batch::<Summarize>),
    join: None,
    run_on_empty: true,
    routing: false,
    effect: pure,
    card: &["{measures.#} measures", "by {group_by.0.value}"],
    schema: schema::<Summarize>,
    files: files!(),
};
