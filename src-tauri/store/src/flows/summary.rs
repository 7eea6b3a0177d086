//! What the flow list shows of a flow, and changes as screens hear them.

use super::now_ms;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use weft_flow::facts::path;
use weft_flow::{Change, Data, Ends, Entity, Flow, Kind};

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

/// Changes in the shape of the api: `{entity, id, field, before, after}`, nothing is null. What came is told whole, what went
/// once, both with an empty field; a position has its box as id. Removals come before what takes their place. Comments, order
/// and key orders are the file's business and are left out.
pub fn told(changes: &[Change]) -> Vec<Value> {
    let mut out = Vec::new();
    for group in changes.chunk_by(|a, b| a.entity == b.entity) {
        let entity = &group[0].entity;
        let visible = || group.iter().filter(|c| !path::is_hidden(&c.field));
        if entity.kind == Kind::Layout {
            out.extend(visible().map(|c| one(entity, &path::unescape(&c.field), "", value(&c.before), value(&c.after))));
            continue;
        }
        let id = shown_id(entity);
        if group.iter().any(Change::is_death) {
            out.push(one(entity, &id, "", json!({}), Value::Null));
        } else if group.iter().any(Change::is_birth) {
            out.push(one(entity, &id, "", Value::Null, whole(visible())));
        } else {
            let (gone, set): (Vec<&Change>, Vec<&Change>) = visible().partition(|c| c.after.is_none());
            out.extend(gone.into_iter().chain(set).map(|c| one(entity, &id, &c.field, value(&c.before), value(&c.after))));
        }
    }
    out
}

fn one(entity: &Entity, id: &str, field: &str, before: Value, after: Value) -> Value {
    json!({ "entity": entity.kind, "id": id, "field": field, "before": before, "after": after })
}

fn shown_id(entity: &Entity) -> String {
    match entity.kind {
        Kind::Edge => Ends::parse(&entity.id).map_or_else(|| entity.id.clone(), |ends| ends.long()),
        _ => entity.id.clone(),
    }
}

fn value(data: &Option<Data>) -> Value {
    data.as_ref().map_or(Value::Null, |data| data.to_value().into())
}

/// A node, block or edge from its fields, as it stands in the document.
fn whole<'a>(fields: impl Iterator<Item = &'a Change>) -> Value {
    let mut root = json!({});
    for change in fields.filter(|c| c.after.is_some()) {
        let mut at = &mut root;
        for part in change.field.split('/') {
            // Where a field is a value and an object at once (a merge can do that), the object wins, as everywhere.
            if !at.is_object() {
                *at = json!({});
            }
            at = &mut at[path::unescape(part)];
        }
        *at = value(&change.after);
    }
    root
}
