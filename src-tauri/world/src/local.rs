//! The world of this machine: the parts put together.

use crate::clock::SystemClock;
use crate::egress::{LocalEgress, Secrets};
use crate::files::LocalFiles;
use crate::log::TracingLog;
use crate::sql::LocalSql;
use std::io;
use std::path::Path;
use std::sync::Arc;
use weft_node::world::{Blobs, Clock, Egress, Files, Log, Scripts, Sql, World};

/// [`World`] over one workspace folder. Every part can be replaced by another.
#[derive(Clone)]
pub struct LocalWorld {
    egress: Arc<dyn Egress>,
    files: Arc<dyn Files>,
    sql: Arc<dyn Sql>,
    blobs: Arc<dyn Blobs>,
    scripts: Arc<dyn Scripts>,
    clock: Arc<dyn Clock>,
    log: Arc<dyn Log>,
}

impl LocalWorld {
    /// Egress, files and SQL of this machine, its clock, and the program's log.
    ///
    /// # Errors
    /// Where the workspace folder cannot be opened.
    pub fn open(workspace: &Path, blobs: Arc<dyn Blobs>, scripts: Arc<dyn Scripts>, secrets: Arc<dyn Secrets>) -> io::Result<Self> {
        Ok(LocalWorld {
            egress: Arc::new(LocalEgress::new(blobs.clone(), secrets)),
            files: Arc::new(LocalFiles::open(workspace, blobs.clone())?),
            sql: Arc::new(LocalSql::open(workspace)?),
            blobs,
            scripts,
            clock: Arc::new(SystemClock::new(None)),
            log: Arc::new(TracingLog),
        })
    }

    #[must_use]
    pub fn with_egress(self, egress: Arc<dyn Egress>) -> Self {
        LocalWorld { egress, ..self }
    }

    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        LocalWorld { clock, ..self }
    }

    #[must_use]
    pub fn with_log(self, log: Arc<dyn Log>) -> Self {
        LocalWorld { log, ..self }
    }
}

impl World for LocalWorld {
    fn egress(&self) -> &dyn Egress {
        &*self.egress
    }
    fn files(&self) -> &dyn Files {
        &*self.files
    }
    fn sql(&self) -> &dyn Sql {
        &*self.sql
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
        &*self.log
    }
}
