//! What the rigs share: runs whose every row is known beforehand, and a check that nothing acknowledged is missing or doubled.
#![allow(dead_code)] // each rig uses its part

pub mod vfs;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;
use weft_engine::journal::*;
use weft_node::{Batch, Item, Value};
use weft_store::Store;

/// Small, fast, seeded: a failing state can be built again.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: u64) -> u64 {
        // SplitMix64, Steele, Lea and Flood 2014.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below.max(1)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

/// Steps of a run; with its creation and its end it has two rows more.
pub const STEPS: u64 = 6;

/// Row `index` of a run: nothing but run and index decide it.
pub fn row(run: Uuid, index: u64) -> Row {
    let at = index as i64;
    if index == 0 {
        return Row::RunCreated(Arc::new(RunCreated {
            flow: "rig".into(),
            version: "v".into(),
            start: "start".into(),
            part: Part::All,
            trigger: "manual".into(),
            request: Value::Null,
            config: Value::Null,
            env: Value::Null,
            reply: Default::default(),
            pins: Vec::new(),
            durability: Durability::Step,
            parent: None,
            depth: 0,
            at,
            time_zone: "UTC".into(),
            permissions: Default::default(),
        }));
    }
    if index == STEPS + 1 {
        return Row::RunFinished { ending: Ending::Finished, problem: None, result: None, at };
    }
    let mut step = [0u8; 16];
    step[..8].copy_from_slice(&run.as_bytes()[8..]);
    step[8..].copy_from_slice(&index.to_le_bytes());
    let text = format!("{run} {index} {}", "x".repeat((run.as_u128() as usize ^ (index as usize * 97)) % 900));
    Row::StepFinished {
        step: StepId(step),
        node: format!("node_{index}"),
        kind: "data.set".into(),
        scope: Vec::new(),
        cause: Cause::Join,
        attempt: 1,
        inputs: Vec::new(),
        emissions: vec![Emission { port: 0, items: Stored::Inline(Batch::new(vec![Item::new(text)])) }],
        warnings: Vec::new(),
        pinned: false,
        started: at,
        at,
        log: Vec::new(),
    }
}

/// A run as it is handed over, packet by packet.
#[derive(Clone)]
pub struct Chained {
    pub run: Uuid,
    pub next: u64,
    chain: [u8; 32],
}

impl Chained {
    pub fn new(run: Uuid) -> Self {
        Chained { run, next: 0, chain: [0; 32] }
    }

    /// The next rows, at most `count`.
    pub fn packet(&mut self, count: u64) -> Packet {
        let rows: Vec<Row> = (self.next..(self.next + count).min(STEPS + 2)).map(|index| row(self.run, index)).collect();
        self.with(rows)
    }

    pub fn with(&mut self, rows: Vec<Row>) -> Packet {
        let bytes = Rows::encode(&rows);
        self.chain = Rows::chain(&self.chain, &bytes);
        let packet = Packet { run: self.run, first: self.next, chain: self.chain, bytes, rows };
        self.next += packet.rows.len() as u64;
        packet
    }

    pub fn done(&self) -> bool {
        self.next >= STEPS + 2
    }
}

/// One acknowledgement, as text on a pipe or in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ack {
    /// So many rows of the run are durable.
    Rows(Uuid, u64),
    Blob(String),
    /// A document write: row `n` of `versions`, and one event.
    Document(u64),
}

impl Ack {
    pub fn line(&self) -> String {
        match self {
            Ack::Rows(run, rows) => format!("R {run} {rows}\n"),
            Ack::Blob(hash) => format!("B {hash}\n"),
            Ack::Document(n) => format!("D {n}\n"),
        }
    }

    pub fn read(line: &str) -> Option<Ack> {
        let mut words = line.split(' ');
        Some(match words.next()? {
            "R" => Ack::Rows(words.next()?.parse().ok()?, words.next()?.parse().ok()?),
            "B" => Ack::Blob(words.next()?.to_owned()),
            "D" => Ack::Document(words.next()?.parse().ok()?),
            _ => return None,
        })
    }
}

