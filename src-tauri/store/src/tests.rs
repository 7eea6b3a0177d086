//! The store as its callers see it: what is acknowledged is there after opening it again.

use crate::events::{Since, What};
use crate::{Error, Options, RunStatus, Store};
use std::sync::Arc;
use uuid::Uuid;
use weft_engine::journal::*;
use weft_node::{Batch, Item, Problem, Value};

pub(crate) struct Chained {
    pub run: Uuid,
    first: u64,
    chain: [u8; 32],
}

impl Chained {
    pub fn new() -> Self {
        Chained { run: Uuid::now_v7(), first: 0, chain: [0; 32] }
    }

    pub fn packet(&mut self, rows: Vec<Row>) -> Packet {
        let bytes = Rows::encode(&rows);
        self.chain = Rows::chain(&self.chain, &bytes);
        let packet = Packet { run: self.run, first: self.first, chain: self.chain, bytes, rows };
        self.first += packet.rows.len() as u64;
        packet
    }
}

pub(crate) fn created(flow: &str, at: i64) -> Row {
    Row::RunCreated(Arc::new(RunCreated {
        flow: flow.into(),
        version: format!("version of {flow}"),
        start: "start".into(),
        part: Part::All,
        trigger: "manual".into(),
        request: Value::Null,
        pins: Vec::new(),
        durability: Durability::Step,
        parent: None,
        depth: 0,
        at,
        time_zone: "UTC".into(),
        permissions: Default::default(),
        config: Value::Null,
        env: Value::Null,
        reply: Default::default(),
    }))
}

pub(crate) fn step(node: &str, text: &str) -> Row {
    Row::StepFinished {
        step: StepId([7; 16]),
        node: node.into(),
        kind: "data.set".into(),
        scope: Vec::new(),
        cause: Cause::Join,
        attempt: 1,
        inputs: Vec::new(),
        emissions: vec![Emission { port: 0, items: Stored::Inline(Batch::new(vec![Item::new(text.to_owned())])) }],
        warnings: Vec::new(),
        pinned: false,
        started: 1,
        at: 2,
        log: Vec::new(),
    }
}

pub(crate) fn finished(at: i64) -> Row {
    Row::RunFinished { ending: Ending::Finished, problem: None, result: None, at }
}

pub(crate) fn store(folder: &tempfile::TempDir) -> Store {
    Store::open(folder.path(), &Options::default()).expect("a fresh folder opens")
}

#[tokio::test]
async fn what_is_acknowledged_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Chained::new();
    let rows = vec![created("a", 1), Row::RunStarted { at: 2 }];
    let cursor = {
        let store = store(&folder);
        store.append(run.packet(rows.clone())).unwrap();
        store.durable(run.packet(vec![step("fetch", "x")])).await.unwrap();
        store.cursor()
    };
    let store = store(&folder);
    assert!(store.findings().is_empty());
    assert_eq!(store.cursor(), cursor);
    assert_eq!(store.rows(run.run).await.unwrap(), [rows, vec![step("fetch", "x")]].concat());
    assert_eq!(store.open_runs().await.unwrap(), [run.run]);
    let info = store.run(run.run).await.unwrap();
    assert_eq!((info.number, info.status, info.started_at), (1, RunStatus::Running, Some(2)));
    store.durable(run.packet(vec![finished(9)])).await.unwrap();
    assert!(store.open_runs().await.unwrap().is_empty());
    assert_eq!(store.latest_run("a".into(), "fetch".into()).await.unwrap().unwrap().finished_at, Some(9));
    assert!(store.latest_run("a".into(), "other".into()).await.unwrap().is_none());
}

#[tokio::test]
async fn rows_come_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut run = Chained::new();
    let first = run.packet(vec![created("a", 1)]);
    let (second, third) = (run.packet(vec![step("x", "1")]), run.packet(vec![step("x", "2")]));
    store.durable(first.clone()).await.unwrap();
    assert_eq!(store.durable(first).await.unwrap_err().code, "journal.damaged", "the same packet twice");
    assert_eq!(store.durable(third).await.unwrap_err().code, "journal.damaged", "a packet before its turn");
    store.durable(second).await.unwrap();
    assert_eq!(store.rows(run.run).await.unwrap().len(), 2);
    assert_eq!(store.durable(Chained::new().packet(vec![step("x", "1")])).await.unwrap_err().code, "journal.damaged");
}

