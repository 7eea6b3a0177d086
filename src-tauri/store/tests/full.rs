//! The disk is full: edits are refused before they are acknowledged, runs stop, nothing acknowledged is lost, and work
//! goes on by itself once there is room.

#![allow(clippy::unwrap_used)] // a test says where it failed

mod rig;

use rig::vfs::{self, ROOM};
use rig::{Ack, Chained, Dice, fast_folder, newest, wrong};
use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};
use weft_engine::journal::{Ending, Journal, Row};
use weft_store::{Op, Options, Rig, Store};

const RESERVE: i64 = 4 << 20;

/// Files that are not SQLite's take room too, and the reserve gives its own back.
fn observe(op: Op<'_>) -> std::io::Result<()> {
    match op {
        Op::Remove { path } if path.ends_with("reserve") => {
            let size = path.metadata().map_or(0, |file| file.len());
            if ROOM.load(SeqCst) != i64::MIN {
                ROOM.fetch_add(size as i64, SeqCst);
            }
            Ok(())
        }
        Op::Write { path, bytes, .. } if !path.ends_with("witness") && !vfs::fits(bytes.len() as i64) => {
            Err(Error::from(ErrorKind::StorageFull))
        }
        _ => Ok(()),
    }
}

/// Writes until the journal refuses; gives what was acknowledged and the run that was under way.
async fn fill(store: &Store, acks: &mut Vec<Ack>) -> Chained {
    loop {
        let mut run = Chained::new(uuid::Uuid::now_v7());
        while !run.done() {
            // What is refused has no place in the run's chain: it goes on from before it.
            let before = run.clone();
            let packet = run.packet(2);
            match store.durable(packet).await {
                Ok(_) => acks.push(Ack::Rows(run.run, run.next)),
                Err(problem) => {
                    assert_eq!(problem.code, "disk_full");
                    return before;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_runs_and_loses_nothing() {
    vfs::install();
    let mut dice = Dice(4);
    for round in 0..6 {
        let folder = fast_folder();
        let rig = Rig { vfs: Some(vfs::NAME.into()), observer: Some(Arc::new(observe)), ..Rig::default() };
        let store = Store::open(folder.path(), &Options { rig, ..Options::default() }).unwrap();
        let mut acks = Vec::new();
        let wait = Instant::now();
        while !folder.path().join(".weft/reserve").metadata().is_ok_and(|file| file.len() == RESERVE as u64) {
            assert!(wait.elapsed() < Duration::from_secs(10), "the reserve is never filled");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        ROOM.store((60_000 + dice.roll(300_000)) as i64, SeqCst);
        let mut run = fill(&store, &mut acks).await;
        assert!(!acks.is_empty() && store.writer().is_full());
        let edit = store.write(|tx| tx.tell("edit", serde_json::Value::Null)).await;
        assert_eq!(edit.unwrap_err().code(), "disk_full");
        assert!(store.blobs().put_now(&[7; 100_000], "x", None).is_err() || ROOM.load(SeqCst) > 0);
        if run.next > 0 {
            let end = Row::RunFinished { ending: Ending::Failed, problem: None, result: None, at: 1 };
            store.durable(run.with(vec![end])).await.expect("the stop is written with the reserve");
            assert_eq!(store.run(run.run).await.unwrap().status, weft_store::RunStatus::Failed);
            acks.retain(|ack| !matches!(ack, Ack::Rows(id, _) if *id == run.run));
        }
        let reopened = Instant::now();
        ROOM.store(i64::MIN, SeqCst);
        while store.writer().is_full() {
            assert!(reopened.elapsed() < Duration::from_secs(5), "round {round}: there is room, but nothing is taken");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        store.write(|tx| tx.tell("edit", serde_json::Value::Null)).await.unwrap();
        drop(store);
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        assert_eq!(wrong(&store, &newest(&acks), true), Vec::<String>::new());
    }
}
