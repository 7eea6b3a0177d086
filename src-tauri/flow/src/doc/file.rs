//! An edit made in another editor: what the file says now against what it said when we last wrote or read it.

use super::{Applied, FlowDoc, Policy, Stamp};
use crate::edit::{Draft, change_id, same_remarks};
use crate::error::FlowError;
use crate::facts::{Change, Facts, Fields, PLACE, assemble, diff, flatten, keep_places, set};
use crate::format::{Data, Parsed};
use crate::ids::{Entity, Kind};
use std::collections::BTreeMap;

/// A node that vanished and one that came, with at least this share of equal fields, are one node with a new id.
const ALIKE: f64 = 0.6;

impl FlowDoc {
    /// Merges a changed file. `base`: what the file said before, as last written or read.
    ///
    /// # Errors
    /// Where the document or the file is of a newer format, or the document would become too large.
    pub fn file_edit(&mut self, base: &Facts, file: &Parsed, stamp: Stamp<'_>) -> Result<Applied, FlowError> {
        self.may_write()?;
        if let Some(Data::Int(weft)) = file.facts.get(&Entity::flow()).and_then(|fields| fields.get("weft"))
            && *weft > i64::from(crate::FORMAT)
        {
            return Err(FlowError::Newer(u32::try_from(*weft).unwrap_or(u32::MAX)));
        }
        // What the file said, not how the document holds it; then both in the document's places.
        let mut base = flatten(&assemble(base)).map_or_else(|_| base.clone(), |(facts, _)| facts);
        keep_places(&self.facts, &mut base);
        let renamed = renamed(&base, &file.facts);
        let mut out = Applied { renamed: renamed.clone(), ..Applied::default() };
        let seen = self.doc.oplog_vv();
        for (from, to) in &renamed {
            if self.facts.contains_key(&Entity::node(from)) && !self.facts.contains_key(&Entity::node(to)) {
                let applied = self.apply_changes(&rename(&self.facts, from, to), Policy::Newest, stamp)?;
                out.done.extend(applied.done);
            }
            for change in rename(&base, from, to) {
                set(&mut base, &change);
            }
        }
        let mut new = file.facts.clone();
        keep_places(&base, &mut new);
        if !file.format.has_remarks() {
            keep_remarks(&base, &mut new);
        }
        let applied = self.apply_changes(&diff(&base, &new), Policy::Newest, stamp)?;
        out.done = compose(out.done.into_iter().chain(applied.done));
        (out.skipped, out.kept, out.overruled) = (applied.skipped, applied.kept, applied.overruled);
        if !out.done.is_empty() {
            out.update = self.doc.export(loro::ExportMode::updates(&seen)).map_err(super::broken)?;
        }
        Ok(out)
    }
}

/// The changes that give a node another id, wherever it is named.
fn rename(facts: &Facts, from: &str, to: &str) -> Vec<Change> {
    let mut draft = Draft::new(facts);
    change_id(&mut draft, from, to);
    draft.changes()
}

/// Nodes that have another id in the file than before.
fn renamed(base: &Facts, new: &Facts) -> Vec<(String, String)> {
    let only = |a: &Facts, b: &Facts| -> Vec<(Entity, Fields)> {
        let mine = a.iter().filter(|(e, _)| e.kind == Kind::Node && !b.contains_key(*e));
        mine.map(|(e, f)| (e.clone(), f.clone())).collect()
    };
    let mut come = only(new, base);
    let mut out = Vec::new();
    for (gone, was) in only(base, new) {
        let score = |is: &Fields| {
            let same = was.iter().filter(|(k, v)| *k != PLACE && is.get(*k) == Some(v)).count();
            2.0 * same as f64 / (was.len() + is.len()).saturating_sub(2).max(1) as f64
        };
        let scored = come.iter().enumerate().map(|(i, (_, fields))| (score(fields), i));
        if let Some((score, i)) = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            && score >= ALIKE
        {
            out.push((gone.id, come.remove(i).0.id));
        }
    }
    out
}

/// A format without remarks says nothing about them: they stay as they were, also in list elements that read the same.
fn keep_remarks(base: &Facts, new: &mut Facts) {
    for (entity, fields) in new.iter_mut() {
        let Some(old) = base.get(entity) else {
            continue;
        };
        for (field, data) in fields.iter_mut() {
            if let (Data::List(new), Some(Data::List(old))) = (data, old.get(field)) {
                same_remarks(old, new);
            }
        }
        let is_remark = |field: &str| ["#a/", "#r/", "#f/"].iter().any(|mark| field.starts_with(mark));
        fields.extend(old.iter().filter(|(k, _)| is_remark(k)).map(|(k, v)| (k.clone(), v.clone())));
    }
}

/// Changes one after the other as one: from the first state to the last.
fn compose(changes: impl Iterator<Item = Change>) -> Vec<Change> {
    let mut out: BTreeMap<(Entity, String), (Option<Data>, Option<Data>)> = BTreeMap::new();
    for change in changes {
        let key = (change.entity, change.field);
        out.entry(key).and_modify(|(_, after)| after.clone_from(&change.after)).or_insert((change.before, change.after));
    }
    let differing = out.into_iter().filter(|(_, (before, after))| before != after);
    differing.map(|((entity, field), (before, after))| Change { entity, field, before, after }).collect()
}
