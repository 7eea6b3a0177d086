//! Flows that come, go and get another id: new ones, files met for the first time, renames, the trash.

use super::commit::{Commit, SeenText};
use super::slot::{Slot, SlotRef, in_flow, new_peer};
use super::{FlowSummary, Flows, Inner, ids, locked, not_found, now_ms};
use crate::error::refused;
use crate::files::{self, Wake};
use crate::{Error, Result, disk};
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use std::path::Path;
use weft_flow::{Data, Edit, Entity, Facts, FlowDoc, Stamp, facts, make_id};
use weft_node::Value;

/// Where removed flows lie.
const TRASH: &str = ".weft/trash";

/// What a new flow begins with.
pub(crate) struct Birth {
    pub facts: Facts,
    pub made_here: bool,
    pub author: String,
    /// None: the file is still to be written.
    pub seen: Option<SeenText>,
}

impl Slot {
    /// Makes the document of a flow that had none.
    pub fn seed(&mut self, inner: &Inner, birth: Birth) -> Result<()> {
        let doc = FlowDoc::seed(&birth.facts, new_peer()?).map_err(in_flow(&self.id))?;
        let snapshot = doc.snapshot().map_err(in_flow(&self.id))?;
        let mut summary = FlowSummary::of(&self.id, &doc.view(), &birth.author);
        if birth.seen.is_some() {
            summary.edited_at = written_at(&self.path(inner)).unwrap_or(summary.edited_at);
        }
        let row = serde_json::to_string(&summary).expect("a summary is plain data");
        let (id, file, device, made_here, author) =
            (self.id.clone(), self.file.clone(), inner.device.clone(), birth.made_here.then(|| inner.machine.clone()), birth.author);
        let (seen, dirty) = (birth.seen.clone(), birth.seen.is_none());
        let key = inner.store.writer().write_now(move |tx| {
            tx.execute("INSERT INTO flows (id, file, made_here, summary, dirty) VALUES (?1, ?2, ?3, ?4, ?5)", params![id, file, made_here, row, dirty])?;
            let key = tx.last_insert_rowid();
            if let Some(seen) = &seen {
                seen.record(tx, key)?;
            }
            tx.execute("INSERT INTO snapshots VALUES (?1, ?2)", params![key, snapshot])?;
            let words = if seen.is_some() { "the file came" } else { "the flow was made" };
            tx.execute(
                "INSERT INTO edits (flow, rev, author, device, at, kind, label, words, changes, state) VALUES (?1, 0, ?2, ?3, ?4, 'seed', '', ?5, '[]', 'done')",
                params![key, author, device, now_ms(), words],
            )?;
            tx.tell("flows_changed", json!({}))?;
            Ok(key)
        })?;
        (self.key, self.made_here, self.summary, self.dirty) = (Some(key), birth.made_here, summary, dirty);
        self.seen = birth.seen.map(|seen| seen.hash);
        self.set_doc(doc, 0);
        Ok(())
    }
}

impl Flows {
    /// A new flow with a name and nothing in it; gives its id.
    pub fn new_flow(&self, name: &str, folder: Option<&str>, author: &str) -> Result<String> {
        let mut new = facts::empty();
        let own = new.get_mut(&Entity::flow()).expect("an empty flow has its own facts");
        own.insert("weft".into(), Data::Int(i64::from(weft_flow::FORMAT)));
        own.insert("name".into(), Data::Text(name.trim().into()));
        self.new_from(name, folder, new, author)
    }

    /// A new flow that is made here from facts: a copy, an example.
    pub fn new_from(&self, name: &str, folder: Option<&str>, facts: Facts, author: &str) -> Result<String> {
        let folder = folder.map(|f| f.trim_matches('/')).filter(|f| !f.is_empty()).map(|f| format!("{f}/")).unwrap_or_default();
        let _turn = self.inner.structure();
        let taken = |slug: &str| {
            let id = format!("{folder}{slug}");
            self.inner.has(&id) || self.inner.folder().join(ids::new_file(&id)).exists()
        };
        let id = format!("{folder}{}", make_id(name, None, taken));
        ids::check(&id)?;
        let mut slot = Slot::new(&id, &ids::new_file(&id));
        slot.seed(&self.inner, Birth { facts, made_here: true, author: author.into(), seen: None })?;
        self.inner.put(&id, slot.shared());
        // The file is there when this returns, so that a list of the folder shows it.
        files::write_now(&self.inner, &id);
        Ok(id)
    }

