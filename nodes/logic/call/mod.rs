//! Runs another flow as one step. The engine runs it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{Body, Join, Map, NodeType, Port, ScopeKind, files, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct Call {
    /// The flow to run: its path under flows, without the ending.
    #[schemars(extend("x-weft-flow" = true))]
    pub flow: String,
    /// What it is given: `ctx.request.body` over there.
    #[serde(default)]
    pub with: Map,
    /// One run for each item, or one for all of them.
    #[serde(default)]
    pub once: Once,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Once {
    #[default]
    #[serde(rename = "per item")]
    PerItem,
    #[serde(rename = "per batch")]
    PerBatch,
}

pub static NODE: NodeType = NodeType {
    id: "logic.call",
    version: 1,
    title: "Call flow",
    summary: "Runs another flow and goes on with what it gives.",
    keywords: &["sub-flow", "subworkflow", "execute", "function", "reuse"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Scope(ScopeKind::Call),
    join: Some(Join::Each),
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{flow}"],
    schema: schema::<Call>,
    files: files!(),
};
