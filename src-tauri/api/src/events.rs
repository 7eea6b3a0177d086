//! What happened, as screens hear it: document changes with what follows from them, and runs node by node.

mod follow;

use crate::Api;
use crate::types::*;
use follow::Follower;
use futures_util::Stream;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;
use weft_store::events::{Cursor as StoreCursor, Since};

/// Events a slow screen may be behind before it is told to ask anew.
const WAITING: usize = 512;
/// Store events looked at in one go.
const GO: usize = 256;

pub(crate) fn cursor(api: &Api) -> Cursor {
    view(api.store.cursor())
}

pub(super) fn view(at: StoreCursor) -> Cursor {
    Cursor { epoch: at.epoch.to_string(), seq: at.seq.to_string() }
}

fn read(at: &Cursor) -> Option<StoreCursor> {
    Some(StoreCursor { epoch: Uuid::parse_str(&at.epoch).ok()?, seq: at.seq.parse().ok()? })
}

/// A page of what happened since a cursor.
pub async fn since(api: &Arc<Api>, from: Cursor) -> Result<EventsPage, Problem> {
    let reset = |api: &Arc<Api>| {
        let at = cursor(api);
        EventsPage { events: vec![Event { at: Some(at.clone()), what: Happened::Reset }], at, more: false }
    };
    let Some(from) = read(&from) else { return Ok(reset(api)) };
    match api.store.events_since(from, GO).await? {
        Since::Reset => Ok(reset(api)),
        Since::Events { events, more } => {
            let at = events.last().and_then(|event| event.at).unwrap_or(from);
            let mut follower = Follower::new(api.clone());
            Ok(EventsPage { events: follower.translate(events).await, at: view(at), more })
        }
    }
}

impl Api {
    /// Events since a cursor (or from now on), until the stream is dropped. A listener that cannot keep up is told `reset`.
    pub fn events(self: &Arc<Self>, since: Option<Cursor>) -> impl Stream<Item = Event> + Send + use<> {
        let (tell, told) = mpsc::channel(WAITING);
        let api = self.clone();
        // Subscribed before the first look back, so that nothing falls between.
        let live = self.store.subscribe();
        tokio::spawn(async move {
            // The listener went away: nothing is left to do.
            tell_all(api, since, live, tell).await.ok();
        });
        futures_util::stream::unfold(told, |mut told| async move { told.recv().await.map(|event| (event, told)) })
    }
}

type Sent = Result<(), mpsc::error::SendError<Event>>;

async fn tell_all(
    api: Arc<Api>,
    since: Option<Cursor>,
    mut live: broadcast::Receiver<Arc<weft_store::events::Event>>,
    tell: mpsc::Sender<Event>,
) -> Sent {
    let mut follower = Follower::new(api.clone());
    let mut at = api.store.cursor();
    if let Some(since) = since {
        match read(&since) {
            Some(from) => at = catch_up(&api, &mut follower, from, &tell).await?,
            None => tell.send(Event { at: Some(view(at)), what: Happened::Reset }).await?,
        }
    }
    loop {
        let first = tokio::select! {
            () = tell.closed() => return Ok(()),
            first = live.recv() => first,
        };
        let mut events = Vec::new();
        match first {
            Ok(event) => events.push((*event).clone()),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                at = catch_up(&api, &mut follower, at, &tell).await?;
                continue;
            }
            Err(broadcast::error::RecvError::Closed) => return Ok(()),
        }
        // What came meanwhile goes together: a node that changed ten times is told once.
        while events.len() < GO {
            match live.try_recv() {
                Ok(event) => events.push((*event).clone()),
                Err(_) => break,
            }
        }
        // Told in the look back already.
        events.retain(|event| event.at.is_none_or(|told| told.epoch != at.epoch || told.seq > at.seq));
        if let Some(last) = events.iter().filter_map(|event| event.at).next_back() {
            at = last;
        }
        for event in follower.translate(events).await {
            tell.send(event).await?;
        }
    }
}

async fn catch_up(
    api: &Arc<Api>,
    follower: &mut Follower,
    mut from: StoreCursor,
    tell: &mpsc::Sender<Event>,
) -> Result<StoreCursor, mpsc::error::SendError<Event>> {
    loop {
        match api.store.events_since(from, GO).await {
            Ok(Since::Events { events, more }) => {
                from = events.last().and_then(|event| event.at).unwrap_or(from);
                for event in follower.translate(events).await {
                    tell.send(event).await?;
                }
                if !more {
                    return Ok(from);
                }
            }
            Ok(Since::Reset) | Err(_) => {
                let now = api.store.cursor();
                tell.send(Event { at: Some(view(now)), what: Happened::Reset }).await?;
                return Ok(now);
            }
        }
    }
}
