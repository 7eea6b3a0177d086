//! What the tests of runs share: small nodes, a world without an outside, and flows written as text.
#![allow(dead_code, reason = "every test file uses its own part")]

pub mod nodes;
pub mod world;

pub use nodes::CATALOG;

use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;
use weft_engine::journal::{Row, memory::Memory};
use weft_engine::{Catalog, Engine, EngineParts, Flows, Limits, RunEnd, StartRun};
use weft_flow::{Flow, Format, parse};
use weft_node::{Problem, Result, Value};

/// Flows by name; the version is the name.
#[derive(Default)]
pub struct Shelf(pub Mutex<HashMap<String, Arc<Flow>>>);

impl Shelf {
    fn get(&self, id: &str) -> Result<Arc<Flow>> {
        self.0.lock().unwrap().get(id).cloned().ok_or_else(|| Problem::new("flow.unknown", id))
    }
}

impl Flows for Shelf {
    fn version<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Arc<Flow>>> {
        Box::pin(async move { self.get(hash) })
    }
    fn current<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<weft_engine::Current>> {
        Box::pin(async move { Ok((id.to_string(), self.get(id)?, Arc::default())) })
    }
}

pub struct Rig {
    pub engine: Arc<Engine>,
    pub journal: Arc<Memory>,
    pub shelf: Arc<Shelf>,
}

impl Rig {
    pub fn new() -> Rig {
        Rig::with(Memory::new(), Arc::default(), Limits::default())
    }

    pub fn with(journal: Memory, shelf: Arc<Shelf>, limits: Limits) -> Rig {
        let journal = Arc::new(journal);
        let parts = EngineParts {
            world: Arc::new(world::Quiet::default()),
            journal: journal.clone(),
            catalog: Catalog::new(CATALOG.iter().copied()),
            flows: shelf.clone(),
            limits,
        };
        Rig { engine: Engine::new(parts), journal, shelf }
    }

    pub fn keep(&self, id: &str, text: &str) -> Arc<Flow> {
        let flow = flow(text);
        self.shelf.0.lock().unwrap().insert(id.into(), flow.clone());
        flow
    }

    /// Starts a flow with this body.
    pub fn start(&self, text: &str, body: &str) -> StartRun {
        let id = blake3::hash(text.as_bytes()).to_hex().to_string();
        let mut start = StartRun::new("main", id.clone(), self.keep(&id, text));
        start.request = Value::object([("body", Value::from_json(body).unwrap())]);
        start
    }

    pub async fn run(&self, text: &str, body: &str) -> Done {
        self.finish(self.start(text, body)).await
    }

    pub async fn finish(&self, start: StartRun) -> Done {
        let mut handle = self.engine.start(start).await.unwrap();
        let end = handle.done().await;
        Done { rows: self.rows(handle.id), end, id: handle.id }
    }

    pub fn rows(&self, run: Uuid) -> Vec<Row> {
        self.journal.all().into_iter().find(|(id, _)| *id == run).map(|(_, rows)| rows).unwrap_or_default()
    }
}

pub fn flow(text: &str) -> Arc<Flow> {
    let flow = parse(&format!("weft: 1\n{text}"), Format::Yaml).unwrap_or_else(|findings| panic!("{findings:?}")).flow();
    assert!(flow.findings.is_empty(), "{:?}", flow.findings);
    Arc::new(flow)
}

pub struct Done {
    pub id: Uuid,
    pub rows: Vec<Row>,
    pub end: Arc<RunEnd>,
}

impl Done {
    pub fn result(&self) -> String {
        assert!(self.end.problem.is_none(), "{:?}", self.end.problem);
        jsons(&self.end.result)
    }

    pub fn code(&self) -> &str {
        self.end.problem.as_ref().map_or("", |problem| problem.code.as_str())
    }

    /// How many steps of a node finished.
    pub fn steps(&self, of: &str) -> usize {
        self.rows.iter().filter(|row| matches!(row, Row::StepFinished { node, .. } if node == of)).count()
    }

    /// What a node gave, first port and all steps in the order of rows.
    pub fn output(&self, of: &str, at: u16) -> String {
        let mut all = Vec::new();
        for row in &self.rows {
            if let Row::StepFinished { node, emissions, .. } = row
                && node == of
            {
                for emission in emissions.iter().filter(|emission| emission.port == at) {
                    if let weft_engine::journal::Stored::Inline(batch) = &emission.items {
                        all.extend(batch.iter().cloned());
                    }
                }
            }
        }
        jsons(&all)
    }

    pub fn warnings(&self) -> Vec<String> {
        self.rows
            .iter()
            .filter_map(|row| if let Row::StepFinished { warnings, .. } = row { Some(warnings.clone()) } else { None })
            .flatten()
            .collect()
    }
}

pub fn jsons(items: &[weft_node::Item]) -> String {
    items.iter().map(|item| item.json.to_json()).collect::<Vec<_>>().join(" ")
}
