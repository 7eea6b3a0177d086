//! The format-neutral tree of a flow file: JSON data, the remarks (comments) at each entry, and where it stood.

use crate::FlowError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use weft_node::Value;
use weft_node::value::Number;

/// Deepest nesting of a file.
pub const MAX_DEPTH: usize = 64;
/// Longest key, as written in double quotes: a YAML reader looks no further for the colon.
pub const MAX_KEY: usize = 1000;
/// The largest integer every reader, JavaScript included, sees exactly.
pub const MAX_INT: i64 = (1 << 53) - 1;

/// Comments of one entry, without their `#`. An empty line stands for a blank line between two groups.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Remarks {
    pub above: Vec<String>,
    pub right: Option<String>,
    /// After the last entry of this collection.
    pub foot: Vec<String>,
}

impl Remarks {
    pub fn is_empty(&self) -> bool {
        self.above.is_empty() && self.right.is_none() && self.foot.is_empty()
    }
}

/// Line and column in a file, from 1; zeros where the entry never stood in one. No part of equality.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A value with its remarks.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Entry {
    pub data: Data,
    pub remarks: Remarks,
    /// Of the value where it is a scalar, else of its key or dash.
    pub at: Place,
}

/// What a file can say. Unlike [`Value`], the order of keys and the remarks in it count for equality.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Data {
    #[default]
    Null,
    Bool(bool),
    /// At most [`MAX_INT`] away from zero.
    Int(i64),
    /// Finite; integral only beyond [`MAX_INT`].
    Float(f64),
    Text(String),
    List(Vec<Entry>),
    Map(Vec<(String, Entry)>),
}

impl From<Data> for Entry {
    fn from(data: Data) -> Self {
        Entry { data, ..Entry::default() }
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Data::Text(text.into())
    }
}

impl Data {
    /// The one spelling of a number: integers where they are safe, else floats; none for what is not finite.
    pub fn number(x: f64) -> Option<Self> {
        let whole = x.fract() == 0.0 && x.abs() <= MAX_INT as f64;
        x.is_finite().then_some(if whole { Data::Int(x as i64) } else { Data::Float(x) })
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn is_collection(&self) -> bool {
        matches!(self, Data::Map(_) | Data::List(_))
    }

    /// Neither a map with entries nor a list with elements.
    pub fn is_flat(&self) -> bool {
        match self {
            Data::Map(map) => map.is_empty(),
            Data::List(list) => list.is_empty(),
            _ => true,
        }
    }

    /// Without remarks and places.
    pub fn to_value(&self) -> Value {
        match self {
            Data::Null => Value::Null,
            Data::Bool(b) => (*b).into(),
            Data::Int(n) => (*n).into(),
            Data::Float(x) => (*x).into(),
            Data::Text(text) => text.as_str().into(),
            Data::List(list) => Value::list(list.iter().map(|e| e.data.to_value()).collect()),
            Data::Map(map) => Value::object(map.iter().map(|(k, e)| (k.as_str(), e.data.to_value()))),
        }
    }

    /// What a file can hold of a value.
    ///
    /// # Errors
    /// Where an integer would lose digits, a key is too long or nesting too deep (`levels` are left).
    pub fn from_value(value: &Value, levels: usize) -> Result<Self, FlowError> {
        let deeper = || levels.checked_sub(1).ok_or(FlowError::BadValue("the value is nested too deeply for a flow file"));
        Ok(match value {
            Value::Null => Data::Null,
            Value::Bool(b) => Data::Bool(*b),
            Value::Number(n) => number(*n)?,
            Value::Text(text) => Data::Text(text.to_string()),
            Value::List(items) => {
                let left = deeper()?;
                Data::List(items.iter().map(|v| Ok(Data::from_value(v, left)?.into())).collect::<Result<_, FlowError>>()?)
            }
            Value::Object(map) => {
                let left = deeper()?;
                let entry = |(k, v): (&std::sync::Arc<str>, &Value)| {
                    if !key_fits(k) {
                        return Err(FlowError::BadValue("a key is longer than a flow file can hold"));
                    }
                    Ok((k.to_string(), Data::from_value(v, left)?.into()))
                };
                Data::Map(map.iter().map(entry).collect::<Result<_, FlowError>>()?)
            }
        })
    }

    /// One value as JSON that keeps remarks: `{"#": [above, right, foot], "=": value}` where an entry has some.
    fn pack(&self) -> Value {
        match self {
            Data::List(list) => Value::list(list.iter().map(Entry::pack).collect()),
            Data::Map(map) => Value::object(map.iter().map(|(k, e)| (k.as_str(), e.pack()))),
            _ => self.to_value(),
        }
    }

    fn unpack(value: &Value) -> Self {
        match value {
            Value::Null => Data::Null,
            Value::Bool(b) => Data::Bool(*b),
            Value::Number(n) => number(*n).unwrap_or_else(|_| Data::Text(n.to_string())),
            Value::Text(text) => Data::Text(text.to_string()),
            Value::List(items) => Data::List(items.iter().map(Entry::unpack).collect()),
            Value::Object(map) => Data::Map(map.iter().map(|(k, v)| (k.to_string(), Entry::unpack(v))).collect()),
        }
    }
}

fn number(n: Number) -> Result<Data, FlowError> {
    match n.as_i64() {
        Some(whole) if whole.abs() <= MAX_INT => Ok(Data::Int(whole)),
        _ if n.is_beyond_javascript() => Err(FlowError::BadValue("an integer beyond 2^53 would lose digits: write it as text")),
        _ => Data::number(n.as_f64()).ok_or(FlowError::BadValue("a number must be finite")),
    }
}

/// Whether a YAML reader finds the colon after this key.
pub fn key_fits(key: &str) -> bool {
    // Ten characters is what the longest escape takes.
    key.len() * 10 <= MAX_KEY || super::scalar::quoted(key).chars().count() <= MAX_KEY
}

impl Entry {
    pub fn pack(&self) -> Value {
        let value = self.data.pack();
        // An object that looks like a wrapper is wrapped itself.
        let escape = value.as_object().is_some_and(|map| map.contains_key("#") || map.contains_key("="));
        if self.remarks.is_empty() && !escape {
            return value;
        }
        let lines = |lines: &[String]| Value::list(lines.iter().map(|l| l.as_str().into()).collect());
        let right = self.remarks.right.as_deref().map_or(Value::Null, Value::from);
        let remarks = Value::list(vec![lines(&self.remarks.above), right, lines(&self.remarks.foot)]);
        Value::object([("#", remarks), ("=", value)])
    }

