//! A run as lists show it: folded from its rows in the transaction that keeps them, and again by whoever verifies.

use crate::{Error, Result};
use rusqlite::{Connection, Row as SqlRow, params};
use std::collections::BTreeSet;
use uuid::Uuid;
use weft_engine::journal::{Durability, Ending, Part, Row, RunCreated, StepId, Until};
use weft_node::Problem;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    Queued,
    Running,
    /// For a person or a time, and nothing else of it runs.
    Waiting,
    Finished,
    Failed,
    Cancelled,
}

const STATUSES: [RunStatus; 6] =
    [RunStatus::Queued, RunStatus::Running, RunStatus::Waiting, RunStatus::Finished, RunStatus::Failed, RunStatus::Cancelled];
const DURABILITIES: [Durability; 3] = [Durability::Step, Durability::Run, Durability::None];

/// One line of the list of runs. Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInfo {
    pub id: Uuid,
    /// Counts up per workspace.
    pub number: u64,
    pub flow: String,
    pub version: String,
    pub status: RunStatus,
    pub trigger: String,
    pub part: Part,
    pub durability: Durability,
    pub parent: Option<(Uuid, StepId)>,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub problem: Option<Problem>,
}

/// The state of a run as far as its line needs it.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    pub info: RunInfo,
    /// Rows so far: the position of the next one.
    pub next: u64,
    waiting: BTreeSet<StepId>,
    active: BTreeSet<StepId>,
}

impl Fold {
    pub fn new(run: Uuid, number: u64, created: &RunCreated) -> Fold {
        let info = RunInfo {
            id: run,
            number,
            flow: created.flow.clone(),
            version: created.version.clone(),
            status: RunStatus::Queued,
            trigger: created.trigger.clone(),
            part: created.part.clone(),
            durability: created.durability,
            parent: created.parent,
            created_at: created.at,
            started_at: None,
            finished_at: None,
            problem: None,
        };
        Fold { info, next: 0, waiting: BTreeSet::new(), active: BTreeSet::new() }
    }

    /// Whether the line changed.
    pub fn apply(&mut self, rows: &[Row]) -> bool {
        let before = (self.info.status, self.info.started_at, self.info.finished_at);
        for row in rows {
            self.row(row);
        }
        self.next += rows.len() as u64;
        if matches!(self.info.status, RunStatus::Running | RunStatus::Waiting) {
            let waits = !self.waiting.is_empty() && self.active.is_empty();
            self.info.status = if waits { RunStatus::Waiting } else { RunStatus::Running };
        }
        before != (self.info.status, self.info.started_at, self.info.finished_at)
    }

    fn row(&mut self, row: &Row) {
        match row {
            Row::RunStarted { at } => {
                self.info.started_at.get_or_insert(*at);
                self.info.status = RunStatus::Running;
            }
            // A loop lasts as long as its body: it is the body that runs or waits.
            Row::StepStarted { step, kind, .. } if !kind.starts_with("logic.loop") => {
                self.waiting.remove(step);
                self.active.insert(*step);
            }
            // A called flow runs on our behalf.
            Row::StepWaiting { step, until: Until::Child(_), .. } => {
                self.active.insert(*step);
            }
            Row::StepWaiting { step, .. } | Row::AttentionNeeded { step, .. } => {
                self.active.remove(step);
                self.waiting.insert(*step);
            }
            Row::StepFinished { step, .. } | Row::StepFailed { step, .. } => {
                self.active.remove(step);
                self.waiting.remove(step);
            }
            Row::Decision { step, .. } => {
                self.waiting.remove(step);
                self.active.insert(*step);
            }
            Row::RunFinished { ending, problem, at, .. } => {
                self.info.status = match ending {
                    Ending::Finished => RunStatus::Finished,
                    Ending::Failed => RunStatus::Failed,
                    Ending::Cancelled => RunStatus::Cancelled,
                };
                self.info.finished_at = Some(*at);
                self.info.problem = problem.as_deref().cloned();
            }
            _ => {}
        }
    }
}