/// Writes runs, blobs and documents until `stop`; `said` hears each acknowledgement at once.
pub async fn work(store: &Store, seed: u64, mut stop: impl FnMut() -> bool, mut said: impl FnMut(Ack)) {
    let mut dice = Dice(seed);
    let mut n = seed << 32;
    while !stop() {
        let mut run = Chained::new(Uuid::now_v7());
        while !run.done() {
            if dice.chance(20) {
                store.append(run.packet(1)).expect("the journal takes rows");
                continue;
            }
            let packet = run.packet(1 + dice.roll(3));
            store.durable(packet).await.expect("the journal keeps rows");
            said(Ack::Rows(run.run, run.next));
        }
        if dice.chance(40) {
            let bytes = format!("blob {n} {}", "y".repeat(dice.roll(5_000) as usize));
            let blob = store.blobs().put_now(bytes.as_bytes(), "text/plain", None).expect("the store keeps blobs");
            said(Ack::Blob(blob.hash));
        }
        if dice.chance(60) {
            n += 1;
            let number = n;
            let wrote = store.write(move |tx| {
                tx.execute("INSERT INTO versions VALUES(?1, 'rig', ?1, 0, 0)", [number.to_string()])?;
                tx.tell("rig", serde_json::json!({ "n": number.to_string() }))
            });
            wrote.await.expect("the store keeps documents");
            said(Ack::Document(number));
        }
    }
}

/// What is wrong with an opened workspace, given what was acknowledged.
pub fn wrong(store: &Store, acks: &[Ack], verify: bool) -> Vec<String> {
    let mut wrong: Vec<String> = store.findings().into_iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect();
    for ack in acks {
        match ack {
            Ack::Rows(run, rows) => match store.run_rows_now(*run) {
                Ok(found) if (found.len() as u64) < *rows => {
                    wrong.push(format!("{run} has {} rows, {rows} were acknowledged", found.len()))
                }
                Ok(found) => {
                    if let Some(index) = (0..found.len()).find(|index| found[*index] != row(*run, *index as u64)) {
                        wrong.push(format!("row {index} of {run} is another one, or comes twice"));
                    }
                }
                Err(error) => wrong.push(format!("{run}: {error}")),
            },
            Ack::Blob(hash) => {
                let path = store.folder().join(".weft/blobs").join(&hash[..2]).join(&hash[2..]);
                let bytes = std::fs::read(&path).unwrap_or_default();
                if blake3::hash(&bytes).to_hex().as_str() != hash {
                    wrong.push(format!("blob {hash} is not there"));
                }
            }
            Ack::Document(n) => {
                let (n, name) = (n.to_string(), format!("{{\"n\":\"{n}\"}}"));
                let count = store.readers().now(|db| {
                    let rows: i64 = db.query_row("SELECT count(*) FROM versions WHERE hash = ?1", [&n], |row| row.get(0))?;
                    let events: i64 = db.query_row("SELECT count(*) FROM events WHERE body = ?1", [&name], |row| row.get(0))?;
                    Ok((rows, events))
                });
                if !matches!(count, Ok((1, 1))) {
                    wrong.push(format!("document {n}: {count:?}"));
                }
            }
        }
    }
    if verify {
        match store.verify_now() {
            Ok(found) => wrong.extend(found.into_iter().map(|finding| finding.message)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    wrong
}

/// The last acknowledgement of each run says it all.
pub fn newest(acks: &[Ack]) -> Vec<Ack> {
    let mut rows = std::collections::BTreeMap::new();
    let mut rest = Vec::new();
    for ack in acks {
        match ack {
            Ack::Rows(run, count) => {
                rows.insert(*run, *count);
            }
            other => rest.push(other.clone()),
        }
    }
    rest.extend(rows.into_iter().map(|(run, count)| Ack::Rows(run, count)));
    rest
}

/// In memory where the machine has such a place: the rigs decide themselves what reached the disk.
pub fn fast_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder for the rig")
}

/// Copies a workspace's `.weft`; the reserve is shared, nobody looks inside.
pub fn copy(from: &Path, to: &Path) {
    let mut folders: Vec<PathBuf> = vec![PathBuf::from(".weft")];
    while let Some(folder) = folders.pop() {
        std::fs::create_dir_all(to.join(&folder)).expect("a folder");
        for entry in std::fs::read_dir(from.join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with("reserve") {
                let _ = std::fs::hard_link(entry.path(), to.join(path));
            } else if !path.ends_with("weft.db-shm") && !path.ends_with("lock") {
                std::fs::copy(entry.path(), to.join(path)).expect("a copy");
            }
        }
    }
}
