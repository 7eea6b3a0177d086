//! The settings of the SQLite node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::world::SqlParameters;
use weft_node::{Map, PerItem, Value};

#[derive(Deserialize, JsonSchema)]
pub struct Sqlite {
    /// The database file, from the workspace folder on: `data/shop.db`. It is made where it is missing and something is written.
    #[schemars(extend("x-weft-names" = "database"))]
    pub database: String,
    /// Run SQL, or write the items into a table.
    #[serde(default, rename = "do")]
    pub task: Task,
    /// The SQL, with `?` or `:name` for values. Several statements are one transaction; the last one's rows come out.
    #[serde(default)]
    #[schemars(extend("x-weft-literal" = true, "format" = "code", "x-language" = "sql", "x-weft-when" = {"field": "do", "equals": ["query"]}))]
    pub sql: String,
    /// Values for the SQL: a list for `?`, or names for `:name`. Lists and objects become JSON text.
    #[serde(default = "none")]
    #[schemars(extend("x-weft-when" = {"field": "do", "equals": ["query"]}))]
    pub parameters: PerItem<Parameters>,
    /// The table that the items are written into.
    #[serde(default)]
    #[schemars(extend("x-weft-when" = {"field": "do", "equals": ["write table"]}))]
    pub table: String,
    /// What happens to the rows that are in the table.
    #[serde(default)]
    #[schemars(extend("x-weft-when" = {"field": "do", "equals": ["write table"]}))]
    pub if_exists: IfExists,
    /// Once for each item, or once for all of them.
    #[serde(default)]
    pub mode: Run,
    /// Seconds it may take.
    #[serde(default = "half_a_minute")]
    #[schemars(range(min = 1, max = 3600))]
    pub timeout: f64,
}

fn half_a_minute() -> f64 {
    30.0
}

fn none() -> PerItem<Parameters> {
    PerItem::Same(Parameters::default())
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Task {
    /// Run SQL.
    #[default]
    #[serde(rename = "query")]
    Query,
    /// Write the items into a table, which is made where it is missing: a column per field.
    #[serde(rename = "write table")]
    WriteTable,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IfExists {
    /// They stay.
    #[default]
    Append,
    /// The table is made anew. Needs the mode `all items`.
    Replace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Run {
    #[default]
    #[serde(rename = "each item")]
    EachItem,
    #[serde(rename = "all items")]
    AllItems,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Parameters {
    /// In the order of the `?`.
    List(Vec<Value>),
    /// By name.
    Named(Map),
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters::List(Vec::new())
    }
}

impl Parameters {
    pub fn door(&self) -> SqlParameters {
        match self {
            Parameters::List(values) => SqlParameters::Positional(values.clone()),
            Parameters::Named(map) => SqlParameters::Named(map.iter().map(|(name, value)| (bare(name), value.clone())).collect()),
        }
    }
}

/// People write the sign before the name here too.
fn bare(name: &str) -> String {
    name.strip_prefix([':', '@', '$']).unwrap_or(name).to_owned()
}
