//! Node types for palette, cards and forms; their help; expressions tried on past values.

mod attempt;

use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::sync::Arc;
use weft_node::{NodeType, Port, Trigger, Value};

pub use attempt::try_expression;

/// Node types as screens see them, in palette order.
pub fn views(types: &[&'static NodeType]) -> Vec<NodeTypeView> {
    types.iter().map(|node| view(node)).collect()
}

fn view(node: &NodeType) -> NodeTypeView {
    NodeTypeView {
        id: if node.version > 1 { format!("{}@{}", node.id, node.version) } else { node.id.into() },
        title: node.title.into(),
        summary: node.summary.into(),
        group: node.id.split('.').next().unwrap_or_default().into(),
        keywords: node.keywords.iter().map(|word| (*word).to_owned()).collect(),
        inputs: node.inputs.iter().map(port).collect(),
        outputs: node.outputs.iter().map(port).collect(),
        icon: node.files.icon.into(),
        schema: Json((node.schema)().into()),
        card: node.card.iter().map(|template| (*template).to_owned()).collect(),
        trigger: matches!(node.body, weft_node::Body::Source(Trigger::Manual | Trigger::Webhook)),
        effect: match (node.effect)(&Value::from(weft_node::Map::default())) {
            weft_node::EffectClass::Pure => "pure",
            weft_node::EffectClass::Read => "read",
            weft_node::EffectClass::Idempotent => "idempotent",
            weft_node::EffectClass::Unsafe => "unsafe",
        }
        .into(),
    }
}

fn port(port: &Port) -> PortView {
    PortView {
        name: port.name.into(),
        label: if port.label.is_empty() { port.name } else { port.label }.into(),
        shape: match port.shape {
            weft_node::PortShape::Item => PortShape::Item,
            weft_node::PortShape::File => PortShape::File,
            weft_node::PortShape::Value => PortShape::Value,
            weft_node::PortShape::Signal => PortShape::Signal,
        },
    }
}

pub async fn list(api: &Arc<Api>, _: Nothing) -> Result<NodeTypes, Problem> {
    Ok(NodeTypes { types: views(&api.types) })
}

pub async fn help(api: &Arc<Api>, wanted: TypeId) -> Result<NodeHelp, Problem> {
    let name = wanted.kind.split('@').next().unwrap_or_default();
    let node = api.types.iter().find(|node| node.id == name);
    let node = node.ok_or_else(|| {
        problem("node.not_found", format!("There is no node type {}.", wanted.kind), "Look at the node list for those there are.")
    })?;
    Ok(NodeHelp { readme: node.files.readme.into(), example: node.files.example.into() })
}
