//! Facts with edits on top: read through to the document, write beside it, in the end the difference.

use crate::error::FlowError;
use crate::facts::{Change, Facts, Fields, PLACE, between, diff_fields, path, place_of};
use crate::format::Data;
use crate::ids::{Ends, Entity, Kind};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Draft<'a> {
    base: &'a Facts,
    /// `None`: removed.
    over: BTreeMap<Entity, Option<Fields>>,
    /// Ids made, in the order of the edits.
    pub made: Vec<String>,
    /// Texts this gesture has already edited: their positions count in the draft.
    pub typed: BTreeSet<(Entity, String)>,
}

impl<'a> Draft<'a> {
    pub fn new(base: &'a Facts) -> Self {
        Draft { base, over: BTreeMap::new(), made: Vec::new(), typed: BTreeSet::new() }
    }

    pub fn get(&self, entity: &Entity) -> Option<&Fields> {
        match self.over.get(entity) {
            Some(fields) => fields.as_ref(),
            None => self.base.get(entity),
        }
    }

    /// The fields to write into; an entity that is not there begins empty.
    pub fn edit(&mut self, entity: &Entity) -> &mut Fields {
        let base = self.base;
        self.over.entry(entity.clone()).or_insert_with(|| base.get(entity).cloned()).get_or_insert_default()
    }

    pub fn remove(&mut self, entity: &Entity) -> Option<Fields> {
        let fields = self.get(entity).cloned();
        self.over.insert(entity.clone(), None);
        fields
    }

    /// All entities of a kind that are there.
    pub fn all(&self, kind: Kind) -> Vec<Entity> {
        let first = Entity { kind, id: String::new() };
        let base = self.base.range(first.clone()..).take_while(|(e, _)| e.kind == kind).map(|(e, _)| e);
        let over = self.over.range(first..).take_while(|(e, _)| e.kind == kind).map(|(e, _)| e);
        let all: BTreeSet<&Entity> = base.chain(over).collect();
        all.into_iter().filter(|e| self.get(e).is_some()).cloned().collect()
    }

    /// A place after all others of this kind.
    pub fn last_place(&self, kind: Kind) -> Data {
        let all = self.all(kind);
        let last = all.iter().filter_map(|e| self.get(e)).map(place_of).max();
        Data::Text(between(last, None))
    }

    pub fn is_taken(&self, id: &str) -> bool {
        self.get(&Entity::node(id)).is_some() || self.get(&Entity::block(id)).is_some()
    }

    /// The node or block of this id.
    pub fn boxed(&self, id: &str) -> Option<Entity> {
        [Entity::node(id), Entity::block(id)].into_iter().find(|e| self.get(e).is_some())
    }

    /// What an edit's `entity` names: a node, a block or an edge, or the flow where it is empty.
    pub fn find(&self, id: &str) -> Result<Entity, FlowError> {
        if id.is_empty() {
            return Ok(Entity::flow());
        }
        let edge = || Ends::parse(id).map(|ends| Entity::edge(&ends)).filter(|e| self.get(e).is_some());
        self.boxed(id).or_else(edge).ok_or_else(|| FlowError::Unknown(id.into()))
    }

    /// The edges that touch a node.
    pub fn edges_of(&self, id: &str) -> Vec<(Entity, Ends)> {
        let all = self.all(Kind::Edge).into_iter().filter_map(|e| Some((Ends::parse(&e.id)?, e)));
        all.filter(|(ends, _)| ends.from == id || ends.to == id).map(|(ends, e)| (e, ends)).collect()
    }

    /// Takes a box's position out of the layout, with its remarks.
    pub fn take_layout(&mut self, id: &str) -> Fields {
        let layout = self.edit(&Entity::layout());
        let key = path::escape(id).into_owned();
        let names = [key.clone(), format!("#a/{key}"), format!("#r/{key}")];
        names.into_iter().filter_map(|name| layout.remove_entry(&name)).collect()
    }

    /// What the edits changed, birth of new entities included.
    pub fn changes(self) -> Vec<Change> {
        let mut out = Vec::new();
        for (entity, fields) in &self.over {
            diff_fields(entity, self.base.get(entity), fields.as_ref(), &mut out);
        }
        debug_assert!(self.over.values().flatten().all(|fields| fields.contains_key(PLACE)), "whatever is there has a place");
        out
    }
}
