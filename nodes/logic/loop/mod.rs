//! Repeats a part of the flow for the items, one chunk after another or several at once. The engine runs it.

use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{Body, Join, NodeType, Port, ScopeKind, Value, files, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Loop {
    /// How many items go into one turn.
    #[serde(default = "one")]
    pub size: u32,
    /// How many turns run at once; 1 = one after the other.
    #[serde(default = "one")]
    pub concurrency: u32,
    /// Goes on while this is true; sees `ctx.loop.index` and `ctx.loop.last`, the result of the turn before.
    #[serde(default, rename = "while")]
    pub while_: Option<Value>,
    /// Goes on until this is true.
    #[serde(default)]
    pub until: Option<Value>,
    /// Turns of `while` and `until` at most; one more is an error.
    #[serde(default = "thousand")]
    pub max: u32,
    /// Ends the loop after a turn whose result makes this true.
    #[serde(default)]
    pub stop_when: Option<Value>,
}

fn one() -> u32 {
    1
}

fn thousand() -> u32 {
    1000
}

pub static NODE: NodeType = NodeType {
    id: "logic.loop",
    version: 1,
    title: "Loop",
    summary: "Repeats the part of the flow at its body for each item or chunk, then goes on.",
    keywords: &["for each", "iterate", "batch", "repeat", "while", "map"],
    inputs: &[Port::items("in"), Port::items("back")],
    outputs: &[Port::items("body"), Port::items("done")],
    body: Body::Scope(ScopeKind::Loop),
    join: Some(Join::All),
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["while {while}", "until {until}", "{size} at a time", "each item"],
    schema: schema::<Loop>,
    files: files!(),
};
