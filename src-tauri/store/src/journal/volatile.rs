//! Runs that keep nothing (`durability: none`): the last 1,000 of them, in memory.

use super::run::{Fold, RunInfo};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use weft_engine::journal::Row;

/// How many such runs are remembered.
const KEPT: usize = 1_000;

pub(crate) struct Unkept {
    state: Mutex<State>,
}

struct State {
    /// They count on from the last run that was kept when the workspace was opened, and are told apart by their id.
    number: u64,
    runs: HashMap<Uuid, (Fold, Vec<Row>)>,
    order: VecDeque<Uuid>,
}

impl Unkept {
    pub fn new(number: u64) -> Self {
        Unkept { state: Mutex::new(State { number, runs: HashMap::new(), order: VecDeque::new() }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, run: Uuid, rows: &[Row]) {
        let mut state = self.lock();
        if let Some(Row::RunCreated(created)) = rows.first()
            && !state.runs.contains_key(&run)
        {
            state.number += 1;
            let fold = Fold::new(run, state.number, created);
            state.runs.insert(run, (fold, Vec::new()));
            state.order.push_back(run);
            if state.order.len() > KEPT
                && let Some(oldest) = state.order.pop_front()
            {
                state.runs.remove(&oldest);
            }
        }
        if let Some((fold, kept)) = state.runs.get_mut(&run) {
            fold.apply(rows);
            kept.extend_from_slice(rows);
        }
    }

    pub fn rows(&self, run: Uuid) -> Option<Vec<Row>> {
        self.lock().runs.get(&run).map(|(_, rows)| rows.clone())
    }

    pub fn find(&self, run: Uuid) -> Option<RunInfo> {
        self.lock().runs.get(&run).map(|(fold, _)| fold.info.clone())
    }

    /// Newest first, of one flow or of all.
    pub fn list(&self, flow: Option<&str>) -> Vec<RunInfo> {
        let state = self.lock();
        let infos = state.order.iter().rev().filter_map(|run| state.runs.get(run)).map(|(fold, _)| &fold.info);
        infos.filter(|info| flow.is_none_or(|flow| info.flow == flow)).cloned().collect()
    }
}
