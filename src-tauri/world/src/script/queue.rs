//! Calls that wait for a worker: first come first served between activations, a slice at a time, so that a thousand slow calls of one do not
//! keep another's one call waiting.

use super::frame::MAX_CALLS;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use weft_node::world::{ScriptCall, ScriptError, ScriptKind, Scripted};

/// Milliseconds of processor time a call has.
pub(super) fn time_ms(kind: ScriptKind) -> u64 {
    match kind {
        ScriptKind::Expression => 100,
        ScriptKind::Code => 30_000,
    }
}

/// A thread without work ends after this, and its worker with it.
const IDLE: Duration = Duration::from_secs(30);

pub(super) struct Job {
    pub call: ScriptCall,
    pub reply: oneshot::Sender<Result<Scripted, ScriptError>>,
    /// Workers that died of it, or of a neighbour.
    pub deaths: u8,
}

impl Job {
    pub fn fail(self, error: impl Into<ScriptError>) {
        let _ = self.reply.send(Err(error.into()));
    }
}

/// A queue and the threads that serve it.
pub(super) struct Lane {
    state: Mutex<State>,
    ready: Condvar,
    /// Threads while all goes well.
    base: usize,
    /// Threads while some are stuck.
    most: usize,
}

#[derive(Default)]
struct State {
    groups: VecDeque<VecDeque<Job>>,
    /// What stood behind a stuck call: likely more of its kind. It never gets more workers than all is well with.
    suspects: VecDeque<VecDeque<Job>>,
    turns: usize,
    threads: usize,
    idle: usize,
    stuck: usize,
    closed: bool,
}

impl Lane {
    pub fn new(base: usize, most: usize) -> Self {
        Lane { state: Mutex::default(), ready: Condvar::new(), base, most }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the calls of one activation. True: start one more thread.
    pub fn put(&self, jobs: VecDeque<Job>) -> bool {
        let mut state = self.state();
        state.groups.push_back(jobs);
        self.wake(&mut state)
    }

    /// Puts calls back that a worker did not come to. True: start one more thread.
    pub fn put_back(&self, jobs: VecDeque<Job>) -> bool {
        if jobs.is_empty() {
            return false;
        }
        let mut state = self.state();
        state.suspects.push_back(jobs);
        self.wake(&mut state)
    }

    /// Calls that are known to be quick go before all others. True: start one more thread.
    pub fn put_first(&self, jobs: VecDeque<Job>) -> bool {
        if jobs.is_empty() {
            return false;
        }
        let mut state = self.state();
        state.groups.push_front(jobs);
        self.wake(&mut state)
    }

    /// Counts a stuck worker: another may be started in its place. True: start one more thread.
    pub fn stuck(&self) -> bool {
        let mut state = self.state();
        state.stuck += 1;
        self.wake(&mut state)
    }

    pub fn freed(&self) {
        self.state().stuck -= 1;
        self.ready.notify_one();
    }

    fn wake(&self, state: &mut State) -> bool {
        self.ready.notify_one();
        let wanted = state.idle == 0 && !state.groups.is_empty();
        let start = wanted && !state.closed && state.threads < (self.base + state.stuck).min(self.most);
        state.threads += usize::from(start);
        start
    }

    /// The next trip. None: the thread ends.
    pub fn take(&self) -> Option<Vec<Job>> {
        let mut state = self.state();
        loop {
            if state.closed {
                break;
            }
            let batch = self.next(&mut state);
            if !batch.is_empty() {
                if !state.is_empty() && state.idle > 0 {
                    self.ready.notify_one();
                }
                return Some(batch);
            }
            state.idle += 1;
            let (woken, waited) = self.ready.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if waited.timed_out() && state.is_empty() {
                break;
            }
        }
        state.threads -= 1;
        None
    }

    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.groups.clear();
        state.suspects.clear();
        self.ready.notify_all();
    }

    fn next(&self, state: &mut State) -> Vec<Job> {
        let may_suspects = state.stuck < self.base && !state.suspects.is_empty();
        state.turns += 1;
        let of_suspects = may_suspects && (state.groups.is_empty() || state.turns.is_multiple_of(2));
        let idle = state.idle;
        let groups = if of_suspects { &mut state.suspects } else { &mut state.groups };
        let waiting: usize = groups.iter().map(VecDeque::len).sum();
        // Others that have nothing to do get their share.
        let most = waiting.div_ceil(idle + 1).min(MAX_CALLS);
        let mut batch = Vec::with_capacity(most);
        while batch.len() < most {
            let Some(mut group) = groups.pop_front() else { break };
            while batch.len() < most
                && let Some(job) = group.pop_front()
            {
                // Nobody waits for it any more.
                if !job.reply.is_closed() {
                    batch.push(job);
                }
            }
            if !group.is_empty() {
                groups.push_back(group);
            }
        }
        batch
    }
}

impl State {
    fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.suspects.is_empty()
    }
}
