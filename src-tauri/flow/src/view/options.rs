//! The keys beside `type` and `settings` that have a meaning, read from raw values. What does not fit gives `None`: the caller makes a finding of it.

use std::time::Duration;
use weft_node::Value;

/// When a node is activated (SEMANTICS 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    Each,
    All,
    Any,
    /// When so many edges have delivered: `join: {n: 2}`.
    N(u32),
    Zip,
}

impl Join {
    pub fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(match &**text {
                "each" => Join::Each,
                "all" => Join::All,
                "any" => Join::Any,
                "zip" => Join::Zip,
                _ => return None,
            }),
            Value::Object(map) if map.len() == 1 => Some(Join::N(count(map.get("n")?)?)),
            _ => None,
        }
    }
}

/// What becomes of an error after the last attempt (SEMANTICS 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnError {
    #[default]
    Stop,
    Continue,
    Port,
}

impl OnError {
    pub fn read(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "stop" => OnError::Stop,
            "continue" => OnError::Continue,
            "port" => OnError::Port,
            _ => return None,
        })
    }
}

/// How a disabled node behaves (SEMANTICS 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disabled {
    /// First in-port goes to first out-port.
    Bypass,
    /// Its out-edges close as not taken.
    Off,
}

impl Disabled {
    /// `true` is `bypass`; `false` is not disabled: `Some(None)`.
    pub fn read(value: &Value) -> Option<Option<Self>> {
        Some(match value {
            Value::Bool(false) => None,
            Value::Bool(true) => Some(Disabled::Bypass),
            _ => Some(match value.as_str()? {
                "bypass" => Disabled::Bypass,
                "off" => Disabled::Off,
                _ => return None,
            }),
        })
    }
}

/// How often and how long apart a failed step is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// Tries after the first one.
    pub times: u32,
    /// Wait before the first of them.
    pub base: Duration,
    /// What each wait is multiplied by.
    pub factor: f64,
    /// Longest wait.
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { times: 3, base: Duration::from_secs(1), factor: 2.0, cap: Duration::from_secs(60) }
    }
}

impl Retry {
    /// `{times, base, factor, cap}`, each optional; a number alone is `times`.
    pub fn read(value: &Value) -> Option<Self> {
        let mut retry = Retry::default();
        if let Some(times) = count(value) {
            retry.times = times;
            return Some(retry);
        }
        for (key, value) in value.as_object()?.iter() {
            match &**key {
                "times" => retry.times = count(value)?,
                "base" => retry.base = duration(value)?,
                "factor" => retry.factor = value.as_f64().filter(|f| (1.0..=100.0).contains(f))?,
                "cap" => retry.cap = duration(value)?,
                _ => {}
            }
        }
        Some(retry)
    }
}

/// Whether independent branches run at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    #[default]
    Parallel,
    Ordered,
}

impl Order {
    pub fn read(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "parallel" => Order::Parallel,
            "ordered" => Order::Ordered,
            _ => return None,
        })
    }
}

/// What a run waits for before it goes on (SEMANTICS 11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    #[default]
    Step,
    Run,
    None,
}

impl Durability {
    pub fn read(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "step" => Durability::Step,
            "run" => Durability::Run,
            "none" => Durability::None,
            _ => return None,
        })
    }
}

pub(super) fn count(value: &Value) -> Option<u32> {
    u32::try_from(value.as_i64()?).ok()
}

/// A length of time: a number is seconds, text has a unit (`500ms`, `2s`, `5m`, `1h`, `1d`). At most a year.
pub fn duration(value: &Value) -> Option<Duration> {
    const YEAR: f64 = 366.0 * 86_400.0;
    let seconds = match value {
        Value::Number(n) => n.as_f64(),
        Value::Text(text) => {
            let text = text.trim();
            let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
            let number: f64 = text[..unit].trim().parse().ok()?;
            number
                * match &text[unit..] {
                    "ms" => 0.001,
                    "s" => 1.0,
                    "m" | "min" => 60.0,
                    "h" => 3_600.0,
                    "d" => 86_400.0,
                    _ => return None,
                }
        }
        _ => return None,
    };
    (0.0..=YEAR).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}
