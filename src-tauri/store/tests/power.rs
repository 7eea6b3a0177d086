//! Power loss: every write, sync and rename is recorded, and disks are built that a cut at any moment could have left.
//!
//! Of each file's writes since its last sync none, all, half or most 512-byte sectors made it, in any combination: lost,
//! reordered, torn. The same suite must fail with `synchronous=NORMAL`: the test of the test.

#![allow(clippy::unwrap_used)] // a test says where it failed

mod rig;

use rig::vfs::{self, Did};
use rig::{Ack, Dice, fast_folder, newest, work, wrong};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use weft_store::{Op, Options, Rig, Store, Synchronous};

const STATES: u64 = 1_000;
/// Recordings the states are spread over.
const RECORDINGS: u64 = 4;

/// The recorder is one for the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn observe(op: Op<'_>) -> std::io::Result<()> {
    let name = |path: &Path| vfs::relative(&path.to_string_lossy());
    let did = match op {
        // Room put aside, nothing anybody reads.
        Op::Write { path, .. } | Op::Sync { path } if path.ends_with("reserve") => return Ok(()),
        Op::Write { path, at, bytes } => Did::Write { path: name(path), at, bytes: bytes.to_vec() },
        Op::Sync { path } => Did::Sync { path: name(path) },
        Op::Rename { from, to } => Did::Rename { from: name(from), to: name(to) },
        Op::SyncFolder { path } => Did::SyncFolder { path: name(path) },
        Op::Remove { path } => Did::Remove { path: name(path) },
    };
    vfs::tell(did);
    Ok(())
}

/// What a store asked of the disk while it worked, with what it acknowledged.
fn record(seed: u64, synchronous: Synchronous) -> Vec<Did> {
    vfs::install();
    vfs::LOG.lock().unwrap().clear();
    let folder = fast_folder();
    let rig = Rig { synchronous, vfs: Some(vfs::NAME.into()), observer: Some(Arc::new(observe)), log_pages: 60, ..Rig::default() };
    let store = Store::open(folder.path(), &Options { rig, ..Options::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let end = Instant::now() + Duration::from_millis(50);
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for task in 0..3 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                work(&store, (seed << 8) + task, || Instant::now() > end, |ack| vfs::tell(Did::Ack(ack))).await
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        if seed == 0 {
            // Once the idle checkpoint, and work after it.
            tokio::time::sleep(Duration::from_millis(1_300)).await;
            let end = Instant::now() + Duration::from_millis(20);
            work(&store, 99, || Instant::now() > end, |ack| vfs::tell(Did::Ack(ack))).await;
        }
    });
    drop(runtime);
    drop(store);
    vfs::LOG.lock().unwrap().clone()
}

#[derive(Default)]
struct Disk {
    /// What is on the disk for certain, and what was asked for since.
    files: BTreeMap<String, (Vec<u8>, Vec<Did>)>,
    /// Renames and removals whose folder was not synced since.
    names: Vec<Did>,
    acks: Vec<Ack>,
}

impl Disk {
    /// After the first `cut` things that were asked; `keep` says what of the uncertain made it.
    fn at(log: &[Did], cut: usize, mut keep: impl FnMut() -> bool) -> Disk {
        let mut disk = Disk::default();
        for did in &log[..cut] {
            match did {
                Did::Write { path, .. } | Did::Truncate { path, .. } => disk.files.entry(path.clone()).or_default().1.push(did.clone()),
                Did::Sync { path } => {
                    let (bytes, open) = disk.files.entry(path.clone()).or_default();
                    std::mem::take(open).iter().for_each(|did| apply(bytes, did, &mut || true));
                }
                Did::Rename { .. } | Did::Remove { .. } => disk.names.push(did.clone()),
                Did::SyncFolder { path } => {
                    let (certain, open) = std::mem::take(&mut disk.names).into_iter().partition(|did| inside(did, path));
                    disk.names = open;
                    disk.rename(certain);
                }
                Did::Ack(ack) => disk.acks.push(ack.clone()),
            }
        }
        for (bytes, open) in disk.files.values_mut() {
            std::mem::take(open).iter().for_each(|did| apply(bytes, did, &mut keep));
        }
        let names = std::mem::take(&mut disk.names).into_iter().filter(|_| keep()).collect();
        disk.rename(names);
        disk
    }

