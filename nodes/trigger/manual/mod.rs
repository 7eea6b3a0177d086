//! Starts a run by hand, from the command line, or when another flow calls this one.

use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{Body, NodeType, Port, Trigger, files, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Manual {}

pub static NODE: NodeType = NodeType {
    id: "trigger.manual",
    version: 1,
    title: "By hand",
    summary: "Starts the flow when you press Run, from the command line, or when another flow calls it.",
    keywords: &["start", "manual", "run", "button", "begin"],
    inputs: Port::NONE,
    outputs: &[Port::signal("out")],
    body: Body::Source(Trigger::Manual),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &[],
    schema: schema::<Manual>,
    files: files!(),
};
