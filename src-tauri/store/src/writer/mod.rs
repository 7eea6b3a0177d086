//! The one writer: everybody hands over, one thread commits, and what it acknowledges is on the disk.
//!
//! | file | holds |
//! |---|---|
//! | `queue` | the bounded list that is handed over |
//! | `commit` | one transaction: packets, document writes, the chain over commits |
//! | `state` | what the writer knows between commits |
//! | `thread` | when it commits, checkpoints, and what it does when the disk is full |
//! | `witness` | the tail of the chain in a second file |

pub(crate) mod commit;
mod queue;
pub(crate) mod state;
pub(crate) mod thread;
pub(crate) mod witness;

pub use commit::Tx;

use crate::events::{Cursor, Event, What};
use crate::{Error, Result};
use commit::{Job, Message};
use futures_util::future::BoxFuture;
use queue::Queue;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;
use weft_engine::journal::{Packet, Row, Volatile};

/// Hands over to the writer. Cheap to clone; the last one dropped lets the writer finish and close the database.
#[derive(Clone)]
pub struct Writer {
    door: Arc<Door>,
    _owner: Arc<Owner>,
}

/// What the writer's thread and those who hand over share.
pub(crate) struct Door {
    pub queue: Queue<Message>,
    /// The disk is full: only ends of runs are taken until there is room again.
    pub full: AtomicBool,
    /// Why nothing is taken at all.
    pub refuses: Option<Error>,
    pub events: broadcast::Sender<Arc<Event>>,
    /// The last commit whose events were told.
    pub seq: AtomicU64,
    /// Microseconds a commit takes, smoothed.
    pub usual: AtomicU64,
    pub epoch: Uuid,
}

/// Joins the thread when the last handle goes.
struct Owner {
    door: Arc<Door>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.door.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The thread itself may hold the last handle, in the answer to a write.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl Writer {
    pub(crate) fn start(thread: thread::Thread, epoch: Uuid) -> Result<Writer> {
        let door = Arc::new(Door::new(epoch, thread.seq(), None));
        let theirs = door.clone();
        let handle = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || thread.run(&theirs))
            .map_err(|error| Error::Io { path: "journal".into(), source: Arc::new(error) })?;
        Ok(Writer { _owner: Arc::new(Owner { door: door.clone(), thread: Mutex::new(Some(handle)) }), door })
    }

    /// A writer of a workspace that can only be read: it refuses everything with this error.
    pub(crate) fn refusing(cursor: Cursor, why: Error) -> Writer {
        let door = Arc::new(Door::new(cursor.epoch, cursor.seq, Some(why)));
        Writer { _owner: Arc::new(Owner { door: door.clone(), thread: Mutex::new(None) }), door }
    }

    /// Runs `write` in the writer's next transaction and gives what it gave once that is on the disk.
    /// An error of `write` undoes only what it did itself. It must be short and must not wait for anything.
    ///
    /// # Errors
    /// What `write` gave; `disk_full`, `workspace.read_only`, and what a failing disk says.
    pub fn write<T, F>(&self, write: F) -> BoxFuture<'static, Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let handed = self.hand_over(write);
        Box::pin(async move { handed?.await.map_err(|_| Error::Closed)? })
    }

    /// The same for threads that may wait; not on a thread of an async runtime.
    pub fn write_now<T: Send + 'static>(&self, write: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.hand_over(write)?.blocking_recv().map_err(|_| Error::Closed)?
    }

    fn hand_over<T, F>(&self, write: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.takes(false)?;
        let (done, answer) = oneshot::channel();
        let job = Closure { write: Some(write), given: None, done };
        self.door.queue.push(Message::Write(Box::new(job)), true).map_err(|_| Error::Closed)?;
        Ok(answer)
    }

    /// Hands a packet over without waiting.
    pub(crate) fn append(&self, packet: Packet) -> Result<()> {
        self.takes(ends(&packet))?;
        self.door.queue.push(Message::Packet { packet, done: None }, false).map_err(|_| Error::Closed)
    }

    /// Hands a packet over; the receiver hears its seq when it is on the disk.
    pub(crate) fn durable(&self, packet: Packet) -> Result<oneshot::Receiver<Result<u64>>> {
        self.takes(ends(&packet))?;
        let (done, answer) = oneshot::channel();
        self.door.queue.push(Message::Packet { packet, done: Some(done) }, true).map_err(|_| Error::Closed)?;
        Ok(answer)
    }

    fn takes(&self, end: bool) -> Result<()> {
        match &self.door.refuses {
            Some(error) => Err(error.clone()),
            None if self.door.full.load(SeqCst) && !end => Err(Error::DiskFull),
            None => Ok(()),
        }
    }

    /// Whether the disk is full; work goes on by itself once there is room.
    pub fn is_full(&self) -> bool {
        self.door.full.load(SeqCst)
    }

    /// How long a commit takes, with its sync; smoothed. Zero before the first.
    pub fn commit_time(&self) -> std::time::Duration {
        std::time::Duration::from_micros(self.door.usual.load(SeqCst))
    }

    /// Where the stream of events stands: everything up to here is on the disk and told.
    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.door.epoch, seq: self.door.seq.load(SeqCst) }
    }

    /// Listens from now on. A listener that falls behind gets `Lagged` and asks [`crate::Store::events_since`].
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.door.events.subscribe()
    }

    pub(crate) fn tell(&self, told: Volatile) {
        let _ = self.door.events.send(Arc::new(Event { at: None, what: What::Volatile(told) }));
    }
}

/// The stop of a run is taken also when the disk is full: the reserve is for it.
fn ends(packet: &Packet) -> bool {
    packet.rows.iter().any(|row| matches!(row, Row::RunFinished { .. }))
}

impl Door {
    fn new(epoch: Uuid, seq: u64, refuses: Option<Error>) -> Door {
        let (events, _) = broadcast::channel(crate::events::BEHIND);
        Door {
            queue: Queue::new(),
            full: AtomicBool::new(false),
            refuses,
            events,
            seq: AtomicU64::new(seq),
            usual: AtomicU64::new(0),
            epoch,
        }
    }
}

struct Closure<F, T> {
    write: Option<F>,
    given: Option<T>,
    done: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Closure<F, T>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let write = self.write.take().ok_or(Error::Closed)?;
        self.given = Some(write(tx)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let Closure { given, done, .. } = *self;
        // Who asked may have left.
        let _ = done.send(committed.and_then(|()| given.ok_or(Error::Closed)));
    }
}
