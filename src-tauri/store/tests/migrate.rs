//! A database that becomes a newer one, killed in the middle: it is the old one or the new one, never half of it.

#![allow(clippy::unwrap_used)] // a test says where it failed

mod rig;

use rig::{Ack, Chained, Dice, copy, wrong};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use weft_engine::journal::Journal;
use weft_store::rusqlite::Connection;
use weft_store::schema::{MIGRATIONS, Migration};
use weft_store::{Error, Options, Rig, Store};

const KILLS: u64 = 100;
const FOLDER: &str = "WEFT_RIG_FOLDER";

/// A second version: a table, twenty thousand rows of it, a column more elsewhere.
static SECOND: [Migration; 2] = [
    MIGRATIONS[0],
    Migration {
        version: MIGRATIONS[0].version + 1,
        sql: &[
            "CREATE TABLE second(n INTEGER PRIMARY KEY, text TEXT NOT NULL);
             INSERT INTO second WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000) SELECT n, 'row ' || n FROM numbers;",
            "ALTER TABLE versions ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",
        ],
    },
];

fn second() -> Options {
    Options { rig: Rig { migrations: &SECOND, ..Rig::default() }, ..Options::default() }
}

#[test]
#[ignore = "started by the rig"]
fn migrating_child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let say = |text: &str| std::io::stderr().write_all(text.as_bytes()).unwrap();
    say("now\n");
    let store = Store::open(folder, &second()).unwrap();
    say("done\n");
    drop(store);
}

/// An old workspace with one run in it.
fn old() -> (tempfile::TempDir, Vec<Ack>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    let mut run = Chained::new(uuid::Uuid::now_v7());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.durable(run.packet(5))).unwrap();
    (folder, vec![Ack::Rows(run.run, 5)])
}

fn state(folder: &std::path::Path) -> (u32, i64, i64) {
    let db = Connection::open(folder.join(".weft/weft.db")).unwrap();
    let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0));
    let version = one("PRAGMA user_version").unwrap() as u32;
    (
        version,
        one("SELECT count(*) FROM second").unwrap_or(-1),
        one("SELECT count(*) FROM pragma_table_info('versions') WHERE name = 'note'").unwrap(),
    )
}

fn child(folder: &std::path::Path, patience: Option<Duration>) -> Duration {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "migrating_child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "now");
    let start = Instant::now();
    match patience {
        Some(patience) => {
            std::thread::sleep(patience);
            let _ = child.kill();
        }
        None => assert_eq!(said.next().unwrap().unwrap(), "done"),
    }
    let took = start.elapsed();
    child.wait().unwrap();
    took
}

#[test]
fn killed_in_the_middle_it_is_old_or_new() {
    let (template, acks) = old();
    let (first, next) = (MIGRATIONS[0].version, MIGRATIONS[0].version + 1);
    let whole = tempfile::tempdir().unwrap();
    copy(template.path(), whole.path());
    let usual = child(whole.path(), None);
    let mut dice = Dice(2);
    let (mut olds, mut news) = (0, 0);
    for kill in 0..KILLS {
        let folder = tempfile::tempdir().unwrap();
        copy(template.path(), folder.path());
        child(folder.path(), Some(Duration::from_micros(dice.roll(usual.as_micros() as u64 * 5 / 4))));
        match state(folder.path()) {
            (version, -1, 0) if version == first => olds += 1,
            (version, 20_000, 1) if version == next => news += 1,
            half => panic!("after kill {kill}: {half:?}"),
        }
        if kill % 10 == 0 {
            let store = Store::open(folder.path(), &second()).unwrap();
            assert_eq!(wrong(&store, &acks, true), Vec::<String>::new());
            assert!(folder.path().join(format!(".weft/backups/weft-v{first}.db")).is_file());
        }
    }
    assert!(olds > 5 && news > 5, "{olds} old and {news} new: the kills did not hit the migration");
    println!("{KILLS} kills in {usual:?}: {olds} old, {news} new");
}

#[test]
fn a_newer_database_opens_read_only() {
    let (folder, acks) = old();
    drop(Store::open(folder.path(), &second()).unwrap());
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    assert!(matches!(store.read_only(), Some(Error::Newer { .. })));
    assert_eq!(wrong(&store, &acks, false), Vec::<String>::new());
    let refused = store.writer().write_now(|tx| tx.tell("x", serde_json::Value::Null)).unwrap_err();
    assert_eq!(refused.code(), "workspace.read_only");
    let backup = Connection::open(folder.path().join(format!(".weft/backups/weft-v{}.db", MIGRATIONS[0].version))).unwrap();
    assert_eq!(backup.query_row("SELECT count(*) FROM packets", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}
