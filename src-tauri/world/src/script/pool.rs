//! The pool of script workers: one thread per worker, a lane for expressions and one for code, a warm spare, and a watch per call.

use super::child::{Child, Gone, Verdict};
use super::frame::{Answer, Fault, FaultKind, MAX_FRAME, Trip as Frame, encode};
use super::queue::{Job, Lane, time_ms};
use futures_util::future::{BoxFuture, join_all};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use weft_node::world::{ScriptCall, ScriptError, ScriptKind, Scripted, Scripts};

/// Without progress for so long, an expression is suspect: its neighbours go elsewhere.
const HEDGE: Duration = Duration::from_millis(5);
/// The same for code, which usually takes longer.
const HEDGE_CODE: Duration = Duration::from_millis(50);

/// What is started as a worker.
#[derive(Clone, Debug)]
pub struct Program {
    pub path: PathBuf,
    pub args: Vec<OsString>,
}

impl Program {
    /// This program itself as `weft worker`; another one where `WEFT_WORKER` names it.
    ///
    /// # Errors
    /// Where the system does not say which file this program is.
    pub fn this() -> std::io::Result<Program> {
        let path = match std::env::var_os("WEFT_WORKER") {
            Some(path) => path.into(),
            None => std::env::current_exe()?,
        };
        Ok(Program { path, args: vec!["worker".into()] })
    }
}

/// Runs scripts in killable processes. Cheap to make: the first call starts the first worker.
pub struct Workers(Arc<Pool>);

struct Pool {
    program: Program,
    expressions: Lane,
    code: Lane,
    spares: OnceLock<Mutex<Receiver<Result<Child, String>>>>,
}

impl Workers {
    pub fn new(program: Program) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Workers(Arc::new(Pool {
            program,
            expressions: Lane::new(cores, 4 * cores),
            code: Lane::new(cores, 8.max(2 * cores)),
            spares: OnceLock::new(),
        }))
    }

    /// Starts a worker and says what the kernel keeps from it: whether files (Landlock) and whether system calls (seccomp).
    ///
    /// # Errors
    /// Where no worker can be started.
    pub fn caged(&self) -> Result<(bool, bool), String> {
        self.0.spare().map(|child| (child.held.landlock, child.held.seccomp))
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.expressions.close();
        self.0.code.close();
    }
}

impl Scripts for Workers {
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>> {
        let (mut replies, mut lanes) = (Vec::with_capacity(calls.len()), [VecDeque::new(), VecDeque::new()]);
        for call in calls {
            let (reply, answer) = oneshot::channel();
            replies.push(answer);
            lanes[usize::from(call.script.kind == ScriptKind::Code)].push_back(Job { call, reply, deaths: 0 });
        }
        for (jobs, kind) in lanes.into_iter().zip([ScriptKind::Expression, ScriptKind::Code]) {
            if !jobs.is_empty() && self.0.lane(kind).put(jobs) {
                self.0.start_thread(kind);
            }
        }
        Box::pin(async move {
            let answers = join_all(replies).await;
            answers.into_iter().map(|answer| answer.unwrap_or_else(|_| Err(unavailable("the script workers were shut down")))).collect()
        })
    }
}

fn unavailable(message: impl Into<String>) -> ScriptError {
    ScriptError { code: "script.unavailable", message: message.into(), line: None, column: None }
}

impl Pool {
    fn lane(&self, kind: ScriptKind) -> &Lane {
        match kind {
            ScriptKind::Expression => &self.expressions,
            ScriptKind::Code => &self.code,
        }
    }

    fn start_thread(self: &Arc<Self>, kind: ScriptKind) {
        let pool = self.clone();
        let started = std::thread::Builder::new().name("weft-scripts".into()).spawn(move || pool.serve(kind));
        if let Err(error) = started {
            tracing::error!(%error, "no thread for a script worker");
        }
    }

    /// A warm worker. All are started by one thread that lives as long as the pool: a worker dies with the thread that started it.
    fn spare(&self) -> Result<Child, String> {
        let spares = self.spares.get_or_init(|| {
            let (sender, receiver) = sync_channel(0);
            let program = self.program.clone();
            let make = move || while sender.send(Child::start(&program)).is_ok() {};
            if let Err(error) = std::thread::Builder::new().name("weft-spares".into()).spawn(make) {
                tracing::error!(%error, "no thread for the script workers");
            }
            Mutex::new(receiver)
        });
        let spares = spares.lock().unwrap_or_else(PoisonError::into_inner);
        spares.recv().unwrap_or_else(|_| Err("the script workers could not be started".into()))
    }

    fn serve(self: Arc<Self>, kind: ScriptKind) {
        let lane = self.lane(kind);
        // The worker first, then the calls: they are taken by who can run them at once.
        let mut child = self.spare();
        while let Some(batch) = lane.take() {
            let worker = match child {
                Ok(worker) => Ok(worker),
                Err(_) => self.spare(),
            };
            child = match worker {
                Ok(worker) => self.trip(worker, kind, batch).map_or_else(|| self.spare(), Ok),
                Err(error) => {
                    tracing::error!(error, "no script worker");
                    batch.into_iter().for_each(|job| job.fail(unavailable(&*error)));
                    Err(error)
                }
            };
        }
    }

