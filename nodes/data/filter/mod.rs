//! Keeps the items that fulfil conditions.

use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{
    Body, Condition, Context, Item, ItemNode, Match, NodeType, Outputs, Port, Problem, Result, Value, files, item, pure, schema,
};

#[derive(Deserialize, JsonSchema)]
pub struct Filter {
    /// Questions about fields of the item.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Whether all of them must hold, or one is enough.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// An expression that must be true besides: `js/item.total > 100`.
    #[serde(default)]
    pub expression: Option<Value>,
}

impl ItemNode for Filter {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        let expression = match &self.expression {
            None => true,
            Some(Value::Bool(holds)) => *holds,
            Some(other) => {
                return Err(Problem::setting("expression", format!("The expression gave {}, not true or false.", other.kind()))
                    .help("Compare something: js/item.total > 100."));
            }
        };
        let kept = expression && self.matches.holds(&self.conditions, item);
        Ok(if kept { Outputs::one(item.with_json(item.json.clone())) } else { Outputs::none() })
    }
}

pub static NODE: NodeType = NodeType {
    id: "data.filter",
    version: 1,
    title: "Filter",
    summary: "Keeps the items that fulfil your conditions.",
    keywords: &["where", "only", "condition", "select", "remove"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Item(item::<Filter>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{conditions.0.field} {conditions.0.is} {conditions.0.value}", "{conditions.0.field} {conditions.0.is}", "{expression}"],
    schema: schema::<Filter>,
    files: files!(),
};
