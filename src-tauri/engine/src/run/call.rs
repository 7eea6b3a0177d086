//! `logic.call`: runs of another flow, each an own run whose id comes from this step (SEMANTICS 8).

use super::emit::{Given, one};
use super::step::{Failure, StepCx};
use crate::RunEnd;
use crate::engine::ChildRun;
use crate::identity::child_run;
use crate::journal::{Ending, Row, Until};
use futures_util::StreamExt;
use futures_util::stream;
use smallvec::SmallVec;
use std::sync::Arc;
use weft_flow::OnError;
use weft_flow::expr::Moment;
use weft_node::{Batch, Item, Lineage, Map, Problem, Result, Value, world::World};

/// Deepest nesting of calls.
pub const MAX_DEPTH: u32 = 32;

pub(super) async fn run(cx: &Arc<StepCx>) -> Result<Given, Failure> {
    super::lock(&cx.before).take();
    if cx.run.created.depth >= MAX_DEPTH {
        let text = format!("Calls are nested {MAX_DEPTH} deep; this one is not made.");
        return cx.caught(Problem::new("call.depth", text).help("A flow that calls itself needs an end."));
    }
    let items = cx.input.items();
    let compiled = &cx.plan().settings.compiled;
    let caller = cx.caller();
    let names = cx.names(&caller);
    let seed = |item| caller.seed(item);
    let scripts = World::scripts(&*cx.world);
    let moment = Moment { now_ms: cx.started, seed: &seed };
    let per_batch =
        cx.run.plan.flow.nodes.get(&*cx.plan().id).and_then(|node| node.settings.get("once")).and_then(Value::as_str) == Some("per batch");
    cx.announce();
    if per_batch {
        let called = match compiled.whole(items.len(), &*names, &*scripts, moment).await {
            Ok(settings) => call(cx, 0, &settings, cx.input.ports.first().and_then(Batch::flat)).await?,
            Err(problem) => Err(problem),
        };
        return match called {
            Ok(result) => {
                let all: SmallVec<[(u16, u32); 1]> = (0..items.len()).map(|at| (0, at as u32)).collect();
                Ok(Given::on(0, result.iter().map(|item| Item { from: Lineage::From(all.clone()), error: None, ..item.clone() }).collect()))
            }
            Err(problem) => cx.caught(problem),
        };
    }
    let places: Vec<usize> = (0..items.len()).collect();
    let settings = compiled.places(&places, &*names, &*scripts, moment).await;
    let at_once = cx.plan().concurrency.unwrap_or(1).max(1) as usize;
    let calls = settings.into_iter().enumerate().map(|(at, settings)| async move {
        match settings {
            Ok(settings) => call(cx, at, &settings, Some(items[at].json.clone())).await,
            Err(problem) => Ok(Err(problem)),
        }
    });
    let mut results = stream::iter(calls).buffered(at_once).enumerate();
    let mut given = Given::default();
    while let Some((at, result)) = results.next().await {
        match result? {
            Ok(result) => given.extend(0, result.iter().map(|item| Item { from: one(at), error: None, ..item.clone() })),
            Err(problem) => {
                let problem = cx.place(problem).item(at);
                let marked = Item { from: one(at), error: Some(Arc::new(problem.clone())), ..items[at].clone() };
                given.warnings.push(format!("Item {at} failed and went on: {}", problem.message));
                match (cx.plan().on_error, cx.plan().error_port()) {
                    (OnError::Continue, _) => given.extend(0, [marked]),
                    (OnError::Port, Some(port)) => given.extend(port.into(), [marked]),
                    _ => return Err(Failure::Problem(problem)),
                }
            }
        }
    }
    Ok(given)
}

/// One called run, from its beginning, from where it was, or from its end that the journal knows.
async fn call(cx: &Arc<StepCx>, at: usize, settings: &Value, input: Option<Value>) -> Result<Result<Batch>, Failure> {
    let Some(flow) = settings.get("flow").and_then(Value::as_str) else {
        return Ok(Err(Problem::setting("flow", "No flow is named.").help("Choose the flow to call.")));
    };
    let with = settings.get("with").filter(|with| with.as_object().is_some_and(|with| !with.is_empty())).cloned();
    let id = child_run(cx.id, at);
    let body = with.or(input).unwrap_or_else(|| Value::from(Map::default()));
    let parent = &cx.run;
    let child = ChildRun { id, flow: flow.to_string(), body, parent: (parent.id, cx.id), of: parent.created.clone() };
    cx.run.log.push(Row::StepWaiting { step: cx.id, until: Until::Child(id), at: cx.run.now() });
    cx.run.log.hand_over();
    let mut waiting = Box::pin(parent.engine.run_child(child));
    let end = tokio::select! {
        biased;
        () = parent.cancel.cancelled() => {
            // A waited child is cancelled with its parent.
            let _ = parent.engine.cancel(id, "the calling run").await;
            return Err(Failure::Cancelled);
        }
        end = &mut waiting => end,
    };
    Ok(match end {
        Err(problem) => Err(problem),
        Ok(end) => outcome(flow, &end),
    })
}

fn outcome(flow: &str, end: &RunEnd) -> Result<Batch> {
    if end.ending == Ending::Finished {
        return Ok(end.result.clone());
    }
    let cause = end.problem.as_deref().cloned().unwrap_or_else(|| Problem::new(weft_node::CANCELLED, "it was cancelled"));
    let place = cause.node.as_deref().map_or_else(String::new, |node| format!(" at `{node}`"));
    let details = Value::object([
        ("flow", Value::from(flow)),
        ("run", Value::from(end.id.to_string())),
        ("cause", super::names::problem_value(&cause)),
    ]);
    Err(Problem { help: cause.help.clone(), ..Problem::new("call.failed", format!("The flow `{flow}` failed{place}: {}", cause.message)) }
        .details(details))
}
