//! The loop that interprets the plan: begins what is ready, files what ends, obeys commands, and ends the run.

use super::resume::{Before, Resumed};
use super::step::{End, Outcome, begin};
use super::{Command, Run};
use crate::journal::{Emission, Ending, ReplyMode, Row};
use crate::{Reply, RunEnd};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use weft_node::{Batch, CANCELLED, Problem};

/// How long running steps may go on after the run has failed.
const GRACE: Duration = Duration::from_secs(10);
/// How long cancelled steps have before they are dropped: with what follows, less than a second.
const LET_GO: Duration = Duration::from_millis(900);
/// After so many steps in one go others of the process get their turn.
const IN_ONE_GO: usize = 64;

struct Drive {
    run: Arc<Run>,
    running: FuturesUnordered<BoxFuture<'static, (usize, End)>>,
    cancelled: bool,
    /// When what still runs is told to stop, and when it is dropped.
    grace: Option<Instant>,
    drop_at: Option<Instant>,
    broken: Option<Problem>,
}

pub(crate) fn cancelled() -> Problem {
    Problem::new(CANCELLED, "The run was cancelled.")
}

/// Drives a run to its end.
pub(crate) async fn drive(run: Arc<Run>, mut commands: mpsc::Receiver<Command>, resumed: Resumed) -> RunEnd {
    let mut drive = Drive {
        run: run.clone(),
        running: FuturesUnordered::new(),
        cancelled: resumed.cancelled_by.is_some(),
        grace: None,
        drop_at: None,
        broken: None,
    };
    if drive.cancelled {
        run.cancel.cancel();
        drive.drop_at = Some(Instant::now() + LET_GO);
    }
    for (step, before) in resumed.before {
        drive.begin(step, Some(before)).await;
    }
    let timeout = run.plan.flow.timeout().map(|limit| run.started + limit.as_millis() as i64);
    let mut timed_out = false;
    loop {
        drive.begin_ready(&mut commands).await;
        run.log.hand_over();
        if drive.broken.is_none() {
            drive.broken = run.log.broken();
        }
        if drive.broken.is_some() || run.core().is_over() {
            break;
        }
        let failing = run.core().failure().is_some();
        if failing && !run.stopping.is_cancelled() {
            run.stopping.cancel();
            drive.grace = Some(Instant::now() + GRACE);
        }
        let wake_at = drive.drop_at.or(drive.grace).unwrap_or_else(Instant::now);
        tokio::select! {
            biased;
            Some(command) = commands.recv() => drive.obey(command).await,
            Some((step, end)) = drive.running.next(), if !drive.running.is_empty() => drive.file(step, end),
            () = run.wake.notified() => {}
            () = tokio::time::sleep_until(wake_at), if drive.drop_at.is_some() || drive.grace.is_some() => drive.expire(),
            () = run.world.clock().until(timeout.unwrap_or_default()), if timeout.is_some() && !timed_out && !failing => {
                timed_out = true;
                let text = "The run took longer than the flow's timeout.";
                let problem = Problem::new("run.timeout", text).help("Give the flow a longer timeout, or less to do.");
                run.core().stop(0, &Arc::new(problem));
                drive.grace = Some(Instant::now());
                run.stopping.cancel();
            }
        }
    }
    drive.end().await
}

impl Drive {
    async fn begin_ready(&mut self, commands: &mut mpsc::Receiver<Command>) {
        let mut begun = 0;
        loop {
            self.settle();
            let ready = self.run.core().next_ready();
            let Some(step) = ready.filter(|_| self.broken.is_none()) else { return };
            self.begin(step, None).await;
            begun += 1;
            if begun % IN_ONE_GO == 0 {
                self.run.log.hand_over();
                tokio::task::yield_now().await;
                while let Ok(command) = commands.try_recv() {
                    self.obey(command).await;
                }
            }
        }
    }

    /// Begins a step and polls it once: what needs no waiting is over at once.
    async fn begin(&mut self, step: usize, before: Option<Before>) {
        let mut work = begin(&self.run, step, before);
        match futures_util::poll!(&mut work) {
            Poll::Ready((step, end)) => self.file(step, end),
            Poll::Pending => self.running.push(work),
        }
    }

    /// Tells loops which of their iterations have ended, and the journal what was dropped.
    fn settle(&mut self) {
        let mut core = self.run.core();
        for dropped in core.take_dropped() {
            self.run.log.push(Row::DeliveryDropped {
                node: core.plan.nodes[dropped.node].id.to_string(),
                scope: core.scopes[dropped.scope].path.clone(),
                edge: core.plan.edges[dropped.edge].id.clone(),
                step: core.steps[dropped.step].id,
                emission: dropped.emission,
            });
        }
        while let Some(scope) = core.next_ended() {
            if let Some((step, _)) = core.scopes[scope].opener
                && let Some(tell) = super::lock(&self.run.loops).get(&step)
            {
                // A loop that is gone asks for nothing more.
                let _ = tell.send(scope);
            }
        }
    }

