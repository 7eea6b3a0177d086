//! The object of names that a script is handed: only what it refers to is built.

use super::root::{BARE, NodePart, PARTS, Reference, Root, resolve};
use std::sync::Arc;
use weft_node::{Map, Result, Value};

/// Gives roots their values; the engine implements it for one activation.
pub trait Lookup: Sync {
    /// The value of a root, for the item at a position or for the whole activation. None is `undefined`.
    /// Never asked for [`Root::Ctx`], [`Root::Nodes`], [`Root::States`], [`Root::Unknown`] or a node without a part: those are put together here.
    ///
    /// # Errors
    /// `ctx.state.x` of a node that did not run; `ctx.nodes.x.item` where lineage leads to none, many or unknown; a node that is no ancestor.
    fn root(&self, root: &Root, at: Option<usize>) -> Result<Option<Value>>;

    /// Ids of the ancestors.
    fn nodes(&self) -> Vec<Arc<str>>;

    /// Names that `ctx.state` has now.
    fn states(&self) -> Vec<Arc<str>>;
}

/// References to whole names: `ctx`, `item`, `nodes` ...; to all of them where the list is empty. For templates and SQL parameters.
pub fn whole(roots: &[&str]) -> Vec<Reference> {
    let all: Vec<&str> = BARE.iter().copied().chain(["ctx"]).collect();
    let roots = if roots.is_empty() { &all } else { roots };
    roots.iter().filter_map(|name| resolve(&[Arc::from(*name)])).map(|(reference, _)| reference).collect()
}

/// The object of names for these references.
///
/// # Errors
/// What [`Lookup::root`] says, where a reference names the thing itself. Inside something used as a whole (`ctx`, `nodes`), what cannot be given is left out.
pub fn names(references: &[Reference], lookup: &dyn Lookup, at: Option<usize>) -> Result<Value> {
    let mut top = Map::default();
    let mut ctx: Option<Map> = None;
    for reference in references {
        if reference.through_ctx {
            let ctx = ctx.get_or_insert_default();
            if reference.root == Root::Ctx {
                for part in PARTS {
                    let (root, _) =
                        resolve(&["ctx".into(), part.into()]).map(|(r, n)| (r.root, n)).unwrap_or((Root::Unknown(part.into()), 0));
                    if let Some(value) = value_of(&root, lookup, at).unwrap_or_default() {
                        ctx.insert(part, value);
                    }
                }
            } else {
                put(ctx, reference, lookup, at)?;
            }
        } else {
            put(&mut top, reference, lookup, at)?;
        }
    }
    if let Some(ctx) = ctx {
        top.insert("ctx", Value::from(ctx));
    }
    Ok(Value::from(top))
}

/// Puts what a reference names where the script will look for it.
fn put(into: &mut Map, reference: &Reference, lookup: &dyn Lookup, at: Option<usize>) -> Result<()> {
    let name = &reference.name;
    match &reference.root {
        Root::Node(id, part) => {
            let mut nodes = into.remove(name).unwrap_or_default();
            let node = match part {
                Some(part) => {
                    let node = nodes.get(id).cloned().unwrap_or_else(|| Value::from(Map::default()));
                    match value_of(&reference.root, lookup, at)? {
                        Some(value) => node.with(part.name(), value),
                        None => node,
                    }
                }
                None => whole_node(id, lookup, at),
            };
            nodes = nodes.with(id.clone(), node);
            into.insert(name.clone(), nodes);
        }
        Root::State(state) => {
            let found = lookup.root(&reference.root, at)?;
            let states = into.remove(name).unwrap_or_else(|| Value::from(Map::default()));
            into.insert(name.clone(), found.map_or(states.clone(), |value| states.with(state.clone(), value)));
        }
        root => {
            if let Some(value) = value_of(root, lookup, at)? {
                into.insert(name.clone(), value);
            }
        }
    }
    Ok(())
}

/// The value of any root.
pub(super) fn value_of(root: &Root, lookup: &dyn Lookup, at: Option<usize>) -> Result<Option<Value>> {
    Ok(match root {
        Root::Unknown(_) => None,
        Root::Ctx => names(&whole(&["ctx"]), lookup, at)?.get("ctx").cloned(),
        Root::Nodes => Some(Value::object(lookup.nodes().into_iter().map(|id| {
            let node = whole_node(&id, lookup, at);
            (id, node)
        }))),
        Root::Node(id, None) => {
            // Whether it may be read is the lookup's to say.
            lookup.root(&Root::Node(id.clone(), Some(NodePart::Ran)), at)?;
            Some(whole_node(id, lookup, at))
        }
        Root::States => Some(Value::object(lookup.states().into_iter().filter_map(|name| {
            let value = lookup.root(&Root::State(name.clone()), at).ok()??;
            Some((name, value))
        }))),
        other => lookup.root(other, at)?,
    })
}

fn whole_node(id: &Arc<str>, lookup: &dyn Lookup, at: Option<usize>) -> Value {
    let parts = NodePart::ALL.into_iter().filter_map(|part| {
        let value = lookup.root(&Root::Node(id.clone(), Some(part)), at).ok()??;
        Some((part.name(), value))
    });
    Value::object(parts)
}
