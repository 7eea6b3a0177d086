//! A workspace folder, opened: lock, database, chain against witness, and the doors to all of it.

use crate::blobs::BlobStore;
use crate::database::{self, Synchronous};
use crate::events::{Cursor, Event, Since};
use crate::journal::volatile::Unkept;
use crate::layer::{Layer, Observer, private_folder};
use crate::lock::Lock;
use crate::readers::Readers;
use crate::schema::{self, MIGRATIONS, Migration};
use crate::settings::SettingsFile;
use crate::sums::Sums;
use crate::tidy::Keep;
use crate::writer::state::{self, State};
use crate::writer::thread::Thread;
use crate::writer::witness::{self, Tail, Witness};
use crate::writer::{Tx, Writer};
use crate::{Error, Result};
use futures_util::future::BoxFuture;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use uuid::Uuid;

/// How a workspace is opened.
#[derive(Clone)]
pub struct Options {
    /// What others read who find the workspace taken.
    pub program: String,
    /// As `witness = "commit"` in `weft.toml`: a second sync per commit, so that not even the last 100 ms of a damaged tail go unnoticed.
    pub witness_each_commit: bool,
    #[doc(hidden)]
    pub rig: Rig,
}

/// What tests change.
#[doc(hidden)]
#[derive(Clone)]
pub struct Rig {
    pub synchronous: Synchronous,
    pub vfs: Option<String>,
    pub observer: Option<Observer>,
    pub migrations: &'static [Migration],
    /// The log is checkpointed when it has more pages than this.
    pub log_pages: u32,
}

impl Default for Rig {
    fn default() -> Self {
        Rig { synchronous: Synchronous::Full, vfs: None, observer: None, migrations: MIGRATIONS, log_pages: 4_000 }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options { program: "weft".into(), witness_each_commit: false, rig: Rig::default() }
    }
}

/// Something a person has to know about the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `journal.lost`, `journal.forked`, `witness.missing`, `journal.damaged`, `blob.damaged`, `store.damaged`.
    pub code: &'static str,
    pub message: String,
    /// The run it is about.
    pub run: Option<Uuid>,
}

/// An open workspace. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub folder: PathBuf,
    pub writer: Writer,
    pub readers: Readers,
    pub blobs: BlobStore,
    pub unkept: Unkept,
    pub findings: Mutex<Vec<Finding>>,
    pub keep: Mutex<Keep>,
    /// Dropped, it ends the rounds.
    _rounds: Option<Sender<()>>,
    read_only: Option<Error>,
    // Last: the lock outlives the writer.
    _lock: Option<Lock>,
}

