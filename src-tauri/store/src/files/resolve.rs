//! What a person chooses where file and document cannot be joined: which of the two holds.

use super::Next;
use crate::flows::{Flows, locked};
use crate::{Error, Result, disk};
use rusqlite::params;
use weft_flow::MAX_FILE;

impl Flows {
    /// The document holds: the file as it is becomes `NAME.conflict-TIME` beside it, and the document is written. Gives that path.
    pub fn take_document(&self, id: &str) -> Result<Option<String>> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        self.may_edit(&slot)?;
        let key = slot.key()?;
        let path = slot.path(&self.inner);
        let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H-%M-%S%.3fZ");
        let kept = format!("{}.conflict-{time}", slot.file);
        let target = self.inner.folder().join(&kept);
        let was = path.exists();
        if was {
            std::fs::rename(&path, &target).and_then(|()| disk::sync_folder(&target)).map_err(|e| Error::io(&target, e))?;
        }
        // There is no file now, so nothing of somebody else's can be overwritten.
        self.inner.store.writer().write_now(move |tx| {
            tx.execute("DELETE FROM seen WHERE flow = ?1", [key])?;
            Ok(tx.execute("UPDATE flows SET dirty = 1 WHERE key = ?1", params![key]).map(drop)?)
        })?;
        (slot.seen, slot.unfinished, slot.vanished, slot.dirty) = (None, None, None, true);
        slot.file_findings.clear();
        let name = slot.id.clone();
        drop(slot);
        super::write_now(&self.inner, &name);
        self.inner.tell_state(&name)?;
        Ok(was.then_some(kept))
    }

    /// The file holds although it looks unfinished: it is taken in as an edit.
    pub fn take_file(&self, id: &str) -> Result<()> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let path = slot.path(&self.inner);
        let bytes = disk::read_capped(&path, MAX_FILE as u64).map_err(|e| Error::io(&path, e))?.unwrap_or_default();
        let next = slot.take_in(&self.inner, &bytes, true)?;
        if next == Next::Write {
            self.inner.wake(super::Wake::Write(slot.id.clone()));
        }
        Ok(())
    }
}
