//! What is wrong with a flow before it runs, and what its literal settings may touch.
//!
//! | module | holds |
//! |---|---|
//! | `types` | the node types by name, their schemas made once |
//! | `near` | "did you mean" |
//! | `options` | the keys beside `settings`, and the flow's own |
//! | `settings`, `union` | settings against the schema of their type, expressions accepted where they are looked for |
//! | `references` | expressions: their own issues, and whether what they read is there |
//! | `wiring`, `cycles` | edges, ports, reach, loops, cycles, ancestors |
//! | `permissions` | what literal settings name |
//! | `secrets` | secrets written into a flow |
//! | `document` | JSON Schema of the whole file |

mod cycles;
mod document;
mod near;
mod options;
mod permissions;
mod references;
mod secrets;
mod settings;
#[cfg(test)]
mod tests;
mod types;
mod union;
mod wiring;

pub use document::flow_schema;
pub use permissions::{is_secret, permissions};

use crate::finding::Finding;
use crate::format::Parsed;
use crate::view::{Flow, Node};
use near::Near;
use types::{Known, Types};
use weft_node::NodeType;
use wiring::Wiring;

/// One node and what is known of its type.
struct Seen<'a> {
    node: &'a Node,
    known: Option<&'a Known>,
}

/// Everything that can be said about a flow without running it: of the flow itself, then node by node, then of the edges.
pub fn check(flow: &Flow, types: &[&'static NodeType]) -> Vec<Finding> {
    let types = Types::new(types);
    let near = Near::default();
    let seen: Vec<Seen<'_>> = flow.nodes.values().map(|node| Seen { node, known: types.of(node) }).collect();
    let wiring = Wiring::new(flow, &seen);
    let mut out = flow.findings.clone();
    options::flow(flow, &near, &mut out);
    for seen in &seen {
        match seen.known {
            Some(known) => {
                options::node(seen.node, known, &near, &mut out);
                settings::check(seen.node, known.schema(), &near, &mut out);
                secrets::check(seen.node, known.schema(), &mut out);
            }
            None if !seen.node.kind.is_empty() => out.push(types.unknown(seen.node, &near)),
            // The view said that it has no type.
            None => {}
        }
    }
    options::together(flow, &seen, &mut out);
    wiring.check(&near, &mut out);
    references::check(&wiring, &near, &mut out);
    out.sort_by_cached_key(|finding| match (&finding.node, &finding.edge) {
        (Some(node), _) => flow.nodes.get_index_of(node).map_or(usize::MAX - 1, |at| at + 1),
        (None, Some(_)) => usize::MAX,
        (None, None) => 0,
    });
    out
}

/// The same for a file, with line and column.
pub fn check_file(parsed: &Parsed, types: &[&'static NodeType]) -> Vec<Finding> {
    let mut findings = check(&parsed.flow(), types);
    findings.iter_mut().for_each(|finding| parsed.spans.locate(finding));
    findings
}