impl Store {
    /// Opens the workspace in `folder` (made where it is missing) as its owner. A database of a newer program and a folder
    /// that cannot be written open read-only, see [`Store::read_only`]. Waits for the disk.
    ///
    /// # Errors
    /// [`Error::Held`] where another process owns it: ask that one, or use [`Store::open_reading`].
    pub fn open(folder: impl AsRef<Path>, options: &Options) -> Result<Store> {
        database::check_version()?;
        let folder = std::path::absolute(folder.as_ref()).map_err(|e| Error::io(folder.as_ref(), e))?;
        match Self::open_owning(&folder, options) {
            Err(why @ (Error::ReadOnly { .. } | Error::Newer { .. })) => Self::open_reading(&folder, options, why),
            Err(Error::Io { source, path }) if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Self::open_reading(&folder, options, Error::ReadOnly { why: format!("{} cannot be written.", path.display()) })
            }
            other => other,
        }
    }

    fn open_owning(folder: &Path, options: &Options) -> Result<Store> {
        let rig = &options.rig;
        private_folder(&folder.join(".weft"))?;
        let lock = Lock::take(folder, &options.program)?;
        let layer = Layer::new(rig.observer.clone());
        let path = folder.join(".weft/weft.db");
        let mut db = database::open(&path, rig.vfs.as_deref(), rig.synchronous)?;
        schema::migrate(&mut db, folder, &layer, rig.migrations)?;
        let settings = SettingsFile::of(folder).read().map(|(settings, _)| settings).unwrap_or_default();
        let each = options.witness_each_commit || settings.witness == crate::settings::Witness::Commit;
        let witness = Witness::open(folder, layer.clone(), each)?;
        let mut findings = Vec::new();
        let sums = Sums::watch(&db)?;
        let state = meet(&mut db, &sums, &witness, folder, &mut findings)?;
        layer.sync_folder(&folder.join(".weft"))?;
        let (vfs, synchronous, again) = (rig.vfs.clone(), rig.synchronous, path.clone());
        let opener = Box::new(move || {
            let db = database::open(&again, vfs.as_deref(), synchronous)?;
            let sums = Sums::watch(&db)?;
            Ok((db, sums))
        });
        let epoch = state.tail.epoch;
        let first = state.number;
        let thread = Thread::new(opener, (db, sums), state, witness, folder, layer.clone(), rig.log_pages);
        let (tell, stop) = channel();
        let inner = Inner {
            folder: folder.to_owned(),
            writer: Writer::start(thread, epoch)?,
            readers: Readers::new(&path, rig.vfs.clone(), false),
            blobs: BlobStore::new(folder, layer, None),
            unkept: Unkept::new(first),
            findings: Mutex::new(findings),
            keep: Mutex::default(),
            _rounds: Some(tell),
            read_only: None,
            _lock: Some(lock),
        };
        let inner = Arc::new(inner);
        let weak = Arc::downgrade(&inner);
        let rounds = std::thread::Builder::new().name("tidy".into()).spawn(move || crate::tidy::rounds(&weak, &stop));
        rounds.map_err(|e| Error::io(folder, e))?;
        Ok(Store { inner })
    }

    /// Opens without owning: everything can be looked at, every write is refused with `why`.
    ///
    /// # Errors
    /// Where there is no database yet or it cannot be read.
    pub fn open_reading(folder: impl AsRef<Path>, options: &Options, why: Error) -> Result<Store> {
        let folder = std::path::absolute(folder.as_ref()).map_err(|e| Error::io(folder.as_ref(), e))?;
        let path = folder.join(".weft/weft.db");
        std::fs::metadata(&path).map_err(|e| Error::io(&path, e))?;
        let usual = Readers::new(&path, options.rig.vfs.clone(), false);
        let look = |db: &Connection| state::epoch(db)?.map(|epoch| state::tail(db, epoch)).transpose();
        // A log beside the file needs room for its index; on a read-only disk without one the file alone is all there is.
        let (readers, tail) = match usual.now(look) {
            Ok(tail) => (usual, tail),
            Err(_) => {
                let readers = Readers::new(&path, None, true);
                let tail = readers.now(look)?;
                (readers, tail)
            }
        };
        let tail = tail.unwrap_or_default();
        let refusal = match &why {
            Error::ReadOnly { .. } => why.clone(),
            other => Error::ReadOnly { why: other.to_string() },
        };
        let inner = Inner {
            writer: Writer::refusing(Cursor { epoch: tail.epoch, seq: tail.seq }, refusal.clone()),
            readers,
            blobs: BlobStore::new(&folder, Layer::default(), Some(refusal)),
            unkept: Unkept::new(0),
            findings: Mutex::default(),
            keep: Mutex::default(),
            _rounds: None,
            folder,
            read_only: Some(why),
            _lock: None,
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Why nothing can be written, where that is so.
    pub fn read_only(&self) -> Option<&Error> {
        self.inner.read_only.as_ref()
    }

    /// The workspace's folder, absolute.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    pub fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    pub fn readers(&self) -> &Readers {
        &self.inner.readers
    }

    pub fn blobs(&self) -> &BlobStore {
        &self.inner.blobs
    }

    /// See [`Writer::write`].
    pub fn write<T, F>(&self, write: F) -> BoxFuture<'static, Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.inner.writer.write(write)
    }

    /// Reads on a thread for blocking work; keep it short.
    pub async fn read<T: Send + 'static>(&self, job: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.inner.readers.read(job).await
    }

    /// Where the stream of events stands.
    pub fn cursor(&self) -> Cursor {
        self.inner.writer.cursor()
    }

    /// Listens from now on; a listener that falls behind gets `Lagged` and asks [`Store::events_since`].
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.inner.writer.subscribe()
    }

    /// Events after a cursor, at most `limit`, or [`Since::Reset`].
    pub async fn events_since(&self, from: Cursor, limit: usize) -> Result<Since> {
        let epoch = self.cursor().epoch;
        self.read(move |db| crate::events::since(db, epoch, from, limit)).await
    }

    /// What a person has to know: losses, damage.
    pub fn findings(&self) -> Vec<Finding> {
        self.inner.findings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn found(&self, finding: Finding) {
        tracing::error!(code = finding.code, run = ?finding.run, "{}", finding.message);
        let mut findings = self.inner.findings.lock().unwrap_or_else(PoisonError::into_inner);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
}

/// Holds the end of the chain against the witness, and begins a new epoch where they do not fit.
fn meet(db: &mut Connection, sums: &Sums, witness: &Witness, folder: &Path, findings: &mut Vec<Finding>) -> Result<State> {
    let Some(epoch) = state::epoch(db)? else {
        // A database that was just made: whatever a witness says is about another one, unless that one is lost.
        let known = witness::read(&folder.join(".weft/witness"));
        if let Some(known) = known.filter(|known| known.commit > 0) {
            findings.push(lost(&Tail::default(), &known));
        }
        let tx = db.transaction()?;
        state::set_epoch(&tx, Uuid::now_v7())?;
        sums.keep(&tx)?;
        tx.commit()?;
        let state = State::load(db)?;
        witness.reset(&state.tail)?;
        return Ok(state);
    };
    let tail = state::tail(db, epoch)?;
    let finding = match witness::read(&folder.join(".weft/witness")) {
        None => Some(Finding {
            code: "witness.missing",
            message: "The witness of the journal is missing or unreadable; a loss before now cannot be excluded.".into(),
            run: None,
        }),
        Some(known) if known.epoch == epoch && known.commit > tail.commit => Some(lost(&tail, &known)),
        Some(known) if known.epoch != epoch || hash_of(db, known.commit)?.is_some_and(|hash| hash != known.hash) => Some(Finding {
            code: "journal.forked",
            message: "The database is another one than the witness knows: it was restored or copied from elsewhere.".into(),
            run: None,
        }),
        Some(_) => None,
    };
    let Some(finding) = finding else { return State::load(db) };
    let tx = db.transaction()?;
    if finding.code == "journal.lost" {
        // Which rows are gone nobody knows; to go on could repeat what they said was done.
        tx.execute(
            "INSERT OR IGNORE INTO damaged SELECT run, ?1, ?2 FROM runs WHERE finished_at IS NULL",
            rusqlite::params![finding.message, crate::writer::thread::now_ms()],
        )?;
    }
    if finding.code != "witness.missing" {
        state::set_epoch(&tx, Uuid::now_v7())?;
    }
    sums.keep(&tx)?;
    tx.commit()?;
    findings.push(finding);
    let state = State::load(db)?;
    witness.reset(&state.tail)?;
    Ok(state)
}

fn lost(tail: &Tail, known: &Tail) -> Finding {
    let message = format!(
        "The journal ends at commit {}, but commit {} had been written: {} commits are lost. Runs that were open are set aside.",
        tail.commit,
        known.commit,
        known.commit - tail.commit
    );
    Finding { code: "journal.lost", message, run: None }
}

fn hash_of(db: &Connection, commit: u64) -> Result<Option<[u8; 32]>> {
    use rusqlite::OptionalExtension;
    Ok(db.query_row("SELECT hash FROM commits WHERE id = ?1", [commit as i64], |row| row.get(0)).optional()?)
}
