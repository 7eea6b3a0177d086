//! The node types a flow can name.

use std::collections::HashMap;
use weft_flow::Node;
use weft_node::{NodeType, Problem, Result};

/// Node types by name and version. Cheap to look into; made once.
#[derive(Default)]
pub struct Catalog {
    by_name: HashMap<&'static str, Vec<&'static NodeType>>,
    order: Vec<&'static NodeType>,
}

impl Catalog {
    /// The types in palette order. A later one of the same name and version wins.
    pub fn new(types: impl IntoIterator<Item = &'static NodeType>) -> Self {
        let order: Vec<_> = types.into_iter().collect();
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for kind in &order {
            by_name.entry(kind.id).or_default().push(*kind);
        }
        Catalog { by_name, order }
    }

    /// By what the file says: `data.filter`, `data.filter@2`.
    pub fn get(&self, name: &str, version: u32) -> Option<&'static NodeType> {
        self.by_name.get(name)?.iter().rev().find(|kind| kind.version == version).copied()
    }

    pub fn all(&self) -> &[&'static NodeType] {
        &self.order
    }

    /// # Errors
    /// `node.unknown`.
    pub fn of(&self, node: &Node) -> Result<&'static NodeType> {
        let (name, version) = node.type_and_version();
        self.get(name, version).ok_or_else(|| Problem {
            node: Some(node.id.clone()),
            field: Some("type".into()),
            ..Problem::new("node.unknown", format!("There is no node type `{}` here.", node.kind))
                .help("Choose another type, or update the program that has it.")
        })
    }
}
