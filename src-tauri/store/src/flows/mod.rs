//! The documents of a workspace: opened, edited, undone, listed, and kept in step with their files.
//!
//! | file | holds |
//! |---|---|
//! | `ids` | flow ids and the files they stand for |
//! | `slot` | one flow in memory: its document, what its file said, what is wrong with it |
//! | `commit` | one change of a document, durable with its row of the log |
//! | `log` | the rows of the log: what can be undone, gestures, compositions |
//! | `edit` | edits, undo and redo |
//! | `history` | the log in words, differences of versions |
//! | `structure` | new flows, renames, the trash |
//! | `summary` | what the flow list shows, and changes as screens hear them |
//! | `version`, `grant`, `pin` | versions that runs keep, permissions, pinned outputs |
//!
//! Files are read and written by `files`, on a thread of its own. All functions wait for the disk: call them on a thread that
//! may, never on one of an async runtime.

mod commit;
mod edit;
mod grant;
mod history;
pub(crate) mod ids;
pub(crate) mod log;
mod open;
mod pin;
pub(crate) mod slot;
pub(crate) mod structure;
mod summary;
#[cfg(test)]
pub(crate) mod tests;
mod version;

pub use edit::{EditRequest, Edited};
pub use grant::Grants;
pub use history::{HistoryPage, LogEntry};
pub use open::OpenFlow;
pub use pin::Pins;
pub use summary::{FlowSummary, told};

pub(crate) use commit::{Commit, SeenText};
pub(crate) use slot::{Slot, SlotRef};

use crate::error::refused;
use crate::files::Wake;
use crate::settings::SettingsFile;
use crate::user::UserFolder;
use crate::{Error, Result, Store};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The flows of an open workspace. Cheap to clone.
#[derive(Clone)]
pub struct Flows {
    pub(crate) inner: Arc<Inner>,
    /// The last one dropped lets the files' thread write what is unwritten, and leave.
    _files: Arc<crate::files::Thread>,
}

pub(crate) struct Inner {
    pub store: Store,
    pub user: UserFolder,
    pub settings: SettingsFile,
    /// By flow id. Never locked while a slot is: take the slot out first.
    slots: Mutex<BTreeMap<String, SlotRef>>,
    /// New, rename, remove and files that come and go, one at a time.
    structure: Mutex<()>,
    /// The thread that reads and writes files.
    pub wake: Mutex<Option<Sender<Wake>>>,
    /// Names this user's machine where trust is kept: known to nobody else.
    pub machine: String,
    /// Names this machine in the log.
    pub device: String,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panic left half done in a slot is a document in memory; it is checked against the store when it is next opened.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn not_found(id: &str) -> Error {
    let id: String = id.chars().take(200).collect();
    refused(
        "flow.not_found",
        format!("there is no flow `{id}` in this workspace"),
        "look at the list of flows; it may have been renamed or removed",
    )
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Inner {
    pub fn folder(&self) -> &Path {
        self.store.folder()
    }

    pub fn slot(&self, id: &str) -> Result<SlotRef> {
        locked(&self.slots).get(id).cloned().ok_or_else(|| not_found(id))
    }

    pub fn slots(&self) -> Vec<SlotRef> {
        locked(&self.slots).values().cloned().collect()
    }

    pub fn has(&self, id: &str) -> bool {
        locked(&self.slots).contains_key(id)
    }

    pub fn put(&self, id: &str, slot: SlotRef) {
        locked(&self.slots).insert(id.to_string(), slot);
    }

    pub fn take(&self, id: &str) -> Option<SlotRef> {
        locked(&self.slots).remove(id)
    }

    pub fn structure(&self) -> MutexGuard<'_, ()> {
        locked(&self.structure)
    }

    pub fn wake(&self, wake: Wake) {
        if let Some(to) = &*locked(&self.wake) {
            // The thread leaves only when the workspace is closed: then files are written there.
            let _ = to.send(wake);
        }
    }

    /// Tells that the list is another one, durably numbered.
    pub fn tell_list(&self) -> Result<()> {
        self.store.writer().write_now(|tx| tx.tell("flows_changed", serde_json::json!({})).map(drop))
    }

    /// Tells that findings, permissions, pins or read-only state of a flow are others.
    pub fn tell_state(&self, flow: &str) -> Result<()> {
        let body = serde_json::json!({ "flow": flow });
        self.store.writer().write_now(move |tx| tx.tell("flow_state", body).map(drop))
    }
}
