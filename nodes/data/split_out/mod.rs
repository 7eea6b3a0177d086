//! Makes an item of each element of a list.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{Body, Context, Item, ItemNode, NodeType, Outputs, Port, Result, Value, files, item, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct SplitOut {
    /// The field with the list, or an expression that gives one. Where nothing is said: the item itself.
    #[serde(default)]
    pub field: Option<Value>,
    /// What each new item holds.
    #[serde(default)]
    pub keep: Keep,
    /// Name under which the element is put where other fields stay, or where it is no object.
    #[serde(default, rename = "as")]
    pub as_: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Keep {
    /// Only the element.
    #[default]
    #[serde(rename = "the element")]
    Element,
    /// The element beside the item's other fields.
    #[serde(rename = "all fields")]
    AllFields,
}

impl ItemNode for SplitOut {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        let (list, field) = match &self.field {
            None => (Some(item.json.clone()), None),
            Some(Value::Text(field)) => (item.json.at(field).cloned(), Some(field.to_string())),
            Some(value) => (Some(value.clone()), None),
        };
        let elements = match list {
            None | Some(Value::Null) => return Ok(Outputs::none()),
            Some(Value::List(elements)) => elements.to_vec(),
            // One where a list could be is common in answers of web services.
            Some(other) => vec![other],
        };
        let name = self.as_.clone().or(field);
        Ok(Outputs::many(elements.into_iter().map(|element| item.with_json(self.shape(item, element, name.as_deref()))).collect()))
    }
}

impl SplitOut {
    fn shape(&self, item: &Item, element: Value, name: Option<&str>) -> Value {
        match (self.keep, name) {
            (Keep::AllFields, Some(name)) => item.json.with(name, element),
            (Keep::Element, _) if self.as_.is_some() => Value::Null.with(self.as_.as_deref().unwrap_or_default(), element),
            _ => element,
        }
    }
}

pub static NODE: NodeType = NodeType {
    id: "data.split_out",
    version: 1,
    title: "Split out",
    summary: "Makes an item of each element of a list.",
    keywords: &["explode", "unwind", "flatten", "array", "list", "each"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Item(item::<SplitOut>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{field}"],
    schema: schema::<SplitOut>,
    files: files!(),
};
