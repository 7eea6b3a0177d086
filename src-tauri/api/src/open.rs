//! A workspace opened: store, world and engine put together.

mod engine_flows;
mod last_mile;

use crate::types::{Host, Problem};
use engine_flows::EngineFlows;
use last_mile::LastMile;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use weft_engine::{Catalog, Engine, EngineParts, Limits};
use weft_node::NodeType;
use weft_node::world::World;
use weft_store::user::UserFolder;
use weft_store::{Flows, Store};
use weft_world::LocalWorld;
use weft_world::clock::{FrozenClock, SystemClock};
use weft_world::script::{Program, Workers};

/// How a workspace is opened.
#[derive(Clone)]
pub struct Options {
    pub folder: PathBuf,
    pub host: Host,
    /// Every node type this program has.
    pub types: Vec<&'static NodeType>,
    /// Go on with what was unfinished when the workspace was last closed, or killed.
    pub resume: bool,
    /// Only look: somebody else owns the workspace.
    pub read_only: bool,
    /// Milliseconds since 1970 at which the clock stands still.
    pub clock_ms: Option<i64>,
    /// Instead of the machine's own: `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// The program brought this workspace itself: its flows may do what their settings name.
    pub sample: bool,
    /// The program that answers to `worker`; this one where none is named.
    pub worker: Option<PathBuf>,
    /// The user's configuration folder; the usual one where none is named.
    pub user: Option<PathBuf>,
}

impl Options {
    pub fn new(folder: &Path, host: Host, types: Vec<&'static NodeType>) -> Self {
        Options {
            folder: folder.into(),
            host,
            types,
            resume: false,
            read_only: false,
            clock_ms: None,
            time_zone: None,
            sample: false,
            worker: None,
            user: None,
        }
    }
}

/// Why a workspace could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{by} has this workspace open.")]
    Held { by: String, socket: PathBuf },
    #[error("{0}")]
    Store(weft_store::Error),
    #[error("The workspace cannot be opened: {0}.")]
    World(std::io::Error),
    #[error("\"{0}\" is no known time zone. Write it as Europe/Berlin.")]
    TimeZone(String),
}

/// An open workspace and everything that can be done with it.
pub struct Api {
    pub(crate) store: Store,
    pub(crate) documents: Flows,
    pub(crate) engine: Arc<Engine>,
    pub(crate) world: Arc<dyn World>,
    pub(crate) types: Vec<&'static NodeType>,
    pub(crate) host: Host,
    pub(crate) author: String,
    pub(crate) told: Told,
    read_only: Option<String>,
}

/// What servers that were put in front of the api say of themselves.
#[derive(Default)]
pub(crate) struct Told {
    link: Mutex<Option<Link>>,
    webhooks: Mutex<Option<String>>,
}

type Link = Arc<dyn Fn() -> String + Send + Sync>;

/// Opening waits for the disk, so it does not happen on an async thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("opening does not panic")
}

