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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FrozenClock;
    use crate::egress::NoSecrets;
    use crate::testing::{CannedEgress, MemoryBlobs, NoScripts, caller};
    use weft_node::world::{HttpRequest, SqlParameters, SqlQuery};
    use weft_node::{Need, NeedKind};

    #[tokio::test]
    async fn the_parts_work_together() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Arc::new(MemoryBlobs::default());
        let world = LocalWorld::open(folder.path(), blobs, Arc::new(NoScripts), Arc::new(NoSecrets)).unwrap();
        let world = world.with_clock(Arc::new(FrozenClock::new(5, Some("UTC".into())))).with_egress(Arc::new(CannedEgress::default()));
        let c = caller([Need::new(NeedKind::Database, "a.db"), Need::new(NeedKind::ReadFile, "a.db")]);
        let sql = "create table t (a); insert into t values (1); select a from t".to_owned();
        let parameters = vec![SqlParameters::Positional(vec![])];
        let rows = world.sql().query(&c, SqlQuery { database: "a.db".into(), sql, parameters, ..SqlQuery::default() }).await.unwrap();
        assert_eq!(rows[0].rows[0].to_json(), r#"{"a":1}"#);
        let blob = world.files().read(&c, "a.db").await.unwrap();
        assert!(world.blobs().read_range(&blob, 0, 15).await.unwrap().starts_with(b"SQLite format 3"));
        assert_eq!((world.clock().now_ms(), world.clock().time_zone().as_str()), (5, "UTC"));
        let nobody = world.egress().send(&c, HttpRequest { url: "http://a.example/".into(), ..HttpRequest::default() }).await.unwrap_err();
        assert_eq!(nobody.code, weft_node::PERMISSION_NEEDED);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let opened =
            LocalWorld::open(&folder.path().join("none"), Arc::new(MemoryBlobs::default()), Arc::new(NoScripts), Arc::new(NoSecrets));
        assert!(opened.is_err());
    }
}
