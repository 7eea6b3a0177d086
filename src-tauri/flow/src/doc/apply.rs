//! The one way in: changes become operations of the document, and what really changed comes back.

use super::codec::{read_fields, root_name, write};
use super::{FlowDoc, Stamp, broken, read};
use crate::error::FlowError;
use crate::facts::{Change, Facts, Fields, PLACE, diff_fields, path};
use crate::format::Data;
use crate::ids::{Ends, Entity, Kind};
use crate::merge::merge_value;
use crate::words::called;
use loro::{ExportMode, LoroMap};
use std::collections::{BTreeMap, BTreeSet};

/// The field that tells one life of an id from the next; the first has none.
const LIFE: &str = "!life";

/// Who wins where a value was changed twice and cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Edits of the canvas and the file: the newest wish.
    Newest,
    /// Undo and redo: what somebody else wrote meanwhile stays.
    KeepOthers,
}

/// What became of edits.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// What really changed: patch for the screens, row of the log, sentence of the history.
    pub done: Vec<Change>,
    /// What was left alone because somebody changed it meanwhile.
    pub skipped: Vec<Change>,
    /// The same in words, one sentence a thing.
    pub kept: Vec<String>,
    /// What somebody else had written meanwhile and the newest wish replaced, as changes; [`crate::words`] tells it.
    pub overruled: Vec<Change>,
    /// Ids made for new nodes and blocks, in the order of the edits.
    pub made: Vec<String>,
    /// Nodes whose id was changed in a file edit: old and new.
    pub renamed: Vec<(String, String)>,
    /// Bytes for the store and for other replicas; empty where nothing changed.
    pub update: Vec<u8>,
}

impl FlowDoc {
    pub(super) fn write(&mut self, changes: &[Change], policy: Policy, stamp: Stamp<'_>) -> Result<Applied, FlowError> {
        let touched: BTreeSet<&Entity> = changes.iter().map(|c| &c.entity).collect();
        let before: Vec<(Entity, Option<Fields>)> = touched.into_iter().map(|e| (e.clone(), self.facts.get(e).cloned())).collect();
        let seen = self.doc.oplog_vv();
        let mut overruled = Vec::new();
        let skipped = match self.carry_out(changes, policy, &mut overruled) {
            Ok(skipped) => skipped,
            Err(error) => {
                // Never leave the facts telling another story than the document.
                self.commit(stamp);
                self.facts = read(&self.doc);
                self.view = Default::default();
                return Err(error);
            }
        };
        self.commit(stamp);
        let mut done = Vec::new();
        for (entity, fields) in &before {
            diff_fields(entity, fields.as_ref(), self.facts.get(entity), &mut done);
        }
        let update = if done.is_empty() { Vec::new() } else { self.doc.export(ExportMode::updates(&seen)).map_err(broken)? };
        self.changed(&done);
        let kept = self.in_words(&skipped);
        Ok(Applied { done, skipped, kept, overruled, update, ..Applied::default() })
    }

    fn commit(&self, stamp: Stamp<'_>) {
        self.doc.set_next_commit_message(stamp.label);
        self.doc.set_next_commit_timestamp(stamp.at);
        self.doc.commit();
    }

    fn map(&self, entity: &Entity) -> Result<LoroMap, FlowError> {
        let root = self.doc.get_map(root_name(entity.kind));
        if entity.is_root() { Ok(root) } else { root.ensure_mergeable_map(&entity.id).map_err(broken) }
    }

    fn carry_out(&mut self, changes: &[Change], policy: Policy, overruled: &mut Vec<Change>) -> Result<Vec<Change>, FlowError> {
        let mut skipped = Vec::new();
        let by_entity = changes.iter().fold(BTreeMap::<&Entity, Vec<&Change>>::new(), |mut map, change| {
            map.entry(&change.entity).or_default().push(change);
            map
        });
        let dying: BTreeSet<&Entity> = changes.iter().filter(|c| c.is_death() && !c.entity.is_root()).map(|c| &c.entity).collect();
        for entity in &dying {
            let Some(fields) = self.facts.get(*entity) else {
                continue;
            };
            let is_untouched = is_untouched(&self.facts, fields, &by_entity[*entity], &dying);
            if policy == Policy::Newest && !is_untouched && !by_entity[*entity].iter().any(|c| c.is_birth()) {
                overruled.extend(by_entity[*entity].iter().filter(|c| c.field == PLACE).map(|c| (*c).clone()));
            }
            if policy == Policy::KeepOthers && !is_untouched {
                skipped.extend(by_entity[*entity].iter().filter(|c| c.field == PLACE).map(|c| (*c).clone()));
                continue;
            }
            self.facts.remove(*entity);
            self.doc.get_map(root_name(entity.kind)).delete(&entity.id).map_err(broken)?;
        }
        for change in changes.iter().filter(|c| c.is_birth() && !c.entity.is_root()) {
            if !self.facts.contains_key(&change.entity) {
                self.give_birth(&change.entity, &by_entity[&change.entity], policy)?;
            }
        }
        for change in changes.iter().filter(|c| !dying.contains(&c.entity)) {
            if !self.one(change, policy, overruled)? {
                skipped.push(change.clone());
            }
        }
        Ok(skipped)
    }

