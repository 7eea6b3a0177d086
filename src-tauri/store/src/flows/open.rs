//! Opening: every flow file is met, broken ones too; then the list, and one flow as a screen needs it.

use super::slot::Slot;
use super::{FlowSummary, Flows, Inner, edit, ids, locked};
use crate::files::{self, Thread};
use crate::settings::{Settings, SettingsFile};
use crate::user::UserFolder;
use crate::vault::Vault;
use crate::{Result, Store, disk};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use weft_flow::{Finding, Flow, version};
use weft_node::Problem;

/// One flow, whole.
#[derive(Clone, Debug)]
pub struct OpenFlow {
    pub id: String,
    /// Rises with every change of the document, also over restarts.
    pub rev: u32,
    /// Hash of the logic.
    pub version: String,
    /// `findings` of it are of the document; those of the file are below.
    pub flow: Arc<Flow>,
    /// What keeps the file from being read or written, on its lines.
    pub file_findings: Vec<Finding>,
    /// Why edits are refused, where they are.
    pub read_only: Option<Problem>,
    pub in_use: bool,
    pub undo: Option<String>,
    pub redo: Option<String>,
    pub made_here: bool,
    pub pinned: Vec<String>,
}

impl Flows {
    /// Meets every flow of the workspace and begins to watch its files. Waits for the disk.
    pub fn open(store: Store, user: UserFolder) -> Result<Flows> {
        let settings = SettingsFile::of(store.folder());
        let inner = Arc::new(Inner {
            settings,
            slots: Mutex::default(),
            structure: Mutex::default(),
            wake: Mutex::default(),
            machine: machine(&user),
            user,
            device: device(),
            store,
        });
        let folder = inner.folder().join(ids::FLOWS);
        if inner.store.read_only().is_none() && !folder.is_dir() {
            disk::make_folders(&folder).map_err(|e| crate::Error::io(&folder, e))?;
        }
        for (id, slot) in known(&inner)? {
            inner.put(&id, slot.shared());
        }
        let left = if inner.store.read_only().is_none() { files::meet_all(&inner) } else { Vec::new() };
        let thread = Thread::start(inner.clone(), left)?;
        Ok(Flows { inner, _files: Arc::new(thread) })
    }

    /// Newest edit first; what cannot be read is there with the reason.
    pub fn list(&self) -> Result<Vec<FlowSummary>> {
        let (settings, _) = self.inner.settings.read()?;
        let row = |slot: &super::SlotRef| {
            let slot = locked(slot);
            let broken = slot.file_findings.first().map(ToString::to_string);
            FlowSummary { id: slot.id.clone(), in_use: settings.in_use.contains(&slot.id), broken, ..slot.summary.clone() }
        };
        let mut rows: Vec<FlowSummary> = self.inner.slots().iter().map(row).collect();
        rows.sort_by(|a, b| b.edited_at.cmp(&a.edited_at).then_with(|| a.id.cmp(&b.id)));
        Ok(rows)
    }

    /// One flow, as `author` sees it.
    pub fn get(&self, id: &str, author: &str) -> Result<OpenFlow> {
        let in_use = self.inner.settings.read()?.0.in_use.iter().any(|f| f == id);
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let key = slot.key()?;
        let rev = slot.rev(&self.inner)?;
        let read_only = edit::read_only(&self.inner, &slot).map(Problem::from);
        let file_findings = slot.file_findings.clone();
        let made_here = slot.made_here;
        let doc = slot.doc(&self.inner)?;
        let (flow, version) = (doc.view(), version(doc.facts()));
        let read_only = read_only.or_else(|| flow.read_only().map(|f| Problem::new(f.code, f.message).help(f.help)));
        let (undo, redo) = self.undo_words(key, author)?;
        let pinned = self.pinned(key)?.into_iter().filter(|node| flow.nodes.contains_key(node)).collect();
        Ok(OpenFlow { id: id.into(), rev, version, flow, file_findings, read_only, in_use, undo, redo, made_here, pinned })
    }

    /// Name that edits made here carry: the workspace's own where it has one, else the user's.
    pub fn author(&self) -> Result<String> {
        match self.settings()?.0.author {
            Some(author) => Ok(author),
            None => self.inner.user.author(),
        }
    }

    pub fn settings(&self) -> Result<(Settings, Vec<Finding>)> {
        self.inner.settings.read()
    }

    /// Puts a flow in use or takes it out. True where that changed anything.
    pub fn put_in_use(&self, id: &str, on: bool) -> Result<bool> {
        if on {
            locked(&*self.inner.slot(id)?).key()?;
        }
        if let Some(why) = self.inner.store.read_only() {
            return Err(why.clone());
        }
        let changed = self.inner.settings.use_flow(id, on)?;
        if changed {
            self.inner.tell_state(id)?;
        }
        Ok(changed)
    }

    pub fn vault(&self) -> Vault {
        Vault::new(self.inner.user.clone())
    }

    /// Writes every file that says less than its document, now; for closing, and for programs that read the files next.
    pub fn flush(&self) {
        self._files.flush();
    }
}

/// The flows the store knows.
fn known(inner: &Inner) -> Result<BTreeMap<String, Slot>> {
    inner.store.readers().now(|db| {
        let mut select = db.prepare(
            "SELECT f.key, f.id, f.file, f.made_here, f.summary, f.dirty, s.is_hash FROM flows f LEFT JOIN seen s ON s.flow = f.key
             WHERE f.trashed_at IS NULL",
        )?;
        let mut rows = select.query([])?;
        let mut out = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (id, file): (String, String) = (row.get(1)?, row.get(2)?);
            let mut slot = Slot::new(&id, &file);
            slot.key = Some(row.get(0)?);
            slot.made_here = row.get::<_, Option<String>>(3)?.as_deref() == Some(&inner.machine);
            // A list row that a newer program wrote is made anew with the next edit.
            if let Ok(summary) = serde_json::from_str::<FlowSummary>(&row.get::<_, String>(4)?) {
                slot.summary = FlowSummary { id: id.clone(), ..summary };
            }
            slot.dirty = row.get(5)?;
            slot.seen = row.get::<_, Option<Vec<u8>>>(6)?.and_then(|hash| hash.try_into().ok());
            out.insert(id, slot);
        }
        Ok(out)
    })
}

/// Where the user's folder cannot be written nothing counts as made here: a name nobody else has, until the program ends.
fn machine(user: &UserFolder) -> String {
    user.machine().unwrap_or_else(|error| {
        tracing::warn!(%error, "what is made here cannot be told from what came; permissions will be asked for again");
        uuid::Uuid::now_v7().to_string()
    })
}

/// The machine's name, for the log.
fn device() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "this machine".into() } else { name.chars().take(80).collect() }
}
