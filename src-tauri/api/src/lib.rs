//! Everything the program can do, as one list of typed calls and one stream of events.
//!
//! | module | holds |
//! |---|---|
//! | [`types`] | the shapes that cross the api |
//! | `list` | the list of calls, from which router and TypeScript are made |
//! | `workspace`, `flows`, `nodes`, `runs`, [`secrets`] | the calls, by subject |
//! | `events` | what happened, as screens hear it |
//! | `webhooks` | requests that start flows in use |
//! | [`documents`] | flow texts without a workspace, for the command line |
//! | `open` | a workspace opened: store, world and engine put together |
//!
//! The api has no transport: window, server, local socket and command line all call [`call`].

pub mod documents;
mod events;
mod flows;
mod list;
pub mod nodes;
mod open;
mod problem;
mod runs;
pub mod secrets;
pub mod types;
pub mod typescript;
mod webhooks;
mod workspace;

pub use list::{CALLS, call};
pub use open::{Api, OpenError, Options};
pub use webhooks::{WebhookReply, WebhookRequest};
pub use weft_world::script::worker_main;

/// Milliseconds since 1970 of a time written `2026-01-15T10:30:00Z`.
pub fn read_time(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// The user's configuration folder, where there is one.
pub fn user_folder() -> Option<std::path::PathBuf> {
    weft_store::user::UserFolder::find().ok().map(|user| user.path().to_owned())
}
