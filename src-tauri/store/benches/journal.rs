//! Journal rows per second against raw SQLite with the same rows and as many of them per commit; as ratios, in one run.
//!
//! Raw SQLite is one thread that writes one SQL row per journal row, already encoded, with the journal's index and settings;
//! the journal is 64 runs in closed loop that encode and chain their rows and wait for each packet.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use weft_engine::journal::*;
use weft_node::{Batch, Item, Value};
use weft_store::rusqlite::{Connection, params};
use weft_store::{Options, Store};

const RUNS_AT_ONCE: usize = 64;
const ROUNDS: usize = 3;

fn main() {
    // `cargo test --benches` only wants to see that it starts.
    let short = std::env::args().any(|arg| arg == "--test");
    let secs = Duration::from_millis(if short { 100 } else { 1_000 });
    println!("fdatasync of 4 KiB appended: p50 {:?}", fdatasync());
    println!("rows a run | rows a commit | journal rows/s | raw rows/s | ratio | commit, journal | commit p50, raw");
    for rows in [3, 12] {
        let mut rounds: Vec<Round> = (0..if short { 1 } else { ROUNDS }).map(|_| round(rows, secs)).collect();
        rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        let median = &rounds[rounds.len() / 2];
        println!(
            "{rows} | {:.0} | {:.0} | {:.0} | {:.2} | {:?} | {:?}",
            median.per_commit,
            median.journal,
            median.raw,
            median.ratio(),
            median.journal_commit,
            median.raw_commit
        );
    }
}

struct Round {
    journal: f64,
    raw: f64,
    per_commit: f64,
    journal_commit: Duration,
    raw_commit: Duration,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.journal / self.raw
    }
}

fn round(rows: u64, secs: Duration) -> Round {
    let folder = tempfile::tempdir_in(".").expect("a folder on a real disk");
    let store = Store::open(folder.path(), &Options::default()).expect("a fresh workspace opens");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().expect("a runtime");
    let start = Instant::now();
    let packets: u64 = runtime.block_on(async {
        let runs: Vec<_> = (0..RUNS_AT_ONCE).map(|_| tokio::spawn(one_after_another(store.clone(), rows, start + secs))).collect();
        let mut packets = 0;
        for run in runs {
            packets += run.await.expect("a run ends");
        }
        packets
    });
    let journal = (packets * rows) as f64 / start.elapsed().as_secs_f64();
    let commits: i64 = store.readers().now(|db| Ok(db.query_row("SELECT count(*) FROM commits", [], |row| row.get(0))?)).expect("commits");
    let per_commit = (packets * rows) as f64 / commits as f64;
    let journal_commit = store.writer().commit_time();
    drop(store);
    let (raw, raw_commit) = raw(folder.path(), rows, per_commit.round().max(1.0) as u64, secs);
    Round { journal, raw, per_commit, journal_commit, raw_commit }
}

async fn one_after_another(store: Store, rows: u64, end: Instant) -> u64 {
    let mut packets = 0;
    while Instant::now() < end {
        let run = Uuid::now_v7();
        let list: Vec<Row> = (0..rows).map(|index| row(run, index, rows)).collect();
        let bytes = Rows::encode(&list);
        let chain = Rows::chain(&[0; 32], &bytes);
        store.durable(Packet { run, rows: list, first: 0, chain, bytes }).await.expect("the journal keeps rows");
        packets += 1;
    }
    packets
}

fn row(run: Uuid, index: u64, rows: u64) -> Row {
    let at = index as i64;
    match index {
        0 => Row::RunCreated(Arc::new(RunCreated {
            flow: "bench".into(),
            version: "v".into(),
            start: "start".into(),
            part: Part::All,
            trigger: "webhook".into(),
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
        })),
        last if last + 1 == rows => Row::RunFinished { ending: Ending::Finished, problem: None, result: None, at },
        _ => Row::StepFinished {
            step: StepId(*run.as_bytes()),
            node: format!("node_{index}"),
            kind: "data.set".into(),
            scope: Vec::new(),
            cause: Cause::Join,
            attempt: 1,
            inputs: Vec::new(),
            emissions: vec![Emission { port: 0, items: Stored::Inline(Batch::new(vec![Item::new("w".repeat(40))])) }],
            warnings: Vec::new(),
            pinned: false,
            started: at,
            at,
            log: Vec::new(),
        },
    }
}

/// Rows per second and the median commit of plain SQLite.
fn raw(folder: &Path, rows: u64, per_commit: u64, secs: Duration) -> (f64, Duration) {
    let db = Connection::open(folder.join("raw.db")).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE journal(seq INTEGER PRIMARY KEY, run BLOB NOT NULL, body BLOB NOT NULL); CREATE INDEX journal_run ON journal(run);",
    )
    .expect("a table");
    let run = Uuid::now_v7();
    let bodies: Vec<Vec<u8>> = (0..rows).map(|index| Rows::encode(&[row(run, index, rows)])).collect();
    let (mut seq, mut commits, start) = (0u64, Vec::new(), Instant::now());
    while start.elapsed() < secs {
        let began = Instant::now();
        db.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        {
            let mut insert = db.prepare_cached("INSERT INTO journal VALUES(?1, ?2, ?3)").expect("a statement");
            for _ in 0..per_commit {
                let id = Uuid::from_u128(run.as_u128() + u128::from(seq / rows));
                insert.execute(params![seq as i64, id.as_bytes(), bodies[(seq % rows) as usize]]).expect("a row");
                seq += 1;
            }
        }
        db.execute_batch("COMMIT").expect("a commit");
        commits.push(began.elapsed());
    }
    (seq as f64 / start.elapsed().as_secs_f64(), median(commits))
}

fn fdatasync() -> Duration {
    use std::io::Write;
    let mut file = tempfile::tempfile_in(".").expect("a file on a real disk");
    let times = (0..200).map(|_| {
        let start = Instant::now();
        file.write_all(&[1; 4096]).and_then(|()| file.sync_data()).expect("a write");
        start.elapsed()
    });
    median(times.collect())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
