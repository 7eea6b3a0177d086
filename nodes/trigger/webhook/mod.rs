//! Starts a run when an HTTP request arrives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{Body, NodeType, Port, Trigger, files, pure, schema};

/// Read by the listener when the flow is put in use; the engine hands the request on as `ctx.request`.
#[derive(Deserialize, JsonSchema)]
pub struct Webhook {
    /// Where it listens, `/`-separated. A part that begins with a colon is a parameter: `orders/:shop`.
    pub path: String,
    /// Which methods it answers; others get 405.
    #[serde(default = "post")]
    pub methods: Vec<Method>,
    /// What the caller gets. Where nothing is said: what a Respond node gives if one can be reached, else the last output.
    #[serde(default)]
    pub reply: Option<Reply>,
    /// Asks callers for a shared secret in a header.
    #[serde(default)]
    pub secret: Option<SharedSecret>,
    /// Largest body, in bytes.
    #[serde(default = "sixteen_mebibytes")]
    pub max_bytes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// At once, 202 with the run's id.
    Now,
    /// What the first Respond node gives.
    Node,
    /// The output of the last node.
    Last,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct SharedSecret {
    /// Name of the header that carries it.
    #[serde(default = "header")]
    pub header: String,
    /// Name of the secret.
    #[schemars(extend("x-weft-secret" = true))]
    pub secret: String,
}

fn post() -> Vec<Method> {
    vec![Method::Post]
}

fn sixteen_mebibytes() -> u32 {
    16 * 1024 * 1024
}

fn header() -> String {
    "X-Webhook-Secret".into()
}

pub static NODE: NodeType = NodeType {
    id: "trigger.webhook",
    version: 1,
    title: "Webhook",
    summary: "Starts the flow when an HTTP request arrives.",
    keywords: &["http", "endpoint", "api", "request", "listen", "rest"],
    inputs: Port::NONE,
    outputs: &[Port::signal("out")],
    body: Body::Source(Trigger::Webhook),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{methods.0} /{path}", "/{path}"],
    schema: schema::<Webhook>,
    files: files!(),
};
