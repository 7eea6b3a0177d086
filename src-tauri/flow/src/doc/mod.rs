//! `FlowDoc`, the open document, and the only type that names Loro: edits in, changes out; the facts are kept beside it.
//!
//! Every root (`flow nodes edges blocks layout`) is a map. A node, edge or block is a mergeable map under its id, so that two
//! creators never hide each other and a deletion hides instead of destroying; a field is one flat register, text or list
//! under its path. What the rest of the program sees are facts and the view made of them, never Loro's containers.

mod apply;
mod codec;
mod file;
#[cfg(test)]
mod tests;
mod texts;

pub use apply::{Applied, Policy};

use crate::edit::{Draft, Edit, plan};
use crate::error::FlowError;
use crate::facts::{Change, Facts, Fields, PLACE, diff_fields, invert};
use crate::format::{Data, Format, print};
use crate::ids::{Entity, Kind};
use crate::view::{FORMAT, Flow};
use codec::{kind_of, read_fields, root_name};
use loro::{Container, ExportMode, Frontiers, LoroDoc, Subscription, ValueOrContainer, VersionVector};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use texts::Texts;

/// Largest document, measured as text. Its file must stay below [`crate::MAX_FILE`].
const MAX_DOC: usize = 7 << 20;

type Touched = Arc<Mutex<BTreeSet<Entity>>>;

/// Who changed what and when, for the document's own history. The log of the store is what people see.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// `edit`, `file`, `undo`, `redo`; kept as the commit's message.
    pub label: &'a str,
    /// Seconds since 1970.
    pub at: i64,
}

/// One open flow document.
pub struct FlowDoc {
    doc: LoroDoc,
    facts: Facts,
    /// Entities that arrived from elsewhere and are not yet in `facts`.
    touched: Touched,
    _listening: Subscription,
    rev: u32,
    texts: Texts,
    view: OnceLock<Arc<Flow>>,
    /// Sum of the sizes of all facts.
    size: usize,
}

fn broken(error: impl std::fmt::Display) -> FlowError {
    FlowError::Document(error.to_string())
}

impl FlowDoc {
    /// A document made from a file that was never one. The same facts give the same bytes, wherever and whenever it is made:
    /// two machines that met the same file can merge from there. `peer`: the fresh number under which this process writes.
    ///
    /// # Errors
    /// None that a flow read from a file can cause.
    pub fn seed(facts: &Facts, peer: u64) -> Result<Self, FlowError> {
        let hash = blake3::hash(print(facts, Format::Yaml).as_bytes());
        let first = u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has more than 8 bytes"));
        let mut doc = FlowDoc::around(LoroDoc::new(), first & (u64::MAX >> 1))?;
        let changes = crate::facts::diff(&doc.facts, facts);
        doc.write(&changes, Policy::Newest, Stamp { label: "seed", at: 0 })?;
        doc.doc.set_peer_id(peer).map_err(broken)?;
        (doc.rev, doc.texts) = (0, Texts::default());
        Ok(doc)
    }

    /// The document of stored bytes: a snapshot and the updates since. `peer` as in [`FlowDoc::seed`], fresh for each process.
    ///
    /// # Errors
    /// Where the bytes are not what [`FlowDoc::snapshot`] and [`Applied::update`] gave.
    pub fn open(snapshot: &[u8], updates: impl IntoIterator<Item = Vec<u8>>, peer: u64) -> Result<Self, FlowError> {
        let doc = LoroDoc::from_snapshot(snapshot).map_err(broken)?;
        let updates: Vec<Vec<u8>> = updates.into_iter().collect();
        if !updates.is_empty() {
            let status = doc.import_batch(&updates).map_err(broken)?;
            if status.pending.is_some() {
                return Err(FlowError::Document("an update that others build on is missing".into()));
            }
        }
        FlowDoc::around(doc, peer)
    }

    fn around(doc: LoroDoc, peer: u64) -> Result<Self, FlowError> {
        // Each commit is a change of its own, with the time and label it was given.
        doc.set_record_timestamp(false);
        doc.set_change_merge_interval(-1);
        doc.set_peer_id(peer).map_err(broken)?;
        let touched = Touched::default();
        let heard = touched.clone();
        let listening = doc.subscribe_root(Arc::new(move |event| {
            if !event.triggered_by.is_local() {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                event.events.iter().for_each(|diff| mark(&mut heard, diff));
            }
        }));
        let facts = read(&doc);
        let size = facts.values().map(size_of).sum();
        Ok(FlowDoc { doc, facts, touched, _listening: listening, rev: 0, texts: Texts::default(), view: OnceLock::new(), size })
    }

