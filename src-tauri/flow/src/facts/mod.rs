//! The flow as facts: entity, field path, value. Edits, file edits, undo, history, diff and merge all work on these.

mod assemble;
mod flatten;
mod object;
pub mod path;
mod place;
mod spans;
#[cfg(test)]
mod tests;

pub(crate) use assemble::assemble;
pub(crate) use flatten::{flatten, put};
pub(crate) use object::object_at;
pub(crate) use place::{between, keep_places, spread};
pub use spans::Spans;

use crate::format::Data;
use crate::ids::{Entity, Kind};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The facts of one entity by field path: `settings/headers/Accept`; [`PLACE`]; remarks above, right and at the foot of a
/// path `#a/..` `#r/..` `#f/..`; the order of an object's keys `#o/..` where it is not the usual one. What begins with `#`
/// or `!` is the document's own and never a key of the file.
pub type Fields = BTreeMap<String, Data>;

/// A whole flow.
pub type Facts = BTreeMap<Entity, Fields>;

/// The field that says where an entity stands among its siblings; every entity that exists has one.
pub const PLACE: &str = "!";

/// A flow without anything in it, not even `weft:`.
pub fn empty() -> Facts {
    let root = || Fields::from([(PLACE.to_string(), Data::Null)]);
    Facts::from([(Entity::flow(), root()), (Entity::layout(), root())])
}

/// One fact that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub entity: Entity,
    pub field: String,
    /// Absent where the fact was not there; null is a value.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub before: Option<Data>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub after: Option<Data>,
}

fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Data>, D::Error> {
    Data::deserialize(input).map(Some)
}

impl Change {
    /// The change that takes this one back.
    pub fn inverse(&self) -> Change {
        let (before, after) = (self.after.clone(), self.before.clone());
        Change { entity: self.entity.clone(), field: self.field.clone(), before, after }
    }

    /// Whether the whole entity came with it.
    pub fn is_birth(&self) -> bool {
        self.field == PLACE && self.before.is_none() && self.after.is_some()
    }

    /// Whether the whole entity went with it.
    pub fn is_death(&self) -> bool {
        self.field == PLACE && self.before.is_some() && self.after.is_none()
    }
}

/// What takes a list of changes back.
pub fn invert(changes: &[Change]) -> Vec<Change> {
    changes.iter().rev().map(Change::inverse).collect()
}

/// Every fact in which two flows differ.
pub fn diff(a: &Facts, b: &Facts) -> Vec<Change> {
    let entities: BTreeSet<&Entity> = a.keys().chain(b.keys()).collect();
    let mut out = Vec::new();
    for entity in entities {
        diff_fields(entity, a.get(entity), b.get(entity), &mut out);
    }
    out
}

pub(crate) fn diff_fields(entity: &Entity, a: Option<&Fields>, b: Option<&Fields>, out: &mut Vec<Change>) {
    if a == b {
        return;
    }
    let none = Fields::new();
    let (a, b) = (a.unwrap_or(&none), b.unwrap_or(&none));
    let fields: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for field in fields {
        let (before, after) = (a.get(field), b.get(field));
        if before != after {
            out.push(Change { entity: entity.clone(), field: field.clone(), before: before.cloned(), after: after.cloned() });
        }
    }
}

/// Writes a change into facts. An entity lives as long as it has a place.
pub(crate) fn set(facts: &mut Facts, change: &Change) {
    let fields = facts.entry(change.entity.clone()).or_default();
    match &change.after {
        Some(value) => fields.insert(change.field.clone(), value.clone()),
        None => fields.remove(&change.field),
    };
    if change.is_death() {
        facts.remove(&change.entity);
    }
}

/// The entities of one kind in the file's order: by place, ties by id.
pub(crate) fn ordered(facts: &Facts, kind: Kind) -> Vec<(&Entity, &Fields)> {
    let first = Entity { kind, id: String::new() };
    let mut all: Vec<_> = facts.range(first..).take_while(|(e, _)| e.kind == kind).collect();
    all.sort_by(|a, b| (place_of(a.1), a.0).cmp(&(place_of(b.1), b.0)));
    all
}

pub(crate) fn place_of(fields: &Fields) -> &str {
    fields.get(PLACE).and_then(Data::as_text).unwrap_or("")
}
