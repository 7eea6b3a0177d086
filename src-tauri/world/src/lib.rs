//! The one door outwards: HTTP, files and SQL of the workspace, scripts, clocks, log, and the last mile of secrets.
//!
//! | module | holds |
//! |---|---|
//! | [`egress`] | the only way to a network; where secrets are opened |
//! | [`files`] | files of the workspace, and which paths name one |
//! | [`sql`] | SQL on database files of the workspace |
//! | [`script`] | JavaScript in killable worker processes |
//! | [`clock`], `log` | the time, and what nodes say |
//! | `local` | [`LocalWorld`]: the parts put together |
//! | [`testing`] | a world for tests and examples |
//! | `deny` | the words with which a door says no |
//!
//! Everything is denied unless the caller's permissions name it.

pub mod clock;
mod deny;
pub mod egress;
pub mod files;
mod local;
mod log;
pub mod script;
pub mod sql;
pub mod testing;

pub use egress::{LocalEgress, Secrets};
pub use local::LocalWorld;
pub use log::TracingLog;
