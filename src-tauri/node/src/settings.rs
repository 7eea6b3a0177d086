//! Settings: how a field says what is special about it, and how evaluated values become the struct.
//!
//! What a schema may say of a field, with `#[schemars(extend("x-weft-..." = ...))]`:
//!
//! | key | meaning |
//! |---|---|
//! | `x-weft-literal: true` | never searched for expressions: code, SQL, templates |
//! | `x-weft-per-item: true` | on a batch node: an expression is evaluated per item; the field's type is [`PerItem`] |
//! | `x-weft-secret: true` | the value names a secret; only the egress path opens it |
//! | `x-weft-names: "host" \| "read_file" \| "write_file" \| "database"` | a literal value is a permission this flow is given |
//! | `x-weft-when: {field, equals: [...]}` | the form shows the field only then |
//! | `x-language: "javascript" \| "sql" \| "jinja"` with `format: code` | which editor |

use crate::{Problem, Result, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Reads the settings struct out of evaluated settings.
///
/// # Errors
/// `setting.invalid`, in serde's words, which name the field.
pub fn read<T: DeserializeOwned>(settings: Value) -> Result<T> {
    serde_json::from_value(settings.into()).map_err(|error| {
        Problem::new("setting.invalid", format!("The settings do not fit: {error}."))
            .help("Open the node and mend the setting that is named.")
    })
}

/// A field of a batch node that may differ from item to item (a sort key, a group).
///
/// In the document it is a value or an expression. The engine hands it over as `{"$same": value}` where it looks
/// at no item, else as `{"$each": [value, ...]}` with one value per item of the first input port.
#[derive(Clone, Debug, PartialEq)]
pub enum PerItem<T> {
    Same(T),
    Each(Vec<T>),
}

impl<T> PerItem<T> {
    /// The value for the item at this position.
    pub fn get(&self, position: usize) -> Option<&T> {
        match self {
            PerItem::Same(value) => Some(value),
            PerItem::Each(values) => values.get(position),
        }
    }
}

#[derive(Deserialize, Serialize)]
enum Wrapped<T> {
    #[serde(rename = "$same")]
    Same(T),
    #[serde(rename = "$each")]
    Each(Vec<T>),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for PerItem<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(input)?;
        let wrapped = value.as_object().is_some_and(|map| map.len() == 1 && (map.contains_key("$same") || map.contains_key("$each")));
        if !wrapped {
            // Defaults and tests write the plain value.
            return serde_json::from_value(value).map(PerItem::Same).map_err(D::Error::custom);
        }
        Ok(match serde_json::from_value(value).map_err(D::Error::custom)? {
            Wrapped::Same(value) => PerItem::Same(value),
            Wrapped::Each(values) => PerItem::Each(values),
        })
    }
}

impl<T: JsonSchema> JsonSchema for PerItem<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("PerItem_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert("x-weft-per-item".into(), true.into());
        schema
    }
}

impl JsonSchema for Value {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::default()
    }
}

impl PerItem<Value> {
    /// What the item at this position is looked at by: a fixed text names a field of the item, an expression is the value itself.
    pub fn of(&self, item: &crate::Item, position: usize) -> Option<Value> {
        match self {
            PerItem::Same(Value::Text(field)) => item.json.at(field).cloned(),
            PerItem::Same(value) => Some(value.clone()),
            PerItem::Each(values) => values.get(position).cloned(),
        }
    }
}

impl JsonSchema for crate::Map {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Map".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}
