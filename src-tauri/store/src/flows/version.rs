//! Versions: a run keeps the flow as it was when the run began.

use super::{Flows, locked, now_ms};
use crate::error::refused;
use crate::{Error, Result};
use rusqlite::{OptionalExtension, params};
use std::sync::Arc;
use weft_flow::{Flow, Format, parse, version};

/// A version that no run names yet is kept for an hour; one this old is said to be needed anew.
const FRESH_MS: i64 = 20 * 60_000;

impl Flows {
    /// Keeps the flow as it stands now and gives the hash of its logic. Durable when it returns.
    pub fn pin_version(&self, id: &str) -> Result<String> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let doc = slot.doc(&self.inner)?;
        let hash = version(doc.facts());
        let (known, since) = (hash.clone(), now_ms() - FRESH_MS);
        let exists = |db: &rusqlite::Connection| -> Result<bool> {
            Ok(db
                .query_row("SELECT EXISTS (SELECT 1 FROM versions WHERE hash = ?1 AND at > ?2)", params![known, since], |row| row.get(0))?)
        };
        if self.inner.store.readers().now(exists)? {
            return Ok(hash);
        }
        let (text, flow, kept) = (doc.text(Format::Yaml), id.to_string(), hash.clone());
        self.inner.store.writer().write_now(move |tx| {
            tx.prepare_cached("INSERT INTO versions VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT (hash) DO UPDATE SET at = excluded.at")?
                .execute(params![kept, flow, text, now_ms()])?;
            Ok(())
        })?;
        Ok(hash)
    }

    /// A kept version.
    pub fn version(&self, hash: &str) -> Result<Arc<Flow>> {
        let parsed = parse(&self.version_text(hash)?, Format::Yaml)
            .map_err(|f| Error::damaged(f.first().map_or_else(String::new, ToString::to_string)))?;
        Ok(Arc::new(parsed.flow()))
    }

    /// Its canonical text.
    pub fn version_text(&self, hash: &str) -> Result<String> {
        let wanted = hash.to_string();
        let text = self
            .inner
            .store
            .readers()
            .now(move |db| Ok(db.query_row("SELECT text FROM versions WHERE hash = ?1", [wanted], |row| row.get(0)).optional()?))?;
        text.ok_or_else(|| refused("flow.no_version", "this version of the flow is not kept any more", "run the flow as it is now"))
    }

    /// Hash of the logic as it stands.
    pub fn version_of(&self, id: &str) -> Result<String> {
        let slot = self.inner.slot(id)?;
        Ok(version(locked(&slot).doc(&self.inner)?.facts()))
    }

    /// The flow as text.
    pub fn text(&self, id: &str, format: Format) -> Result<String> {
        let slot = self.inner.slot(id)?;
        Ok(locked(&slot).doc(&self.inner)?.text(format))
    }

    /// A part of it as YAML for the clipboard. Fields for which `is_secret(type, path)` holds are left out.
    pub fn copy(&self, id: &str, ids: &[String], is_secret: &dyn Fn(&str, &str) -> bool) -> Result<String> {
        let slot = self.inner.slot(id)?;
        Ok(weft_flow::copy(locked(&slot).doc(&self.inner)?.facts(), ids, is_secret))
    }

    /// The facts as they stand, for checks.
    pub fn facts(&self, id: &str) -> Result<weft_flow::Facts> {
        let slot = self.inner.slot(id)?;
        Ok(locked(&slot).doc(&self.inner)?.shown())
    }

    /// The typed view as it stands.
    pub fn view(&self, id: &str) -> Result<Arc<Flow>> {
        let slot = self.inner.slot(id)?;
        Ok(locked(&slot).doc(&self.inner)?.view())
    }
}