    /// Reads what [`Entry::pack`] wrote; anything else is taken as it is.
    pub fn unpack(value: &Value) -> Self {
        let wrapped = value.as_object().filter(|map| map.len() == 2).and_then(|map| Some((map.get("#")?.as_list()?, map.get("=")?)));
        let Some((remarks, inner)) = wrapped else {
            return Data::unpack(value).into();
        };
        let lines = |i: usize| -> Vec<String> {
            let list = remarks.get(i).and_then(Value::as_list).unwrap_or_default();
            list.iter().filter_map(|l| l.as_str().map(String::from)).collect()
        };
        let right = remarks.get(1).and_then(Value::as_str).map(String::from);
        let remarks = Remarks { above: lines(0), right, foot: lines(2) };
        Entry { data: Data::unpack(inner), remarks, at: Place::default() }
    }

    pub fn get(&self, key: &str) -> Option<&Entry> {
        match &self.data {
            Data::Map(map) => map.iter().find(|(k, _)| k == key).map(|(_, e)| e),
            _ => None,
        }
    }

    /// A list of numbers only, printed on one line.
    pub fn is_numbers(&self) -> bool {
        let number = |e: &Entry| e.remarks.is_empty() && matches!(e.data, Data::Int(_) | Data::Float(_));
        matches!(&self.data, Data::List(list) if self.remarks.foot.is_empty() && list.iter().all(number))
    }

    /// The same without remarks.
    pub fn bare(&self) -> Entry {
        match &self.data {
            Data::List(list) => Data::List(list.iter().map(Entry::bare).collect()).into(),
            Data::Map(map) => Data::Map(map.iter().map(|(k, e)| (k.clone(), e.bare())).collect()).into(),
            data => data.clone().into(),
        }
    }

    /// Normal form: remarks stand where every format can print them.
    #[must_use]
    pub fn normal(mut self) -> Entry {
        self.normalise();
        self
    }

    fn normalise(&mut self) {
        match &mut self.data {
            Data::List(list) => list.iter_mut().for_each(|element| {
                element.normalise();
                element.share_first_line();
            }),
            Data::Map(map) => map.iter_mut().for_each(|(_, entry)| entry.normalise()),
            _ => {}
        }
        if self.data.is_flat() {
            let foot = std::mem::take(&mut self.remarks.foot);
            self.remarks.above.extend(foot);
        }
        for lines in [&mut self.remarks.above, &mut self.remarks.foot] {
            lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
            let blank = lines.iter().take_while(|line| line.is_empty()).count();
            lines.drain(..blank);
        }
        while self.remarks.foot.last().is_some_and(String::is_empty) {
            self.remarks.foot.pop();
        }
    }

    /// An element of a list has one line with its first entry: `- key: value`; one place for the remarks of both.
    fn share_first_line(&mut self) {
        let numbers = self.is_numbers();
        match &mut self.data {
            Data::Map(map) => {
                let Some((_, first)) = map.first_mut() else {
                    return;
                };
                self.remarks.above.append(&mut first.remarks.above);
                if let Some(right) = self.remarks.right.take() {
                    first.remarks.right = Some(beside(first.remarks.right.take(), right));
                }
            }
            Data::List(list) if !numbers => {
                let Some(first) = list.first_mut() else {
                    return;
                };
                self.remarks.above.extend(self.remarks.right.take());
                self.remarks.above.append(&mut first.remarks.above);
            }
            _ => {}
        }
    }
}

/// Two remarks beside one entry become one.
pub(super) fn beside(had: Option<String>, new: String) -> String {
    had.map_or_else(|| new.clone(), |had| format!("{had};{new}"))
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Entry::from(self.clone()).pack().serialize(out)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Entry::unpack(&Value::deserialize(input)?).data)
    }
}