    /// Gives a flow another id: its file moves, and the flows that call it follow.
    pub fn rename(&self, id: &str, to: &str, author: &str, client: Option<&str>) -> Result<()> {
        ids::check(to)?;
        let _turn = self.inner.structure();
        let slot = self.inner.slot(id)?;
        if id == to {
            return Ok(());
        }
        let file = ids::renamed_file(&locked(&slot).file, to);
        let target = self.inner.folder().join(&file);
        if self.inner.has(to) || target.exists() {
            return Err(refused("flow.taken", format!("there is already a flow `{to}`"), "choose another id"));
        }
        self.may_edit(&locked(&slot))?;
        files::write_now(&self.inner, id);
        let source = locked(&slot).path(&self.inner);
        move_file(&source, &target)?;
        if let Err(error) = self.renamed(&slot, id, to, &file, author, client) {
            move_file(&target, &source)?;
            return Err(error);
        }
        self.inner.settings.rename_flow(id, to)?;
        Ok(())
    }

    /// The rename in the store, with the callers' edits, in one transaction.
    fn renamed(&self, slot: &SlotRef, id: &str, to: &str, file: &str, author: &str, client: Option<&str>) -> Result<()> {
        let mut ready = Vec::new();
        let callers = self.inner.slots();
        // All of them are held until the transaction is through, in the order of their ids as everywhere.
        let mut held = Vec::new();
        for caller in &callers {
            let mut caller = locked(caller);
            if caller.key.is_none() {
                continue;
            }
            let edits = calls(&caller.doc(&self.inner)?.view(), id, to);
            if edits.is_empty() {
                continue;
            }
            self.may_edit(&caller)?;
            let stamp = Stamp { label: "rename", at: now_ms() / 1000 };
            let label = format!("Rename {id} to {to}");
            let own = caller.id.clone();
            let applied = caller.doc(&self.inner)?.apply(&edits, stamp).map_err(in_flow(&own))?;
            let what = Commit { kind: "rename", author: author.into(), label, client: client.map(Into::into), ..Commit::default() };
            ready.push(caller.ready(&self.inner, &applied, what)?);
            held.push((caller, applied));
        }
        let key = match held.iter().find(|(caller, _)| caller.id == id) {
            Some((caller, _)) => caller.key()?,
            None => locked(slot).key()?,
        };
        let (old, new, path) = (id.to_string(), to.to_string(), file.to_string());
        let written = self.inner.store.writer().write_now(move |tx| {
            tx.execute("UPDATE flows SET id = ?2, file = ?3 WHERE key = ?1", params![key, new, path])?;
            for ready in ready {
                ready.write(tx)?;
            }
            tx.tell("flows_changed", json!({ "from": old, "to": new })).map(drop)
        });
        let mut changed = Vec::new();
        for (mut caller, applied) in held {
            match &written {
                Ok(()) => caller.committed(&applied),
                Err(_) => caller.forget(),
            }
            changed.push(if caller.id == id { to.to_string() } else { caller.id.clone() });
        }
        written?;
        self.inner.take(id);
        {
            let mut slot = locked(slot);
            (slot.id, slot.file) = (to.into(), file.into());
            slot.summary.id = to.into();
        }
        self.inner.put(to, slot.clone());
        changed.into_iter().for_each(|id| self.inner.wake(Wake::Write(id)));
        Ok(())
    }

    /// Puts a flow into the workspace's trash; its history stays, and [`Flows::restore`] brings it back.
    pub fn remove(&self, id: &str) -> Result<()> {
        let _turn = self.inner.structure();
        let slot = self.inner.slot(id)?;
        if let Some(why) = self.inner.store.read_only() {
            return Err(why.clone());
        }
        files::write_now(&self.inner, id);
        self.inner.settings.use_flow(id, false)?;
        to_trash(&self.inner, &slot)
    }

