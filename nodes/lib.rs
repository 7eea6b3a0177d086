//! Joins the packs: every built-in node type, in palette order.

use weft_node::NodeType;

/// The packs in palette order; a pack is a family and the prefix of its types.
pub static PACKS: &[(&str, &[&NodeType])] = &[
    ("trigger", weft_nodes_trigger::NODES),
    ("logic", weft_nodes_logic::NODES),
    ("data", weft_nodes_data::NODES),
    ("code", weft_nodes_code::NODES),
    ("net", weft_nodes_net::NODES),
    ("files", weft_nodes_files::NODES),
    ("database", weft_nodes_database::NODES),
];

/// Every built-in node type.
pub fn all() -> Vec<&'static NodeType> {
    PACKS.iter().flat_map(|(_, nodes)| nodes.iter().copied()).collect()
}
