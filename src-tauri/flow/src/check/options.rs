//! Types that exist, options that fit them, and what the flow says of itself.

use super::{Known, did_you_mean};
use crate::finding::Finding;
use crate::view::{Durability, Join, Order};
use weft_node::EffectClass;

pub(super) fn check(known: &Known<'_>, findings: &mut Vec<Finding>) {
    let flow = known.flow;
    if flow.order() == Order::Ordered {
        let help = "remove `order`, or write `order: parallel`";
        findings
            .push(Finding::error("order.ordered", "this version cannot run flows in order, one step at a time", help).in_field("order"));
    }
    for node in flow.nodes.values() {
        kind(known, node, findings);
        if node.join == Some(Join::Zip) {
            let help = "use `all` and a merge node by position";
            findings.push(
                Finding::error("join.zip", "`zip` needs ordered mode, which this version does not have", help)
                    .on_node(&node.id)
                    .in_field("join"),
            );
        }
        if let Some(Join::N(n)) = node.join {
            let edges = flow.edges.iter().filter(|edge| edge.to == node.id).count();
            if n == 0 || n as usize > edges {
                let message = format!("it waits for {n} edges, and {edges} lead to it");
                findings.push(
                    Finding::error("join.count", message, "name a number from 1 to the edges that lead here")
                        .on_node(&node.id)
                        .in_field("join"),
                );
            }
        }
        let is_unsafe = known.kind(node).is_some_and(|kind| (kind.effect)(&node.settings) == EffectClass::Unsafe);
        if is_unsafe && flow.durability() != Durability::Step {
            let message = format!("with this flow's durability a power cut may repeat what `{}` does", node.id);
            findings.push(
                Finding::warning("durability.unsafe", message, "remove `durability`, or make sure that repeating is harmless")
                    .on_node(&node.id),
            );
        }
    }
    for (at, node) in flow.nodes.values().enumerate() {
        let Some(name) = node.as_.as_deref() else { continue };
        let other = flow
            .nodes
            .values()
            .enumerate()
            .find(|(i, other)| (*i != at && other.id == name) || (*i < at && other.as_.as_deref() == Some(name)));
        if let Some((_, other)) = other {
            let message = format!("`as: {name}` is a name of `{}` already", other.id);
            findings.push(Finding::error("as.twice", message, "choose another name").on_node(&node.id).in_field("as"));
        }
    }
}

fn kind(known: &Known<'_>, node: &crate::view::Node, findings: &mut Vec<Finding>) {
    // A missing type was told when the view was made.
    if node.kind.is_empty() || known.kind(node).is_some() {
        return;
    }
    let (id, version) = node.type_and_version();
    let finding = match known.types.iter().find(|kind| kind.id == id) {
        Some(kind) => {
            let message = format!("this program has version {} of `{id}`, not {version}", kind.version);
            let help = if kind.version == 1 { format!("write `type: {id}`") } else { format!("write `type: {id}@{}`", kind.version) };
            Finding::error("node.version", message, help)
        }
        None => {
            let hint = did_you_mean(id, known.types.iter().map(|kind| kind.id));
            Finding::error("node.unknown_type", format!("there is no node type `{id}`{hint}"), "correct the type; `weft nodes` lists them")
        }
    };
    findings.push(finding.on_node(&node.id).in_field("type"));
}
