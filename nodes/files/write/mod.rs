//! Writes what came to a file of the workspace.

#[cfg(test)]
mod tests;
mod text;

use crate::format::{MOST, ending};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{
    BatchNode, Body, Context, EffectClass, Input, Item, NodeType, Outputs, PerItem, Port, Problem, Result, Value, batch, files, schema,
};

#[derive(Deserialize, JsonSchema)]
pub struct Write {
    /// The file, from the workspace folder on: `out/report.md`. Folders are made.
    #[schemars(extend("x-weft-names" = "write_file"))]
    pub path: String,
    /// How it is written.
    #[serde(default)]
    pub format: Format,
    /// Add to the end instead of replacing the file.
    #[serde(default)]
    pub append: bool,
    /// What each item gives to a text; empty: its field `text`, else the item itself.
    #[serde(default)]
    #[schemars(extend("x-weft-when" = {"field": "format", "equals": ["auto", "text"]}))]
    pub text: Option<PerItem<Value>>,
    /// Columns of the table and their order; empty: all fields, as they come.
    #[serde(default)]
    #[schemars(extend("x-weft-when" = {"field": "format", "equals": ["auto", "csv"]}))]
    pub columns: Vec<String>,
    /// The sign between columns: `,` `;` `|` or `tab`.
    #[serde(default)]
    #[schemars(extend("x-weft-when" = {"field": "format", "equals": ["auto", "csv"]}))]
    pub delimiter: Option<String>,
    /// Name of the file that the item carries.
    #[serde(default = "data")]
    #[schemars(extend("x-weft-when" = {"field": "format", "equals": ["auto", "bytes"]}))]
    pub blob: String,
}

fn data() -> String {
    "data".into()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// By the ending of the name: csv, tsv, json, jsonl; else text, or bytes where an item carries a file.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// A table: one row per item.
    #[serde(rename = "csv")]
    Csv,
    /// A list of all items.
    #[serde(rename = "json")]
    Json,
    /// One line of JSON per item.
    #[serde(rename = "json lines")]
    JsonLines,
    /// The texts of the items, one after the other.
    #[serde(rename = "text")]
    Text,
    /// The file that the only item carries.
    #[serde(rename = "bytes")]
    Bytes,
}

impl BatchNode for Write {
    async fn run(&self, input: &Input, cx: &Context) -> Result<Outputs> {
        let items = input.items();
        let format = match (self.format, ending(&self.path).as_str()) {
            (Format::Auto, "csv" | "tsv") => Format::Csv,
            (Format::Auto, "json" | "geojson") => Format::Json,
            (Format::Auto, "jsonl" | "ndjson") => Format::JsonLines,
            (Format::Auto, _) if items.len() == 1 && items[0].blob(&self.blob).is_some() => Format::Bytes,
            (Format::Auto, _) => Format::Text,
            (told, _) => told,
        };
        if self.append && format == Format::Json {
            return Err(Problem::setting("append", "A JSON list cannot be added to.").help("Write json lines, or replace the file."));
        }
        let files = cx.world.files();
        let bytes = match format {
            Format::Bytes => self.carried(items, cx).await?,
            Format::Csv => {
                // A table that is added to has its names already.
                let names = !self.append || !files.exists(&cx.caller, &self.path).await?;
                text::table(self, items, names)?.into()
            }
            Format::Json => text::list(items).into(),
            Format::JsonLines => text::lines(items).into(),
            Format::Text | Format::Auto => text::plain(self, items).into(),
        };
        if bytes.len() as u64 > MOST {
            return Err(Problem::new("file.too_large", format!("{} would have {} bytes; {MOST} are the most.", self.path, bytes.len()))
                .help("Write it in parts, with append."));
        }
        let size = bytes.len();
        if self.append {
            files.append(&cx.caller, &self.path, bytes).await?;
        } else {
            files.write(&cx.caller, &self.path, bytes).await?;
        }
        let json =
            Value::object([("path", Value::from(self.path.as_str())), ("bytes", Value::from(size)), ("items", Value::from(items.len()))]);
        Ok(Outputs::one(Item::new(json).from_items(0..items.len())))
    }
}

impl Write {
    async fn carried(&self, items: &[Item], cx: &Context) -> Result<bytes::Bytes> {
        let [one] = items else {
            return Err(Problem::setting("format", format!("Bytes come from one item, but {} came.", items.len()))
                .help("Put the node into a loop, with the item's name in the path."));
        };
        let blob = one.blob(&self.blob).ok_or_else(|| {
            Problem::setting("blob", format!("The item carries no file \"{}\".", self.blob)).help("Name one of its files.")
        })?;
        cx.blob(blob, MOST).await
    }
}

/// Replacing a file twice is harmless, adding to it is not.
fn effect(settings: &Value) -> EffectClass {
    match settings.get("append") {
        None | Some(Value::Bool(false) | Value::Null) => EffectClass::Idempotent,
        Some(_) => EffectClass::Unsafe,
    }
}

pub static NODE: NodeType = NodeType {
    id: "files.write",
    version: 1,
    title: "Write file",
    summary: "Writes all items to a file of the workspace: a table, JSON, text or bytes.",
    keywords: &["save", "csv", "json", "export", "output", "download", "append", "report"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Batch(batch::<Write>),
    join: None,
    run_on_empty: true,
    routing: false,
    effect,
    card: &["{path}"],
    schema: schema::<Write>,
    files: files!(),
};
