//! What a file says now, and what follows: an edit, a finding, a new flow, a rename, the trash.

use super::{Next, UNFINISHED, VANISHED};
use crate::flows::ids::{self, FLOWS};
use crate::flows::slot::in_flow;
use crate::flows::structure::{Birth, to_trash};
use crate::flows::{Commit, Inner, SeenText, Slot, SlotRef, locked, now_ms};
use crate::{Result, disk};
use rusqlite::params;
use std::io;
use std::path::Path;
use std::time::Instant;
use weft_flow::{Finding, FlowError, MAX_FILE, Stamp, parse};

/// Who changed a file in another editor is not known.
pub(crate) const AUTHOR: &str = "file";
const MOST_FILES: usize = 20_000;
const DEPTH: usize = 16;

/// Looks at every file, for opening: what changed while nobody watched is taken in. What is left to do, by file.
pub(crate) fn meet_all(inner: &Inner) -> Vec<(String, Next)> {
    let mut files = all_files(inner.folder());
    for slot in inner.slots() {
        let file = locked(&slot).file.clone();
        if !files.contains(&file) {
            files.push(file);
        }
    }
    // Files that are gone come last, so that one under a new name is known by then.
    files.sort_by_key(|file| !inner.folder().join(file).exists());
    files.into_iter().map(|file| (file.clone(), look(inner, &file))).collect()
}

