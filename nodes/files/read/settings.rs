//! The settings of reading a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
pub struct Read {
    /// The file, from the workspace folder on: `data/in.csv`.
    #[schemars(extend("x-weft-names" = "read_file"))]
    pub path: String,
    /// What the file holds.
    #[serde(default)]
    pub format: Format,
    /// How the table is written.
    #[serde(default)]
    #[schemars(extend("x-weft-when" = {"field": "format", "equals": ["auto", "csv"]}))]
    pub csv: Csv,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// By the ending of its name: csv, tsv, json, jsonl, txt, md ...; anything else as a file.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// A table: one item per row.
    #[serde(rename = "csv")]
    Csv,
    /// A list gives one item per element, anything else one item.
    #[serde(rename = "json")]
    Json,
    /// One JSON value per line, one item each.
    #[serde(rename = "json lines")]
    JsonLines,
    /// One item `{text}`.
    #[serde(rename = "text")]
    Text,
    /// One item that carries the file, whatever is in it.
    #[serde(rename = "bytes")]
    Bytes,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Csv {
    /// The first line names the columns.
    pub header: bool,
    /// The sign between columns: `,` `;` `|` or `tab`. Empty: looked up in the first line.
    pub delimiter: Option<String>,
    /// Whether numbers and booleans become such.
    pub types: Types,
}

impl Default for Csv {
    fn default() -> Self {
        Csv { header: true, delimiter: None, types: Types::Guess }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Types {
    /// A column of numbers becomes numbers, one of true and false booleans; 007 stays text, empty becomes null.
    #[default]
    Guess,
    /// Everything stays text.
    Text,
}
