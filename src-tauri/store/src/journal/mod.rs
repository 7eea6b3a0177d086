//! The store as the engine's journal, and the questions lists and screens ask about runs.
//!
//! | file | holds |
//! |---|---|
//! | `packets` | rows as the database keeps them, checked whenever they are read |
//! | `run` | a run's line in lists, folded from its rows |
//! | `volatile` | runs that keep nothing |

pub(crate) mod packets;
pub(crate) mod run;
pub(crate) mod volatile;

pub use run::{RunInfo, RunStatus};

use crate::{Error, Finding, Result, Store};
use futures_util::future::BoxFuture;
use rusqlite::OptionalExtension;
use uuid::Uuid;
use weft_engine::journal::{Journal, Packet, Position, Row, Volatile};

impl Journal for Store {
    fn append(&self, packet: Packet) -> weft_node::Result<()> {
        Ok(self.inner.writer.append(packet)?)
    }

    fn durable(&self, packet: Packet) -> BoxFuture<'_, weft_node::Result<Position>> {
        // Handed over at once: what the caller hands over next must not overtake it.
        let handed = self.inner.writer.durable(packet);
        Box::pin(async move {
            let seq = handed?.await.map_err(|_| Error::Closed)??;
            Ok(Position(seq))
        })
    }

    fn rows(&self, run: Uuid) -> BoxFuture<'_, weft_node::Result<Vec<Row>>> {
        Box::pin(async move { Ok(self.run_rows(run).await?) })
    }

    fn chain(&self, run: Uuid) -> BoxFuture<'_, weft_node::Result<[u8; 32]>> {
        Box::pin(async move {
            let hash = self.read(move |db| {
                let sql = "SELECT hash FROM packets WHERE run = ?1 ORDER BY seq DESC LIMIT 1";
                Ok(db.prepare_cached(sql)?.query_row([run.as_bytes()], |row| row.get(0)).optional()?)
            });
            Ok(hash.await?.unwrap_or_default())
        })
    }

    fn open_runs(&self) -> BoxFuture<'_, weft_node::Result<Vec<Uuid>>> {
        Box::pin(async move {
            let runs = self.read(|db| {
                let sql = "SELECT run FROM runs WHERE finished_at IS NULL AND run NOT IN (SELECT run FROM damaged) ORDER BY number";
                let mut select = db.prepare_cached(sql)?;
                let runs = select.query_map([], |row| row.get(0).map(Uuid::from_bytes))?.collect::<Result<_, _>>()?;
                Ok(runs)
            });
            Ok(runs.await?)
        })
    }

    fn volatile(&self, told: Volatile) {
        if let Volatile::Rows { run, rows } = &told {
            self.inner.unkept.add(*run, rows);
        }
        self.inner.writer.tell(told);
    }
}

impl Store {
    /// Every row of a run, in order.
    ///
    /// # Errors
    /// `run.not_found`; `journal.damaged`: the run is set aside and a finding says so.
    pub async fn run_rows(&self, run: Uuid) -> Result<Vec<Row>> {
        if let Some(rows) = self.inner.unkept.rows(run) {
            return Ok(rows);
        }
        let rows = self.read(move |db| packets::rows(db, run)).await;
        if let Err(Error::Damaged { what }) = &rows {
            self.set_aside(run, what.clone()).await;
        }
        rows
    }

    /// The same on the calling thread, and without setting a damaged run aside.
    pub fn run_rows_now(&self, run: Uuid) -> Result<Vec<Row>> {
        match self.inner.unkept.rows(run) {
            Some(rows) => Ok(rows),
            None => self.inner.readers.now(|db| packets::rows(db, run)),
        }
    }

    /// A damaged run is neither resumed nor trusted; the others go on.
    pub(crate) async fn set_aside(&self, run: Uuid, what: String) {
        self.found(Finding { code: "journal.damaged", message: what.clone(), run: Some(run) });
        let at = crate::writer::thread::now_ms();
        let kept = self.write(move |tx| {
            Ok(tx.execute("INSERT OR IGNORE INTO damaged VALUES(?1,?2,?3)", rusqlite::params![run.as_bytes(), what, at])?)
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, %run, "a damaged run could not be set aside for good");
        }
    }

    /// Why a run is set aside, where it is.
    pub async fn run_damage(&self, run: Uuid) -> Result<Option<String>> {
        self.read(move |db| Ok(db.query_row("SELECT what FROM damaged WHERE run = ?1", [run.as_bytes()], |row| row.get(0)).optional()?))
            .await
    }

    /// A run that was set aside counts again: somebody looked at it and decided.
    pub async fn release_run(&self, run: Uuid) -> Result<()> {
        self.write(move |tx| Ok(tx.execute("DELETE FROM damaged WHERE run = ?1", [run.as_bytes()])?)).await?;
        Ok(())
    }

    /// The line of a run.
    ///
    /// # Errors
    /// `run.not_found`.
    pub async fn run(&self, run: Uuid) -> Result<RunInfo> {
        if let Some(info) = self.inner.unkept.find(run) {
            return Ok(info);
        }
        self.read(move |db| run::find(db, run)?.ok_or(Error::NoRun { run })).await
    }

    /// Runs, newest first, of one flow or of all. `before`: only those with a smaller number (the last of the page before).
    pub async fn runs(&self, flow: Option<String>, before: Option<u64>, limit: usize) -> Result<Vec<RunInfo>> {
        let unkept = self.inner.unkept.list(flow.as_deref());
        let mut infos = self.read(move |db| run::list(db, flow.as_deref(), before, limit)).await?;
        if !unkept.is_empty() {
            infos.extend(unkept.into_iter().filter(|info| before.is_none_or(|before| info.number < before)));
            infos.sort_by_key(|info| std::cmp::Reverse(info.number));
            infos.truncate(limit);
        }
        Ok(infos)
    }

    /// The latest kept run of a flow that reached a node.
    pub async fn latest_run(&self, flow: String, node: String) -> Result<Option<RunInfo>> {
        self.read(move |db| {
            let sql = "SELECT run FROM reached JOIN runs USING(number) WHERE reached.flow = ?1 AND node = ?2";
            let run: Option<[u8; 16]> = db.prepare_cached(sql)?.query_row([flow, node], |row| row.get(0)).optional()?;
            run.map_or(Ok(None), |run| run::find(db, Uuid::from_bytes(run)))
        })
        .await
    }

    /// Keeps the text of a flow version, so that runs which begin with it can go on with it. Told to the writer before the run's first row.
    pub async fn keep_version(&self, hash: String, flow: String, text: String) -> Result<()> {
        let at = crate::writer::thread::now_ms();
        self.write(move |tx| {
            let sql = "INSERT INTO versions VALUES(?1,?2,?3,?4,0) ON CONFLICT(hash) DO UPDATE SET at = excluded.at";
            Ok(tx.execute(sql, rusqlite::params![hash, flow, text, at])?)
        })
        .await?;
        Ok(())
    }

    /// The text of a version.
    pub async fn version(&self, hash: String) -> Result<Option<String>> {
        self.read(move |db| Ok(db.query_row("SELECT text FROM versions WHERE hash = ?1", [hash], |row| row.get(0)).optional()?)).await
    }
}
