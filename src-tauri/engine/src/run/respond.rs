//! `logic.respond`: answers whoever started the run. The answer goes out after the step's `started` row is on the disk.

use super::emit::Given;
use super::step::{Failure, StepCx};
use crate::Reply;
use crate::journal::Row;
use std::sync::Arc;
use weft_flow::expr::Moment;
use weft_node::{Value, world::World};

pub(super) async fn run(cx: &Arc<StepCx>) -> Result<Given, Failure> {
    let before = super::lock(&cx.before).take();
    if before.is_some_and(|before| before.announced > 0) {
        // The program ended between the promise and the answer; its caller is gone.
        cx.run.log.push(Row::Responded { step: cx.id, reply: Value::Null, delivered: false, at: cx.run.now() });
        return Ok(Given {
            warnings: vec!["The answer was not delivered: the program stopped before it was given.".into()],
            ..Given::default()
        });
    }
    let items = cx.input.ports.first().cloned().unwrap_or_default();
    let caller = cx.caller();
    let names = cx.names(&caller);
    let seed = |item| caller.seed(item);
    let moment = Moment { now_ms: cx.started, seed: &seed };
    let scripts = World::scripts(&*cx.world);
    let settings = match cx.plan().settings.compiled.whole(items.len(), &*names, &*scripts, moment).await {
        Ok(settings) => settings,
        Err(problem) => return cx.caught(problem),
    };
    let is_first = {
        let mut answer = cx.run.answer();
        let is_first = !std::mem::replace(&mut answer.responded, true);
        if is_first {
            answer.result = Some(items.clone());
        }
        is_first
    };
    if !is_first {
        return Ok(Given { warnings: vec!["The run had already been answered; this answer was not given.".into()], ..Given::default() });
    }
    cx.announce_durably().await?;
    let delivered = cx.run.reply(Reply::Respond { step: cx.id, settings: settings.clone(), items });
    cx.run.log.push(Row::Responded { step: cx.id, reply: settings, delivered, at: cx.run.now() });
    Ok(Given::default())
}
