//! One file, one command.

pub mod diff;
pub mod fmt;
pub mod grant;
pub mod in_use;
pub mod new;
pub mod nodes;
pub mod run;
pub mod runs;
pub mod schema;
pub mod secret;
pub mod serve;
pub mod validate;
mod watch;
