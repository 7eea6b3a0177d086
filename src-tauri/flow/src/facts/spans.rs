//! Where the facts of a file stand in it.

use super::path;
use crate::finding::Finding;
use crate::format::Place;
use crate::ids::{Ends, Entity};
use std::collections::HashMap;

/// Line and column of every field that was read from a file, elements of lists included (`settings/measures/0/field`).
#[derive(Clone, Debug, Default)]
pub struct Spans {
    places: HashMap<Entity, HashMap<String, Place>>,
}

impl Spans {
    pub(crate) fn add(&mut self, entity: &Entity, field: &str, at: Place) {
        if at.line == 0 {
            return;
        }
        let fields = match self.places.get_mut(entity) {
            Some(fields) => fields,
            None => self.places.entry(entity.clone()).or_default(),
        };
        fields.insert(field.to_string(), at);
    }

    /// The place of a field, or of what encloses it; an empty field is the entity itself.
    pub fn find(&self, entity: &Entity, field: &str) -> Option<Place> {
        let fields = self.places.get(entity)?;
        let mut field = field;
        loop {
            if let Some(at) = fields.get(field) {
                return Some(*at);
            }
            if field.is_empty() {
                return None;
            }
            field = path::split(field).0;
        }
    }

    /// Fills in line and column of a finding that names a node, block, edge or field and has no place yet.
    pub fn locate(&self, finding: &mut Finding) {
        if finding.line.is_some() {
            return;
        }
        let field = finding.field.as_deref().unwrap_or("");
        let at = if let Some(id) = &finding.node {
            self.find(&Entity::node(id), field)
                .or_else(|| self.find(&Entity::block(id), field))
                .or_else(|| self.find(&Entity::layout(), &path::escape(id)))
        } else if let Some(edge) = &finding.edge {
            Ends::parse(edge).and_then(|ends| self.find(&Entity::edge(&ends), field))
        } else {
            self.find(&Entity::flow(), field)
        };
        if let Some(at) = at {
            (finding.line, finding.column) = (Some(at.line), Some(at.column));
        }
    }
}
