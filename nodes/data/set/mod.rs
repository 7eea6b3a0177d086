//! Sets fields of each item.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{Body, Context, Item, ItemNode, Map, NodeType, Outputs, Port, Problem, Result, Value, files, item, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Set {
    /// The fields and their values. A name with dots sets a member inside: `address.city`.
    #[serde(default)]
    pub fields: Map,
    /// What stays of the item besides.
    #[serde(default)]
    pub keep: Keep,
    /// Fields that are taken away.
    #[serde(default)]
    pub remove: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Keep {
    /// All its other fields.
    #[default]
    #[serde(rename = "everything")]
    Everything,
    /// Only the fields set here.
    #[serde(rename = "only these")]
    OnlyThese,
}

/// Deeper paths than this are a mistake.
const DEEPEST: usize = 32;

impl ItemNode for Set {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        let mut json = match (self.keep, &item.json) {
            (Keep::Everything, json @ Value::Object(_)) => json.clone(),
            _ => Value::from(Map::default()),
        };
        for (path, value) in self.fields.iter() {
            let parts: Vec<&str> = path.split('.').collect();
            if parts.len() > DEEPEST || parts.contains(&"") {
                return Err(Problem::setting(&format!("fields/{path}"), format!("\"{path}\" is no path of a field."))
                    .help("Write names with single dots between them: address.city."));
            }
            json = put(&json, &parts, value.clone());
        }
        for path in &self.remove {
            json = without(&json, &path.split('.').collect::<Vec<_>>());
        }
        Ok(Outputs::one(item.with_json(json)))
    }
}

fn put(json: &Value, path: &[&str], value: Value) -> Value {
    match path {
        [] => value,
        [name] => json.with(*name, value),
        [name, rest @ ..] => json.with(*name, put(json.get(name).unwrap_or(&Value::Null), rest, value)),
    }
}

fn without(json: &Value, path: &[&str]) -> Value {
    let Value::Object(map) = json else { return json.clone() };
    let mut map = Map::clone(map);
    match path {
        [name] => {
            map.remove(name);
        }
        [name, rest @ ..] => {
            if let Some(inner) = map.get_mut(name) {
                *inner = without(inner, rest);
            }
        }
        [] => {}
    }
    Value::from(map)
}

pub static NODE: NodeType = NodeType {
    id: "data.set",
    version: 1,
    title: "Set fields",
    summary: "Sets, adds or takes away fields of each item.",
    keywords: &["edit", "assign", "change", "add field", "map", "rename"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Item(item::<Set>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{fields.*}", "without {remove.*}"],
    schema: schema::<Set>,
    files: files!(),
};
