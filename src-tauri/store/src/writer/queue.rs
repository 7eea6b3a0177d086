//! The bounded queue before the writer: many hand over, one takes everything at once.
//!
//! A channel would wake the writer for every message; here it sleeps through its window and then swaps the whole list out.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Hand-overs wait while this many lie unwritten: what is faster than the disk becomes as fast as the disk.
const CAPACITY: usize = 8_192;

pub struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    emptied: Condvar,
}

struct State<T> {
    list: Vec<T>,
    /// Somebody waits for the disk.
    urgent: bool,
    closed: bool,
    parked: bool,
}

/// What the writer woke up to.
#[derive(Debug, PartialEq, Eq)]
pub enum Woken {
    Work,
    Idle,
    Closed,
}

impl<T> Queue<T> {
    pub fn new() -> Self {
        Queue {
            state: Mutex::new(State { list: Vec::new(), urgent: false, closed: false, parked: false }),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing inside panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the message back when the writer is gone.
    pub fn push(&self, message: T, urgent: bool) -> Result<(), T> {
        let mut state = self.lock();
        while state.list.len() >= CAPACITY && !state.closed {
            state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(message);
        }
        let first = state.list.is_empty() || (urgent && !state.urgent);
        state.list.push(message);
        state.urgent |= urgent;
        if first && state.parked {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits until there is something to write: what somebody waits for at once, the rest at most `lazy` late.
    pub fn wait(&self, lazy: Duration, idle: Duration) -> Woken {
        let mut state = self.lock();
        let start = Instant::now();
        let mut since = None;
        loop {
            if state.urgent || state.list.len() >= CAPACITY / 2 || (state.closed && !state.list.is_empty()) {
                return Woken::Work;
            }
            if state.closed {
                return Woken::Closed;
            }
            let left = if state.list.is_empty() {
                idle.saturating_sub(start.elapsed())
            } else {
                lazy.saturating_sub(since.get_or_insert_with(Instant::now).elapsed())
            };
            if left.is_zero() {
                return if state.list.is_empty() { Woken::Idle } else { Woken::Work };
            }
            state.parked = true;
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            state.parked = false;
        }
    }

    /// Everything that lies there, in order.
    pub fn take(&self, into: &mut Vec<T>) {
        let mut state = self.lock();
        into.append(&mut state.list);
        state.urgent = false;
        self.emptied.notify_all();
    }

    /// Takes nothing any more; what lies there is still written.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.emptied.notify_all();
    }
}
