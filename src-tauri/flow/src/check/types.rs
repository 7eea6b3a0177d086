//! The node types by name and version, their schemas made once.

use super::near::Near;
use crate::finding::Finding;
use crate::view::Node;
use serde_json::Value as Json;
use std::cell::OnceCell;
use std::collections::HashMap;
use weft_node::{Body, Join, Mode, NodeType, ScopeKind};

pub(super) struct Types {
    known: Vec<Known>,
    by_name: HashMap<(&'static str, u32), usize>,
}

/// A node type of this program.
pub(super) struct Known {
    pub kind: &'static NodeType,
    schema: OnceCell<Json>,
}

impl Known {
    pub fn schema(&self) -> &Json {
        self.schema.get_or_init(|| (self.kind.schema)().to_value())
    }

    pub fn is_trigger(&self) -> bool {
        matches!(self.kind.body, Body::Source(_))
    }

    pub fn is_loop(&self) -> bool {
        matches!(self.kind.body, Body::Scope(ScopeKind::Loop))
    }

    /// Whether the node is called once per delivery (SEMANTICS 4).
    pub fn joins_each(&self, node: &Node) -> bool {
        if let Some(join) = node.join {
            return join == crate::view::Join::Each;
        }
        let per_item = match &self.kind.body {
            Body::Item(_) => true,
            Body::Choice { default, .. } => Mode::of(&node.settings, *default) == Mode::EachItem,
            _ => false,
        };
        match self.kind.join {
            Some(join) => join == Join::Each,
            None => per_item && self.kind.inputs.len() == 1,
        }
    }

    /// Names of the node's outputs, `error` among them where it has one.
    pub fn outputs(&self, node: &Node) -> Vec<&'static str> {
        let own = self.kind.outputs.iter().map(|port| port.name);
        own.chain((node.on_error == crate::view::OnError::Port).then_some(ERROR)).collect()
    }

    pub fn inputs(&self) -> Vec<&'static str> {
        self.kind.inputs.iter().map(|port| port.name).collect()
    }
}

/// The port of a node with `on_error: port`.
pub(super) const ERROR: &str = "error";

impl Types {
    pub fn new(types: &[&'static NodeType]) -> Self {
        let known = types.iter().map(|kind| Known { kind, schema: OnceCell::new() }).collect();
        let by_name = types.iter().enumerate().map(|(at, kind)| ((kind.id, kind.version), at)).collect();
        Types { known, by_name }
    }

    pub fn of(&self, node: &Node) -> Option<&Known> {
        self.by_name.get(&node.type_and_version()).map(|at| &self.known[*at])
    }

    pub fn named(&self, kind: &str) -> Option<&Known> {
        self.of(&Node { kind: kind.into(), ..Node::default() })
    }

    pub fn unknown(&self, node: &Node, near: &Near) -> Finding {
        let (name, version) = node.type_and_version();
        let versions: Vec<u32> = self.known.iter().filter(|known| known.kind.id == name).map(|known| known.kind.version).collect();
        if let Some(newest) = versions.iter().max() {
            let written = if *newest < 2 { name.to_string() } else { format!("{name}@{newest}") };
            let message = format!("this program does not have version {version} of `{name}`");
            return Finding::error("node.version", message, format!("update the program, or write `type: {written}`"))
                .on_node(&node.id)
                .in_field("type");
        }
        let names = || self.known.iter().map(|known| known.kind.id);
        // `filter` is `data.filter`, `date.filter` too.
        let last = |id: &str| id.rsplit('.').next().map(str::to_owned);
        let help = match names().find(|id| last(id) == last(name)) {
            Some(id) => format!("did you mean `{id}`?"),
            None => near.help(name, names(), "choose another type, or update the program that has it"),
        };
        Finding::error("node.unknown", format!("there is no node type `{}` here", node.kind), help).on_node(&node.id).in_field("type")
    }
}