#[tokio::test]
async fn a_failing_write_undoes_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut heard = store.subscribe();
    let put = |name: &'static str, fails: bool| {
        store.write(move |tx| {
            tx.execute("INSERT INTO meta VALUES(?1, 1)", [name])?;
            let seq = tx.tell("test", serde_json::json!({ "name": name }))?;
            if fails { Err(Problem::new("test.no", "no").into()) } else { Ok(seq) }
        })
    };
    let (one, two, three) = tokio::join!(put("one", false), put("two", true), put("three", false));
    assert!(matches!(two, Err(Error::Refused(problem)) if problem.code == "test.no"));
    let names: Vec<String> = store
        .read(|db| {
            Ok(db.prepare("SELECT name FROM meta WHERE value = 1 ORDER BY name")?.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap();
    assert_eq!(names, ["one", "three"]);
    let (one, three) = (one.unwrap(), three.unwrap());
    for seq in [one.min(three), one.max(three)] {
        assert_eq!(heard.recv().await.unwrap().at.unwrap().seq, seq);
    }
}

#[tokio::test]
async fn events_are_asked_for_again_by_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let start = store.cursor();
    let mut run = Chained::new();
    store.durable(run.packet(vec![created("a", 1)])).await.unwrap();
    store.write(|tx| tx.tell("flow", serde_json::json!({ "flow": "a" }))).await.unwrap();
    store.durable(run.packet(vec![step("x", "1")])).await.unwrap();
    let Since::Events { events, more } = store.events_since(start, 2).await.unwrap() else { panic!("reset") };
    assert!(more);
    assert!(
        matches!(&events[0].what, What::Rows { first: 0, .. }) && matches!(&events[1].what, What::Document { kind, .. } if kind == "flow")
    );
    let Since::Events { events, more } = store.events_since(events[1].at.unwrap(), 2).await.unwrap() else { panic!("reset") };
    assert!(!more && matches!(&events[..], [event] if matches!(&event.what, What::Rows { first: 1, .. })));
    let mut other = store.cursor();
    other.seq += 1;
    assert!(matches!(store.events_since(other, 2).await.unwrap(), Since::Reset), "from the future");
    other.epoch = Uuid::now_v7();
    assert!(matches!(store.events_since(other, 2).await.unwrap(), Since::Reset), "of another store");
}

#[tokio::test]
async fn runs_without_durability_live_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut heard = store.subscribe();
    let run = Uuid::now_v7();
    store.volatile(Volatile::Rows { run, rows: vec![created("a", 1)] });
    store.volatile(Volatile::Rows { run, rows: vec![Row::RunStarted { at: 2 }, finished(3)] });
    assert!(heard.recv().await.unwrap().at.is_none());
    assert_eq!(store.rows(run).await.unwrap().len(), 3);
    assert_eq!(store.runs(Some("a".into()), None, 10).await.unwrap()[0].status, RunStatus::Finished);
    assert!(store.open_runs().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_second_owner_is_told_who_holds_it_and_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(&folder);
    let mut run = Chained::new();
    first.durable(run.packet(vec![created("a", 1)])).await.unwrap();
    let held = match Store::open(folder.path(), &Options::default()) {
        Err(held @ Error::Held { .. }) => held,
        other => panic!("{:?}", other.err()),
    };
    assert!(held.to_string().contains(&format!("process {}", std::process::id())), "{held}");
    let second = Store::open_reading(folder.path(), &Options::default(), held).unwrap();
    assert_eq!(second.rows(run.run).await.unwrap().len(), 1);
    let refused = second.write(|tx| tx.tell("x", serde_json::Value::Null)).await.unwrap_err();
    assert_eq!(refused.code(), "workspace.read_only");
    assert_eq!(second.append(run.packet(vec![step("x", "")])).unwrap_err().code, "workspace.read_only");
    drop(first);
    store(&folder).durable(Chained::new().packet(vec![created("a", 1)])).await.unwrap();
}

#[tokio::test]
async fn blobs_come_back_whole_or_not_at_all() {
    use weft_node::world::Blobs;
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let blob = store.blobs().put("hello weft".into(), "text/plain", Some("a.txt")).await.unwrap();
    assert_eq!(store.blobs().read(&blob).await.unwrap(), "hello weft");
    assert_eq!(store.blobs().read_range(&blob, 6, 100).await.unwrap(), "weft");
    assert_eq!(store.blobs().read_range(&blob, 60, 100).await.unwrap(), "");
    assert_eq!(store.blobs().put("hello weft".into(), "text/plain", None).await.unwrap().hash, blob.hash);
    let path = folder.path().join(".weft/blobs").join(&blob.hash[..2]).join(&blob.hash[2..]);
    std::fs::write(&path, "hello Weft").unwrap();
    assert_eq!(store.blobs().read(&blob).await.unwrap_err().code, "journal.damaged");
    std::fs::write(&path, "hello").unwrap();
    assert_eq!(store.blobs().read_range(&blob, 0, 2).await.unwrap_err().code, "journal.damaged");
    let odd = weft_node::BlobRef { hash: "../../weft.db".into(), ..blob };
    assert_eq!(store.blobs().read(&odd).await.unwrap_err().code, "blob.not_found");
}

#[tokio::test]
async fn old_runs_go_with_what_only_they_named() {
    use weft_node::world::Blobs;
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let day = 86_400_000;
    let now = crate::writer::thread::now_ms() + 40 * day;
    let (mut old, mut open, mut young) = (Chained::new(), Chained::new(), Chained::new());
    let inner = store.blobs().put("inner".into(), "text/plain", None).await.unwrap();
    let batch = Batch::new(vec![Item::new("x".to_owned()).with_blob("file", inner.clone())]);
    let outer = store.blobs().put(rmp_serde::to_vec_named(&batch).unwrap().into(), "application/msgpack", None).await.unwrap();
    let stored = |run: &mut Chained, at: i64, blob: &weft_node::BlobRef| {
        let mut row = step("x", "");
        if let Row::StepFinished { emissions, .. } = &mut row {
            emissions[0].items = Stored::Blob { blob: blob.clone(), items: 1 };
        }
        run.packet(vec![created("a", at), row])
    };
    store.keep_version("version of a".into(), "a".into(), "weft: 1".into()).await.unwrap();
    store.durable(stored(&mut old, 1, &outer)).await.unwrap();
    store.durable(old.packet(vec![finished(2)])).await.unwrap();
    let start = store.cursor();
    store.durable(stored(&mut open, 1, &outer)).await.unwrap();
    store.durable(young.packet(vec![created("a", 1), finished(now - day)])).await.unwrap();
    let tidy = |now: i64| {
        let store = store.clone();
        async move { tokio::task::spawn_blocking(move || store.tidy_now(now)).await.unwrap().unwrap() }
    };
    assert_eq!(tidy(now).await, crate::Tidied { runs: 1, blobs: 0, versions: 0 });
    assert_eq!(store.rows(old.run).await.unwrap_err().code, "run.not_found");
    assert!(matches!(store.events_since(crate::events::Cursor { seq: 0, ..start }, 10).await.unwrap(), Since::Reset));
    assert!(matches!(store.events_since(start, 10).await.unwrap(), Since::Events { events, .. } if events.len() == 2));
    assert_eq!(store.rows(open.run).await.unwrap().len(), 2, "never an open run");
    assert_eq!(store.blobs().read(&inner).await.unwrap(), "inner", "named inside the batch that the open run names");
    assert_eq!(store.verify().await.unwrap(), []);
    store.durable(open.packet(vec![finished(3)])).await.unwrap();
    store.set_keep(crate::Keep { days: 30, runs: 0 });
    assert_eq!(tidy(now).await, crate::Tidied { runs: 2, blobs: 2, versions: 1 });
    assert_eq!(store.verify().await.unwrap(), []);
    store.durable(Chained::new().packet(vec![created("a", 1)])).await.unwrap();
    assert_eq!(store.runs(None, None, 9).await.unwrap()[0].number, 4, "a number is given once");
    drop(store);
    let again = crate::tests::store(&folder);
    assert!(again.findings().is_empty());
    assert_eq!(again.verify().await.unwrap(), []);
}

#[tokio::test]
async fn a_changed_table_and_a_lost_tail_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".weft/weft.db");
    let mut run = Chained::new();
    {
        let store = store(&folder);
        store.keep_version("v".into(), "a".into(), "text".into()).await.unwrap();
        store.durable(run.packet(vec![created("a", 1)])).await.unwrap();
        store.durable(run.packet(vec![step("x", "1")])).await.unwrap();
        assert_eq!(store.verify().await.unwrap(), []);
    }
    let raw = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    raw("UPDATE versions SET text = 'texT'");
    assert_eq!(store(&folder).verify().await.unwrap().len(), 1);
    raw("UPDATE versions SET text = 'text'; UPDATE runs SET status = 3");
    let found = store(&folder).verify().await.unwrap();
    assert!(found.iter().any(|finding| finding.run == Some(run.run)), "{found:?}");
    raw(
        "UPDATE runs SET status = 0; DELETE FROM damaged; UPDATE packets SET body = substr(body, 1, length(body) - 1) || x'00' WHERE seq = 2",
    );
    let damaged = store(&folder);
    assert_eq!(damaged.rows(run.run).await.unwrap_err().code, "journal.damaged");
    assert!(damaged.open_runs().await.unwrap().is_empty(), "set aside");
    drop(damaged);
    raw("DELETE FROM damaged; DELETE FROM packets WHERE seq = 2; DELETE FROM commits WHERE last = 2");
    let before = store(&folder);
    assert_eq!(before.findings()[0].code, "journal.lost");
    assert!(before.open_runs().await.unwrap().is_empty(), "nobody knows how far it was");
}
