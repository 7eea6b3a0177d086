//! Everything that came out of a run, for programs: `weft run --output json`.

use super::items;
use crate::Api;
use crate::types::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `{status, error, order, out}`: `order` = node ids as each step ended; `out` = per node that was not pinned its steps,
/// each with the items' json per output port, or its error.
pub async fn output(api: &Arc<Api>, wanted: RunId) -> Result<Json, Problem> {
    let drawn = super::drawn(api, super::id(&wanted.run)?).await?;
    // Rows tell the ends in the order in which they came; steps of one instant keep the order of their beginnings.
    let mut ended: Vec<_> = drawn.state.steps.values().filter(|step| step.finished.is_some()).collect();
    ended.sort_by_key(|step| step.finished);
    let mut out: Map<String, Value> = Map::new();
    for step in &ended {
        if step.status == weft_engine::state::StepStatus::Pinned {
            continue;
        }
        let given = match &step.problem {
            Some(problem) => json!({ "error": problem.message, "code": problem.code }),
            None => {
                let mut ports = vec![Vec::new(); drawn.ports(&step.node).len()];
                for (at, port) in ports.iter_mut().enumerate() {
                    for piece in drawn.given(step, at) {
                        port.extend(items::load(api, &piece).await?.iter().map(|item| Value::from(&item.json)));
                    }
                }
                json!({ "main": ports })
            }
        };
        out.entry(step.node.clone()).or_insert_with(|| json!([])).as_array_mut().expect("it was made a list").push(given);
    }
    let status = match drawn.summary.status {
        RunStatus::Finished => "finished",
        RunStatus::Failed => "failed",
        RunStatus::Cancelled => "cancelled",
        _ => "waiting",
    };
    Ok(Json(json!({
        "status": status,
        "error": drawn.summary.problem.as_ref().map(|problem| &problem.message),
        "order": ended.iter().map(|step| &step.node).collect::<Vec<_>>(),
        "out": out,
    })))
}
