//! What is wrong with a flow before it runs, and what its literal settings may touch.

use crate::finding::Finding;
use crate::format::Parsed;
use crate::view::Flow;
use weft_node::{Need, NodeType};

/// Everything that can be said about a flow without running it, worst first within a node.
pub fn check(flow: &Flow, types: &[&'static NodeType]) -> Vec<Finding> {
    let _ = types;
    flow.findings.clone()
}

/// The same for a file, with line and column.
pub fn check_file(parsed: &Parsed, types: &[&'static NodeType]) -> Vec<Finding> {
    let mut findings = check(&parsed.flow(), types);
    findings.iter_mut().for_each(|finding| parsed.spans.locate(finding));
    findings
}

/// What literal settings name, each with the id of its node.
pub fn permissions(flow: &Flow, types: &[&'static NodeType]) -> Vec<(Need, String)> {
    let _ = (flow, types);
    Vec::new()
}

/// Whether a settings path of a node type (`settings/credential`) holds a secret's name.
pub fn is_secret(types: &[&'static NodeType], kind: &str, path: &str) -> bool {
    let _ = (types, kind, path);
    false
}

/// JSON Schema (2020-12) of the flow file.
pub fn flow_schema(types: &[&'static NodeType]) -> serde_json::Value {
    let _ = types;
    serde_json::json!({})
}
