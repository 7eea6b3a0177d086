//! Nodes called per item: results in input order, up to so many calls at once, only failed items tried again.

use super::emit::{Given, one};
use super::step::{Failure, StepCx};
use crate::journal::{Emission, Row};
use crate::settings::Built;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use weft_flow::OnError;
use weft_flow::expr::Moment;
use weft_node::{CANCELLED, Context, EffectClass, Item, Outputs, Problem, Result, Value, world::World};

/// `items_done` is at most this far behind.
const BEHIND_ITEMS: usize = 64;
const BEHIND: Duration = Duration::from_millis(50);
/// Calls at once of a node that only looks at the world, unless it says otherwise. What changes the world keeps its order.
const READS_AT_ONCE: u32 = 8;
/// Settings are evaluated for so many items in one trip.
const TRIP: usize = 256;

/// How far one item is.
pub(super) enum Slot {
    Open,
    Done(Vec<(u16, Item)>),
    Failed(Problem),
}

pub(super) async fn run(cx: &Arc<StepCx>) -> Result<Given, Failure> {
    let mut slots: Vec<Slot> = std::iter::repeat_with(|| Slot::Open).take(cx.input.items().len()).collect();
    if let Some(done) = super::resume::settle_items(cx, &mut slots).await? {
        return Ok(done);
    }
    let mut warnings = Vec::new();
    loop {
        let open: Vec<usize> = (0..slots.len()).filter(|at| matches!(slots[*at], Slot::Open)).collect();
        if cx.plan().changes_the_world() && !open.is_empty() {
            cx.announce_durably().await?;
        }
        let mut keeper = Keeper { cx, unsaved: Vec::new(), since: Instant::now() };
        attempt(cx, &open, &mut slots, &mut warnings, &mut keeper).await?;
        let failed: Vec<usize> = (0..slots.len()).filter(|at| matches!(slots[*at], Slot::Failed(_))).collect();
        let problems = || failed.iter().filter_map(|at| if let Slot::Failed(problem) = &slots[*at] { Some(problem) } else { None });
        let Some(problem) = problems().next().filter(|_| problems().all(|problem| cx.may_retry(problem))).cloned() else { break };
        keeper.save(&slots).await?;
        cx.wait_for_retry(&problem).await?;
        for at in failed {
            slots[at] = Slot::Open;
        }
    }
    if let Some(Slot::Failed(problem)) = slots.iter().find(|slot| matches!(slot, Slot::Failed(_))) {
        return Err(Failure::Problem(problem.clone()));
    }
    if let Some(first) = slots.iter().find_map(error_of) {
        let count = slots.iter().filter(|slot| error_of(slot).is_some()).count();
        warnings.push(format!("{count} of {} items failed and went on: {first}", slots.len()));
    }
    Ok(gather(slots, warnings))
}

fn error_of(slot: &Slot) -> Option<&str> {
    match slot {
        Slot::Done(items) => items.iter().find_map(|(_, item)| item.error.as_ref()).map(|problem| problem.message.as_str()),
        _ => None,
    }
}

pub(super) fn gather(slots: Vec<Slot>, warnings: Vec<String>) -> Given {
    let mut given = Given { warnings, ..Given::default() };
    for slot in slots {
        if let Slot::Done(items) = slot {
            for (port, item) in items {
                given.extend(port.into(), [item]);
            }
        }
    }
    given
}

/// Calls the node for the open items.
async fn attempt(
    cx: &Arc<StepCx>,
    open: &[usize],
    slots: &mut [Slot],
    warnings: &mut Vec<String>,
    keeper: &mut Keeper<'_>,
) -> Result<(), Failure> {
    let node = cx.plan();
    let caller = cx.caller();
    let names = cx.names(&caller);
    let context = cx.context(names.clone(), caller.clone());
    let scripts = World::scripts(&*cx.world);
    let seed = |item| caller.seed(item);
    let moment = Moment { now_ms: cx.started, seed: &seed };
    let usual = match node.class {
        EffectClass::Read => READS_AT_ONCE,
        _ => 1,
    };
    let at_once = node.concurrency.unwrap_or(usual).max(1) as usize;
    let compiled = &node.settings.compiled;
    // What looks at no item is evaluated once; where that fails, it fails every item.
    let once = if compiled.touches_item() {
        None
    } else {
        Some(compiled.one(None, &*names, &*scripts, moment).await.map(Option::unwrap_or_default))
    };
    let built_once = once.map(|settings| settings.and_then(|settings| node.settings.build(node.kind, node.runner, settings)));
    let mut stop = false;
    for trip in open.chunks(TRIP) {
        let built: Vec<Result<Arc<Built>>> = match &built_once {
            Some(built) => vec![built.clone(); trip.len()],
            None => {
                let settings = compiled.places(trip, &*names, &*scripts, moment).await;
                settings
                    .into_iter()
                    .map(|settings: Result<Value>| settings.and_then(|settings| node.settings.build(node.kind, node.runner, settings)))
                    .collect()
            }
        };
        let mut waiting = trip.iter().copied().zip(built).collect::<std::collections::VecDeque<_>>();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < at_once && !stop {
                let Some((at, built)) = waiting.pop_front() else { break };
                running.push(call(cx, &context, at, built));
            }
            if running.is_empty() {
                break;
            }
            let next = match keeper.deadline() {
                None => running.next().await,
                Some(deadline) => match tokio::time::timeout_at(deadline, running.next()).await {
                    Ok(next) => next,
                    Err(_) => {
                        keeper.save(slots).await?;
                        continue;
                    }
                },
            };
            let Some((at, result)) = next else { break };
            if cx.run.cancel.is_cancelled() || matches!(&result, Err(problem) if problem.code == CANCELLED) {
                return Err(Failure::Cancelled);
            }
            settle(cx, slots, at, result, warnings, &mut stop);
            if node.changes_the_world() && matches!(slots[at], Slot::Done(_)) {
                keeper.done(at, slots).await?;
            }
        }
        if stop {
            break;
        }
        if open.len() > TRIP {
            caller.progress(slots.iter().filter(|slot| matches!(slot, Slot::Done(_))).count(), slots.len());
            tokio::task::yield_now().await;
            if cx.run.cancel.is_cancelled() {
                return Err(Failure::Cancelled);
            }
        }
    }
    if stop {
        // What was done is known, what was not begun never happened.
        keeper.save(slots).await?;
    }
    Ok(())
}

