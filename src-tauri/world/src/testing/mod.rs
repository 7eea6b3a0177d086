//! A world for tests and examples: real files and SQL in a folder of the test's, blobs in memory, answers that were
//! brought along instead of a network, a clock that the test turns.

mod answers;
mod parts;

pub use answers::{Answer, CannedEgress, Sent};
pub use parts::{MemoryBlobs, MemoryLog, NoScripts};

use crate::clock::VirtualClock;
use crate::files::LocalFiles;
use crate::sql::LocalSql;
use futures_util::future::BoxFuture;
use std::io;
use std::path::Path;
use std::sync::Arc;
use weft_node::world::{Blobs, Caller, Clock, Egress, Files, Log, Scripts, Sql, World};
use weft_node::{Context, Need, Permissions, Problem, Result, Scope, Value};

/// What the clock shows at first: 2026-01-02 03:04:05 UTC.
pub const START_MS: i64 = 1_767_323_045_000;

/// [`World`] without a network. Permissions are asked for as in the real one.
pub struct TestWorld {
    pub egress: CannedEgress,
    pub blobs: Arc<MemoryBlobs>,
    pub clock: Arc<VirtualClock>,
    pub log: MemoryLog,
    files: LocalFiles,
    sql: LocalSql,
    scripts: Arc<dyn Scripts>,
}

impl TestWorld {
    /// # Errors
    /// Where the folder cannot be opened.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let blobs = Arc::new(MemoryBlobs::default());
        Ok(TestWorld {
            egress: CannedEgress::default(),
            files: LocalFiles::open(folder, blobs.clone())?,
            sql: LocalSql::open(folder)?,
            blobs,
            clock: Arc::new(VirtualClock::new(START_MS)),
            log: MemoryLog::default(),
            scripts: Arc::new(NoScripts),
        })
    }

    #[must_use]
    pub fn with_answers(self, answers: Vec<Answer>) -> Self {
        TestWorld { egress: CannedEgress::new(answers), ..self }
    }

    #[must_use]
    pub fn with_scripts(self, scripts: Arc<dyn Scripts>) -> Self {
        TestWorld { scripts, ..self }
    }
}

impl World for TestWorld {
    fn egress(&self) -> &dyn Egress {
        &self.egress
    }
    fn files(&self) -> &dyn Files {
        &self.files
    }
    fn sql(&self) -> &dyn Sql {
        &self.sql
    }
    fn blobs(&self) -> &dyn Blobs {
        &*self.blobs
    }
    fn scripts(&self) -> Arc<dyn Scripts> {
        self.scripts.clone()
    }
    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
    fn log(&self) -> &dyn Log {
        &self.log
    }
}

/// A step of nobody's run, with these permissions.
pub fn caller(needs: impl IntoIterator<Item = Need>) -> Caller {
    Caller {
        flow: "test".into(),
        run: Default::default(),
        step: [7; 16],
        node: "node".into(),
        attempt: 1,
        permissions: Arc::new(needs.into_iter().collect::<Permissions>()),
        cancel: Default::default(),
        now_ms: START_MS,
        time_zone: "UTC".into(),
        on_progress: None,
    }
}

/// What a node is given to run by itself: this world, these permissions, and these names for expressions.
pub fn context(world: Arc<dyn World>, needs: impl IntoIterator<Item = Need>, names: Value) -> Context {
    Context { caller: Arc::new(caller(needs)), world, scope: Arc::new(Names(names)), index: None }
}

/// A scope that always has the same names; a node's script gives what stands there as `script`.
struct Names(Value);

impl Scope for Names {
    fn names(&self, _: Option<usize>, _: &[&str]) -> Result<Value> {
        Ok(self.0.clone())
    }

    fn script<'a>(&'a self, _: &'a str, _: Option<usize>) -> BoxFuture<'a, Result<Value>> {
        Box::pin(async move {
            self.0.get("script").cloned().ok_or_else(|| Problem::new("script.unavailable", "There are no script workers here."))
        })
    }
}