    fn rename(&mut self, names: Vec<Did>) {
        for did in names {
            match did {
                Did::Rename { from, to } => {
                    if let Some(file) = self.files.remove(&from) {
                        self.files.insert(to, file);
                    }
                }
                Did::Remove { path } => {
                    self.files.remove(&path);
                }
                _ => {}
            }
        }
    }

    fn write(&self, folder: &Path) {
        for (path, (bytes, _)) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

fn inside(did: &Did, folder: &str) -> bool {
    let (Did::Rename { to: path, .. } | Did::Remove { path }) = did else { return false };
    Path::new(path).parent() == Some(Path::new(folder))
}

fn apply(file: &mut Vec<u8>, did: &Did, keep: &mut impl FnMut() -> bool) {
    match did {
        Did::Write { at, bytes, .. } => {
            for (index, sector) in bytes.chunks(512).enumerate() {
                if keep() {
                    let at = *at as usize + index * 512;
                    file.resize(file.len().max(at + sector.len()), 0);
                    file[at..at + sector.len()].copy_from_slice(sector);
                }
            }
        }
        Did::Truncate { size, .. } if keep() => file.resize(*size as usize, 0),
        _ => {}
    }
}

#[derive(Default, Debug)]
struct Outcome {
    states: u64,
    acknowledged: usize,
    wrong: Vec<String>,
    /// States in which the store itself said that something is lost.
    noticed: u64,
}

fn cuts(synchronous: Synchronous, states: u64, recordings: u64, stop_early: bool) -> Outcome {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut outcome = Outcome::default();
    let spare = fast_folder();
    std::fs::write(spare.path().join("reserve"), vec![0u8; 4 << 20]).unwrap();
    for recording in 0..recordings {
        let log = record(recording, synchronous);
        let first = log.iter().position(|did| matches!(did, Did::Ack(_))).unwrap();
        let mut dice = Dice(recording + 1);
        for state in 0..states / recordings {
            let cut = first + dice.roll((log.len() - first) as u64) as usize;
            let percent = [0, 100, 50, 90][dice.roll(4) as usize];
            let disk = Disk::at(&log, cut, || dice.chance(percent));
            let folder = fast_folder();
            disk.write(folder.path());
            std::fs::hard_link(spare.path().join("reserve"), folder.path().join(".weft/reserve")).unwrap();
            let found = match Store::open(folder.path(), &Options::default()) {
                Ok(store) => {
                    outcome.noticed += u64::from(store.findings().iter().any(|finding| finding.code == "journal.lost"));
                    wrong(&store, &newest(&disk.acks), true)
                }
                Err(error) => vec![error.to_string()],
            };
            outcome.states += 1;
            outcome.acknowledged += disk.acks.len();
            outcome
                .wrong
                .extend(found.into_iter().map(|what| format!("recording {recording}, state {state}, cut {cut} at {percent}%: {what}")));
            if stop_early && outcome.wrong.len() > 20 {
                break;
            }
        }
    }
    outcome
}

#[test]
fn nothing_acknowledged_is_lost_by_a_power_cut() {
    let outcome = cuts(Synchronous::Full, STATES, RECORDINGS, true);
    assert!(outcome.wrong.is_empty(), "{:#?}", outcome.wrong);
    assert!(outcome.acknowledged as u64 > 10 * STATES, "{outcome:?}: hardly anything was acknowledged");
    println!("{} states, {} acknowledgements looked for", outcome.states, outcome.acknowledged);
}

#[test]
fn the_rig_notices_a_journal_that_does_not_sync() {
    let outcome = cuts(Synchronous::Normal, 60, 1, false);
    assert!(!outcome.wrong.is_empty(), "with synchronous=NORMAL a power cut has to lose something");
    assert!(outcome.noticed > 0, "and where the witness survives, the store has to say so itself");
    println!(
        "{} of what was acknowledged is lost or damaged in {} states; the store noticed in {}",
        outcome.wrong.len(),
        outcome.states,
        outcome.noticed
    );
}
