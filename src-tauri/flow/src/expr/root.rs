//! The names an expression can read, and references to them.

use std::sync::Arc;

/// A thing that the engine can be asked for while an expression is evaluated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// Everything: `ctx` used in a way that does not say which part.
    Ctx,
    /// `ctx.item`, `data`, `item`.
    Item,
    Items,
    Index,
    Blobs,
    /// All ancestors: `ctx.nodes` used in a way that does not say which.
    Nodes,
    /// One ancestor; without a part, all of them.
    Node(Arc<str>, Option<NodePart>),
    /// All of `ctx.state`.
    States,
    /// `ctx.state.<id or as>`.
    State(Arc<str>),
    Response,
    Request,
    Error,
    Loop,
    Env,
    Config,
    Run,
    Flow,
    /// `ctx.nope`: nothing, and a finding says so.
    Unknown(Arc<str>),
}

/// What `ctx.nodes.<id>` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodePart {
    Ran,
    Items,
    First,
    Last,
    /// By lineage; differs from item to item.
    Item,
    Ports,
}

impl NodePart {
    pub const ALL: [NodePart; 6] = [NodePart::Ran, NodePart::Items, NodePart::First, NodePart::Last, NodePart::Item, NodePart::Ports];

    pub fn name(self) -> &'static str {
        match self {
            NodePart::Ran => "ran",
            NodePart::Items => "items",
            NodePart::First => "first",
            NodePart::Last => "last",
            NodePart::Item => "item",
            NodePart::Ports => "ports",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        NodePart::ALL.into_iter().find(|part| part.name() == name)
    }
}

impl Root {
    /// Whether its value may differ from item to item of one activation.
    pub fn touches_item(&self) -> bool {
        matches!(
            self,
            Root::Ctx | Root::Item | Root::Index | Root::Blobs | Root::Error | Root::Nodes | Root::Node(_, None | Some(NodePart::Item))
        )
    }
}

/// One place where an expression reads a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub root: Root,
    /// Member of `ctx` by which it is reached; none: the name stands by itself.
    pub(super) through_ctx: bool,
    /// `data`, `item`, `vars` ...; empty for `ctx` as a whole.
    pub(super) name: Arc<str>,
    /// A bare name that is a member of `data` (`${email}`).
    pub member: Option<Arc<str>>,
    /// Where it stands in the setting's text, `[from, to)` in characters.
    pub span: (u32, u32),
}

/// The members of `ctx`.
pub(crate) const PARTS: [&str; 17] = [
    "item", "items", "index", "blobs", "nodes", "state", "vars", "response", "prev", "request", "req", "error", "loop", "env", "config",
    "run", "flow",
];

/// Names that stand by themselves, beside `ctx`.
pub(super) const BARE: [&str; 5] = ["data", "item", "items", "index", "nodes"];

/// Resolves a chain of static names (`ctx`, `nodes`, `fetch`, `first`, `x`): the reference and how many of them it takes.
/// None where the first is no known name.
pub(super) fn resolve(chain: &[Arc<str>]) -> Option<(Reference, usize)> {
    let first = chain.first()?;
    let found = |root, through_ctx, name: &Arc<str>, taken| {
        Some((Reference { root, through_ctx, name: name.clone(), member: None, span: (0, 0) }, taken))
    };
    if &**first != "ctx" {
        return match &**first {
            "data" | "item" => found(Root::Item, false, first, 1),
            "items" => found(Root::Items, false, first, 1),
            "index" => found(Root::Index, false, first, 1),
            "nodes" => {
                let (root, more) = node(&chain[1..]);
                found(root, false, first, 1 + more)
            }
            _ => None,
        };
    }
    let Some(part) = chain.get(1) else {
        return found(Root::Ctx, true, &"".into(), 1);
    };
    let simple = match &**part {
        "item" => Root::Item,
        "items" => Root::Items,
        "index" => Root::Index,
        "blobs" => Root::Blobs,
        "nodes" => {
            let (root, more) = node(&chain[2..]);
            return found(root, true, part, 2 + more);
        }
        "state" | "vars" => {
            return match chain.get(2) {
                Some(name) => found(Root::State(name.clone()), true, part, 3),
                None => found(Root::States, true, part, 2),
            };
        }
        "response" | "prev" => Root::Response,
        "request" | "req" => Root::Request,
        "error" => Root::Error,
        "loop" => Root::Loop,
        "env" => Root::Env,
        "config" => Root::Config,
        "run" => Root::Run,
        "flow" => Root::Flow,
        _ => Root::Unknown(part.clone()),
    };
    found(simple, true, part, 2)
}

fn node(rest: &[Arc<str>]) -> (Root, usize) {
    let Some(id) = rest.first() else {
        return (Root::Nodes, 0);
    };
    match rest.get(1).and_then(|part| NodePart::of(part)) {
        Some(part) => (Root::Node(id.clone(), Some(part)), 2),
        None => (Root::Node(id.clone(), None), 1),
    }
}
