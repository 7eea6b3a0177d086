//! Which runs are live, which wait, and who is next (SEMANTICS 13).

use crate::journal::RunCreated;
use crate::public::{Limits, RunEnd};
use crate::run::{Command, Resumed, Run};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// A run as the engine holds it from its start to its end.
pub(crate) struct Live {
    pub commands: mpsc::Sender<Command>,
    pub done: watch::Receiver<Option<Arc<RunEnd>>>,
    /// What it counts as; none = a called run, which never waits for a place.
    kind: Option<(String, String)>,
}

/// A run that is ready to be driven.
pub(crate) struct Waiting {
    pub run: Arc<Run>,
    pub commands: mpsc::Receiver<Command>,
    pub tell: watch::Sender<Option<Arc<RunEnd>>>,
    pub resumed: Resumed,
}

#[derive(Default)]
pub(crate) struct Queue {
    pub live: HashMap<Uuid, Live>,
    waiting: VecDeque<Waiting>,
    /// Running now, by flow and trigger.
    counts: HashMap<(String, String), usize>,
    running: usize,
}

impl Queue {
    pub fn is_full(&self, limits: &Limits) -> bool {
        self.waiting.len() >= limits.queue
    }

    /// Enters a run; it is given back where it may begin at once.
    pub fn enter(
        &mut self,
        waiting: Waiting,
        commands: mpsc::Sender<Command>,
        done: watch::Receiver<Option<Arc<RunEnd>>>,
        limits: &Limits,
    ) -> Option<Waiting> {
        let kind = kind(&waiting.run.created);
        self.live.insert(waiting.run.id, Live { commands, done, kind: kind.clone() });
        let Some(kind) = kind else { return Some(waiting) };
        // A run that had begun before a restart keeps its place.
        if waiting.resumed.started.is_some() || self.has_room(&kind, limits) {
            self.count(kind);
            return Some(waiting);
        }
        self.waiting.push_back(waiting);
        None
    }

    fn count(&mut self, kind: (String, String)) {
        *self.counts.entry(kind).or_default() += 1;
        self.running += 1;
    }

    fn has_room(&self, kind: &(String, String), limits: &Limits) -> bool {
        let most = match kind.1.as_str() {
            "webhook" => limits.webhook_per_flow,
            "manual" => limits.manual_per_flow,
            _ => limits.workspace,
        };
        self.running < limits.workspace && self.counts.get(kind).copied().unwrap_or_default() < most
    }

    /// A run has ended: those that may begin now, in order.
    pub fn leave(&mut self, run: Uuid, limits: &Limits) -> Vec<Waiting> {
        if let Some(Live { kind: Some(kind), .. }) = self.live.remove(&run) {
            self.running -= 1;
            if let Some(count) = self.counts.get_mut(&kind) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&kind);
                }
            }
        }
        let mut begin = Vec::new();
        let mut stay = VecDeque::with_capacity(self.waiting.len());
        while let Some(waiting) = self.waiting.pop_front() {
            let kind = kind(&waiting.run.created).filter(|kind| self.has_room(kind, limits));
            match kind {
                Some(kind) => {
                    self.count(kind);
                    begin.push(waiting);
                }
                None => stay.push_back(waiting),
            }
            if self.running >= limits.workspace {
                break;
            }
        }
        stay.append(&mut self.waiting);
        self.waiting = stay;
        begin
    }

    /// Takes a waiting run out.
    pub fn take_waiting(&mut self, run: Uuid) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.run.id == run)?;
        self.live.remove(&run);
        self.waiting.remove(at)
    }

    /// Place in the queue, from 1.
    pub fn position(&self, run: Uuid) -> Option<usize> {
        self.waiting.iter().position(|waiting| waiting.run.id == run).map(|at| at + 1)
    }

    pub fn queued(&self) -> Vec<Uuid> {
        self.waiting.iter().map(|waiting| waiting.run.id).collect()
    }
}

fn kind(created: &RunCreated) -> Option<(String, String)> {
    created.parent.is_none().then(|| (created.flow.clone(), created.trigger.clone()))
}