impl Api {
    /// Opens the workspace in a folder. The first to come owns it.
    ///
    /// # Errors
    /// [`OpenError::Held`] where another process owns it: speak to that one over its socket, or open it read-only.
    pub async fn open(options: Options) -> Result<Arc<Api>, OpenError> {
        if let Some(zone) = options.time_zone.as_ref().filter(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
            return Err(OpenError::TimeZone(zone.clone()));
        }
        let resume = options.resume;
        let api = blocking(move || Api::put_together(options)).await?;
        if resume && api.read_only.is_none() {
            match api.engine.resume().await {
                Ok(runs) if !runs.is_empty() => tracing::info!(runs = runs.len(), "unfinished runs go on"),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "unfinished runs could not be resumed"),
            }
        }
        Ok(api)
    }

    fn put_together(options: Options) -> Result<Arc<Api>, OpenError> {
        let user = match &options.user {
            Some(folder) => UserFolder::at(folder),
            None => UserFolder::find().map_err(OpenError::Store)?,
        };
        let program = match options.host {
            Host::Desktop => "the desktop app",
            Host::Server => "weft serve",
            Host::Cli => "weft",
        };
        let settings = weft_store::settings::SettingsFile::of(&options.folder).read().map_err(OpenError::Store)?.0;
        let store_options = weft_store::Options {
            program: program.into(),
            witness_each_commit: settings.witness == weft_store::settings::Witness::Commit,
            ..weft_store::Options::default()
        };
        let opened = if options.read_only {
            Store::open_reading(
                &options.folder,
                &store_options,
                weft_store::Error::ReadOnly { why: "Another program has this workspace open.".into() },
            )
        } else {
            Store::open(&options.folder, &store_options)
        };
        let store = opened.map_err(|error| match error {
            weft_store::Error::Held { by, .. } => OpenError::Held { by: by.to_string(), socket: options.folder.join(SOCKET) },
            other => OpenError::Store(other),
        })?;
        let read_only = store.read_only().map(ToString::to_string);
        let documents = Flows::open(store.clone(), user).map_err(OpenError::Store)?;
        if options.sample && read_only.is_none() {
            for flow in documents.list().map_err(OpenError::Store)? {
                documents.mark_made_here(&flow.id).map_err(OpenError::Store)?;
            }
        }
        let blobs: Arc<dyn weft_node::world::Blobs> = Arc::new(store.blobs().clone());
        let program = match &options.worker {
            Some(path) => Program { path: path.clone(), args: vec!["worker".into()] },
            None => Program::this().map_err(OpenError::World)?,
        };
        let scripts = Arc::new(Workers::new(program));
        let world = LocalWorld::open(store.folder(), blobs, scripts, Arc::new(LastMile(documents.vault()))).map_err(OpenError::World)?;
        let world: Arc<dyn World> = match options.clock_ms {
            Some(now) => Arc::new(world.with_clock(Arc::new(FrozenClock::new(now, options.time_zone)))),
            None => Arc::new(world.with_clock(Arc::new(SystemClock::new(options.time_zone)))),
        };
        let catalog = Catalog::new(options.types.iter().copied());
        let author = documents.author().unwrap_or_else(|_| "somebody".into());
        let limits = Limits {
            manual_per_flow: settings.caps.manual as usize,
            webhook_per_flow: settings.caps.webhook as usize,
            workspace: settings.caps.workspace as usize,
            queue: settings.caps.queue as usize,
        };
        let flows = Arc::new(EngineFlows { documents: documents.clone(), types: options.types.clone() });
        let engine = Engine::new(EngineParts { world: world.clone(), journal: Arc::new(store.clone()), catalog, flows, limits });
        Ok(Arc::new(Api {
            store,
            documents,
            engine,
            world,
            types: options.types,
            host: options.host,
            author,
            told: Told::default(),
            read_only,
        }))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.store.folder()
    }

    /// Where the owner of the workspace serves a second process.
    pub fn socket_path(&self) -> PathBuf {
        self.folder().join(SOCKET)
    }

    /// Why nothing can be changed, where that is so.
    pub fn read_only(&self) -> Option<String> {
        self.read_only.clone()
    }

    pub fn is_read_only(&self) -> bool {
        self.read_only.is_some()
    }

    pub(crate) fn settings(&self) -> Result<(weft_store::settings::Settings, Vec<weft_flow::Finding>), Problem> {
        Ok(self.documents.settings()?)
    }

    /// Runs that were begun and have not ended, and that this process does not run.
    pub async fn unfinished_runs(&self) -> u32 {
        use weft_engine::journal::Journal;
        let open = self.store.open_runs().await.unwrap_or_default();
        open.into_iter().filter(|run| !self.engine.is_live(*run)).count() as u32
    }

    /// A range of a blob, and its whole size.
    pub async fn blob(&self, hash: &str, from: u64, len: u64) -> Result<(bytes::Bytes, u64), Problem> {
        let (blobs, hash) = (self.store.blobs().clone(), hash.to_owned());
        let read = tokio::task::spawn_blocking(move || blobs.range_now(&hash, from, len)).await;
        Ok(read.map_err(|error| crate::problem::problem("internal", format!("Reading stopped: {error}."), ""))??)
    }

    /// A server in front says how links to it are made.
    pub fn offer_link(&self, link: Link) {
        *self.told.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }

    pub(crate) fn link(&self) -> Option<String> {
        self.told.link.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|link| link())
    }

    /// A listener in front says where webhooks answer; none = nowhere.
    pub fn webhooks_listen_at(&self, origin: Option<String>) {
        *self.told.webhooks.lock().unwrap_or_else(PoisonError::into_inner) = origin;
    }

    pub(crate) fn webhook_origin(&self) -> Option<String> {
        self.told.webhooks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Work that waits for the disk, off the async threads.
    pub(crate) async fn documents<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Flows) -> weft_store::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let documents = self.documents.clone();
        let done = tokio::task::spawn_blocking(move || work(&documents)).await;
        Ok(done.map_err(|error| {
            crate::problem::problem(
                "internal",
                format!("A document's work stopped: {error}."),
                "Reload the page; nothing acknowledged is lost.",
            )
        })??)
    }

    /// Brings everything to the disk. Runs that go on are taken up again when the workspace is next opened.
    pub async fn close(&self) {
        let documents = self.documents.clone();
        tokio::task::spawn_blocking(move || documents.flush()).await.ok();
        // What was handed over before this is on the disk when it answers.
        if let Err(error) = self.store.write(|_| Ok(())).await
            && !self.is_read_only()
        {
            tracing::error!(%error, "the journal could not be brought to its end");
        }
    }
}

const SOCKET: &str = ".weft/socket";
