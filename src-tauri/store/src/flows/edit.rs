//! Edits, undo and redo: each one gesture, durable before it is acknowledged.

use super::slot::{Slot, in_flow};
use super::{Commit, Flows, Inner, locked, log, now_ms};
use crate::error::refused;
use crate::files::Wake;
use crate::{Error, Result};
use weft_flow::{Applied, Edit, Stamp};

/// One gesture of a person.
#[derive(Clone, Debug, Default)]
pub struct EditRequest {
    pub edits: Vec<Edit>,
    pub author: String,
    /// In words, for the undo button: "Add Filter".
    pub label: String,
    /// Comes back in the event, so that a window knows its own echo.
    pub client: Option<String>,
    /// Requests with the same gesture within ten seconds are undone as one.
    pub gesture: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edited {
    pub rev: u32,
    /// Ids made for new nodes and blocks, in the order of the edits.
    pub made: Vec<String>,
    /// What undo or redo left alone because somebody changed it meanwhile, one sentence each.
    pub kept: Vec<String>,
}

fn stamp(label: &str) -> Stamp<'_> {
    Stamp { label, at: now_ms() / 1000 }
}

impl Flows {
    /// Carries out one gesture: all of it or, on an error, nothing. Durable when it returns.
    pub fn edit(&self, id: &str, request: EditRequest) -> Result<Edited> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        self.may_edit(&slot)?;
        slot.doc(&self.inner)?;
        let edits = slot.in_own_revs(&request.edits)?;
        let applied = slot.doc(&self.inner)?.apply(&edits, stamp("edit")).map_err(in_flow(id))?;
        let commit = Commit {
            kind: "edit",
            author: request.author,
            label: request.label,
            client: request.client,
            gesture: request.gesture,
            ..Commit::default()
        };
        self.finish(&mut slot, applied, commit)
    }

    /// Takes back this author's last gesture, except what others changed since.
    pub fn undo(&self, id: &str, author: &str, client: Option<&str>) -> Result<Edited> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        self.may_edit(&slot)?;
        let (key, by) = (slot.key()?, author.to_string());
        let group = self.inner.store.readers().now(move |db| log::undoable(db, key, &by))?;
        let Some(first) = group.first() else { return self.nothing(&mut slot) };
        let (label, takes_back) = (first.label.clone(), group.iter().map(|e| e.seq).collect());
        let changes = log::compose(group.into_iter().rev().map(|e| e.changes));
        let applied = slot.doc(&self.inner)?.undo(&changes, stamp("undo")).map_err(in_flow(id))?;
        let commit = Commit { kind: "undo", author: author.into(), label, client: client.map(Into::into), takes_back, ..Commit::default() };
        self.finish(&mut slot, applied, commit)
    }

    /// Brings back what this author's last undo took, except what others changed since.
    pub fn redo(&self, id: &str, author: &str, client: Option<&str>) -> Result<Edited> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        self.may_edit(&slot)?;
        let (key, by) = (slot.key()?, author.to_string());
        let Some(last) = self.inner.store.readers().now(move |db| log::redoable(db, key, &by))? else { return self.nothing(&mut slot) };
        let applied = slot.doc(&self.inner)?.undo(&last.changes, stamp("redo")).map_err(in_flow(id))?;
        let commit = Commit {
            kind: "redo",
            author: author.into(),
            label: last.label,
            client: client.map(Into::into),
            takes_back: vec![last.seq],
            ..Commit::default()
        };
        self.finish(&mut slot, applied, commit)
    }

    /// What undo and redo would take back and bring back, in words.
    pub(super) fn undo_words(&self, key: i64, author: &str) -> Result<(Option<String>, Option<String>)> {
        let author = author.to_string();
        self.inner.store.readers().now(move |db| {
            let undo = log::undoable(db, key, &author)?.into_iter().next();
            Ok((undo.map(|e| e.label), log::redoable(db, key, &author)?.map(|e| e.label)))
        })
    }

    fn nothing(&self, slot: &mut Slot) -> Result<Edited> {
        Ok(Edited { rev: slot.rev(&self.inner)?, ..Edited::default() })
    }

    fn finish(&self, slot: &mut Slot, applied: Applied, commit: Commit) -> Result<Edited> {
        if applied.done.is_empty() && commit.takes_back.is_empty() {
            return Ok(Edited { rev: slot.rev(&self.inner)?, made: applied.made, kept: applied.kept });
        }
        slot.commit(&self.inner, &applied, commit)?;
        self.inner.wake(Wake::Write(slot.id.clone()));
        Ok(Edited { rev: slot.rev(&self.inner)?, made: applied.made, kept: applied.kept })
    }

    /// An edit that could not reach its file is refused before it is acknowledged.
    pub(crate) fn may_edit(&self, slot: &Slot) -> Result<()> {
        match read_only(&self.inner, slot) {
            Some(why) => Err(why),
            None => slot.key().map(drop),
        }
    }
}

/// Why edits of this flow are refused, where they are.
pub(crate) fn read_only(inner: &Inner, slot: &Slot) -> Option<Error> {
    if let Some(why) = inner.store.read_only() {
        return Some(why.clone());
    }
    let path = slot.path(inner);
    let folder = path.ancestors().skip(1).find(|p| p.is_dir())?;
    let may = crate::disk::may_write(folder);
    (!may).then(|| {
        refused(
            "flow.read_only",
            format!("the folder of `{}` cannot be written", slot.id),
            "allow writing to the folder, or copy the workspace to a place where you may write",
        )
    })
}
