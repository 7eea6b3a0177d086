//! CSV text into rows.

use super::settings::{Csv, Types};
use crate::format;
use csv::{ReaderBuilder, StringRecord};
use std::sync::Arc;
use weft_node::{Map, Problem, Result, Value};

/// One object per row, columns in their order.
pub fn rows(text: &str, path: &str, options: &Csv) -> Result<Vec<Value>> {
    let delimiter = match options.delimiter.as_deref() {
        None | Some("") => guess_delimiter(text, path),
        Some(told) => format::delimiter(told)?,
    };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut names: Option<Vec<Arc<str>>> = None;
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| problem(path, &error))?;
        let line = record.position().map_or(0, csv::Position::line);
        match &names {
            None => {
                names = Some(columns(&record, options.header));
                if options.header {
                    continue;
                }
            }
            Some(names) if names.len() != record.len() => {
                let (has, wants) = (record.len(), names.len());
                return Err(Problem::new(
                    "file.csv",
                    format!("{path}: line {line} has {has} {}, not {wants}.", if has == 1 { "field" } else { "fields" }),
                )
                .help("Mend the line, or say which sign parts the columns.")
                .details(Value::object([("line", Value::from(line)), ("path", Value::from(path))])));
            }
            Some(_) => {}
        }
        records.push(record);
    }
    let names = names.unwrap_or_default();
    let kinds: Vec<Kind> = (0..names.len())
        .map(|at| if options.types == Types::Text { Kind::Text } else { kind(records.iter().map(|record| &record[at])) })
        .collect();
    let row = |record: &StringRecord| {
        names
            .iter()
            .zip(record.iter())
            .zip(&kinds)
            .map(|((name, field), kind)| (name.clone(), kind.value(field, options.types)))
            .collect::<Map>()
    };
    Ok(records.iter().map(|record| Value::from(row(record))).collect())
}

/// The sign that is most often in the first line, outside of quotes.
fn guess_delimiter(text: &str, path: &str) -> u8 {
    let usual = if format::ending(path) == "tsv" { b'\t' } else { b',' };
    let mut counts = [(usual, 0), (b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.bytes().take_while(|byte| *byte != b'\n') {
        quoted ^= byte == b'"';
        if !quoted {
            counts.iter_mut().filter(|(sign, _)| *sign == byte).for_each(|(_, count)| *count += 1);
        }
    }
    // The first of the most frequent: the usual one, where none is more frequent.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts.iter().find(|(_, count)| *count == most).map_or(usual, |(sign, _)| *sign)
}

/// Names from the first record, or `column_1` and so on; none empty, none twice.
fn columns(first: &StringRecord, header: bool) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for (at, field) in first.iter().enumerate() {
        let field = field.trim();
        let name = if header && !field.is_empty() { field.to_owned() } else { format!("column_{}", at + 1) };
        let mut unique: Arc<str> = name.as_str().into();
        let mut n = 2;
        while names.contains(&unique) {
            unique = format!("{name}_{n}").into();
            n += 1;
        }
        names.push(unique);
    }
    names
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Boolean,
    Text,
}

/// What all fields of a column are, empty ones aside.
fn kind<'a>(fields: impl Iterator<Item = &'a str>) -> Kind {
    let mut found = None;
    for field in fields.map(str::trim).filter(|field| !field.is_empty()) {
        let kind = if number(field).is_some() {
            Kind::Number
        } else if boolean(field).is_some() {
            Kind::Boolean
        } else {
            return Kind::Text;
        };
        if found.is_some_and(|known| known != kind) {
            return Kind::Text;
        }
        found = Some(kind);
    }
    found.unwrap_or(Kind::Text)
}

impl Kind {
    fn value(self, field: &str, types: Types) -> Value {
        if types == Types::Guess && field.trim().is_empty() {
            return Value::Null;
        }
        let typed = match self {
            Kind::Number => number(field.trim()),
            Kind::Boolean => boolean(field.trim()).map(Value::from),
            Kind::Text => None,
        };
        typed.unwrap_or_else(|| Value::from(field))
    }
}

/// As JSON writes numbers: no 007, no +5, no 1,000, nothing that would be rounded.
fn number(field: &str) -> Option<Value> {
    let looks = field.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    let whole = looks && field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let value = Value::from_json(field).ok().filter(|value| looks && value.as_number().is_some())?;
    // An integer that fits no integer is a number of something else: a card, an account.
    if whole && value.as_i64().is_none() && value.as_number().is_some_and(|n| n.as_u64().is_none()) { None } else { Some(value) }
}

fn boolean(field: &str) -> Option<bool> {
    match field {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn problem(path: &str, error: &csv::Error) -> Problem {
    let line = error.position().map_or_else(String::new, |at| format!(" line {}", at.line()));
    Problem::new("file.csv", format!("{path}:{line} cannot be read as a table: {error}.")).help("Mend the file, or read it as text.")
}
