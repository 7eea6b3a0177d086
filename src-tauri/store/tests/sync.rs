//! A sync that fails: what waited for it is not acknowledged, the connection is not trusted again, the rest is kept.

#![allow(clippy::unwrap_used)] // a test says where it failed

mod rig;

use rig::vfs::{self, FAILING};
use rig::{Ack, Chained, fast_folder, newest, wrong};
use std::sync::atomic::Ordering::SeqCst;
use weft_engine::journal::Journal;
use weft_store::{Options, Rig, Store};

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sync_acknowledges_nothing() {
    vfs::install();
    let folder = fast_folder();
    let rig = Rig { vfs: Some(vfs::NAME.into()), log_pages: 40, ..Rig::default() };
    let store = Store::open(folder.path(), &Options { rig, ..Options::default() }).unwrap();
    let mut acks = Vec::new();
    for round in 0..30 {
        let mut run = Chained::new(uuid::Uuid::now_v7());
        store.durable(run.packet(2)).await.unwrap();
        acks.push(Ack::Rows(run.run, run.next));
        FAILING.store(true, SeqCst);
        let mut lost = run.clone();
        let refused = store.durable(lost.packet(2)).await.unwrap_err();
        assert_eq!(refused.code, "store.sqlite", "round {round}");
        assert!(store.write(|tx| tx.tell("edit", serde_json::Value::Null)).await.is_err());
        FAILING.store(false, SeqCst);
        // Whoever goes on reads first how far the run is.
        let known = store.run_rows_now(run.run).unwrap().len() as u64;
        let mut next = if known == run.next { run } else { lost };
        store.durable(next.packet(9)).await.unwrap();
        assert!(next.done());
        acks.push(Ack::Rows(next.run, next.next));
    }
    drop(store);
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    assert_eq!(wrong(&store, &newest(&acks), true), Vec::<String>::new());
}
