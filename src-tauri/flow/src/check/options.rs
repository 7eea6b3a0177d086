//! The keys beside `settings`, the flow's own keys, and what goes ill together.

use super::Seen;
use super::near::{Near, listed};
use super::types::Known;
use crate::finding::Finding;
use crate::view::{Durability, Flow, Join, Node, Order};
use std::collections::HashMap;
use weft_node::{EffectClass, Map};

/// Keys of a node beside `type` and `settings`.
pub(super) const OF_NODE: [&str; 11] =
    ["name", "note", "as", "join", "run_on_empty", "emit_if_empty", "concurrency", "retry", "timeout", "on_error", "disabled"];
/// Keys of a flow beside `weft`, `name` and `description`.
const OF_FLOW: [&str; 9] = ["config", "env", "order", "durability", "timeout", "error_flow", "nodes", "edges", "blocks"];
const OF_RETRY: [&str; 4] = ["times", "base", "factor", "cap"];

/// The flow's own keys.
pub(super) fn flow(flow: &Flow, near: &Near, out: &mut Vec<Finding>) {
    if flow.order() == Order::Ordered {
        let message = "this version cannot run flows with `order: ordered`";
        out.push(Finding::error("flow.ordered", message, "remove `order`, or run the flow with a later version").in_field("order"));
    }
    for key in flow.settings.keys().filter(|key| !OF_FLOW.contains(&&***key)) {
        if let Some(meant) = near.to(key, OF_FLOW.into_iter().chain(["layout", "description", "name"])) {
            let help = format!("did you mean `{meant}`? It is kept as it is");
            out.push(Finding::warning("option.unknown", format!("`{key}` means nothing in a flow"), help).in_field(&field("", key)));
        }
    }
}

fn field(path: &str, key: &str) -> String {
    crate::facts::path::join(path, key)
}

/// One node's keys.
pub(super) fn node(node: &Node, known: &Known, near: &Near, out: &mut Vec<Finding>) {
    let mut say = |finding: Finding, at: &str| out.push(finding.on_node(&node.id).in_field(at));
    if node.join == Some(Join::Zip) {
        let message = "`join: zip` needs `order: ordered`, which this version cannot run";
        say(Finding::error("join.zip", message, "choose `each`, `all`, `any` or `{n: 2}`"), "join");
    }
    if known.is_loop() && node.join == Some(Join::Each) {
        let message = "a loop cannot run once per delivery: its turns would be counted twice";
        say(Finding::error("loop.join", message, "remove `join` from the loop"), "join");
    }
    let settings = known.schema().get("properties").and_then(|properties| properties.as_object());
    for key in node.options.keys().filter(|key| !OF_NODE.contains(&&***key)) {
        let help = if settings.is_some_and(|settings| settings.contains_key(&**key)) {
            format!("it is a setting: write it under `settings:`, as `settings: {{{key}: ...}}`")
        } else if let Some(meant) = near.to(key, OF_NODE.into_iter().chain(["type", "settings"])) {
            format!("did you mean `{meant}`? It is kept as it is")
        } else {
            // Foreign keys are kept and mean nothing to us.
            continue;
        };
        say(Finding::warning("option.unknown", format!("`{key}` means nothing beside `type` and `settings`"), help), &field("", key));
    }
    let retry: Option<&Map> = node.options.get("retry").and_then(|retry| retry.as_object());
    for key in retry.into_iter().flat_map(Map::keys).filter(|key| !OF_RETRY.contains(&&***key)) {
        let help = near.help(key, OF_RETRY, format!("write {}", listed(&OF_RETRY)));
        say(Finding::warning("option.unknown", format!("`{key}` means nothing in `retry`"), help), &field("retry", key));
    }
}

/// What only the flow as a whole shows: names used twice, no trigger, durability against unsafe nodes.
pub(super) fn together(flow: &Flow, seen: &[Seen<'_>], out: &mut Vec<Finding>) {
    let mut names: HashMap<&str, &str> = HashMap::new();
    for node in flow.nodes.values() {
        let Some(name) = node.as_.as_deref() else { continue };
        let other =
            names.insert(name, &node.id).or_else(|| flow.nodes.get(name).filter(|other| other.id != node.id).map(|other| &*other.id));
        if let Some(other) = other {
            let message = format!("`as: {name}` names `{}` and `{other}` at once", node.id);
            out.push(Finding::error("as.twice", message, "give one of them another name").on_node(&node.id).in_field("as"));
        }
    }
    let may_start = |seen: &Seen<'_>| seen.known.is_none_or(Known::is_trigger);
    if !seen.iter().any(may_start) {
        let help = "add a trigger, such as `trigger.manual`, and lead an edge from it to the first node";
        out.push(Finding::warning("flow.no_trigger", "nothing starts this flow: it has no trigger", help));
    }
    let durability = flow.durability();
    if durability == Durability::Step {
        return;
    }
    for Seen { node, known } in seen {
        if known.is_some_and(|known| (known.kind.effect)(&node.settings) == EffectClass::Unsafe) {
            let (word, what) = match durability {
                Durability::None => ("none", "a run that is cut short leaves no trace of it"),
                _ => ("run", "after a power cut it may happen a second time"),
            };
            let message = format!("`{}` changes something that cannot be repeated, and with `durability: {word}` {what}", node.id);
            let help = "write `durability: step`, or accept it";
            out.push(Finding::warning("durability.unsafe", message, help).on_node(&node.id));
        }
    }
}