    /// All facts as the document holds them, dangling edges included.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What the file says: without edges and positions of what is not there. They stay in the document and come back with it.
    pub fn shown(&self) -> Facts {
        let mut facts = self.facts.clone();
        let there = |id: &str| self.facts.contains_key(&Entity::node(id)) || self.facts.contains_key(&Entity::block(id));
        facts.retain(|e, _| e.kind != Kind::Edge || crate::Ends::parse(&e.id).is_none_or(|ends| there(&ends.from) && there(&ends.to)));
        if let Some(layout) = facts.get_mut(&Entity::layout()) {
            layout.retain(|k, _| {
                let key = k.strip_prefix("#a/").or(k.strip_prefix("#r/")).unwrap_or(k);
                key == PLACE || there(&crate::facts::path::unescape(key))
            });
        }
        facts
    }

    /// The text of the file.
    pub fn text(&self, format: Format) -> String {
        print(&self.shown(), format)
    }

    /// The typed view, made once per revision.
    pub fn view(&self) -> Arc<Flow> {
        self.view.get_or_init(|| Arc::new(Flow::of(&self.facts))).clone()
    }

    /// Rises by one with every change of the document; begins at 0 when it is opened.
    pub fn rev(&self) -> u32 {
        self.rev
    }

    /// The whole document as bytes, for the store.
    ///
    /// # Errors
    /// Where Loro refuses, which a healthy document never makes it do.
    pub fn snapshot(&self) -> Result<Vec<u8>, FlowError> {
        self.doc.export(ExportMode::Snapshot).map_err(broken)
    }

    /// Which changes this document has seen, as bytes: what another asks updates since.
    pub fn seen(&self) -> Vec<u8> {
        self.doc.oplog_vv().encode()
    }

    /// The document as bytes without the history below a point, to save disk: what was removed there still comes back, old
    /// versions do not. Whoever has not seen that point can no longer merge.
    ///
    /// # Errors
    /// Where the point is not one of this document's history.
    pub fn trimmed(&self, frontiers: &[u8]) -> Result<Vec<u8>, FlowError> {
        let at = Frontiers::decode(frontiers).map_err(broken)?;
        self.doc.export(ExportMode::shallow_snapshot(&at)).map_err(broken)
    }

    /// The changes that somebody who has `seen` lacks; all where that is empty.
    ///
    /// # Errors
    /// Where `seen` is not what [`FlowDoc::seen`] gave.
    pub fn updates_since(&self, seen: &[u8]) -> Result<Vec<u8>, FlowError> {
        let seen = if seen.is_empty() { VersionVector::default() } else { VersionVector::decode(seen).map_err(broken)? };
        self.doc.export(ExportMode::updates(&seen)).map_err(broken)
    }

    /// The point in its history the document is at, as bytes: what [`FlowDoc::facts_at`] takes.
    pub fn frontiers(&self) -> Vec<u8> {
        self.doc.oplog_frontiers().encode()
    }

    /// The facts at an earlier point. Takes as long as opening the document: not on the request path of large flows.
    ///
    /// # Errors
    /// Where the point is not one of this document's history.
    pub fn facts_at(&self, frontiers: &[u8]) -> Result<Facts, FlowError> {
        let at = Frontiers::decode(frontiers).map_err(broken)?;
        Ok(read(&self.doc.fork_at(&at).map_err(broken)?))
    }

    /// Carries out one gesture: all edits or, on an error, none.
    ///
    /// # Errors
    /// A sentence for the person who made the edit; the document is unchanged.
    pub fn apply(&mut self, edits: &[Edit], stamp: Stamp<'_>) -> Result<Applied, FlowError> {
        self.may_write()?;
        let mut draft = Draft::new(&self.facts);
        plan(&mut draft, edits, &|entity, field, seen| self.texts.at(entity, field, seen, self.rev))?;
        let made = std::mem::take(&mut draft.made);
        let changes = draft.changes();
        self.fits(&changes)?;
        Ok(Applied { made, ..self.write(&changes, Policy::Newest, stamp)? })
    }

    /// Takes back what [`Applied::done`] said was done, now or in an earlier process, where it still is as it was written;
    /// the rest stays and is named in [`Applied::kept`]. Undoing the undo's own `done` is redo.
    ///
    /// # Errors
    /// Where the document is read-only.
    pub fn undo(&mut self, done: &[Change], stamp: Stamp<'_>) -> Result<Applied, FlowError> {
        self.apply_changes(&invert(done), Policy::KeepOthers, stamp)
    }

    /// Carries out changes that were made elsewhere: a merge, an old version, an undo.
    ///
    /// # Errors
    /// Where the document is read-only or would become too large.
    pub fn apply_changes(&mut self, changes: &[Change], policy: Policy, stamp: Stamp<'_>) -> Result<Applied, FlowError> {
        self.may_write()?;
        self.fits(changes)?;
        self.write(changes, policy, stamp)
    }

