//! Runs: started, listed, drawn, looked into, stopped, decided.

mod drawn;
mod items;
mod lineage;
mod output;
mod pieces;
mod start;

pub(crate) use drawn::Drawn;
pub use items::items;
pub(crate) use items::outputs_of;
pub use lineage::lineage;
pub use output::output;
pub use start::start;

use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::sync::Arc;
use uuid::Uuid;
use weft_engine::journal::{Decided, Part, StepId};
use weft_node::{Batch, Item, Value};
use weft_store::RunInfo;

pub(crate) fn id(text: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(text).map_err(|_| problem("run.not_found", format!("\"{text}\" is no run."), "`weft runs` lists them."))
}

pub(crate) fn mode(part: &Part) -> RunMode {
    match part {
        Part::All => RunMode::All,
        Part::ToHere(node) => RunMode::ToHere { node: node.clone() },
        Part::FromHere(node) => RunMode::FromHere { node: node.clone(), run: None },
        Part::OnlyThis(node) => RunMode::OnlyThis { node: node.clone(), run: None },
    }
}

/// A run as lists show it.
pub(crate) fn summary(api: &Api, info: RunInfo) -> RunSummary {
    let queued = api.engine.queue_position(info.id).map(|place| place as u32);
    RunSummary {
        id: info.id.to_string(),
        number: u32::try_from(info.number).unwrap_or(u32::MAX),
        flow: info.flow,
        status: match info.status {
            _ if queued.is_some() => RunStatus::Queued,
            weft_store::RunStatus::Queued => RunStatus::Queued,
            weft_store::RunStatus::Running => RunStatus::Running,
            weft_store::RunStatus::Waiting => RunStatus::Waiting,
            weft_store::RunStatus::Finished => RunStatus::Finished,
            weft_store::RunStatus::Failed => RunStatus::Failed,
            weft_store::RunStatus::Cancelled => RunStatus::Cancelled,
        },
        trigger: info.trigger,
        mode: mode(&info.part),
        created_at: info.created_at as f64,
        started_at: info.started_at.map(|at| at as f64),
        finished_at: info.finished_at.map(|at| at as f64),
        problem: info.problem.map(Problem::from),
        queued,
    }
}

pub async fn list(api: &Arc<Api>, wanted: FlowPage) -> Result<RunList, Problem> {
    let before = wanted.page.after.as_deref().map(crate::flows::number).transpose()?.map(|before| before as u64);
    let limit = crate::flows::limit(&wanted.page);
    let found = api.store.runs(wanted.flow, before, limit + 1).await?;
    let next = (found.len() > limit).then(|| found[limit - 1].number.to_string());
    Ok(RunList { runs: found.into_iter().take(limit).map(|info| summary(api, info)).collect(), next })
}

/// A run drawn from its rows, on the flow version it began with.
pub(crate) async fn drawn(api: &Arc<Api>, run: Uuid) -> Result<Drawn, Problem> {
    let info = api.store.run(run).await?;
    let rows = api.store.run_rows(run).await?;
    let hash = info.version.clone();
    // A version that is gone leaves the run without its threads, not without its steps.
    let flow = api.documents(move |documents| documents.version(&hash)).await.ok();
    let mut drawn = Drawn::new(summary(api, info), flow, api.engine.clone());
    for row in &rows {
        drawn.apply(row);
    }
    Ok(drawn)
}

pub async fn get(api: &Arc<Api>, wanted: RunId) -> Result<Run, Problem> {
    // The cursor is taken first: what happens meanwhile is told again rather than lost.
    let at = crate::events::cursor(api);
    Ok(drawn(api, id(&wanted.run)?).await?.view(at))
}

pub async fn cancel(api: &Arc<Api>, wanted: RunId) -> Result<Nothing, Problem> {
    api.engine.cancel(id(&wanted.run)?, &api.author).await?;
    Ok(Nothing {})
}

pub async fn decide(api: &Arc<Api>, wanted: Decide) -> Result<Nothing, Problem> {
    let step: StepId = wanted
        .step
        .parse()
        .map_err(|_| problem("step.not_found", format!("\"{}\" is no step.", wanted.step), "`weft runs show` names them."))?;
    let decided = match wanted.decision {
        Decision::Repeat => Decided::Repeat,
        Decision::Fail => Decided::Fail,
        Decision::Result { items } => Decided::Result(items.into_iter().map(|json| Item::new(Value::from(json.0))).collect::<Batch>()),
    };
    api.engine.decide(id(&wanted.run)?, step, decided, &api.author).await?;
    Ok(Nothing {})
}
