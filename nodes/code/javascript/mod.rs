//! Runs JavaScript for each item, or for all of them.

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{
    BatchNode, Body, Context, Input, Item, ItemNode, Mode, NodeType, Outputs, Port, Problem, Result, Value, batch, files, item, pure,
    schema,
};

#[derive(Deserialize, JsonSchema)]
pub struct JavaScript {
    /// The code: the body of a function. What it returns comes out.
    #[schemars(extend("x-weft-literal" = true, "format" = "code", "x-language" = "javascript"))]
    pub code: String,
    /// Once for each item (`item`), or once for all (`items`).
    #[serde(default)]
    pub mode: Run,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Run {
    #[default]
    #[serde(rename = "each item")]
    EachItem,
    #[serde(rename = "all items")]
    AllItems,
}

impl ItemNode for JavaScript {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        let json = cx.script(&self.code).await.map_err(in_code)?;
        Ok(Outputs::one(item.with_json(json)))
    }
}

impl BatchNode for JavaScript {
    async fn run(&self, _: &Input, cx: &Context) -> Result<Outputs> {
        match cx.script(&self.code).await.map_err(in_code)? {
            Value::List(values) => Ok(Outputs::many(values.iter().cloned().map(Item::new).collect())),
            other => Err(Problem::new(
                "code.result",
                format!("For all items the code returns a list, an element per item; this is a {}.", other.kind()),
            )
            .field("settings/code")
            .help("Write: return items.map(item => ...);")),
        }
    }
}

fn in_code(mut problem: Problem) -> Problem {
    problem.field.get_or_insert_with(|| "settings/code".into());
    problem
}

pub static NODE: NodeType = NodeType {
    id: "code.javascript",
    version: 1,
    title: "JavaScript",
    summary: "Runs JavaScript for each item, or for all of them.",
    keywords: &["code", "js", "script", "function", "map", "transform", "custom"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Choice { default: Mode::EachItem, item: item::<JavaScript>, batch: batch::<JavaScript> },
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{code}"],
    schema: schema::<JavaScript>,
    files: files!(),
};
