//! `kill -9` of a real process at random instants: what it had acknowledged is there, once, and the chains hold.

#![allow(clippy::unwrap_used)] // a test says where it failed

mod rig;

use rig::{Ack, Dice, newest, work, wrong};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;
use weft_store::{Options, Store};

const KILLS: u64 = 200;
const FOLDER: &str = "WEFT_RIG_FOLDER";

/// The process that is killed: writes for ever and acknowledges on its standard error.
#[test]
#[ignore = "started by the rig"]
fn writing_child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let store = Store::open(folder, &Options::default()).unwrap();
    let seed = u64::from(std::process::id());
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for task in 0..8 {
            let store = store.clone();
            let say = |ack: Ack| std::io::stderr().write_all(ack.line().as_bytes()).unwrap();
            tasks.push(tokio::spawn(async move { work(&store, (seed << 3) + task, || false, say).await }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(0x77_65_66_74);
    let mut acks = Vec::new();
    // On a busy machine a process needs longer until it has something to lose.
    let mut patience = 8_000;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "writing_child", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(patience + dice.roll(50_000)));
        child.kill().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        assert!(!said.contains("panicked"), "{said}");
        // A last line that was cut short acknowledges nothing.
        let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let new: Vec<Ack> = newest(&whole.lines().filter_map(Ack::read).collect::<Vec<_>>());
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        let wrong = wrong(&store, &new, kill % 20 == 0);
        assert!(wrong.is_empty(), "after kill {kill}: {wrong:#?}");
        if new.is_empty() {
            patience = (patience + 2_000).min(200_000);
        }
        acks.extend(new);
    }
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    let wrong = wrong(&store, &acks, true);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let doubled: i64 = store
        .readers()
        .now(|db| Ok(db.query_row("SELECT count(*) - count(DISTINCT run || '/' || first) FROM packets", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(doubled, 0);
    assert!(acks.len() as u64 > KILLS, "{} acknowledgements in {KILLS} kills say nothing", acks.len());
    println!("{KILLS} kills, {} acknowledgements kept", acks.len());
}
