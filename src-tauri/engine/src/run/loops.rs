//! `logic.loop`: opens iterations, so many at once, and puts their results together (SEMANTICS 8).

use super::emit::{Given, one};
use super::names::Names;
use super::step::{Failure, StepCx};
use crate::journal::{Chunk, Row};
use crate::plan::DONE;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use weft_flow::OnError;
use weft_flow::expr::{Compiled, Moment};
use weft_node::{Batch, Item, Lineage, Problem, Result, Value, world::World};

/// Turns of a `while` or `until` loop that says nothing of them.
const MAX_TURNS: u32 = 1_000;

struct Turns {
    size: u32,
    at_once: usize,
    max: u32,
    /// Goes on by a question instead of over chunks.
    asks: bool,
}

pub(super) async fn run(cx: &Arc<StepCx>) -> Result<Given, Failure> {
    let (tell, mut ended) = mpsc::unbounded_channel();
    super::lock(&cx.run.loops).insert(cx.step, tell);
    let before = super::lock(&cx.before).take();
    let turns = match turns(cx).await {
        Ok(turns) => turns,
        Err(problem) => return cx.caught(problem),
    };
    cx.announce();
    let items = cx.input.items().len() as u32;
    let mut results: BTreeMap<u32, Vec<Item>> = BTreeMap::new();
    let mut caught: BTreeMap<u32, Vec<Item>> = BTreeMap::new();
    let mut warnings = Vec::new();
    let (mut next, mut running, mut position) = (0_u32, 0_usize, 0_u32);
    let mut stopped = false;
    // Iterations that a journal knows of are open again in their state of then.
    for (index, chunk, over) in before.map(|before| before.turns).unwrap_or_default() {
        next = index + 1;
        if let Chunk::Input { to, .. } = chunk {
            position = position.max(to);
        }
        if over.is_none() {
            running += 1;
        }
        if let Some(scope) = over {
            stopped |= collect(cx, index, scope, true, &mut results, &mut caught, &mut warnings).await?;
        }
    }
    loop {
        while !stopped && running < turns.at_once && !cx.run.stopping.is_cancelled() {
            let chunk = if turns.asks {
                // One after the other: each is given what the one before gave.
                if running > 0 || !goes_on(cx, next).await? {
                    break;
                }
                if next >= turns.max {
                    let text = format!("`{}` took {} turns and its condition still asks for more.", cx.plan().id, turns.max);
                    return cx.caught(Problem::new("loop.limit", text).help("Mend the condition, or raise `max`."));
                }
                if next == 0 { Chunk::Input { from: 0, to: items } } else { Chunk::Last }
            } else {
                if position >= items {
                    break;
                }
                let to = position.saturating_add(turns.size).min(items);
                let chunk = Chunk::Input { from: position, to };
                position = to;
                chunk
            };
            cx.run.log.push(Row::IterationStarted { step: cx.id, index: next, chunk, at: cx.run.now() });
            cx.run.core().open_iteration(cx.step, chunk);
            cx.run.wake.notify_one();
            next += 1;
            running += 1;
        }
        if running == 0 {
            break;
        }
        let scope = tokio::select! {
            biased;
            () = cx.run.cancel.cancelled() => return Err(Failure::Cancelled),
            scope = ended.recv() => scope.expect("the run holds the other end"),
        };
        running -= 1;
        let index = cx.run.core().scopes[scope].opener.map_or(0, |(_, index)| index);
        stopped |= collect(cx, index, scope, false, &mut results, &mut caught, &mut warnings).await?;
    }
    super::lock(&cx.run.loops).remove(&cx.step);
    let mut given = Given { warnings, ..Given::default() };
    given.extend(DONE.into(), results.into_values().flatten());
    if let Some(error) = cx.plan().error_port() {
        given.extend(error.into(), caught.into_values().flatten());
    }
    Ok(given)
}

