//! After a crash: the rows of a run become its state again, and every step without an end goes on by SEMANTICS 11.

use super::emit::{Given, fill, one, read_stored};
use super::items::{Slot, gather};
use super::step::{Failure, StepCx};
use crate::core::Core;
use crate::journal::{Chunk, Class, Decided, Row, Until, damaged};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::oneshot;
use weft_flow::OnError;
use weft_node::world::World;
use weft_node::{Batch, Item, Lineage, Problem, Result};

/// Batches by output port.
pub(crate) type Batches = Vec<(u16, Batch)>;

/// What the journal says of a step that has begun and not ended.
pub(crate) struct Before {
    pub attempt: u32,
    /// The attempt whose `started` row is there; 0 = none.
    pub announced: u32,
    pub started: i64,
    class: Class,
    retry: Option<(i64, u32, Option<Arc<Problem>>)>,
    done: Vec<(u32, u32, Batches)>,
    attention: Attention,
    /// A loop's iterations; with their scope where they are over.
    pub turns: Vec<(u32, Chunk, Option<usize>)>,
}

enum Attention {
    None,
    Asked,
    Decided(Decided),
}

/// What a run goes on from.
#[derive(Default)]
pub(crate) struct Resumed {
    pub before: Vec<(usize, Before)>,
    pub cancelled_by: Option<String>,
    pub responded: Option<Batch>,
    pub started: Option<i64>,
}

/// The batches that rows name, read back in the order of the rows.
///
/// # Errors
/// What the blob store says; `journal.damaged`.
pub(crate) async fn load(world: &dyn World, rows: &[Row]) -> Result<Vec<Batches>> {
    let mut all = Vec::new();
    for row in rows {
        let (Row::StepFinished { emissions, .. } | Row::ItemsDone { emissions, .. }) = row else {
            all.push(Vec::new());
            continue;
        };
        let mut batches = Vec::with_capacity(emissions.len());
        for emission in emissions {
            batches.push((emission.port, read_stored(world, &emission.items).await?));
        }
        all.push(batches);
    }
    Ok(all)
}

/// Feeds a new core with the rows of a journal.
///
/// # Errors
/// `journal.damaged`, where the rows do not fit the flow version.
pub(crate) fn replay(core: &mut Core, rows: &[Row], mut batches: Vec<Batches>) -> Result<Resumed> {
    let mut resumed = Resumed::default();
    let mut open: HashMap<usize, Before> = HashMap::new();
    let mut dropped = 0;
    for (at, row) in rows.iter().enumerate() {
        let known =
            |core: &mut Core, step| core.begin(step).ok_or_else(|| damaged(format_args!("row {at} is of a step that cannot be there")));
        match row {
            Row::RunStarted { at } => resumed.started = Some(*at),
            Row::StepStarted { step, attempt, class, at, .. } => {
                let step = known(core, *step)?;
                let fresh = Before {
                    attempt: 1,
                    announced: 0,
                    started: *at,
                    class: *class,
                    retry: None,
                    done: Vec::new(),
                    attention: Attention::None,
                    turns: Vec::new(),
                };
                let before = open.entry(step).or_insert(fresh);
                (before.attempt, before.announced, before.retry, before.attention) = (*attempt, *attempt, None, Attention::None);
            }
            Row::ItemsDone { step, from, to, .. } => {
                let step = known(core, *step)?;
                if let Some(before) = open.get_mut(&step) {
                    before.done.push((*from, *to, std::mem::take(&mut batches[at])));
                }
            }
            Row::StepWaiting { step, until, .. } => {
                let step = known(core, *step)?;
                if let (Some(before), Until::Retry { at, attempt, problem }) = (open.get_mut(&step), until) {
                    before.retry = Some((*at, *attempt, problem.clone()));
                }
            }
            Row::StepFinished { step, .. } => {
                let step = known(core, *step)?;
                open.remove(&step);
                core.finish(step, std::mem::take(&mut batches[at]));
            }
            Row::StepFailed { step, problem, cancelled, .. } => {
                let step = known(core, *step)?;
                open.remove(&step);
                if *cancelled { core.cancelled(step) } else { core.fail(step, problem) }
            }
            Row::IterationStarted { step, index, chunk, .. } => {
                let step = known(core, *step)?;
                core.open_iteration(step, *chunk);
                if let Some(before) = open.get_mut(&step) {
                    before.turns.push((*index, *chunk, None));
                }
            }
            Row::IterationDone { step, index, .. } => {
                let step = known(core, *step)?;
                let scope = core
                    .scopes
                    .iter()
                    .position(|scope| scope.opener == Some((step, *index)))
                    .ok_or_else(|| damaged(format_args!("row {at} ends an iteration that never began")))?;
                core.acknowledge(scope);
                if let Some(turn) = open.get_mut(&step).and_then(|before| before.turns.iter_mut().find(|turn| turn.0 == *index)) {
                    turn.2 = Some(scope);
                }
            }
            Row::DeliveryDropped { .. } => dropped += 1,
            Row::CancelRequested { by, .. } => {
                resumed.cancelled_by = Some(by.clone());
                core.stop(0, &Arc::new(super::drive::cancelled()));
            }
            Row::AttentionNeeded { step, .. } => {
                if let Some(before) = core.step(*step).and_then(|step| open.get_mut(&step)) {
                    before.attention = Attention::Asked;
                }
            }
            Row::Decision { step, decision, .. } => {
                if let Some(before) = core.step(*step).and_then(|step| open.get_mut(&step)) {
                    before.attention = Attention::Decided(decision.clone());
                }
            }
            Row::Responded { step, .. } => {
                resumed.responded = core.step(*step).map(|step| core.input(step).ports.swap_remove(0));
            }
            Row::RunCreated(_) | Row::RunFinished { .. } => {}
        }
    }
    core.forget_dropped(dropped);
    resumed.before = open.into_iter().collect();
    // In the order in which they came about.
    resumed.before.sort_by_key(|(step, _)| *step);
    Ok(resumed)
}

