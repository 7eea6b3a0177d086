//! Answers whoever started the run: a webhook's caller, or the flow that called this one.

use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{Body, EffectClass, Join, Map, NodeType, Port, Value, files, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Respond {
    /// HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// What is answered. Where nothing is said: the only item, or the list of items.
    #[serde(default)]
    pub body: Option<Value>,
    /// Headers of the answer. Without `Content-Type`: JSON for lists and objects, else text.
    #[serde(default)]
    pub headers: Map,
}

fn ok() -> u16 {
    200
}

pub static NODE: NodeType = NodeType {
    id: "logic.respond",
    version: 1,
    title: "Respond",
    summary: "Answers the webhook's caller, or gives the result of a called flow.",
    keywords: &["reply", "return", "answer", "webhook", "result"],
    inputs: Port::IN,
    outputs: Port::NONE,
    body: Body::Respond,
    join: Some(Join::All),
    run_on_empty: true,
    routing: false,
    effect: |_| EffectClass::Idempotent,
    card: &["{status} {body}", "{body}", "{status}"],
    schema: schema::<Respond>,
    files: files!(),
};
