//! What is wrong with a flow before it runs, and what its literal settings may touch.
//!
//! | module | looks at |
//! |---|---|
//! | `graph` | ports, reachability, cycles, loop bodies |
//! | `settings` | values against the schema of their type |
//! | `references` | expressions: syntax, names, ancestors |
//! | `options` | what stands beside the settings, and the flow's own keys |
//! | `grants` | permissions that literal settings name; secrets in plain text |
//! | `publish` | the JSON Schema of the whole document |

mod grants;
mod graph;
mod options;
mod publish;
mod references;
mod settings;
#[cfg(test)]
mod tests;

use crate::expr::schema::Place;
use crate::finding::Finding;
use crate::format::Parsed;
use crate::view::{Flow, Node};
use std::collections::HashMap;
use weft_node::{Need, NodeType};

/// The types of a flow's nodes and their schemas, looked up once.
struct Known<'a> {
    flow: &'a Flow,
    types: &'a [&'static NodeType],
    schemas: HashMap<&'static str, serde_json::Value>,
}

impl<'a> Known<'a> {
    fn of(flow: &'a Flow, types: &'a [&'static NodeType]) -> Self {
        let mut known = Known { flow, types, schemas: HashMap::new() };
        for node in flow.nodes.values() {
            if let Some(kind) = known.kind(node)
                && !known.schemas.contains_key(kind.id)
            {
                known.schemas.insert(kind.id, (kind.schema)().to_value());
            }
        }
        known
    }

    /// The type of a node, where this program has it in this version.
    fn kind(&self, node: &Node) -> Option<&'static NodeType> {
        let (id, version) = node.type_and_version();
        self.types.iter().copied().find(|kind| kind.id == id && kind.version == version)
    }

    fn schema(&self, kind: &NodeType) -> &serde_json::Value {
        self.schemas.get(kind.id).unwrap_or(&serde_json::Value::Null)
    }
}

/// Everything that can be said about a flow without running it, worst first.
pub fn check(flow: &Flow, types: &[&'static NodeType]) -> Vec<Finding> {
    let known = Known::of(flow, types);
    let mut findings = flow.findings.clone();
    findings.extend(flow.read_only().filter(|newer| !findings.iter().any(|finding| finding.code == newer.code)));
    options::check(&known, &mut findings);
    graph::check(&known, &mut findings);
    settings::check(&known, &mut findings);
    references::check(&known, &mut findings);
    grants::check(&known, &mut findings);
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// The same for a file, with line and column.
pub fn check_file(parsed: &Parsed, types: &[&'static NodeType]) -> Vec<Finding> {
    let mut findings = check(&parsed.flow(), types);
    findings.iter_mut().for_each(|finding| parsed.spans.locate(finding));
    findings
}

/// What literal settings name, each with the id of its node.
pub fn permissions(flow: &Flow, types: &[&'static NodeType]) -> Vec<(Need, String)> {
    grants::permissions(&Known::of(flow, types))
}

/// Whether a settings path of a node type (`settings/credential`) holds a secret's name.
pub fn is_secret(types: &[&'static NodeType], kind: &str, path: &str) -> bool {
    let id = kind.split('@').next().unwrap_or(kind);
    let Some(kind) = types.iter().find(|found| found.id == id) else { return false };
    let schema = (kind.schema)().to_value();
    let mut place = Place::root(&schema);
    for part in path.split('/').skip(1) {
        place = match part.parse::<usize>() {
            Ok(at) if !place.element(at).is_unknown() => place.element(at),
            _ => place.member(&crate::facts::path::unescape(part)),
        };
    }
    place.is("secret")
}

/// JSON Schema (2020-12) of the flow file.
pub fn flow_schema(types: &[&'static NodeType]) -> serde_json::Value {
    publish::flow_schema(types)
}

/// What was most likely meant: `; did you mean ...?`, or nothing.
fn did_you_mean<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known.map(|name| (distance(found, name), name)).min();
    match best {
        Some((distance, name)) if distance <= 1 + found.chars().count() / 4 => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}

/// Letters to insert, remove or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(80).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