    /// Writes the row of a step's end and lets its consequences follow.
    fn file(&mut self, step: usize, end: End) {
        let run = self.run.clone();
        let mut core = run.core();
        let (id, node) = (core.steps[step].id, &run.plan.nodes[core.steps[step].node]);
        let (scope, cause, inputs) = (core.path(step).clone(), core.steps[step].cause.clone(), core.input_refs(step));
        let at = run.now();
        let failed = |problem: Arc<Problem>, cancelled: bool, log: Vec<String>| Row::StepFailed {
            step: id,
            node: node.id.to_string(),
            kind: node.kind_name.clone(),
            scope: scope.clone(),
            cause: cause.clone(),
            attempt: end.attempt,
            inputs: inputs.clone(),
            problem,
            cancelled,
            started: end.started,
            at,
            log,
        };
        match end.outcome {
            Outcome::Finished { emissions, warnings, pinned } => {
                let (kept, batches): (Vec<Emission>, Vec<(u16, Batch)>) =
                    emissions.into_iter().map(|(port, batch, items)| (Emission { port, items }, (port, batch))).unzip();
                run.log.push(Row::StepFinished {
                    step: id,
                    node: node.id.to_string(),
                    kind: node.kind_name.clone(),
                    scope,
                    cause,
                    attempt: end.attempt,
                    inputs,
                    emissions: kept,
                    warnings,
                    pinned,
                    started: end.started,
                    at,
                    log: end.log,
                });
                core.finish(step, batches);
            }
            Outcome::Failed(problem) => {
                let problem = Arc::new(problem);
                run.log.push(failed(problem.clone(), false, end.log));
                core.fail(step, &problem);
            }
            Outcome::Cancelled => {
                run.log.push(failed(Arc::new(cancelled()), true, end.log));
                core.cancelled(step);
            }
            Outcome::Broken(problem) => self.broken = Some(problem),
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Cancel { by } => {
                if self.cancelled {
                    return;
                }
                self.cancelled = true;
                self.run.log.push(Row::CancelRequested { by, at: self.run.now() });
                self.run.log.hand_over();
                self.run.core().stop(0, &Arc::new(cancelled()));
                self.run.cancel.cancel();
                self.run.stopping.cancel();
                self.drop_at = Some(Instant::now() + LET_GO);
            }
            Command::Decide { step, decision, by, done } => {
                let waiting = super::lock(&self.run.decisions).remove(&step);
                let result = match waiting {
                    None => Err(Problem::new("step.decided", "This step waits for no decision.")
                        .help("Look at the run again: somebody may have decided.")),
                    Some(waiting) => {
                        self.run.log.push(Row::Decision { step, by, decision: decision.clone(), at: self.run.now() });
                        let kept = self.run.log.durable().await;
                        let _ = waiting.send(decision);
                        kept
                    }
                };
                // Whoever asked may have left.
                let _ = done.send(result);
            }
        }
    }

    /// Time is over: first what runs is told, then it is dropped.
    fn expire(&mut self) {
        if self.drop_at.is_none() {
            self.run.cancel.cancel();
            self.drop_at = Some(Instant::now() + LET_GO);
            return;
        }
        self.running.clear();
        let begun = self.run.core().begun();
        // Inner ones first: a loop ends after its iterations.
        for step in begun.into_iter().rev() {
            let end = End { outcome: Outcome::Cancelled, attempt: 1, started: self.run.now(), log: Vec::new() };
            self.file(step, end);
        }
    }

    async fn end(mut self) -> RunEnd {
        self.settle();
        let run = self.run.clone();
        // What still runs here has nothing to wait for.
        run.cancel.cancel();
        self.running.clear();
        let (failure, result, last) = {
            let core = run.core();
            let leaves: Vec<Batch> = run.plan.leaves().filter_map(|node| core.outputs_of(node)).collect();
            let result = run.answer().result.clone().unwrap_or_else(|| leaves.iter().flat_map(|batch| batch.iter().cloned()).collect());
            (core.failure().cloned(), result, leaves.last().and_then(Batch::flat))
        };
        let (ending, problem) = match (&self.broken, self.cancelled, failure) {
            (Some(problem), ..) => (Ending::Failed, Some(Arc::new(problem.clone()))),
            (None, true, _) => (Ending::Cancelled, None),
            (None, false, Some(problem)) => (Ending::Failed, Some(problem)),
            (None, false, None) => (Ending::Finished, None),
        };
        let mut end = RunEnd { id: run.id, ending, problem, result };
        if self.broken.is_none() {
            // Only a caller asks for the result again; everybody else finds it in the steps.
            let stored = match run.created.parent {
                Some(_) => run.store(&end.result).await.ok(),
                None => None,
            };
            run.log.push(Row::RunFinished { ending, problem: end.problem.clone(), result: stored, at: run.now() });
            if let Err(problem) = run.log.durable().await {
                (end.ending, end.problem) = (Ending::Failed, Some(Arc::new(problem)));
            }
        }
        let waits_for_node = match run.created.reply {
            ReplyMode::Node => true,
            ReplyMode::Auto => run.plan.reaches_respond(run.core().start()),
            ReplyMode::Last | ReplyMode::Now => false,
        };
        run.reply(match (end.ending, &end.problem) {
            (Ending::Cancelled, _) => Reply::Cancelled,
            (Ending::Failed, problem) => Reply::Failed(problem.clone().unwrap_or_default()),
            (Ending::Finished, _) if waits_for_node => Reply::NoResponse,
            (Ending::Finished, _) => Reply::Last(last),
        });
        end
    }
}