/// What a person may have to say before a batch node goes on. Gives its output where that is the answer.
pub(super) async fn settle_before(cx: &Arc<StepCx>) -> Result<Option<Given>, Failure> {
    let Some(before) = super::lock(&cx.before).take() else { return Ok(None) };
    if wait_again(cx, &before).await? || before.class != Class::Unsafe {
        return Ok(None);
    }
    match ask(cx, before.attention, 0, 1).await? {
        Decided::Repeat => {
            cx.announce_again();
            Ok(None)
        }
        Decided::Fail => cx.caught(given_up()).map(Some),
        Decided::Result(batch) => {
            let mut items = batch.into_items();
            for item in &mut items {
                item.from = Lineage::Auto;
            }
            fill(&mut items, &cx.input);
            Ok(Some(Given::on(0, items)))
        }
    }
}

/// The same for an item node: what is done is kept, what is open goes on or is decided.
pub(super) async fn settle_items(cx: &Arc<StepCx>, slots: &mut Vec<Slot>) -> Result<Option<Given>, Failure> {
    let Some(mut before) = super::lock(&cx.before).take() else { return Ok(None) };
    for (from, to, emissions) in std::mem::take(&mut before.done) {
        let (from, to) = (from as usize, (to as usize).min(slots.len()));
        for slot in slots.iter_mut().take(to).skip(from) {
            *slot = Slot::Done(Vec::new());
        }
        // Which item of a range gave what is not asked any more: the order is kept.
        if let Some(first) = slots.get_mut(from) {
            *first = Slot::Done(
                emissions.into_iter().flat_map(|(port, batch)| batch.into_items().into_iter().map(move |item| (port, item))).collect(),
            );
        }
    }
    let open: Vec<usize> = (0..slots.len()).filter(|at| matches!(slots[*at], Slot::Open)).collect();
    let Some(&first) = open.first() else { return Ok(None) };
    if wait_again(cx, &before).await? || before.class != Class::Unsafe {
        return Ok(None);
    }
    match ask(cx, before.attention, first, slots.len()).await? {
        Decided::Repeat => {
            cx.announce_again();
            Ok(None)
        }
        Decided::Fail => {
            let problem = Arc::new(cx.place(given_up()).item(first));
            let port = match (cx.plan().on_error, cx.plan().error_port()) {
                (OnError::Continue, _) => 0,
                (OnError::Port, Some(port)) => port,
                _ => return Err(Failure::Problem(Problem::clone(&problem))),
            };
            for at in open {
                slots[at] = Slot::Done(vec![(port, Item { from: one(at), error: Some(problem.clone()), ..cx.input.items()[at].clone() })]);
            }
            Ok(Some(gather(std::mem::take(slots), vec![problem.message.clone()])))
        }
        Decided::Result(batch) => {
            let pairs = batch.len() == open.len();
            for &at in &open {
                slots[at] = Slot::Done(Vec::new());
            }
            let place =
                |(at, item): (usize, Item)| (0, Item { from: if pairs { one(open[at]) } else { Lineage::Unknown }, error: None, ..item });
            slots[first] = Slot::Done(batch.into_items().into_iter().enumerate().map(place).collect());
            Ok(Some(gather(std::mem::take(slots), Vec::new())))
        }
    }
}

/// Waits on where a step waited for its next attempt; false where it did not.
async fn wait_again(cx: &Arc<StepCx>, before: &Before) -> Result<bool, Failure> {
    let Some((at, attempt, problem)) = &before.retry else { return Ok(false) };
    let problem = problem.as_deref().cloned().unwrap_or_else(given_up);
    cx.wait_until(*at, &problem).await?;
    cx.set_attempt(*attempt);
    Ok(true)
}

/// Waits until a person has decided about a step that may have happened.
async fn ask(cx: &Arc<StepCx>, attention: Attention, item: usize, items: usize) -> Result<Decided, Failure> {
    if let Attention::Decided(decision) = attention {
        return Ok(decision);
    }
    let (tell, told) = oneshot::channel();
    super::lock(&cx.run.decisions).insert(cx.id, tell);
    if !matches!(attention, Attention::Asked) {
        let row =
            Row::AttentionNeeded { step: cx.id, node: cx.plan().id.to_string(), item: item as u32, items: items as u32, at: cx.run.now() };
        cx.run.log.push(row);
        cx.run.log.durable().await.map_err(Failure::Broken)?;
    }
    tokio::select! {
        biased;
        () = cx.run.cancel.cancelled() => Err(Failure::Cancelled),
        decision = told => decision.map_err(|_| Failure::Cancelled),
    }
}

fn given_up() -> Problem {
    Problem::new("step.given_up", "The program stopped while this step ran, and a person decided that it failed.")
}