    /// What an id held when it was removed comes back with it: that is how edits survive that somebody made to what we
    /// removed. Where the id has had another life since, or this is the beginning of one, the slot is cleared first.
    fn give_birth(&mut self, entity: &Entity, wanted: &[&Change], policy: Policy) -> Result<(), FlowError> {
        let map = self.map(entity)?;
        let mut hidden = read_fields(&map);
        let wanted: BTreeMap<&str, &Data> = wanted.iter().filter_map(|c| Some((c.field.as_str(), c.after.as_ref()?))).collect();
        let is_same_life = hidden.get(LIFE) == wanted.get(LIFE).copied();
        if policy == Policy::Newest || !is_same_life {
            let is_used = !hidden.is_empty();
            let stale = hidden.iter().filter(|(field, data)| wanted.get(field.as_str()) != Some(data));
            for field in stale.map(|(field, _)| field.clone()).collect::<Vec<_>>() {
                map.delete(&field).map_err(broken)?;
                hidden.remove(&field);
            }
            if policy == Policy::Newest && is_used && !wanted.contains_key(LIFE) {
                let peer = self.doc.peer_id();
                let life = Data::Text(format!("{peer:x}.{:x}", self.doc.oplog_vv().get(&peer).copied().unwrap_or(0)));
                write(&map, entity.kind, LIFE, Some(&life)).map_err(broken)?;
                hidden.insert(LIFE.into(), life);
            }
        }
        self.facts.insert(entity.clone(), hidden);
        Ok(())
    }

    /// Carries one change out; false where it was left alone.
    fn one(&mut self, change: &Change, policy: Policy, overruled: &mut Vec<Change>) -> Result<bool, FlowError> {
        let entity = &change.entity;
        if entity.is_root() && change.field == PLACE {
            return Ok(true);
        }
        let Some(fields) = self.facts.get(entity) else {
            return Ok(false); // removed meanwhile
        };
        let current = fields.get(&change.field);
        let want = match merge_value(change.before.as_ref(), current, change.after.as_ref()) {
            Some(want) => want,
            None if policy == Policy::Newest => {
                if !path::is_hidden(&change.field) {
                    overruled.push(Change { before: current.cloned(), ..change.clone() });
                }
                change.after.clone()
            }
            None => return Ok(false),
        };
        if want.as_ref() != current {
            write(&self.map(entity)?, entity.kind, &change.field, want.as_ref()).map_err(broken)?;
            let fields = self.facts.entry(entity.clone()).or_default();
            match want {
                Some(data) => fields.insert(change.field.clone(), data),
                None => fields.remove(&change.field),
            };
        }
        Ok(true)
    }

    fn in_words(&self, skipped: &[Change]) -> Vec<String> {
        let mut out = Vec::new();
        for change in skipped.iter().filter(|c| !c.field.starts_with('#')) {
            let name = called(&change.entity, &self.facts, skipped);
            let line = match change.field.as_str() {
                _ if !self.facts.contains_key(&change.entity) => {
                    format!("{name} was removed meanwhile")
                }
                PLACE if change.is_death() => format!("{name} was kept: changed meanwhile"),
                PLACE => continue,
                field => format!("{name}: {} was kept: changed meanwhile", field.trim_start_matches("settings/")),
            };
            if !out.contains(&line) {
                out.push(line);
            }
        }
        out
    }
}

/// Whether an entity still is as it was written, so that taking it back destroys nobody's work. Where it stands in the file
/// doesn't count; an edge that somebody drew to it does.
fn is_untouched(facts: &Facts, fields: &Fields, written: &[&Change], dying: &BTreeSet<&Entity>) -> bool {
    let was: BTreeMap<&str, &Data> = written.iter().filter_map(|c| Some((c.field.as_str(), c.before.as_ref()?))).collect();
    let same = was.len() == fields.len() && fields.iter().all(|(k, v)| k == PLACE || was.get(k.as_str()) == Some(&v));
    let entity = written.first().map(|c| &c.entity);
    let first = Entity { kind: Kind::Edge, id: String::new() };
    let mut edges = facts.range(first..).take_while(|(e, _)| e.kind == Kind::Edge).map(|(e, _)| e).filter(|e| !dying.contains(e));
    let touches = |e: &Entity, id: &str| Ends::parse(&e.id).is_some_and(|ends| ends.from == id || ends.to == id);
    same && !entity.is_some_and(|n| n.kind == Kind::Node && edges.any(|e| touches(e, &n.id)))
}
