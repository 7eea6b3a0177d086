//! The JSON value that travels: cheap to copy, ordered keys, exact integers.
//!
//! A lean tree: text, lists and objects are shared by reference, so copying an item or changing one of its
//! fields never copies the rest. Objects keep the order of their keys; equality ignores it. Numbers are
//! compared by value (`1 == 1.0`) and become text as JavaScript writes them (SEMANTICS 1).

mod map;
mod number;
mod serde;
#[cfg(test)]
mod tests;

pub use map::Map;
pub use number::Number;

use std::sync::Arc;

/// Deepest nesting a value may have.
pub const MAX_DEPTH: usize = 128;

/// One JSON value. `Clone` costs a reference count at most.
#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    List(Arc<Vec<Value>>),
    Object(Arc<Map>),
}

impl Value {
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Value::Text(text.into())
    }

    pub fn list(items: Vec<Value>) -> Self {
        Value::List(Arc::new(items))
    }

    pub fn object(entries: impl IntoIterator<Item = (impl Into<Arc<str>>, Value)>) -> Self {
        Value::Object(Arc::new(entries.into_iter().map(|(k, v)| (k.into(), v)).collect()))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<Number> {
        match self {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// The value as an integer, where it is one (`5.0` is).
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Value::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Own member of an object; nothing else has one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The value at a path of own members and list positions written `a.b.0`; a member whose whole name is the path wins.
    pub fn at(&self, path: &str) -> Option<&Value> {
        if let Some(found) = self.get(path) {
            return Some(found);
        }
        path.split('.').try_fold(self, |value, part| match value {
            Value::Object(map) => map.get(part),
            Value::List(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The object with one member set; the rest is shared. A value that is no object becomes one.
    #[must_use]
    pub fn with(&self, key: impl Into<Arc<str>>, value: Value) -> Value {
        let mut map = match self {
            Value::Object(map) => Map::clone(map),
            _ => Map::default(),
        };
        map.insert(key, value);
        Value::Object(Arc::new(map))
    }

    /// What a person calls its type: `null`, `boolean`, `number`, `text`, `list`, `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) => "text",
            Value::List(_) => "list",
            Value::Object(_) => "object",
        }
    }

    /// What `${...}` puts into text: text as it is, null as nothing, numbers as JavaScript, lists and objects as JSON.
    pub fn to_text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Text(text) => text.to_string(),
            Value::Bool(b) => b.to_string(),
            Value::Number(n) => n.to_string(),
            Value::List(_) | Value::Object(_) => self.to_json(),
        }
    }

    /// Compact JSON, keys in their order. NaN and infinities are `null`.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a value is always JSON")
    }

    /// Reads JSON text. Duplicate keys: the last wins, as in JavaScript.
    ///
    /// # Errors
    /// Where the text is no JSON, or nests deeper than [`MAX_DEPTH`].
    pub fn from_json(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// As [`Value::from_json`], from bytes; they must be UTF-8.
    ///
    /// # Errors
    /// As [`Value::from_json`].
    pub fn from_json_bytes(bytes: &[u8]) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// Levels of nesting: 0 for what has no members. Walks without recursion past [`MAX_DEPTH`] + 1.
    pub fn depth(&self) -> usize {
        fn walk(value: &Value, left: usize) -> usize {
            if left == 0 {
                return 0;
            }
            match value {
                Value::List(items) => 1 + items.iter().map(|v| walk(v, left - 1)).max().unwrap_or(0),
                Value::Object(map) => 1 + map.values().map(|v| walk(v, left - 1)).max().unwrap_or(0),
                _ => 0,
            }
        }
        walk(self, MAX_DEPTH + 1)
    }

    /// Roughly how many bytes it holds in memory; for caps, not for accounts.
    pub fn weight(&self) -> usize {
        match self {
            Value::Text(text) => 16 + text.len(),
            Value::List(items) => 24 + items.iter().map(Value::weight).sum::<usize>(),
            Value::Object(map) => 24 + map.iter().map(|(k, v)| 16 + k.len() + v.weight()).sum::<usize>(),
            _ => 16,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Value::Number(Number::from(n))
    }
}

impl From<u64> for Value {
    fn from(n: u64) -> Self {
        Value::Number(Number::from(n))
    }
}

impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Value::Number(Number::from(n as u64))
    }
}

impl From<f64> for Value {
    /// NaN and infinities become null, as at the output of a step.
    fn from(n: f64) -> Self {
        Number::finite(n).map_or(Value::Null, Value::Number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::list(items)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Object(Arc::new(map))
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(b) => Value::Bool(b),
            serde_json::Value::Number(n) => {
                if let Some(i) = n.as_i64() {
                    Value::from(i)
                } else if let Some(u) = n.as_u64() {
                    Value::from(u)
                } else {
                    Value::from(n.as_f64().unwrap_or(f64::NAN))
                }
            }
            serde_json::Value::String(s) => Value::from(s),
            serde_json::Value::Array(items) => Value::list(items.into_iter().map(Value::from).collect()),
            serde_json::Value::Object(map) => Value::object(map.into_iter().map(|(k, v)| (k, Value::from(v)))),
        }
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => n.to_json(),
            Value::Text(text) => serde_json::Value::String(text.to_string()),
            Value::List(items) => items.iter().map(serde_json::Value::from).collect(),
            Value::Object(map) => serde_json::Value::Object(map.iter().map(|(k, v)| (k.to_string(), v.into())).collect()),
        }
    }
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        (&value).into()
    }
}
