//! Follows the store's events and says what they mean to a screen.

use crate::Api;
use crate::runs::{self, Drawn};
use crate::types::*;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;
use weft_engine::journal::{Row, Volatile};
use weft_store::events::{Event as StoreEvent, What};

/// Runs whose drawing is kept while they go on.
const DRAWN: usize = 64;

/// One listener's knowledge of live runs.
pub(super) struct Follower {
    api: Arc<Api>,
    drawn: IndexMap<Uuid, Followed>,
}

struct Followed {
    drawn: Drawn,
    /// Rows that are in the drawing.
    rows: u64,
}

/// What a batch of store events adds up to.
#[derive(Default)]
struct Batch {
    events: Vec<Event>,
    /// Flows whose findings and undo words may be others now.
    flows: BTreeSet<String>,
    /// Runs that changed, with the last place in the stream.
    runs: BTreeMap<Uuid, Option<Cursor>>,
}

impl Follower {
    pub fn new(api: Arc<Api>) -> Self {
        Follower { api, drawn: IndexMap::new() }
    }

    pub async fn translate(&mut self, events: Vec<StoreEvent>) -> Vec<Event> {
        let mut batch = Batch::default();
        for event in events {
            let at = event.at.map(super::view);
            match event.what {
                What::Document { kind, body } => document(&mut batch, at, &kind, &body),
                What::Rows { run, first, rows } => {
                    self.rows(run, first, &rows).await;
                    batch.runs.insert(run, at);
                }
                What::Volatile(Volatile::Rows { run, rows }) => {
                    self.unkept(run, &rows).await;
                    batch.runs.insert(run, None);
                }
                What::Volatile(Volatile::Progress { run, node, done, of, .. }) => {
                    batch.events.push(Event { at: None, what: Happened::Progress { run: run.to_string(), node, done, of } });
                }
            }
        }
        for (run, at) in std::mem::take(&mut batch.runs) {
            self.run_changed(&mut batch.events, run, at);
        }
        for flow in std::mem::take(&mut batch.flows) {
            // A flow that went meanwhile has no state; the list says so.
            if let Ok(what) = crate::flows::state(&self.api, flow).await {
                batch.events.push(Event { at: None, what });
            }
        }
        batch.events
    }

    /// Brings a run's drawing up to date; drawn anew where something is missing.
    async fn rows(&mut self, run: Uuid, first: u64, rows: &[Row]) {
        if let Some(followed) = self.drawn.get_mut(&run)
            && first <= followed.rows
        {
            for row in rows.iter().skip((followed.rows - first) as usize) {
                followed.drawn.apply(row);
                followed.rows += 1;
            }
            return;
        }
        self.draw(run).await;
    }

    async fn draw(&mut self, run: Uuid) {
        let Ok(info) = self.api.store.run(run).await else { return };
        let Ok(rows) = self.api.store.run_rows(run).await else { return };
        let hash = info.version.clone();
        let flow = self.api.documents(move |documents| documents.version(&hash)).await.ok();
        let mut drawn = Drawn::new(runs::summary(&self.api, info), flow, self.api.engine.clone());
        rows.iter().for_each(|row| drawn.apply(row));
        self.keep(run, Followed { drawn, rows: rows.len() as u64 });
    }

    /// Rows of a run that keeps none (`durability: none`).
    async fn unkept(&mut self, run: Uuid, rows: &[Row]) {
        if !self.drawn.contains_key(&run) {
            return self.draw(run).await;
        }
        let followed = &mut self.drawn[&run];
        rows.iter().for_each(|row| followed.drawn.apply(row));
        followed.rows += rows.len() as u64;
    }

    fn keep(&mut self, run: Uuid, followed: Followed) {
        while self.drawn.len() >= DRAWN {
            self.drawn.shift_remove_index(0);
        }
        self.drawn.insert(run, followed);
    }

    fn run_changed(&mut self, events: &mut Vec<Event>, run: Uuid, at: Option<Cursor>) {
        let Some(followed) = self.drawn.get_mut(&run) else { return };
        let drawn = &mut followed.drawn;
        let touched = drawn.take_touched();
        let (id, flow) = (run.to_string(), drawn.summary.flow.clone());
        drawn.summary.queued = self.api.engine.queue_position(run).map(|place| place as u32);
        if drawn.summary.queued.is_some() {
            drawn.summary.status = RunStatus::Queued;
        }
        let mut tell = |what| events.push(Event { at: at.clone(), what });
        for (edge, state) in drawn.edges(Some(&touched)) {
            tell(Happened::EdgeRunChanged { run: id.clone(), flow: flow.clone(), edge, state });
        }
        for node in &touched {
            tell(Happened::NodeRunChanged { run: id.clone(), flow: flow.clone(), node: drawn.node(node) });
        }
        for attention in drawn.attentions() {
            tell(Happened::AttentionNeeded { run: id.clone(), flow: flow.clone(), attention });
        }
        tell(Happened::RunChanged { run: drawn.summary.clone() });
        if drawn.summary.finished_at.is_some() {
            self.drawn.shift_remove(&run);
        }
    }
}

fn document(batch: &mut Batch, at: Option<Cursor>, kind: &str, body: &serde_json::Value) {
    let text = |key: &str| body.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    match kind {
        "flow_changed" => {
            let flow = text("flow").unwrap_or_default();
            batch.flows.insert(flow.clone());
            batch.events.push(Event {
                at,
                what: Happened::FlowChanged {
                    flow,
                    rev: body.get("rev").and_then(serde_json::Value::as_u64).unwrap_or_default() as u32,
                    author: text("author").unwrap_or_default(),
                    client: text("client"),
                    changes: body.get("changes").and_then(|changes| serde_json::from_value(changes.clone()).ok()).unwrap_or_default(),
                },
            });
        }
        "flow_state" => {
            batch.flows.extend(text("flow"));
        }
        "flows_changed" => batch.events.push(Event { at, what: Happened::FlowsChanged }),
        // Of a later version of this program.
        _ => {}
    }
}
