//! Nodes called once per activation.

use super::emit::Given;
use super::step::{Failure, StepCx};
use crate::settings::Built;
use std::sync::Arc;
use weft_flow::expr::Moment;
use weft_node::{Batch, Input, Item, Lineage, Outputs, Result};

pub(super) async fn run(cx: &Arc<StepCx>) -> Result<Given, Failure> {
    if let Some(done) = super::resume::settle_before(cx).await? {
        return Ok(done);
    }
    loop {
        if cx.plan().changes_the_world() {
            cx.announce_durably().await?;
        }
        let problem = match attempt(cx).await {
            _ if cx.run.cancel.is_cancelled() => return Err(Failure::Cancelled),
            Ok(outputs) => return Ok(cx.given(outputs)),
            Err(problem) if problem.code == weft_node::CANCELLED => return Err(Failure::Cancelled),
            Err(problem) => problem,
        };
        if !cx.may_retry(&problem) {
            return cx.caught(problem);
        }
        cx.wait_for_retry(&problem).await?;
    }
}

async fn attempt(cx: &Arc<StepCx>) -> Result<Outputs> {
    let caller = cx.caller();
    let names = cx.names(&caller);
    let node = cx.plan();
    let scripts = weft_node::world::World::scripts(&*cx.world);
    let seed = |item| caller.seed(item);
    let moment = Moment { now_ms: cx.started, seed: &seed };
    let settings = node.settings.compiled.whole(cx.input.items().len(), &*names, &*scripts, moment).await?;
    let built = node.settings.build(node.kind, node.runner, settings)?;
    let Built::Batch(batch) = &*built else { unreachable!("a batch runner builds batch nodes") };
    let context = cx.context(names.clone(), caller.clone());
    // A copy of an item is not to say where that came from before this step.
    let fresh = |port: &Batch| port.iter().map(|item| Item { from: Lineage::Auto, ..item.clone() }).collect();
    let input = Input::new(cx.input.ports.iter().map(fresh).collect());
    cx.guard(batch.run(&input, &context)).await
}