    /// One trip; the worker again if it can be used again.
    fn trip(self: &Arc<Self>, mut child: Child, kind: ScriptKind, batch: Vec<Job>) -> Option<Child> {
        let frame = Frame::of(batch.iter().map(|job| &job.call), time_ms);
        let times = frame.calls.iter().map(|call| call.time_ms).collect();
        let frame = encode(&frame);
        if frame.len() > MAX_FRAME {
            let too_much = Fault::new(FaultKind::Memory, "the script was given more than fits its memory");
            batch.into_iter().for_each(|job| job.fail(too_much.clone()));
            return Some(child);
        }
        let jobs = batch.into_iter().map(Some).collect();
        let processor_ms = child.processor_ms();
        let mut trip = Trip { pool: self, kind, jobs, times, answered: 0, done: 0, since: Instant::now(), processor_ms, is_suspect: false };
        let ended = child.exchange(&frame, &mut trip);
        let (is_suspect, times) = (trip.is_suspect, trip.times.clone());
        let left = std::mem::take(&mut trip.jobs);
        if is_suspect {
            self.lane(kind).freed();
        }
        let Err((gone, done)) = ended else {
            // A suspect works on at calls that went elsewhere, and behind everyone else.
            return (!is_suspect).then_some(child);
        };
        drop(child);
        let mut back = VecDeque::new();
        for (at, job) in left.into_iter().enumerate() {
            let Some(mut job) = job else { continue };
            let is_culprit = at == done;
            match gone {
                Gone::Stopped | Gone::Late if is_culprit => {
                    let late = format!("the script took longer than {} ms", times[at]);
                    job.fail(Fault::new(FaultKind::Timeout, late));
                }
                Gone::Died if is_culprit && job.deaths > 0 => {
                    job.fail(Fault::new(FaultKind::Memory, "the script ended its worker: most likely it used too much memory"));
                }
                _ => {
                    job.deaths += u8::from(is_culprit);
                    back.push_back(job);
                }
            }
        }
        if self.lane(kind).put_back(back) {
            self.start_thread(kind);
        }
        None
    }
}

/// The watch over one trip.
struct Trip<'a> {
    pool: &'a Arc<Pool>,
    kind: ScriptKind,
    /// None: answered, or gone elsewhere.
    jobs: Vec<Option<Job>>,
    /// Milliseconds each call has.
    times: Vec<u64>,
    answered: usize,
    /// Calls that are done, and since when.
    done: usize,
    since: Instant,
    /// What the worker had used then.
    processor_ms: Option<u64>,
    is_suspect: bool,
}

impl super::child::Trip for Trip<'_> {
    fn tick(&self) -> Duration {
        match self.kind {
            ScriptKind::Expression => HEDGE,
            ScriptKind::Code => Duration::from_millis(20),
        }
    }

    fn answered(&mut self, bytes: &[u8]) -> bool {
        let Ok(answers) = rmp_serde::from_slice::<Vec<Answer>>(bytes) else { return false };
        for answer in answers {
            let Some(job) = self.jobs.get_mut(self.answered) else { return false };
            if let Some(job) = job.take() {
                let _ = job.reply.send(answer.into_result());
            }
            self.answered += 1;
        }
        true
    }

    fn is_complete(&self) -> bool {
        self.jobs.iter().all(Option::is_none)
    }

    fn watch(&mut self, child: &Child, done: usize) -> Verdict {
        if done != self.done {
            (self.done, self.since, self.processor_ms) = (done, Instant::now(), child.processor_ms());
        }
        let stuck = self.since.elapsed();
        let Some(Some(current)) = self.jobs.get(done) else {
            // It writes its answers, or works at what went elsewhere.
            return if stuck > Duration::from_secs(10) { Verdict::Stop } else { Verdict::Wait };
        };
        let hedge = if self.kind == ScriptKind::Code { HEDGE_CODE } else { HEDGE };
        if stuck < hedge {
            return Verdict::Wait;
        }
        if current.reply.is_closed() {
            return Verdict::Stop;
        }
        if !self.is_suspect {
            self.is_suspect = true;
            let lane = self.pool.lane(self.kind);
            let elsewhere: VecDeque<Job> = self.jobs.iter_mut().skip(done + 1).filter_map(Option::take).collect();
            // What it has done but not yet told is quick to do again.
            let quick: VecDeque<Job> = self.jobs.iter_mut().take(done).filter_map(Option::take).collect();
            for start in [lane.put_back(elsewhere), lane.put_first(quick), lane.stuck()] {
                if start {
                    self.pool.start_thread(self.kind);
                }
            }
        }
        // Time is what the script had of the processor, so that a busy machine condemns nobody; a worker that uses none is stopped all the same.
        let time = self.times[done];
        let most_ms = time + (time / 4).min(1_000);
        let used = child.processor_ms().zip(self.processor_ms).map(|(now, then)| now.saturating_sub(then));
        let wall = stuck.as_millis() as u64;
        let is_over = match used {
            Some(used) => used >= most_ms || wall > 10 * time,
            None => wall >= most_ms,
        };
        if is_over { Verdict::Stop } else { Verdict::Wait }
    }
}
