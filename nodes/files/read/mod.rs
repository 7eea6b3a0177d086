//! Reads a file of the workspace.

mod settings;
mod table;
#[cfg(test)]
mod tests;

pub use settings::{Csv, Format, Read, Types};

use crate::format::{MOST, ending};
use weft_node::{Body, Context, EffectClass, Item, ItemNode, NodeType, Outputs, Port, Problem, Result, Value, files, item, schema};

impl ItemNode for Read {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        let format = match (self.format, ending(&self.path).as_str()) {
            (Format::Auto, "csv" | "tsv") => Format::Csv,
            (Format::Auto, "json" | "geojson") => Format::Json,
            (Format::Auto, "jsonl" | "ndjson") => Format::JsonLines,
            (Format::Auto, "txt" | "md" | "log" | "html" | "htm" | "xml" | "yaml" | "yml" | "toml" | "svg" | "sql" | "js" | "py") => {
                Format::Text
            }
            (Format::Auto, _) => Format::Bytes,
            (told, _) => told,
        };
        if format == Format::Bytes {
            let blob = cx.world.files().read(&cx.caller, &self.path).await?;
            let json = Value::object([
                ("path", Value::from(self.path.as_str())),
                ("size", Value::from(blob.size)),
                ("media_type", Value::from(blob.media_type.as_str())),
            ]);
            return Ok(Outputs::one(item.with_json(json).with_blob("data", blob)));
        }
        let bytes = cx.world.files().read_bytes(&cx.caller, &self.path, MOST).await?;
        let text = self.text(&bytes)?;
        let values = match format {
            Format::Csv => table::rows(text, &self.path, &self.csv)?,
            Format::Json => match self.json(text, 1)? {
                Value::List(values) => values.to_vec(),
                one => vec![one],
            },
            Format::JsonLines => {
                let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
                lines.map(|(at, line)| self.json(line, at + 1)).collect::<Result<_>>()?
            }
            Format::Text | Format::Auto | Format::Bytes => vec![Value::object([("text", Value::from(text))])],
        };
        Ok(Outputs::many(values.into_iter().map(Item::new).collect()))
    }
}

impl Read {
    fn text<'a>(&self, bytes: &'a [u8]) -> Result<&'a str> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            Problem::new("file.no_text", format!("{}: line {line} is no UTF-8 text.", self.path))
                .help("Save the file as UTF-8, or read it as bytes.")
        })?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// JSON that begins on this line of the file.
    fn json(&self, text: &str, line: usize) -> Result<Value> {
        Value::from_json(text).map_err(|error| {
            let at = line + error.line().saturating_sub(1);
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or(&words);
            Problem::new("file.json", format!("{}: line {at}, column {} is no JSON: {words}.", self.path, error.column()))
                .help("Mend the file, or read it as text.")
                .details(Value::object([("line", Value::from(at)), ("path", Value::from(self.path.as_str()))]))
        })
    }
}

fn effect(_: &Value) -> EffectClass {
    EffectClass::Read
}

pub static NODE: NodeType = NodeType {
    id: "files.read",
    version: 1,
    title: "Read file",
    summary: "Reads a file of the workspace: a table, JSON, text or any bytes.",
    keywords: &["csv", "json", "open", "load", "import", "table", "text", "input"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Item(item::<Read>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect,
    card: &["{path}"],
    schema: schema::<Read>,
    files: files!(),
};