async fn call(cx: &Arc<StepCx>, context: &Context, at: usize, built: Result<Arc<Built>>) -> (usize, Result<Outputs>) {
    let result = match &built {
        Err(problem) => Err(problem.clone()),
        Ok(built) => match &**built {
            Built::Item(node) => {
                let context = Context { index: Some(at), ..context.clone() };
                cx.guard(node.run(&cx.input.items()[at], &context)).await
            }
            Built::Batch(_) => unreachable!("an item runner builds item nodes"),
        },
    };
    (at, result)
}

/// Files one item's result. `stop` says that no further item is begun.
fn settle(cx: &StepCx, slots: &mut [Slot], at: usize, result: Result<Outputs>, warnings: &mut Vec<String>, stop: &mut bool) {
    match result {
        Ok(outputs) => {
            warnings.extend(outputs.warnings);
            let ports = outputs.ports.into_iter().enumerate();
            // Whatever it says: it was given one item, and a copy of that still says where it came from before.
            let place = |item: Item| Item { from: one(at), ..item };
            slots[at] = Slot::Done(ports.flat_map(|(port, items)| items.into_iter().map(move |item| (port as u16, place(item)))).collect());
        }
        Err(problem) => {
            let problem = cx.place(problem).item(at);
            if cx.may_retry(&problem) {
                slots[at] = Slot::Failed(problem);
                return;
            }
            let port = match cx.plan().on_error {
                OnError::Continue if !cx.plan().outs.is_empty() => Some(0),
                OnError::Port => cx.plan().error_port(),
                _ => None,
            };
            slots[at] = match port {
                Some(port) => {
                    Slot::Done(vec![(port, Item { from: one(at), error: Some(Arc::new(problem)), ..cx.input.items()[at].clone() })])
                }
                None => {
                    *stop = true;
                    Slot::Failed(problem)
                }
            };
        }
    }
}

/// Keeps `items_done` close behind.
struct Keeper<'a> {
    cx: &'a Arc<StepCx>,
    unsaved: Vec<usize>,
    since: Instant,
}

impl Keeper<'_> {
    fn deadline(&self) -> Option<Instant> {
        (!self.unsaved.is_empty()).then(|| self.since + BEHIND)
    }

    async fn done(&mut self, at: usize, slots: &[Slot]) -> Result<(), Failure> {
        if self.unsaved.is_empty() {
            self.since = Instant::now();
        }
        self.unsaved.push(at);
        if self.unsaved.len() >= BEHIND_ITEMS || self.since.elapsed() >= BEHIND { self.save(slots).await } else { Ok(()) }
    }

    async fn save(&mut self, slots: &[Slot]) -> Result<(), Failure> {
        let mut places = std::mem::take(&mut self.unsaved);
        places.sort_unstable();
        let mut places = places.into_iter().peekable();
        while let Some(from) = places.next() {
            let mut to = from + 1;
            while places.next_if_eq(&to).is_some() {
                to += 1;
            }
            let mut given = Given::default();
            for slot in &slots[from..to] {
                if let Slot::Done(items) = slot {
                    for (port, item) in items {
                        given.extend((*port).into(), [item.clone()]);
                    }
                }
            }
            let mut emissions = Vec::new();
            for (port, items) in given.ports.into_iter().enumerate().filter(|(_, items)| !items.is_empty()) {
                let items = self.cx.run.store(&items.into()).await.map_err(Failure::Broken)?;
                emissions.push(Emission { port: port as u16, items });
            }
            self.cx.run.log.push(Row::ItemsDone { step: self.cx.id, from: from as u32, to: to as u32, emissions });
        }
        self.cx.run.log.hand_over();
        Ok(())
    }
}
