//! What nodes say, passed on to the program's log.

use weft_node::world::{Caller, Log};

/// Longest text kept of one saying, in bytes.
const LONGEST: usize = 8 << 10;

/// [`Log`] by tracing.
pub struct TracingLog;

impl Log for TracingLog {
    fn say(&self, caller: &Caller, text: &str) {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        tracing::info!(target: "weft::node", flow = %caller.flow, run = %caller.run, node = %caller.node, "{text}");
    }
}
