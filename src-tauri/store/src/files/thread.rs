//! The thread that looks at files and writes them: what it hears, and when it acts.

use super::check::{all_files, look};
use super::write::{write, write_now};
use super::{GATHER, Next, QUIET};
use crate::flows::ids::{self, FLOWS};
use crate::flows::{Inner, locked};
use crate::{Error, Result, settings};
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecursiveMode, Watcher};
use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Without a watcher everything is looked at this often.
const POLL: Duration = Duration::from_secs(5);

/// What the thread hears.
pub(crate) enum Wake {
    /// A flow's document says more than its file.
    Write(String),
    /// Something happened to a file of the workspace, with `/`.
    File(String),
    /// Files came or went, nobody knows which.
    Rescan,
    /// Write everything now, then answer.
    Flush(Sender<()>),
    Close,
}

/// Ends the thread when the workspace is closed.
pub(crate) struct Thread {
    to: Sender<Wake>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl Thread {
    /// `left`: what opening left to do.
    pub fn start(inner: Arc<Inner>, left: Vec<(String, Next)>) -> Result<Thread> {
        let (to, from) = channel();
        *locked(&inner.wake) = Some(to.clone());
        // Who may only read looks at what the store says; its owner watches.
        let reads_only = inner.store.read_only().is_some();
        let watcher = if reads_only { None } else { watch(&inner, to.clone()) };
        let mut work = Work {
            inner,
            checks: HashMap::new(),
            writes: HashMap::new(),
            rescan: None,
            settings: None,
            polls: watcher.is_none() && !reads_only,
        };
        left.into_iter().for_each(|(file, next)| work.follow(&file, next));
        let run = move || {
            work.run(&from);
            drop(watcher);
        };
        let handle = std::thread::Builder::new().name("files".into()).spawn(run).map_err(|e| Error::io(Path::new(FLOWS), e))?;
        Ok(Thread { to, handle: Mutex::new(Some(handle)) })
    }

    pub fn flush(&self) {
        let (done, answer) = channel();
        if self.to.send(Wake::Flush(done)).is_ok() {
            // An error says that the thread is gone, and it writes everything before it goes.
            let _ = answer.recv();
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let _ = self.to.send(Wake::Close);
        if let Some(handle) = locked(&self.handle).take() {
            let _ = handle.join();
        }
    }
}

/// Watches the folders, not the files: editors put a new file in the place of the old one.
fn watch(inner: &Inner, to: Sender<Wake>) -> Option<notify::RecommendedWatcher> {
    let root = inner.folder().to_path_buf();
    let real = root.canonicalize().unwrap_or_else(|_| root.clone());
    let heard = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else {
            let _ = to.send(Wake::Rescan);
            return;
        };
        let reads = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
        if reads {
            return;
        }
        if event.need_rescan() {
            let _ = to.send(Wake::Rescan);
        }
        for path in &event.paths {
            let Ok(path) = path.strip_prefix(&root).or_else(|_| path.strip_prefix(&real)) else { continue };
            let parts: Option<Vec<&str>> = path.components().map(|c| c.as_os_str().to_str()).collect();
            if let Some(parts) = parts {
                let _ = to.send(Wake::File(parts.join("/")));
            }
        }
    };
    let begin = || -> notify::Result<notify::RecommendedWatcher> {
        let mut watcher = notify::recommended_watcher(heard)?;
        watcher.watch(&inner.folder().join(FLOWS), RecursiveMode::Recursive)?;
        watcher.watch(inner.folder(), RecursiveMode::NonRecursive)?;
        Ok(watcher)
    };
    begin().map_err(|error| tracing::warn!(%error, "files cannot be watched; they are looked at every few seconds")).ok()
}

struct Work {
    inner: Arc<Inner>,
    /// When to look at which file.
    checks: HashMap<String, Instant>,
    /// When to write which flow.
    writes: HashMap<String, Instant>,
    rescan: Option<Instant>,
    settings: Option<Instant>,
    polls: bool,
}

impl Work {
    fn run(&mut self, from: &Receiver<Wake>) {
        loop {
            let next = self.next();
            let heard = match next {
                Some(at) => from.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match heard {
                Ok(Wake::Close) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(wake) => self.hear(wake),
                Err(RecvTimeoutError::Timeout) => self.act(),
            }
        }
        self.write_all();
        // Nobody is left to hear.
        *locked(&self.inner.wake) = None;
    }

    fn next(&self) -> Option<Instant> {
        let poll = self.polls.then(|| Instant::now() + POLL);
        self.checks.values().chain(self.writes.values()).copied().chain(self.rescan).chain(self.settings).chain(poll).min()
    }

    fn hear(&mut self, wake: Wake) {
        let now = Instant::now();
        match wake {
            // The first edit decides when: a stream of edits must not put the write off.
            Wake::Write(id) => drop(self.writes.entry(id).or_insert(now + GATHER)),
            Wake::File(file) if file == settings::FILE => self.settings = Some(now + QUIET),
            Wake::File(file) if ids::of_file(&file).is_some() => drop(self.checks.insert(file, now + QUIET)),
            // A folder, or a file that is none of ours: a folder may have brought flows.
            Wake::File(file) if file.starts_with(FLOWS) && !file.rsplit('/').next().is_some_and(|n| n.starts_with('.')) => {
                self.rescan = Some(now + QUIET)
            }
            Wake::File(_) => {}
            Wake::Rescan => self.rescan = Some(now + QUIET),
            Wake::Flush(done) => {
                self.write_all();
                // Who asked may have left.
                let _ = done.send(());
            }
            Wake::Close => {}
        }
    }

    fn act(&mut self) {
        let now = Instant::now();
        if self.rescan.is_some_and(|at| at <= now) || (self.polls && self.checks.is_empty() && self.writes.is_empty()) {
            self.rescan = None;
            self.scan(now);
        }
        if self.settings.take_if(|at| *at <= now).is_some() {
            // A failing disk is told by whoever writes next.
            let _ = self.inner.tell_list();
        }
        for file in due(&mut self.checks, now) {
            let next = look(&self.inner, &file);
            self.follow(&file, next);
        }
        for id in due(&mut self.writes, now) {
            match write(&self.inner, &id) {
                Next::Done => self.wait_for_vanished(&id),
                Next::Check(after) => drop(self.writes.insert(id, Instant::now() + after)),
                Next::Write => drop(self.writes.insert(id, Instant::now())),
            }
        }
    }

    fn follow(&mut self, file: &str, next: Next) {
        match next {
            Next::Done => {}
            Next::Check(after) => drop(self.checks.insert(file.to_string(), Instant::now() + after)),
            Next::Write => {
                if let Some(id) = ids::of_file(file) {
                    self.writes.entry(id).or_insert_with(Instant::now);
                }
            }
        }
    }

    /// A write that found no file waits, like a watcher's event, for the file to turn up again.
    fn wait_for_vanished(&mut self, id: &str) {
        let Ok(slot) = self.inner.slot(id) else { return };
        let slot = locked(&slot);
        if slot.vanished.is_some() {
            self.checks.entry(slot.file.clone()).or_insert_with(|| Instant::now() + super::VANISHED);
        }
    }

    /// Every file there is, and every file there should be.
    fn scan(&mut self, now: Instant) {
        let there = all_files(self.inner.folder());
        let known = self.inner.slots().into_iter().map(|slot| locked(&slot).file.clone());
        for file in there.into_iter().chain(known) {
            self.checks.entry(file).or_insert(now);
        }
    }

    fn write_all(&mut self) {
        self.writes.clear();
        for slot in self.inner.slots() {
            let id = locked(&slot).id.clone();
            write_now(&self.inner, &id);
        }
    }
}

fn due(of: &mut HashMap<String, Instant>, now: Instant) -> Vec<String> {
    let mut due: Vec<String> = of.iter().filter(|(_, at)| **at <= now).map(|(k, _)| k.clone()).collect();
    due.sort();
    of.retain(|_, at| *at > now);
    due
}
