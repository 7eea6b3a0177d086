//! The world as one step sees it: the same doors, with its log lines kept and its scripts watched for integers that JavaScript would round.

use futures_util::future::BoxFuture;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use weft_node::world::{Blobs, Caller, Clock, Egress, Files, Log, ScriptCall, ScriptError, Scripted, Scripts, Sql, World};
use weft_node::{Result, Value};

/// Most log lines of one step that are kept, and the longest of them.
const MAX_LINES: usize = 1_000;
const MAX_LINE: usize = 4_096;

pub(super) struct StepWorld {
    inner: Arc<dyn World>,
    lines: Mutex<Vec<String>>,
    rounded: Arc<AtomicBool>,
}

impl StepWorld {
    pub fn new(inner: Arc<dyn World>) -> Self {
        StepWorld { inner, lines: Mutex::default(), rounded: Arc::default() }
    }

    pub fn take_lines(&self) -> Vec<String> {
        std::mem::take(&mut super::lock(&self.lines))
    }

    /// Whether an integer went to JavaScript that it cannot hold.
    pub fn was_rounded(&self) -> bool {
        self.rounded.load(Ordering::Relaxed)
    }
}

impl World for StepWorld {
    fn egress(&self) -> &dyn Egress {
        self.inner.egress()
    }
    fn files(&self) -> &dyn Files {
        self.inner.files()
    }
    fn sql(&self) -> &dyn Sql {
        self.inner.sql()
    }
    fn blobs(&self) -> &dyn Blobs {
        self.inner.blobs()
    }
    fn scripts(&self) -> Arc<dyn Scripts> {
        Arc::new(Watched { inner: self.inner.scripts(), rounded: self.rounded.clone() })
    }
    fn clock(&self) -> &dyn Clock {
        self.inner.clock()
    }
    fn log(&self) -> &dyn Log {
        self
    }
}

impl Log for StepWorld {
    fn say(&self, caller: &Caller, text: &str) {
        self.inner.log().say(caller, text);
        let mut lines = super::lock(&self.lines);
        if lines.len() < MAX_LINES {
            lines.push(text.chars().take(MAX_LINE).collect());
        }
    }
}

struct Watched {
    inner: Arc<dyn Scripts>,
    rounded: Arc<AtomicBool>,
}

impl Scripts for Watched {
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>> {
        if !self.rounded.load(Ordering::Relaxed) && calls.iter().any(|call| holds_big(&call.names)) {
            self.rounded.store(true, Ordering::Relaxed);
        }
        self.inner.call(calls)
    }
}

fn holds_big(value: &Value) -> bool {
    match value {
        Value::Number(n) => n.is_beyond_javascript(),
        Value::List(items) => items.iter().any(holds_big),
        Value::Object(map) => map.values().any(holds_big),
        _ => false,
    }
}
