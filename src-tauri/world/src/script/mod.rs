//! JavaScript of flows in killable worker processes of the program itself.
//!
//! | module | holds |
//! |---|---|
//! | `realm`, `boot.js` | QuickJS as scripts see it |
//! | `cage` | what the kernel takes from a worker: files, sockets, processes, memory |
//! | `worker` | the process: reads calls, answers them |
//! | `frame` | what travels between |
//! | `child` | the parent's end of one worker |
//! | `pool`, `queue` | who runs which call, and who is stopped |
//! | `in_process` | the same realm without a process, for tests |

mod cage;
mod child;
mod frame;
mod in_process;
mod pool;
mod queue;
mod realm;
#[cfg(test)]
mod tests;
mod worker;

pub use in_process::InProcess;
pub use pool::{Program, Workers};
pub use worker::worker_main;
