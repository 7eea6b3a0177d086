//! Scripts on a thread of this process: for tests of code that needs scripts but has no program to start as a worker.
//!
//! Not for flows of users: native built-ins outlive the deadline here, and nothing keeps the engine's own faults in.

use super::frame::{Answer, Fault, FaultKind, Trip};
use super::realm::Realm;
use futures_util::future::BoxFuture;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use weft_node::world::{ScriptCall, ScriptError, Scripted, Scripts};

type Job = (Trip, oneshot::Sender<Vec<Answer>>);

/// One thread with one realm.
pub struct InProcess(mpsc::Sender<Job>);

impl Default for InProcess {
    fn default() -> Self {
        InProcess::new()
    }
}

impl InProcess {
    pub fn new() -> Self {
        let (sender, jobs) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("weft-script".into())
            .stack_size(8 << 20)
            .spawn(move || {
                let end = Rc::new(Cell::new(Instant::now()));
                let seen = end.clone();
                let Ok(mut realm) = Realm::new(move || Instant::now() > seen.get()) else { return };
                for (trip, reply) in jobs {
                    let answers = trip.calls.iter().map(|call| {
                        end.set(Instant::now() + Duration::from_millis(call.time_ms));
                        realm.call(call, &trip.sources[call.source])
                    });
                    let _ = reply.send(answers.collect());
                }
            })
            .expect("a thread can be started");
        InProcess(sender)
    }
}

impl Scripts for InProcess {
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>> {
        let (reply, answers) = oneshot::channel();
        let count = calls.len();
        let _ = self.0.send((Trip::of(calls.iter(), super::queue::time_ms), reply));
        Box::pin(async move {
            match answers.await {
                Ok(answers) => answers.into_iter().map(Answer::into_result).collect(),
                Err(_) => {
                    let gone = Fault::new(FaultKind::Memory, "the script ended its thread");
                    vec![Err(gone.into()); count]
                }
            }
        })
    }
}
