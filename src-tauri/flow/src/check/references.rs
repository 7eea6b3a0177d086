//! Expressions: what can be said of their text, and whether what they read is there to be read.

use super::{Known, did_you_mean, graph};
use crate::expr::{Compiled, Placed, Reference, Root};
use crate::finding::Finding;
use crate::view::Node;
use std::collections::HashSet;
use weft_node::Body;

pub(super) fn check(known: &Known<'_>, findings: &mut Vec<Finding>) {
    let ancestors = graph::ancestors(known);
    for (at, node) in known.flow.nodes.values().enumerate() {
        let Some(kind) = known.kind(node) else { continue };
        let compiled = Compiled::new(&node.settings, known.schema(kind));
        let upstream: Vec<&Node> = ancestors[at].iter().filter_map(|i| known.flow.nodes.get_index(*i).map(|(_, node)| node)).collect();
        let look = Look { known, node, upstream, is_source: matches!(kind.body, Body::Source(_)) };
        for placed in compiled.expressions() {
            for issue in &placed.expression.issues {
                let make = if issue.code == "expression.unknown_name" { Finding::warning } else { Finding::error };
                findings.push(look.at(make(issue.code, issue.message.clone(), issue.help.to_string()), placed, issue.span));
            }
            // Where the text is no expression, nothing was read.
            if placed.expression.issues.iter().any(|issue| issue.code == "expression.syntax") {
                continue;
            }
            let mut told = HashSet::new();
            for reference in &placed.expression.references {
                if let Some(finding) = look.reference(reference)
                    && told.insert(finding.message.clone())
                {
                    findings.push(look.at(finding, placed, reference.span));
                }
            }
        }
    }
}

struct Look<'a> {
    known: &'a Known<'a>,
    node: &'a Node,
    upstream: Vec<&'a Node>,
    is_source: bool,
}

impl Look<'_> {
    fn at(&self, finding: Finding, placed: &Placed, span: (u32, u32)) -> Finding {
        Finding { span: Some(span), ..finding.on_node(&self.node.id).in_field(&placed.field) }
    }

    fn reference(&self, reference: &Reference) -> Option<Finding> {
        match &reference.root {
            Root::Unknown(name) => {
                let parts = [
                    "item", "items", "index", "blobs", "nodes", "state", "vars", "response", "request", "error", "loop", "env", "config",
                    "run", "flow",
                ];
                let message = format!("`ctx` has no `{name}`{}", did_you_mean(name, parts.into_iter()));
                Some(Finding::error("expression.unknown_root", message, format!("`ctx` has {}", parts.join(", "))))
            }
            Root::Node(id, _) => self.ancestor(id, "nodes"),
            Root::State(name) => {
                let is_known = self.upstream.iter().any(|node| node.id == **name || node.as_.as_deref() == Some(&**name));
                if is_known { None } else { self.ancestor(name, "state").or_else(|| Some(not_upstream(name))) }
            }
            _ if self.is_source && reference.root.touches_item() && !matches!(reference.root, Root::Ctx | Root::Nodes | Root::Node(..)) => {
                let message = "a trigger has no item to look at";
                Some(Finding::error("expression.no_item", message, "read `ctx.request`, `ctx.env` or `ctx.config` here"))
            }
            _ => None,
        }
    }

    fn ancestor(&self, id: &str, through: &str) -> Option<Finding> {
        if self.upstream.iter().any(|node| node.id == id) {
            return None;
        }
        if self.known.flow.nodes.contains_key(id) {
            return Some(not_upstream(id));
        }
        let hint = did_you_mean(id, self.upstream.iter().map(|node| node.id.as_str()));
        let message = format!("there is no node `{id}` to read{hint}");
        Some(Finding::error("reference.unknown", message, format!("`ctx.{through}` has the nodes before this one, by their ids")))
    }
}

fn not_upstream(id: &str) -> Finding {
    let message = format!("`{id}` does not run before this node: what it gives cannot be read here");
    Finding::error("reference.not_upstream", message, "connect it so that a path leads from it to here, or read another node")
}
