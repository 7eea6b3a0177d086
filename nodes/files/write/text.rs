//! Items as CSV, JSON and text.

use super::Write;
use crate::format;
use csv::WriterBuilder;
use std::collections::HashSet;
use weft_node::{Item, Problem, Result, Value};

/// A table. Items that are no objects stand in a column `value`; lists and objects in a field become JSON.
pub fn table(settings: &Write, items: &[Item], names: bool) -> Result<Vec<u8>> {
    let delimiter = match settings.delimiter.as_deref() {
        None | Some("") if format::ending(&settings.path) == "tsv" => b'\t',
        None | Some("") => b',',
        Some(told) => format::delimiter(told)?,
    };
    let columns = if settings.columns.is_empty() { all_columns(items) } else { settings.columns.clone() };
    let mut writer = WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let failed = |error: csv::Error| Problem::new("file.csv", format!("The table could not be written: {error}."));
    if names && !columns.is_empty() {
        writer.write_record(&columns).map_err(failed)?;
    }
    for item in items.iter().filter(|_| !columns.is_empty()) {
        writer.write_record(columns.iter().map(|column| cell(&item.json, column))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Problem::new("file.csv", format!("The table could not be written: {error}.")))
}

fn all_columns(items: &[Item]) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut columns = Vec::new();
    for item in items {
        match item.json.as_object() {
            Some(map) => columns.extend(map.keys().filter(|key| seen.insert(key.to_string())).map(|key| key.to_string())),
            None => columns.extend(seen.insert("value".into()).then(|| "value".into())),
        }
    }
    columns
}

fn cell(json: &Value, column: &str) -> String {
    match json {
        Value::Object(_) => json.at(column).map(Value::to_text).unwrap_or_default(),
        other if column == "value" => other.to_text(),
        _ => String::new(),
    }
}

/// One list, an item per line.
pub fn list(items: &[Item]) -> String {
    if items.is_empty() {
        return "[]\n".into();
    }
    let lines: Vec<String> = items.iter().map(|item| format!("  {}", item.json.to_json())).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

pub fn lines(items: &[Item]) -> String {
    items.iter().map(|item| item.json.to_json() + "\n").collect()
}

/// Every text ends its line.
pub fn plain(settings: &Write, items: &[Item]) -> String {
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        let value = match &settings.text {
            Some(told) => told.get(at).unwrap_or(&Value::Null),
            None => item.json.get("text").unwrap_or(&item.json),
        };
        out.push_str(&value.to_text());
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}
