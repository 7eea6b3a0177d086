//! Starting a run: the version it keeps, what it may touch, what is pinned.

use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use weft_engine::StartRun;
use weft_engine::journal::Part;
use weft_flow::Severity;
use weft_node::{Batch, Item, Map, PERMISSION_NEEDED, Value};
use weft_store::settings::{EnvValue, Settings};

impl Api {
    /// A run of a flow as it is now, with what it may touch and the workspace's pins; start, part and request are the caller's.
    pub(crate) async fn prepared(self: &Arc<Self>, flow_id: &str) -> Result<StartRun, Problem> {
        let (id, types) = (flow_id.to_owned(), self.types.clone());
        let (settings, _) = self.settings()?;
        let (flow, version, grants) = self
            .documents(move |documents| {
                let flow = documents.view(&id)?;
                let version = documents.pin_version(&id)?;
                Ok((flow, version, documents.permissions(&id, |flow| crate::flows::named(flow, &types))?))
            })
            .await?;
        if let Some(wrong) = crate::documents::findings(&flow, &self.types).into_iter().find(|finding| finding.severity == Severity::Error)
        {
            return Err(Problem {
                node: wrong.node,
                field: wrong.field,
                ..problem("flow.invalid", format!("The flow cannot run: {}", wrong.message), &wrong.help)
            });
        }
        if !grants.missing.is_empty() {
            let needs = serde_json::to_value(&grants.missing).expect("needs are JSON");
            return Err(Problem {
                details: Some(Json(serde_json::json!({ "needs": needs }))),
                ..problem(
                    PERMISSION_NEEDED,
                    "This flow came from elsewhere and asks for things it was not allowed yet.",
                    "Look at what it asks for, and allow it in the studio or with: weft grant FLOW",
                )
            });
        }
        Ok(StartRun {
            permissions: grants.given,
            time_zone: self.world.clock().time_zone(),
            config: Value::from(settings.config.clone()),
            env: environment(&settings),
            ..StartRun::new(flow_id, version, flow)
        })
    }
}

fn environment(settings: &Settings) -> Value {
    let mut env = Map::default();
    for (name, value) in &settings.env {
        let value = match value {
            EnvValue::Text(text) => Some(text.clone()),
            EnvValue::Inherited => std::env::var(name).ok(),
        };
        if let Some(value) = value {
            env.insert(name.as_str(), Value::from(value));
        }
    }
    Value::from(env)
}

pub async fn start(api: &Arc<Api>, wanted: RunRequest) -> Result<RunSummary, Problem> {
    if let Some(why) = api.read_only() {
        return Err(problem("workspace.read_only", why, "Run it in the program that has the workspace open."));
    }
    let prepared = api.prepared(&wanted.flow).await?;
    let flow = wanted.flow.clone();
    let kept = api.documents(move |documents| documents.pins(&flow)).await?;
    let mut pins: BTreeMap<String, Vec<Batch>> = BTreeMap::new();
    for (node, ports) in kept {
        pins.insert(node.clone(), by_port(api, &prepared.flow, &node, ports));
    }
    for (named, items) in wanted.pins {
        let node = node_named(&prepared.flow, &named)?;
        pins.insert(node, vec![items.into_iter().map(|json| Item::new(Value::from(json.0))).collect()]);
    }
    let (part, from_run) = match wanted.mode {
        RunMode::All => (Part::All, None),
        RunMode::ToHere { node } => (Part::ToHere(node), None),
        RunMode::FromHere { node, run } => (Part::FromHere(node), Some(run)),
        RunMode::OnlyThis { node, run } => (Part::OnlyThis(node), Some(run)),
    };
    let from_run = match from_run {
        None => None,
        Some(Some(run)) => Some(super::id(&run)?),
        Some(None) => latest(api, &wanted.flow).await?,
    };
    let body = wanted.input.map_or_else(|| Value::from(Map::default()), |json| Value::from(json.0));
    let start = StartRun {
        start: wanted.start.map(|named| node_named(&prepared.flow, &named)).transpose()?,
        part,
        from_run,
        pins: pins.into_iter().collect(),
        request: Value::object([("body", body)]),
        ..prepared
    };
    let handle = api.engine.start(start).await?;
    api.told_run(handle.id).await
}

async fn latest(api: &Arc<Api>, flow: &str) -> Result<Option<uuid::Uuid>, Problem> {
    let runs = api.store.runs(Some(flow.to_owned()), None, 20).await?;
    let ended = |run: &&weft_store::RunInfo| run.finished_at.is_some() && run.part == Part::All;
    Ok(runs.iter().find(ended).or(runs.first()).map(|run| run.id))
}

/// A node by its id, or by the one name it alone has.
fn node_named(flow: &weft_flow::Flow, named: &str) -> Result<String, Problem> {
    if flow.nodes.contains_key(named) {
        return Ok(named.to_owned());
    }
    let mut found = flow.nodes.iter().filter(|(_, node)| node.name.as_deref() == Some(named));
    match (found.next(), found.next()) {
        (Some((id, _)), None) => Ok(id.clone()),
        (Some(_), Some(_)) => Err(problem("input.node", format!("Several nodes are called \"{named}\"."), "Name the node by its id.")),
        _ => Err(problem("input.node", format!("There is no node \"{named}\" in this flow."), "Name a node by its id or its name.")),
    }
}

fn by_port(api: &Api, flow: &weft_flow::Flow, node: &str, mut ports: BTreeMap<String, Vec<Item>>) -> Vec<Batch> {
    let outputs = flow.nodes.get(node).and_then(|node| api.engine.catalog().of(node).ok()).map_or(&[][..], |kind| kind.outputs);
    let mut batches: Vec<Batch> = outputs.iter().map(|port| Batch::new(ports.remove(port.name).unwrap_or_default())).collect();
    if batches.is_empty() {
        batches.push(Batch::new(ports.into_values().next().unwrap_or_default()));
    }
    batches
}

impl Api {
    /// The summary of a run that was just handed over: as the store has it, once it has it.
    async fn told_run(self: &Arc<Self>, run: uuid::Uuid) -> Result<RunSummary, Problem> {
        for _ in 0..200 {
            if let Ok(info) = self.store.run(run).await {
                return Ok(super::summary(self, info));
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        Ok(super::summary(self, self.store.run(run).await?))
    }
}
