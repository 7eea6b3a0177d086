//! Exit statuses: 0 finished, 1 failed, 2 flow or input invalid, 3 waits for a person, 130 cancelled.

use std::process::ExitCode;
use weft_api::types::Problem;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

pub const FINISHED: Status = Status(0);
pub const FAILED: Status = Status(1);
pub const INVALID: Status = Status(2);
pub const WAITS: Status = Status(3);
pub const CANCELLED: Status = Status(130);

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status.0)
    }
}

/// A problem as an error of a command.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Failed(pub Problem);

/// What is wrong with what the user gave, as against what went wrong on the way.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

pub fn of(error: &anyhow::Error) -> Status {
    if error.downcast_ref::<Invalid>().is_some() {
        return INVALID;
    }
    match error.downcast_ref::<Failed>().map(|failed| failed.0.code.as_str()) {
        Some(code) if code.starts_with("permission.") => WAITS,
        Some(code) if ["flow.", "run.start", "call.", "input."].iter().any(|prefix| code.starts_with(prefix)) => INVALID,
        _ => FAILED,
    }
}
