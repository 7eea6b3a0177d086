//! What the flow list shows of a flow, and changes as screens hear them.

use super::now_ms;
use serde::{Deserialize, Serialize};
use serde_json::json;
use weft_flow::facts::{PLACE, path};
use weft_flow::{Change, Data, Flow, Kind};

/// A row of the flow list, without what only runs know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowSummary {
    #[serde(skip)]
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub nodes: u32,
    /// Milliseconds since 1970.
    pub edited_at: i64,
    pub edited_by: String,
    /// Where every node stands, and its type: at most 500.
    pub drawing: Vec<(f64, f64, String)>,
    /// The first finding's sentence, where the file cannot be read.
    #[serde(skip)]
    pub broken: Option<String>,
    /// Whether its triggers listen, by weft.toml.
    #[serde(skip)]
    pub in_use: bool,
}

const DRAWN: usize = 500;

impl FlowSummary {
    pub(crate) fn of(id: &str, flow: &Flow, author: &str) -> FlowSummary {
        let mut row = FlowSummary { id: id.into(), edited_at: now_ms(), edited_by: author.into(), ..FlowSummary::default() };
        row.follow(flow);
        row
    }

    /// Takes from the flow what it says; who edited it when stays.
    pub(crate) fn follow(&mut self, flow: &Flow) {
        let last = self.id.rsplit('/').next().unwrap_or(&self.id);
        self.name = flow.name.clone().filter(|n| !n.trim().is_empty()).unwrap_or_else(|| weft_flow::in_words(last));
        self.description = flow.description.clone();
        self.nodes = flow.nodes.len() as u32;
        let spot = |(id, node): (&String, &weft_flow::Node)| flow.layout.get(id).map(|s| (s.x, s.y, node.kind.clone()));
        self.drawing = flow.nodes.iter().filter_map(spot).take(DRAWN).collect();
    }
}

/// Changes in the shape of the api: `{entity, id, field, before, after}`; an entity that came or went has an empty field.
/// Comments and key orders are the file's business and are left out.
pub(crate) fn told(changes: &[Change]) -> Vec<serde_json::Value> {
    changes.iter().filter(|c| c.field == PLACE || !path::is_hidden(&c.field)).map(one).collect()
}

fn one(change: &Change) -> serde_json::Value {
    let whole = change.is_birth() || change.is_death();
    let value = |data: &Option<Data>| match data {
        Some(_) if whole => json!(true),
        Some(data) => data.to_value().into(),
        None => serde_json::Value::Null,
    };
    let id = match change.entity.kind {
        Kind::Edge => weft_flow::Ends::parse(&change.entity.id).map_or_else(|| change.entity.id.clone(), |ends| ends.long()),
        _ => change.entity.id.clone(),
    };
    let mut out = json!({ "entity": change.entity.kind, "id": id, "field": if whole { "" } else { &change.field } });
    for (key, data) in [("before", &change.before), ("after", &change.after)] {
        if data.is_some() {
            out[key] = value(data);
        }
    }
    out
}