    /// Brings the flow that was last removed under this id back.
    pub fn restore(&self, id: &str) -> Result<()> {
        let _turn = self.inner.structure();
        if self.inner.has(id) {
            return Err(refused("flow.taken", format!("there is already a flow `{id}`"), "rename it first"));
        }
        let wanted = id.to_string();
        let found = self.inner.store.readers().now(move |db| {
            let sql = "SELECT key, file, trash_file, made_here, summary FROM flows WHERE id = ?1 AND trashed_at IS NOT NULL ORDER BY trashed_at DESC LIMIT 1";
            let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?, row.get::<_, Option<String>>(3)?, row.get::<_, String>(4)?));
            Ok(db.query_row(sql, [wanted], row).optional()?)
        })?;
        let (key, file, trash_file, made_here, summary) = found.ok_or_else(|| not_found(id))?;
        let target = self.inner.folder().join(&file);
        if target.exists() {
            return Err(refused("flow.taken", format!("{file} is there already"), "put it away first"));
        }
        let mut slot = Slot::new(id, &file);
        (slot.key, slot.made_here, slot.dirty) = (Some(key), made_here.as_deref() == Some(&self.inner.machine), true);
        slot.summary = serde_json::from_str(&summary).map(|s| FlowSummary { id: id.into(), ..s }).unwrap_or(slot.summary);
        // The document says it all; the file in the trash is a copy for people.
        self.inner.store.writer().write_now(move |tx| {
            tx.execute("UPDATE flows SET trashed_at = NULL, trash_file = NULL, dirty = 1 WHERE key = ?1", [key])?;
            tx.execute("DELETE FROM seen WHERE flow = ?1", [key])?;
            tx.tell("flows_changed", json!({})).map(drop)
        })?;
        self.inner.put(id, slot.shared());
        files::write_now(&self.inner, id);
        if let Some(copy) = trash_file {
            let _ = std::fs::remove_file(self.inner.folder().join(copy));
        }
        Ok(())
    }
}

/// Under the structure's lock: the file to `.weft/trash`, the row marked, the flow out of the list.
pub(crate) fn to_trash(inner: &Inner, slot: &SlotRef) -> Result<()> {
    let mut slot = locked(slot);
    let id = slot.id.clone();
    let source = slot.path(inner);
    let name = format!("{}.{}", slot.file.trim_start_matches("flows/").replace('/', "__"), now_ms());
    let kept = format!("{TRASH}/{name}");
    let target = inner.folder().join(&kept);
    if source.exists() {
        move_file(&source, &target)?;
    } else if slot.key.is_some() {
        let text = slot.doc(inner)?.text(slot_format(&kept));
        disk::make_folders(target.parent().expect("the trash is a folder"))
            .and_then(|()| disk::write_whole(&target, text.as_bytes(), None))
            .map_err(|e| Error::io(&target, e))?;
    }
    if let Some(key) = slot.key {
        inner.store.writer().write_now(move |tx| {
            tx.execute("UPDATE flows SET trashed_at = ?2, trash_file = ?3, dirty = 0 WHERE key = ?1", params![key, now_ms(), kept])?;
            tx.tell("flows_changed", json!({})).map(drop)
        })?;
    } else {
        inner.tell_list()?;
    }
    slot.dirty = false;
    drop(slot);
    inner.take(&id);
    Ok(())
}

/// When a file was last written, in milliseconds since 1970.
fn written_at(path: &Path) -> Option<i64> {
    let at = std::fs::metadata(path).ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(at.as_millis()).ok()
}

fn slot_format(file: &str) -> weft_flow::Format {
    if file.contains(".flow.json") { weft_flow::Format::Json } else { weft_flow::Format::Yaml }
}

/// Moves a file, durably; folders on the way are made.
fn move_file(from: &Path, to: &Path) -> Result<()> {
    let moved = || {
        disk::make_folders(to.parent().expect("a file has a folder"))?;
        std::fs::rename(from, to)?;
        disk::sync_folder(to)?;
        disk::sync_folder(from)
    };
    moved().map_err(|e| Error::io(from, e))
}

/// The edits that let a flow call `to` where it called `from`.
fn calls(flow: &weft_flow::Flow, from: &str, to: &str) -> Vec<Edit> {
    let set = |entity: &str, field: &str| Edit::Set { entity: entity.into(), field: field.into(), value: Some(Value::from(to)) };
    let calling = flow
        .nodes
        .values()
        .filter(|n| n.type_and_version().0 == "logic.call" && n.settings.get("flow").and_then(Value::as_str) == Some(from));
    let mut edits: Vec<Edit> = calling.map(|n| set(&n.id, "settings/flow")).collect();
    if flow.error_flow() == Some(from) {
        edits.push(set("", "error_flow"));
    }
    edits
}