/// Takes the result of an iteration that has ended; true where no further one is to begin.
async fn collect(
    cx: &Arc<StepCx>,
    index: u32,
    scope: usize,
    known: bool,
    results: &mut BTreeMap<u32, Vec<Item>>,
    caught: &mut BTreeMap<u32, Vec<Item>>,
    warnings: &mut Vec<String>,
) -> Result<bool, Failure> {
    let (stopping, failed, batch, lineage, chunk) = {
        let core = cx.run.core();
        let state = &core.scopes[scope];
        let chunk = core.steps[cx.step].chunks[index as usize].batch.clone();
        (state.stopping.clone(), state.failed, core.result(scope), core.result_lineage(cx.step, scope), chunk)
    };
    if let Some(problem) = stopping {
        if !failed {
            // Another turn failed and stopped this one, or what is around the loop stops, which is no error of the loop.
            let own = cx.run.core().scopes.iter().any(|scope| scope.failed && scope.opener.is_some_and(|(step, _)| step == cx.step));
            return Err(if own { Failure::Problem(Problem::clone(&problem)) } else { Failure::Cancelled });
        }
        let text = format!("Turn {index} failed: {}", problem.message);
        let marked = Arc::new(cx.place(Problem { node: None, ..Problem::clone(&problem) }).details(super::names::problem_value(&problem)));
        let from = chunk_positions(cx, index);
        let mark = |(at, item): (usize, &Item)| Item {
            from: from.map_or(Lineage::Unknown, |from| one(from + at)),
            error: Some(marked.clone()),
            ..item.clone()
        };
        let items: Vec<Item> = chunk.iter().enumerate().map(mark).collect();
        if !known {
            let result = crate::journal::Stored::Inline(Batch::default());
            cx.run.log.push(Row::IterationDone { step: cx.id, index, result, problem: Some(problem.clone()), at: cx.run.now() });
        }
        match cx.plan().on_error {
            OnError::Stop => return Err(Failure::Problem(Problem::clone(&problem))),
            OnError::Continue => results.insert(index, items),
            OnError::Port => caught.insert(index, items),
        };
        warnings.push(text);
        return Ok(false);
    }
    if !known {
        let result = cx.run.store(&batch).await.map_err(Failure::Broken)?;
        cx.run.log.push(Row::IterationDone { step: cx.id, index, result, problem: None, at: cx.run.now() });
    }
    let items = batch.iter().zip(lineage).map(|(item, from)| Item { from, error: None, ..item.clone() });
    results.insert(index, items.collect());
    let questions = cx.plan().settings.questions.as_ref();
    if let Some(stop_when) = questions.and_then(|q| q.stop_when.as_ref())
        && is_true(cx, stop_when, index, Some(batch.clone())).await?
    {
        return Ok(true);
    }
    if let Some(until) = questions.and_then(|q| q.until.as_ref())
        && is_true(cx, until, index, Some(batch)).await?
    {
        return Ok(true);
    }
    Ok(false)
}

/// Where the chunk's first item stands in the loop's input; none where it came from an iteration.
fn chunk_positions(cx: &StepCx, index: u32) -> Option<usize> {
    cx.run.core().chunk_from(cx.step, index).map(|from| from as usize)
}

/// Whether `while` asks for the iteration of this number.
async fn goes_on(cx: &Arc<StepCx>, index: u32) -> Result<bool, Failure> {
    let Some(while_) = cx.plan().settings.questions.as_ref().and_then(|q| q.while_.as_ref()) else { return Ok(true) };
    let last = cx.run.core().result_before(cx.step, index);
    is_true(cx, while_, index, last).await
}

/// Asks a question with `ctx.loop`; over a result it stands for the items too.
async fn is_true(cx: &Arc<StepCx>, question: &Compiled, index: u32, last: Option<Batch>) -> Result<bool, Failure> {
    let caller = cx.caller();
    let mut input = cx.input.clone();
    if let (Some(last), Some(first)) = (&last, input.ports.first_mut()) {
        *first = last.clone();
    }
    let at = (!input.items().is_empty()).then_some(0);
    let names = Names {
        run: cx.run.clone(),
        step: cx.step,
        input,
        now_ms: cx.started,
        seed: Arc::new({
            let caller = caller.clone();
            move |item| caller.seed(item)
        }),
        world: cx.world.clone(),
        turn: Some((index, last)),
    };
    let seed = |item| caller.seed(item);
    let scripts = World::scripts(&*cx.world);
    let moment = Moment { now_ms: cx.started, seed: &seed };
    let answer = question.one(at, &names, &*scripts, moment).await.map_err(|problem| Failure::Problem(cx.place(problem)))?;
    Ok(match answer {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Number(n)) => n.as_f64() != 0.0,
        Some(Value::Text(text)) => !text.is_empty(),
        Some(_) => true,
    })
}

async fn turns(cx: &Arc<StepCx>) -> Result<Turns> {
    let caller = cx.caller();
    let names = cx.names(&caller);
    let seed = |item| caller.seed(item);
    let scripts = World::scripts(&*cx.world);
    let moment = Moment { now_ms: cx.started, seed: &seed };
    let settings = cx.plan().settings.compiled.whole(cx.input.items().len(), &*names, &*scripts, moment).await?;
    let count = |field: &str, otherwise: u32| match settings.get(field) {
        None | Some(Value::Null) => Ok(otherwise),
        Some(value) => value.as_i64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).ok_or_else(|| {
            Problem::setting(field, format!("`{field}` is {}, not a whole number from 1.", value.to_json()))
                .help("Write how many, as a number.")
        }),
    };
    let asks = cx.plan().settings.questions.as_ref().is_some_and(|q| q.while_.is_some() || q.until.is_some());
    let at_once = match cx.plan().concurrency {
        Some(at_once) => at_once,
        None => count("concurrency", 1)?,
    };
    Ok(Turns { size: count("size", 1)?, at_once: at_once.max(1) as usize, max: count("max", MAX_TURNS)?, asks })
}
