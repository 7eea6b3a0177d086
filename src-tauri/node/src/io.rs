//! What a node is given and what it gives back.

use crate::{Batch, Item};

/// The input of one activation: a batch per input port, in port order.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub ports: Vec<Batch>,
}

impl Input {
    pub fn new(ports: Vec<Batch>) -> Self {
        Input { ports }
    }

    /// The first port's items.
    pub fn items(&self) -> &[Item] {
        self.ports.first().map_or(&[], |batch| batch)
    }

    pub fn port(&self, at: usize) -> &[Item] {
        self.ports.get(at).map_or(&[], |batch| batch)
    }
}

/// What came out: items by output port. An item whose lineage is `Auto` gets it from the engine.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// Indexed by output port; missing ports gave nothing.
    pub ports: Vec<Vec<Item>>,
    /// For the person who looks at the step: "3 rows had no date".
    pub warnings: Vec<String>,
}

impl Outputs {
    pub fn none() -> Self {
        Outputs::default()
    }

    /// One item on the first port.
    pub fn one(item: Item) -> Self {
        Outputs::many(vec![item])
    }

    /// Items on the first port.
    pub fn many(items: Vec<Item>) -> Self {
        Outputs { ports: vec![items], warnings: Vec::new() }
    }

    /// One item on the port at this position.
    pub fn on(port: usize, item: Item) -> Self {
        let mut outputs = Outputs::none();
        outputs.push(port, item);
        outputs
    }

    pub fn push(&mut self, port: usize, item: Item) {
        if self.ports.len() <= port {
            self.ports.resize_with(port + 1, Vec::new);
        }
        self.ports[port].push(item);
    }

    #[must_use]
    pub fn warn(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }
}
