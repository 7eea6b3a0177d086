//! Conditions on fields, as if and filter (and later switch) ask them.

use crate::{Item, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One question about a field of the item.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Condition {
    /// Name of a field, or a path such as `address.city`.
    pub field: String,
    pub is: Test,
    /// What it is compared with.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[schemars(extend("x-weft-when" = {"field": "is", "equals": ["=", "≠", ">", "≥", "<", "≤", "contains", "does not contain", "starts with", "ends with"]}))]
    pub value: Value,
}

/// How a field is looked at. Numbers compare as numbers (also against text that is one), text by its characters, so ISO dates by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Test {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "≠")]
    NotEqual,
    #[serde(rename = ">")]
    Above,
    #[serde(rename = "≥")]
    AtLeast,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "≤")]
    AtMost,
    #[serde(rename = "contains")]
    Contains,
    #[serde(rename = "does not contain")]
    ContainsNot,
    #[serde(rename = "starts with")]
    StartsWith,
    #[serde(rename = "ends with")]
    EndsWith,
    #[serde(rename = "is empty")]
    Empty,
    #[serde(rename = "is not empty")]
    NotEmpty,
    #[serde(rename = "is true")]
    True,
    #[serde(rename = "is false")]
    False,
}

/// Whether every condition must hold, or one is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    #[default]
    All,
    Any,
}

impl Condition {
    pub fn holds(&self, item: &Item) -> bool {
        let found = item.json.at(&self.field).cloned().unwrap_or_default();
        let order = |wanted: &[Ordering]| compare(&found, &self.value).is_some_and(|order| wanted.contains(&order));
        let text = |test: fn(&str, &str) -> bool| !found.is_null() && test(&found.to_text(), &self.value.to_text());
        match self.is {
            Test::Equal => equal(&found, &self.value),
            Test::NotEqual => !equal(&found, &self.value),
            Test::Above => order(&[Ordering::Greater]),
            Test::AtLeast => order(&[Ordering::Greater, Ordering::Equal]),
            Test::Below => order(&[Ordering::Less]),
            Test::AtMost => order(&[Ordering::Less, Ordering::Equal]),
            Test::Contains => contains(&found, &self.value),
            Test::ContainsNot => !contains(&found, &self.value),
            Test::StartsWith => text(|a, b| a.starts_with(b)),
            Test::EndsWith => text(|a, b| a.ends_with(b)),
            Test::Empty => is_empty(&found),
            Test::NotEmpty => !is_empty(&found),
            Test::True => found == Value::Bool(true),
            Test::False => found == Value::Bool(false),
        }
    }
}

impl Match {
    pub fn holds(self, conditions: &[Condition], item: &Item) -> bool {
        match self {
            Match::All => conditions.iter().all(|condition| condition.holds(item)),
            Match::Any => conditions.is_empty() || conditions.iter().any(|condition| condition.holds(item)),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn contains(found: &Value, wanted: &Value) -> bool {
    match found {
        Value::List(items) => items.iter().any(|item| equal(item, wanted)),
        Value::Object(map) => wanted.as_str().is_some_and(|key| map.contains_key(key)),
        Value::Null => false,
        other => other.to_text().contains(&wanted.to_text()),
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    a == b || matches!((as_number(a), as_number(b)), (Some(a), Some(b)) if a == b)
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => Some(n.as_f64()),
        Value::Text(text) if !text.trim().is_empty() => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

/// Order of two values of one kind; none where they have none (text against a list, anything against null).
/// Two texts compare as text, a number and a text that is a number as numbers.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.compare(*b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Number(_), Value::Text(_)) | (Value::Text(_), Value::Number(_)) => as_number(a)?.partial_cmp(&as_number(b)?),
        _ => None,
    }
}

/// A total order for sorting: booleans, numbers, text, lists and objects, nothing last.
pub fn order(a: &Value, b: &Value) -> Ordering {
    fn rank(value: &Value) -> u8 {
        match value {
            Value::Bool(_) => 0,
            Value::Number(_) => 1,
            Value::Text(_) => 2,
            Value::List(_) | Value::Object(_) => 3,
            Value::Null => 4,
        }
    }
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.compare(*b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::List(_) | Value::Object(_), Value::List(_) | Value::Object(_)) => a.to_json().cmp(&b.to_json()),
        _ => rank(a).cmp(&rank(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(json: &str, is: &str, value: &str) -> bool {
        let condition =
            serde_json::json!({ "field": "a", "is": is, "value": serde_json::from_str::<serde_json::Value>(value).expect("JSON") });
        let condition: Condition = serde_json::from_value(condition).expect("a condition");
        condition.holds(&Item::new(Value::from_json(json).expect("JSON")))
    }

    #[test]
    fn fields_are_compared_by_kind() {
        assert!(holds(r#"{"a":"2013-05-01"}"#, "≥", "\"2013-01-01\""));
        assert!(!holds(r#"{"a":"2012-12-31"}"#, "≥", "\"2013-01-01\""));
        assert!(holds(r#"{"a":"10"}"#, ">", "9"));
        assert!(holds(r#"{"a":10}"#, "=", "\"10\""));
        assert!(!holds(r#"{}"#, "<", "5"));
        assert!(holds(r#"{}"#, "is empty", "null"));
        assert!(holds(r#"{"a":[1,2]}"#, "contains", "2"));
        assert!(holds(r#"{"a":"rain"}"#, "does not contain", "\"sun\""));
    }

    #[test]
    fn sorting_has_an_order_for_everything_and_puts_nothing_last() {
        let mut values: Vec<Value> =
            ["null", "\"b\"", "2", "true", "1.5", "\"a\""].iter().map(|t| Value::from_json(t).expect("JSON")).collect();
        values.sort_by(order);
        let texts: Vec<String> = values.iter().map(Value::to_json).collect();
        assert_eq!(texts, ["true", "1.5", "2", "\"a\"", "\"b\"", "null"]);
    }
}
