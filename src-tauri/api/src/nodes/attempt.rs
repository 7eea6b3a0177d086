//! An expression tried on the values of a past run, while somebody types it.

use crate::Api;
use crate::types::*;
use std::sync::Arc;

/// What a setting would give for one item of a past run. Changes nothing and reaches nothing.
pub async fn try_expression(api: &Arc<Api>, wanted: ExpressionTry) -> Result<ExpressionResult, Problem> {
    let run = match &wanted.run {
        Some(run) => Some(crate::runs::id(run)?),
        None => match api.store.latest_run(wanted.flow.clone(), wanted.node.clone()).await? {
            Some(info) => Some(info.id),
            // A node that is new has no values of its own; what leads to it may have some.
            None => api.store.runs(Some(wanted.flow.clone()), None, 1).await?.first().map(|info| info.id),
        },
    };
    let nothing = |problem: Problem| ExpressionResult {
        value: None,
        kind: "undefined".into(),
        problem: Some(problem),
        span: None,
        items: 0,
        run: None,
    };
    let Some(run) = run else {
        return Ok(nothing(crate::problem::problem(
            "expression.no_values",
            "This flow has not run yet.",
            "Run it once to see values here.",
        )));
    };
    let flow = wanted.flow.clone();
    let flow = api.documents(move |documents| documents.view(&flow)).await?;
    let tried = api.engine.try_expression(&flow, &wanted.node, &wanted.value.0.into(), run, wanted.item as usize).await;
    Ok(match tried {
        Ok(tried) => ExpressionResult {
            kind: tried.value.as_ref().map_or("undefined", weft_node::Value::kind).into(),
            value: tried.value.map(|value| Json(value.into())),
            problem: None,
            span: None,
            items: tried.items as u32,
            run: Some(run.to_string()),
        },
        Err(problem) => ExpressionResult { run: Some(run.to_string()), ..nothing(problem.into()) },
    })
}
