//! Sends each item one way or the other.

use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{
    Body, Condition, Context, Item, ItemNode, Match, NodeType, Outputs, Port, Problem, Result, Value, files, item, pure, schema,
};

#[derive(Deserialize, JsonSchema)]
pub struct If {
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

impl ItemNode for If {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        let expression = match &self.expression {
            None => true,
            Some(Value::Bool(holds)) => *holds,
            Some(other) => {
                return Err(Problem::setting("expression", format!("The expression gave {}, not true or false.", other.kind()))
                    .help("Compare something: js/item.total > 100."));
            }
        };
        let port = usize::from(!(expression && self.matches.holds(&self.conditions, item)));
        Ok(Outputs::on(port, item.with_json(item.json.clone())))
    }
}

pub static NODE: NodeType = NodeType {
    id: "logic.if",
    version: 1,
    title: "If",
    summary: "Sends each item one way or the other.",
    keywords: &["branch", "condition", "switch", "route", "else"],
    inputs: Port::IN,
    outputs: &[Port::items("true"), Port::items("false")],
    body: Body::Item(item::<If>),
    join: None,
    run_on_empty: false,
    routing: true,
    effect: pure,
    card: &["{conditions.0.field} {conditions.0.is} {conditions.0.value}", "{conditions.0.field} {conditions.0.is}", "{expression}"],
    schema: schema::<If>,
    files: files!(),
};
