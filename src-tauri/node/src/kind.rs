//! A node type as plain data: what the palette shows, what the checker knows, how it is built.

use crate::{Context, Input, Item, Outputs, Result, Value};
use futures_util::future::BoxFuture;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;

/// Everything about a node type. The list of them is a `static` in palette order.
pub struct NodeType {
    /// `pack.name`, for example `data.filter`; the pack is the family in the palette.
    pub id: &'static str,
    /// From 2 on a flow names it `data.filter@2`.
    pub version: u32,
    pub title: &'static str,
    /// One sentence for palette and quick-add.
    pub summary: &'static str,
    /// Words by which the palette finds it besides title and id.
    pub keywords: &'static [&'static str],
    pub inputs: &'static [Port],
    /// Without `error`, which a node gets by `on_error: port`.
    pub outputs: &'static [Port],
    pub body: Body,
    /// None: the default of SEMANTICS 4 (`each` for item nodes with one input, else `all`).
    pub join: Option<Join>,
    /// Default of the node's `run_on_empty`.
    pub run_on_empty: bool,
    /// Routing types close a port without deliveries `not_taken`, the others `empty`.
    pub routing: bool,
    pub effect: Effect,
    /// Templates for the card's one deciding setting: `{field} {is} {value}`; the first whose fields are all set wins.
    pub card: &'static [&'static str],
    pub schema: fn() -> Schema,
    pub files: NodeFiles,
}

/// A named port. Its shape is drawing and a warning only: every port carries batches of items.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    pub name: &'static str,
    /// Stands beside the port on a card with several; empty = the name.
    pub label: &'static str,
    pub shape: PortShape,
}

impl Port {
    pub const IN: &'static [Port] = &[Port::items("in")];
    pub const OUT: &'static [Port] = &[Port::items("out")];
    pub const NONE: &'static [Port] = &[];

    pub const fn items(name: &'static str) -> Port {
        Port { name, label: "", shape: PortShape::Item }
    }

    pub const fn signal(name: &'static str) -> Port {
        Port { name, label: "", shape: PortShape::Signal }
    }

    pub const fn labelled(self, label: &'static str) -> Port {
        Port { label, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortShape {
    Item,
    File,
    Value,
    Signal,
}

/// When a node is activated (SEMANTICS 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    Each,
    All,
    Any,
    /// Once, when this many edges have delivered.
    N(u32),
    /// Ordered mode only; refused until that exists.
    Zip,
}

/// What repeating a step may do (SEMANTICS 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectClass {
    /// No world.
    Pure,
    /// Looks at the world.
    Read,
    /// Repeating is harmless, or the key is honoured.
    Idempotent,
    Unsafe,
}

/// Effect class by settings as they stand in the document (expressions unevaluated: then answer the worst that can come).
pub type Effect = fn(settings: &Value) -> EffectClass;

/// `Effect` of nodes that only compute.
pub fn pure(_: &Value) -> EffectClass {
    EffectClass::Pure
}

/// What runs.
pub enum Body {
    /// Called once per item; results keep the order of the input.
    Item(fn(Value) -> Result<Box<dyn DynItemNode>>),
    /// Called once per activation.
    Batch(fn(Value) -> Result<Box<dyn DynBatchNode>>),
    /// The setting `mode` of the document decides: `each item` or `all items`; absent = `default`.
    Choice { default: Mode, item: fn(Value) -> Result<Box<dyn DynItemNode>>, batch: fn(Value) -> Result<Box<dyn DynBatchNode>> },
    /// A trigger: its outputs are what started the run.
    Source(Trigger),
    /// The engine itself runs these.
    Scope(ScopeKind),
    /// `logic.respond`: the engine hands its input and evaluated settings to whoever waits for the run's reply.
    Respond,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    EachItem,
    AllItems,
}

impl Mode {
    pub const FIELD: &'static str = "mode";

    /// The mode the document's settings choose.
    pub fn of(settings: &Value, default: Mode) -> Mode {
        match settings.get(Self::FIELD).and_then(Value::as_str) {
            Some("each item") => Mode::EachItem,
            Some("all items") => Mode::AllItems,
            _ => default,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    Manual,
    Webhook,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Loop,
    Call,
}

/// The three files beside `mod.rs`.
#[derive(Clone, Copy, Debug)]
pub struct NodeFiles {
    pub readme: &'static str,
    pub icon: &'static str,
    pub example: &'static str,
}

/// The files of the node in whose `mod.rs` this stands. A missing one does not compile.
#[macro_export]
macro_rules! files {
    () => {
        $crate::NodeFiles { readme: include_str!("README.md"), icon: include_str!("icon.svg"), example: include_str!("example.yaml") }
    };
}

/// A node called per item. Its fields are its settings, already evaluated.
pub trait ItemNode: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    fn run(&self, item: &Item, cx: &Context) -> impl Future<Output = Result<Outputs>> + Send;
}

/// A node called once per activation, with everything that came. Its fields are its settings, already evaluated.
pub trait BatchNode: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    fn run(&self, input: &Input, cx: &Context) -> impl Future<Output = Result<Outputs>> + Send;
}

/// [`ItemNode`] without its type, as the engine holds it.
pub trait DynItemNode: Send + Sync {
    fn run<'a>(&'a self, item: &'a Item, cx: &'a Context) -> BoxFuture<'a, Result<Outputs>>;
}

/// [`BatchNode`] without its type, as the engine holds it.
pub trait DynBatchNode: Send + Sync {
    fn run<'a>(&'a self, input: &'a Input, cx: &'a Context) -> BoxFuture<'a, Result<Outputs>>;
}

impl<N: ItemNode> DynItemNode for N {
    fn run<'a>(&'a self, item: &'a Item, cx: &'a Context) -> BoxFuture<'a, Result<Outputs>> {
        Box::pin(ItemNode::run(self, item, cx))
    }
}

impl<N: BatchNode> DynBatchNode for N {
    fn run<'a>(&'a self, input: &'a Input, cx: &'a Context) -> BoxFuture<'a, Result<Outputs>> {
        Box::pin(BatchNode::run(self, input, cx))
    }
}

/// Builds an item node from evaluated settings: `Body::Item(item::<Filter>)`.
pub fn item<N: ItemNode>(settings: Value) -> Result<Box<dyn DynItemNode>> {
    Ok(Box::new(crate::settings::read::<N>(settings)?))
}

/// Builds a batch node from evaluated settings: `Body::Batch(batch::<Sort>)`.
pub fn batch<N: BatchNode>(settings: Value) -> Result<Box<dyn DynBatchNode>> {
    Ok(Box::new(crate::settings::read::<N>(settings)?))
}

/// The schema of a settings struct: `schema: schema::<Filter>`.
pub fn schema<N: JsonSchema>() -> Schema {
    schemars::schema_for!(N)
}
