//! One flow in memory: its document once somebody asks for it, what its file last said, and what is wrong with it.

use super::summary::FlowSummary;
use super::{Inner, ids};
use crate::Result;
use crate::error::refused;
use rusqlite::{OptionalExtension, params};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use weft_flow::{Edit, Finding, FlowDoc, FlowError, Format};

pub(crate) type SlotRef = Arc<Mutex<Slot>>;

pub(crate) struct Slot {
    /// None: a file that never was a flow; it has findings and no document.
    pub key: Option<i64>,
    pub id: String,
    /// Under the workspace, with `/`.
    pub file: String,
    pub made_here: bool,
    pub summary: FlowSummary,
    doc: Option<FlowDoc>,
    /// Revisions the flow had before the document in memory was opened.
    base_rev: u32,
    /// Updates since the last snapshot.
    pub updates: u32,
    /// Hash of what the file last said; none before it was written for the first time.
    pub seen: Option<[u8; 32]>,
    /// The document says more than the file.
    pub dirty: bool,
    /// Why our writes are held back, where they are: lines of the file.
    pub file_findings: Vec<Finding>,
    pub last_write: Option<Instant>,
    /// Since when the file looks cut off, and how it looked.
    pub unfinished: Option<(Instant, [u8; 32])>,
    pub vanished: Option<Instant>,
}

impl Slot {
    pub fn new(id: &str, file: &str) -> Slot {
        Slot {
            key: None,
            id: id.into(),
            file: file.into(),
            made_here: false,
            summary: FlowSummary { id: id.into(), name: id.into(), ..FlowSummary::default() },
            doc: None,
            base_rev: 0,
            updates: 0,
            seen: None,
            dirty: false,
            file_findings: Vec::new(),
            last_write: None,
            unfinished: None,
            vanished: None,
        }
    }

    pub fn shared(self) -> SlotRef {
        Arc::new(Mutex::new(self))
    }

    pub fn path(&self, inner: &Inner) -> PathBuf {
        inner.folder().join(&self.file)
    }

    pub fn format(&self) -> Format {
        ids::format_of(&self.file)
    }

    /// The key of a flow that has a document; a file that never was one has findings instead.
    pub fn key(&self) -> Result<i64> {
        self.key.ok_or_else(|| {
            let why = self.file_findings.first().map_or_else(String::new, |f| format!(": {f}"));
            refused("flow.broken", format!("the file of `{}` cannot be read{why}", self.id), "mend the file; the flow opens by itself then")
        })
    }

    /// Puts a document in that the caller made; its revision goes on where the flow's was.
    pub fn set_doc(&mut self, doc: FlowDoc, base_rev: u32) {
        (self.doc, self.base_rev) = (Some(doc), base_rev);
    }

    /// What the document in memory says may not be what is kept: it is read anew when it is next asked for.
    pub fn forget(&mut self) {
        if let Some(doc) = self.doc.take() {
            self.base_rev += doc.rev() + 1;
        }
    }

    /// The document, read from the store where it is not in memory yet.
    pub fn doc(&mut self, inner: &Inner) -> Result<&mut FlowDoc> {
        if self.doc.is_none() {
            let key = self.key()?;
            let (snapshot, updates, rev) = inner.store.readers().now(move |db| {
                let snapshot: Vec<u8> = db.query_row("SELECT bytes FROM snapshots WHERE flow = ?1", [key], |row| row.get(0))?;
                let mut updates = db.prepare_cached("SELECT bytes FROM updates WHERE flow = ?1 ORDER BY id")?;
                let updates = updates.query_map([key], |row| row.get(0))?.collect::<rusqlite::Result<Vec<Vec<u8>>>>()?;
                let rev: Option<u32> = db.query_row("SELECT max(rev) FROM edits WHERE flow = ?1", [key], |row| row.get(0))?;
                Ok((snapshot, updates, rev.unwrap_or(0)))
            })?;
            self.updates = updates.len() as u32;
            self.doc = Some(FlowDoc::open(&snapshot, updates, new_peer()?).map_err(in_flow(&self.id))?);
            self.base_rev = self.base_rev.max(rev);
        }
        Ok(self.doc.as_mut().expect("it was read just now"))
    }

    /// Rises with every change, also over restarts.
    pub fn rev(&mut self, inner: &Inner) -> Result<u32> {
        let own = self.doc(inner)?.rev();
        Ok(self.base_rev + own)
    }

    /// Edits count text positions in revisions as screens know them; the document counts from its own opening.
    pub fn in_own_revs(&self, edits: &[Edit]) -> Result<Vec<Edit>> {
        let own = |edit: &Edit| {
            let mut edit = edit.clone();
            if let Edit::EditText { seen, .. } = &mut edit {
                *seen = seen.checked_sub(self.base_rev).ok_or(FlowError::Stale { seen: *seen }).map_err(in_flow(&self.id))?;
            }
            Ok(edit)
        };
        edits.iter().map(own).collect()
    }

    /// What the file last said.
    pub fn seen_text(&self, inner: &Inner) -> Result<Option<String>> {
        let Some(key) = self.key else { return Ok(None) };
        inner
            .store
            .readers()
            .now(move |db| Ok(db.query_row("SELECT is_text FROM seen WHERE flow = ?1", params![key], |row| row.get(0)).optional()?))
    }
}

/// A number under which this process alone writes into a document.
pub(crate) fn new_peer() -> Result<u64> {
    let random = getrandom::u64().map_err(|_| refused("system.random", "the system gives no random numbers", "try again later"))?;
    Ok(random >> 1)
}

/// An edit the document refused, as a refusal of the store.
pub(crate) fn in_flow(id: &str) -> impl Fn(FlowError) -> crate::Error {
    let id = id.to_string();
    move |error| {
        let (code, help) = match &error {
            FlowError::Newer(_) => ("flow.newer", "update the program"),
            FlowError::Unknown(_) => ("edit.unknown", "look at the flow as it is now and try again"),
            FlowError::Stale { .. } => ("edit.stale", "take the flow anew and edit again"),
            FlowError::Document(_) => ("flow.damaged", "restore the workspace from a backup; the flow's file still says what it last said"),
            _ => ("edit.refused", "change the edit"),
        };
        refused(code, format!("{id}: {error}"), help)
    }
}