const COLUMNS: &str =
    "number, run, flow, version, status, trigger, part, durability, parent, parent_step, created_at, started_at, finished_at, problem";

pub(crate) fn insert(db: &Connection, info: &RunInfo) -> Result<()> {
    let mut insert = db.prepare_cached("INSERT INTO runs VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)")?;
    let (parent, step) = info.parent.as_ref().map_or((None, None), |(run, step)| (Some(run.as_bytes()), Some(&step.0)));
    insert.execute(params![
        info.number as i64,
        info.id.as_bytes(),
        info.flow,
        info.version,
        info.status as i64,
        info.trigger,
        part_text(&info.part),
        info.durability as i64,
        parent,
        step,
        info.created_at,
        info.started_at,
        info.finished_at,
        problem_text(info),
    ])?;
    Ok(())
}

pub(crate) fn update(db: &Connection, info: &RunInfo) -> Result<()> {
    let mut update = db.prepare_cached("UPDATE runs SET status=?2, started_at=?3, finished_at=?4, problem=?5 WHERE number=?1")?;
    update.execute(params![info.number as i64, info.status as i64, info.started_at, info.finished_at, problem_text(info)])?;
    Ok(())
}

fn part_text(part: &Part) -> String {
    serde_json::to_string(part).expect("names are always JSON")
}

fn problem_text(info: &RunInfo) -> Option<String> {
    info.problem.as_ref().map(|problem| serde_json::to_string(problem).expect("a problem is always JSON"))
}

fn read(row: &SqlRow<'_>) -> Result<RunInfo> {
    let run = Uuid::from_bytes(row.get(1)?);
    let odd = |what: &str| Error::damaged(format!("the line of run {run}: {what}"));
    let parent = match (row.get::<_, Option<[u8; 16]>>(8)?, row.get::<_, Option<[u8; 16]>>(9)?) {
        (Some(run), Some(step)) => Some((Uuid::from_bytes(run), StepId(step))),
        _ => None,
    };
    let problem = row.get::<_, Option<String>>(13)?;
    Ok(RunInfo {
        id: run,
        number: row.get::<_, i64>(0)? as u64,
        flow: row.get(2)?,
        version: row.get(3)?,
        status: *STATUSES.get(row.get::<_, u8>(4)? as usize).ok_or_else(|| odd("its status"))?,
        trigger: row.get(5)?,
        part: serde_json::from_str(&row.get::<_, String>(6)?).map_err(|_| odd("its part"))?,
        durability: *DURABILITIES.get(row.get::<_, u8>(7)? as usize).ok_or_else(|| odd("its durability"))?,
        parent,
        created_at: row.get(10)?,
        started_at: row.get(11)?,
        finished_at: row.get(12)?,
        problem: problem.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| odd("its problem"))?,
    })
}

/// The line of one run.
pub(crate) fn find(db: &Connection, run: Uuid) -> Result<Option<RunInfo>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE run = ?1"))?;
    let mut rows = statement.query([run.as_bytes()])?;
    rows.next()?.map(read).transpose()
}

/// Newest first, of one flow or of all; `before`: only runs with a smaller number.
pub(crate) fn list(db: &Connection, flow: Option<&str>, before: Option<u64>, limit: usize) -> Result<Vec<RunInfo>> {
    let (before, limit) = (before.map_or(i64::MAX, |number| number as i64), limit as i64);
    let mut infos = Vec::new();
    let mut take = |mut rows: rusqlite::Rows<'_>| -> Result<()> {
        while let Some(row) = rows.next()? {
            infos.push(read(row)?);
        }
        Ok(())
    };
    match flow {
        Some(flow) => {
            let sql = format!("SELECT {COLUMNS} FROM runs WHERE flow = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3");
            take(db.prepare_cached(&sql)?.query(params![flow, before, limit])?)?;
        }
        None => {
            let sql = format!("SELECT {COLUMNS} FROM runs WHERE number < ?1 ORDER BY number DESC LIMIT ?2");
            take(db.prepare_cached(&sql)?.query(params![before, limit])?)?;
        }
    }
    Ok(infos)
}