    /// Takes in another replica's updates. They must come from a trusted place or have been decoded in a worker before.
    ///
    /// # Errors
    /// Where the bytes are no updates of this document.
    pub fn import(&mut self, updates: &[u8]) -> Result<Vec<Change>, FlowError> {
        self.doc.import(updates).map_err(broken)?;
        let touched = std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        let mut out = Vec::new();
        for entity in touched {
            let new = read_entity(&self.doc, &entity);
            let old = self.facts.remove(&entity);
            diff_fields(&entity, old.as_ref(), new.as_ref(), &mut out);
            if let Some(new) = new {
                self.facts.insert(entity, new);
            }
        }
        self.changed(&out);
        Ok(out)
    }

    fn may_write(&self) -> Result<(), FlowError> {
        let weft = self.facts.get(&Entity::flow()).and_then(|fields| fields.get("weft"));
        match weft {
            Some(Data::Int(weft)) if *weft > i64::from(FORMAT) => Err(FlowError::Newer(u32::try_from(*weft).unwrap_or(u32::MAX))),
            _ => Ok(()),
        }
    }

    fn fits(&self, changes: &[Change]) -> Result<(), FlowError> {
        let more: usize = changes.iter().map(|c| weight(&c.field, c.after.as_ref())).sum();
        let less: usize = changes.iter().map(|c| weight(&c.field, c.before.as_ref())).sum();
        if more > less && self.size.saturating_add(more - less) > MAX_DOC {
            return Err(FlowError::TooLarge(MAX_DOC >> 20));
        }
        Ok(())
    }

    /// After `done` is in the facts.
    fn changed(&mut self, done: &[Change]) {
        if done.is_empty() {
            return;
        }
        self.rev = self.rev.wrapping_add(1);
        self.view = match self.view.get().and_then(|view| view.after(done, &self.facts)) {
            Some(view) => OnceLock::from(Arc::new(view)),
            None => OnceLock::new(),
        };
        for change in done {
            self.size += weight(&change.field, change.after.as_ref());
            self.size = self.size.saturating_sub(weight(&change.field, change.before.as_ref()));
        }
        self.texts.keep(done, self.rev);
    }
}

fn weight(field: &str, data: Option<&Data>) -> usize {
    fn of(data: &Data) -> usize {
        match data {
            Data::Text(text) => text.len(),
            Data::List(list) => list.iter().map(|e| 4 + of(&e.data)).sum(),
            Data::Map(map) => map.iter().map(|(k, e)| 4 + k.len() + of(&e.data)).sum(),
            _ => 8,
        }
    }
    data.map_or(0, |data| field.len() + of(data))
}

fn size_of(fields: &Fields) -> usize {
    fields.iter().map(|(field, data)| weight(field, Some(data))).sum()
}

/// Everything read afresh: for opening and for tests, never per edit.
fn read(doc: &LoroDoc) -> Facts {
    let mut facts = Facts::new();
    for kind in [Kind::Node, Kind::Edge, Kind::Block] {
        doc.get_map(root_name(kind)).for_each(|id, value| {
            if let ValueOrContainer::Container(Container::Map(map)) = value {
                facts.insert(Entity { kind, id: id.to_string() }, read_fields(&map));
            }
        });
    }
    for entity in [Entity::flow(), Entity::layout()] {
        let fields = read_entity(doc, &entity).expect("roots are always there");
        facts.insert(entity, fields);
    }
    facts
}

fn read_entity(doc: &LoroDoc, entity: &Entity) -> Option<Fields> {
    let root = doc.get_map(root_name(entity.kind));
    if entity.is_root() {
        let mut fields = read_fields(&root);
        fields.insert(PLACE.into(), Data::Null);
        return Some(fields);
    }
    match root.get(&entity.id) {
        Some(ValueOrContainer::Container(Container::Map(map))) => Some(read_fields(&map)),
        _ => None,
    }
}

/// Which entities an event touches: (root, key), (entity, ..), ..; a change of a root map itself names them by key.
fn mark(touched: &mut BTreeSet<Entity>, diff: &loro::event::ContainerDiff<'_>) {
    let keys: Vec<String> = diff.path.iter().map(|(_, index)| index.to_string()).collect();
    let Some(kind) = keys.first().and_then(|root| kind_of(root)) else {
        return;
    };
    if matches!(kind, Kind::Flow | Kind::Layout) {
        touched.insert(Entity { kind, id: String::new() });
    } else if let Some(id) = keys.get(1) {
        touched.insert(Entity { kind, id: id.clone() });
    } else if let loro::event::Diff::Map(map) = &diff.diff {
        touched.extend(map.updated.keys().map(|id| Entity { kind, id: id.to_string() }));
    }
}
