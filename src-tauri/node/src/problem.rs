//! What went wrong, in words a person can act on, with a code a program can decide by.

use crate::Value;
use serde::{Deserialize, Serialize};

/// An error as users see it. Never holds a secret: texts are made from names, not from values of credentials.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Dotted and stable: `http.status`, `setting.missing`. Each has a page under `docs/problems/`.
    pub code: String,
    /// What happened and where, one sentence.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Path of the setting: `settings/url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Position of the item in the step's input, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Whether another attempt may help (SEMANTICS 7).
    #[serde(default, skip_serializing_if = "is_false")]
    pub retryable: bool,
    /// Milliseconds the other side asked us to wait (Retry-After).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// More for programs: a status, the permissions that are missing, the cause of a called flow's failure.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

fn is_false(b: &bool) -> bool {
    !*b
}

/// `permission.needed`: `details.needs` lists `{kind, target}`.
pub const PERMISSION_NEEDED: &str = "permission.needed";
/// The step was told to stop; neither retried nor caught.
pub const CANCELLED: &str = "run.cancelled";
/// The attempt took longer than the node's `timeout`.
pub const TIMEOUT: &str = "step.timeout";
/// The disk has no room left; the run stops with this code.
pub const DISK_FULL: &str = "disk_full";

impl Problem {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Problem { code: code.into(), message: message.into(), ..Problem::default() }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn item(mut self, position: usize) -> Self {
        self.item = Some(position as u32);
        self
    }

    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// A setting whose value cannot be used.
    pub fn setting(field: &str, message: impl Into<String>) -> Self {
        Problem::new("setting.invalid", message).field(format!("settings/{field}"))
    }
}

pub type Result<T, E = Problem> = std::result::Result<T, E>;
