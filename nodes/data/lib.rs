//! What data becomes: fields set, items filtered, sorted, split, summed up, dated and written as text.

pub mod date_time;
pub mod filter;
pub mod set;
pub mod sort;
pub mod split_out;
pub mod summarize;
pub mod template;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] =
    &[&set::NODE, &filter::NODE, &sort::NODE, &split_out::NODE, &summarize::NODE, &date_time::NODE, &template::NODE];