/// The flow files of the workspace, with `/`, below the folder of flows; hidden ones and links are left out.
pub(crate) fn all_files(workspace: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let mut folders = vec![(FLOWS.to_string(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        // A folder that cannot be read holds nothing we could show.
        let Ok(entries) = std::fs::read_dir(workspace.join(&folder)) else { continue };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            let path = format!("{folder}/{name}");
            if name.starts_with('.') || out.len() >= MOST_FILES {
                continue;
            }
            if kind.is_dir() && depth < DEPTH {
                folders.push((path, depth + 1));
            } else if kind.is_file() && ids::of_file(&path).is_some() {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Looks at one file. What goes wrong is a finding of its flow.
pub(crate) fn look(inner: &Inner, file: &str) -> Next {
    let Some(id) = ids::of_file(file) else { return Next::Done };
    let outcome = match inner.slot(&id) {
        Ok(slot) => {
            let mine = locked(&slot).file == file;
            if mine { known(inner, &slot) } else { second(inner, &slot, file) }
        }
        Err(_) => unknown(inner, file, &id),
    };
    outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, file, "a flow file could not be taken in");
        Next::Check(super::RETRY)
    })
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::symlink_metadata(path) {
        Ok(meta) if !meta.is_file() => Ok(None),
        _ => disk::read_capped(path, MAX_FILE as u64),
    }
}

/// Two files for one flow (`a.flow.yaml`, `a.flow.json`): the first one holds.
fn second(inner: &Inner, slot: &SlotRef, file: &str) -> Result<Next> {
    let first = locked(slot).file.clone();
    if inner.folder().join(&first).exists() && inner.folder().join(file).exists() {
        tracing::warn!(file, %first, "two files for one flow; the first one holds");
    }
    Ok(Next::Done)
}

/// A file that nobody knew: a flow that came from elsewhere, or one that was given another name.
fn unknown(inner: &Inner, file: &str, id: &str) -> Result<Next> {
    let _turn = inner.structure();
    if inner.has(id) {
        return Ok(Next::Check(super::QUIET));
    }
    let path = inner.folder().join(file);
    let bytes = match read(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Next::Done),
        Err(error) => return unreadable(inner, file, id, vec![cannot_read(&error)]),
    };
    let hash = *blake3::hash(&bytes).as_bytes();
    for slot in inner.slots() {
        let is_it = {
            let slot = locked(&slot);
            slot.key.is_some() && slot.seen == Some(hash) && !slot.path(inner).exists()
        };
        if is_it {
            return moved(inner, &slot, file, id);
        }
    }
    match to_flow(&bytes, file) {
        Ok((text, parsed)) => {
            let mut slot = Slot::new(id, file);
            slot.seed(inner, Birth { facts: parsed.facts, made_here: false, author: AUTHOR.into(), seen: Some(SeenText::new(&text)) })?;
            inner.put(id, slot.shared());
            Ok(Next::Done)
        }
        Err(findings) => unreadable(inner, file, id, findings),
    }
}

/// Listed with what is wrong; it becomes a flow when it is mended.
fn unreadable(inner: &Inner, file: &str, id: &str, findings: Vec<Finding>) -> Result<Next> {
    let mut slot = Slot::new(id, file);
    slot.file_findings = findings;
    inner.put(id, slot.shared());
    inner.tell_list()?;
    Ok(Next::Done)
}

/// Somebody gave the file another name: the flow goes with it.
fn moved(inner: &Inner, slot: &SlotRef, file: &str, id: &str) -> Result<Next> {
    let mut held = locked(slot);
    let (key, old) = (held.key()?, held.id.clone());
    let (new, path) = (id.to_string(), file.to_string());
    inner.store.writer().write_now(move |tx| {
        tx.execute("UPDATE flows SET id = ?2, file = ?3 WHERE key = ?1", params![key, new, path])?;
        tx.tell("flows_changed", serde_json::json!({})).map(drop)
    })?;
    (held.id, held.file, held.vanished) = (id.into(), file.into(), None);
    held.summary.id = id.into();
    let next = if held.dirty { Next::Write } else { Next::Done };
    drop(held);
    inner.take(&old);
    inner.put(id, slot.clone());
    inner.settings.rename_flow(&old, id)?;
    Ok(next)
}

fn known(inner: &Inner, slot: &SlotRef) -> Result<Next> {
    let mut held = locked(slot);
    let next = match read(&held.path(inner)) {
        Ok(Some(bytes)) => held.take_in(inner, &bytes, false),
        Ok(None) => Ok(held.is_gone()),
        Err(error) => held.hold_back(inner, vec![cannot_read(&error)]),
    }?;
    drop(held);
    if next == Next::Check(std::time::Duration::ZERO) {
        return gone(inner, slot);
    }
    Ok(next)
}

/// It did not turn up again: to the trash, unless the document has edits that no file ever had.
fn gone(inner: &Inner, slot: &SlotRef) -> Result<Next> {
    let _turn = inner.structure();
    {
        let mut held = locked(slot);
        if held.path(inner).exists() || inner.store.read_only().is_some() {
            return Ok(Next::Done);
        }
        if held.key.is_some() && held.dirty {
            let key = held.key()?;
            inner.store.writer().write_now(move |tx| Ok(tx.execute("DELETE FROM seen WHERE flow = ?1", [key]).map(drop)?))?;
            (held.seen, held.vanished) = (None, None);
            return Ok(Next::Write);
        }
    }
    to_trash(inner, slot)?;
    Ok(Next::Done)
}

impl Slot {
    fn is_gone(&mut self) -> Next {
        // A new flow whose file is still to be written.
        if self.key.is_some() && self.seen.is_none() {
            return Next::Write;
        }
        if self.key.is_none() {
            return Next::Check(std::time::Duration::ZERO);
        }
        let since = *self.vanished.get_or_insert_with(Instant::now);
        let left = VANISHED.saturating_sub(since.elapsed());
        Next::Check(left)
    }

    /// What follows from what the file says. `whole`: a person said that it is no half-written file.
    pub(crate) fn take_in(&mut self, inner: &Inner, bytes: &[u8], whole: bool) -> Result<Next> {
        self.vanished = None;
        let hash = *blake3::hash(bytes).as_bytes();
        if self.seen == Some(hash) || self.was_next(inner, hash)? {
            self.clear(inner)?;
            return Ok(if self.dirty { Next::Write } else { Next::Done });
        }
        let (text, parsed) = match to_flow(bytes, &self.file) {
            Ok(read) => read,
            Err(findings) => {
                let early = !whole && self.ends_early(inner, bytes)?;
                return if early { self.wait(inner, hash) } else { self.hold_back(inner, findings) };
            }
        };
        if self.key.is_none() {
            self.seed(inner, Birth { facts: parsed.facts, made_here: false, author: AUTHOR.into(), seen: Some(SeenText::new(&text)) })?;
            self.clear(inner)?;
            return Ok(Next::Done);
        }
        let base = match self.seen_text(inner)?.filter(|_| self.seen.is_some()).and_then(|seen| parse(&seen, self.format()).ok()) {
            Some(seen) => seen.facts,
            None => self.doc(inner)?.shown(),
        };
        if !whole && base != parsed.facts && self.ends_early(inner, bytes)? {
            return self.wait(inner, hash);
        }
        let stamp = Stamp { label: "file", at: now_ms() / 1000 };
        let applied = match self.doc(inner)?.file_edit(&base, &parsed, stamp) {
            Ok(applied) => applied,
            Err(error @ (FlowError::Newer(_) | FlowError::TooLarge(_))) => {
                let finding =
                    Finding::error("file.refused", error.to_string(), "the flow stays as it was until the file says something else");
                return self.hold_back(inner, vec![finding]);
            }
            Err(error) => {
                self.forget();
                return Err(in_flow(&self.id)(error));
            }
        };
        let what = Commit {
            kind: "file",
            author: AUTHOR.into(),
            label: "Edit in another editor".into(),
            seen: Some(SeenText::new(&text)),
            ..Commit::default()
        };
        self.commit(inner, &applied, what)?;
        self.clear(inner)?;
        Ok(if self.dirty { Next::Write } else { Next::Done })
    }

    /// A crash came between our rename and its record.
    fn was_next(&mut self, inner: &Inner, hash: [u8; 32]) -> Result<bool> {
        let Some(key) = self.key else { return Ok(false) };
        let settled = inner.store.readers().now(move |db| {
            Ok(db.query_row("SELECT EXISTS (SELECT 1 FROM seen WHERE flow = ?1 AND next_hash = ?2)", params![key, hash], |row| {
                row.get::<_, bool>(0)
            })?)
        })?;
        if settled {
            inner.store.writer().write_now(move |tx| super::write::settle(tx, key))?;
            self.seen = Some(hash);
        }
        Ok(settled)
    }

    /// Empty, or a piece of what it said from the beginning: somebody is still writing.
    fn ends_early(&self, inner: &Inner, bytes: &[u8]) -> Result<bool> {
        let Some(seen) = self.seen_text(inner)? else { return Ok(false) };
        Ok(self.seen.is_some() && bytes.len() < seen.len() && (bytes.trim_ascii().is_empty() || seen.as_bytes().starts_with(bytes)))
    }

    /// Gives an unfinished file its time; then a person is asked.
    fn wait(&mut self, inner: &Inner, hash: [u8; 32]) -> Result<Next> {
        match self.unfinished {
            Some((since, was)) if was == hash => {
                let left = UNFINISHED.saturating_sub(since.elapsed());
                if !left.is_zero() {
                    return Ok(Next::Check(left));
                }
                let finding = Finding::error(
                    "file.unfinished",
                    "the file ends earlier than it did: it may not be wholly written",
                    "finish the file, or say which holds: the file as it is, or the flow as it is here",
                );
                self.hold_back(inner, vec![finding.at(1, 1)])
            }
            _ => {
                self.unfinished = Some((Instant::now(), hash));
                Ok(Next::Check(UNFINISHED))
            }
        }
    }

    /// The document stays as it is, and our writes wait.
    fn hold_back(&mut self, inner: &Inner, findings: Vec<Finding>) -> Result<Next> {
        if self.file_findings != findings {
            self.file_findings = findings;
            inner.tell_state(&self.id)?;
        }
        Ok(Next::Done)
    }

    fn clear(&mut self, inner: &Inner) -> Result<()> {
        self.unfinished = None;
        if !self.file_findings.is_empty() {
            self.file_findings.clear();
            inner.tell_state(&self.id)?;
        }
        Ok(())
    }

    /// Whether our writes have to wait for a person or another editor.
    pub(crate) fn is_held_back(&self) -> bool {
        self.unfinished.is_some() || self.vanished.is_some() || self.file_findings.iter().any(|f| f.code != super::write::NOT_WRITTEN)
    }
}

fn to_flow(bytes: &[u8], file: &str) -> Result<(String, weft_flow::Parsed), Vec<Finding>> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = &bytes[..e.valid_up_to()];
        let line = before.iter().filter(|b| **b == b'\n').count() as u32 + 1;
        vec![Finding::error("file.encoding", "the file is not UTF-8 text", "save it as UTF-8").at(line, 1)]
    })?;
    if text.trim().is_empty() {
        return Err(vec![Finding::error("file.empty", "the file is empty", "write the flow, or remove the file").at(1, 1)]);
    }
    parse(text, ids::format_of(file)).map(|parsed| (text.to_string(), parsed))
}

fn cannot_read(error: &io::Error) -> Finding {
    Finding::error("file.unreadable", format!("the file cannot be read: {error}"), "make it readable; the flow opens by itself then")
}
