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
    let names: Vec<String> = store.read(|db| Ok(db.prepare("SELECT name FROM meta WHERE value = 1 ORDER BY name")?.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?)).await.unwrap();
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
    assert!(matches!(&events[0].what, What::Rows { first: 0, .. }) && matches!(&events[1].what, What::Document { kind, .. } if kind == "flow"));
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
