//! What travels between the program and a script worker: a length and msgpack, a trip of calls one way and their answers the other.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use weft_node::Value;
use weft_node::world::{ScriptCall, ScriptError, ScriptKind, Scripted};

/// Calls that travel together. More save little and let one slow script delay the others.
pub(super) const MAX_CALLS: usize = 16;
/// Largest frame either side accepts.
pub(super) const MAX_FRAME: usize = 256 << 20;
/// A worker says this when it is ready; what a test runner printed before is skipped.
pub(super) const HELLO: &[u8] = b"weft-worker 1 ";
/// One of these on the worker's third pipe for each call that is done.
pub(super) const MARK: u8 = 1;
/// Bytes of names that a worker is given a millisecond for.
const READ_PER_MS: usize = 10_000;
/// How a worker ends when a script used up its time.
pub(super) const LATE: i32 = 70;

#[derive(Serialize, Deserialize)]
pub(super) struct Trip {
    /// Each source once.
    pub sources: Vec<Arc<str>>,
    pub calls: Vec<Call>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Call {
    pub source: usize,
    pub is_code: bool,
    /// JSON.
    #[serde(with = "serde_bytes")]
    pub names: Vec<u8>,
    pub now_ms: i64,
    pub seed: u64,
    /// Milliseconds of processor time.
    pub time_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// JSON.
    Value(#[serde(with = "serde_bytes")] Vec<u8>),
    Undefined,
    Failed(Fault),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Fault {
    pub kind: FaultKind,
    pub message: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FaultKind {
    Syntax,
    Thrown,
    Timeout,
    Memory,
}

impl Fault {
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Fault { kind, message: message.into(), line: None, column: None }
    }
}

impl From<Fault> for ScriptError {
    fn from(fault: Fault) -> Self {
        let code = match fault.kind {
            FaultKind::Syntax => "script.syntax",
            FaultKind::Thrown => "script.thrown",
            FaultKind::Timeout => "script.timeout",
            FaultKind::Memory => "script.memory",
        };
        ScriptError { code, message: fault.message, line: fault.line, column: fault.column }
    }
}

impl Trip {
    pub fn of<'a>(calls: impl Iterator<Item = &'a ScriptCall>, time_ms: impl Fn(ScriptKind) -> u64) -> Self {
        let mut trip = Trip { sources: Vec::new(), calls: Vec::new() };
        for call in calls {
            let known = trip.sources.iter().position(|source| Arc::ptr_eq(source, &call.script.source) || **source == *call.script.source);
            let source = known.unwrap_or_else(|| {
                trip.sources.push(call.script.source.clone());
                trip.sources.len() - 1
            });
            let names = call.names.to_json().into_bytes();
            // Reading what it is given is not the script's doing.
            let time_ms = time_ms(call.script.kind) + (names.len() / READ_PER_MS) as u64;
            trip.calls.push(Call {
                source,
                is_code: call.script.kind == ScriptKind::Code,
                names,
                now_ms: call.now_ms,
                seed: call.seed,
                time_ms,
            });
        }
        trip
    }
}

/// The bytes of a message: its length, then msgpack.
pub(super) fn encode(message: &impl Serialize) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    rmp_serde::encode::write(&mut bytes, message).expect("plain data always encodes, and memory takes what it is given");
    let len = (bytes.len() - 4) as u32;
    bytes[..4].copy_from_slice(&len.to_le_bytes());
    bytes
}

/// The length that a frame announces, once its first four bytes are there.
pub(super) fn announced(bytes: &[u8]) -> Option<usize> {
    let len: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    Some(u32::from_le_bytes(len) as usize)
}

impl Answer {
    pub fn into_result(self) -> Result<Scripted, ScriptError> {
        match self {
            Answer::Undefined => Ok(Scripted::Undefined),
            Answer::Failed(fault) => Err(fault.into()),
            Answer::Value(json) => match Value::from_json_bytes(&json).or_else(|_| Value::from_json_bytes(&whole_characters(&json))) {
                Ok(value) => Ok(Scripted::Value(rounded(value))),
                Err(error) => Err(Fault::new(FaultKind::Thrown, format!("what the script gave cannot be kept: {error}")).into()),
            },
        }
    }
}

/// JavaScript knows no integers beyond 2^53: what looks like one in its JSON is a float.
fn rounded(value: Value) -> Value {
    fn is_other(n: weft_node::Number) -> bool {
        n.is_beyond_javascript() && weft_node::Number::finite(n.as_f64()) != Some(n)
    }
    fn has_some(value: &Value) -> bool {
        match value {
            Value::Number(n) => is_other(*n),
            Value::List(items) => items.iter().any(has_some),
            Value::Object(map) => map.values().any(has_some),
            _ => false,
        }
    }
    match &value {
        value if !has_some(value) => value.clone(),
        Value::Number(n) if is_other(*n) => Value::from(n.as_f64()),
        Value::List(items) => Value::list(items.iter().cloned().map(rounded).collect()),
        Value::Object(map) => Value::object(map.iter().map(|(key, value)| (key.clone(), rounded(value.clone())))),
        _ => value,
    }
}

/// JSON with each escaped half of a surrogate pair replaced: JavaScript's text may hold one, ours cannot.
fn whole_characters(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut at = 0;
    while at < json.len() {
        let escape = &json[at..json.len().min(at + 6)];
        if escape.first() != Some(&b'\\') {
            out.push(json[at]);
            at += 1;
        } else if escape.len() == 6
            && escape[1] == b'u'
            && matches!(escape[2], b'd' | b'D')
            && matches!(escape[3], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')
        {
            out.extend_from_slice(br"\ufffd");
            at += 6;
        } else {
            out.extend_from_slice(&escape[..escape.len().min(2)]);
            at += 2;
        }
    }
    out
}
