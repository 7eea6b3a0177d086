//! Items into a table: the SQL for it, and the values as JSON.

use super::settings::{IfExists, Sqlite};
use std::fmt::Write;
use weft_node::world::SqlParameters;
use weft_node::{Item, Problem, Result, Value};

/// How much JSON goes into one parameter, in bytes.
const PIECE: usize = 8 << 20;
/// What SQLite takes.
const MOST_COLUMNS: usize = 2000;

/// SQL and its one list of parameters. All of it is one transaction, so that a table is replaced as a whole.
pub fn sql(settings: &Sqlite, items: &[Item]) -> Result<Option<(String, SqlParameters)>> {
    if settings.table.trim().is_empty() {
        return Err(Problem::setting("table", "No table is named.").help("Name the table that the items are written into."));
    }
    let columns = columns(items)?;
    let table = quoted(&settings.table)?;
    let mut sql = String::new();
    if columns.is_empty() {
        // Nothing is known of the columns: an old table stays as it is.
        return Ok(None);
    }
    let mut write = |text: std::fmt::Arguments<'_>| sql.write_fmt(text).expect("text takes any text");
    if settings.if_exists == IfExists::Replace {
        write(format_args!("drop table if exists {table};\n"));
    }
    let names = columns.iter().map(|column| quoted(&column.name)).collect::<Result<Vec<_>>>()?;
    let typed: Vec<String> = names.iter().zip(&columns).map(|(name, column)| format!("{name} {}", column.kind())).collect();
    write(format_args!("create table if not exists {table} ({});\n", typed.join(", ")));
    let values: Vec<String> = (0..columns.len()).map(|at| format!("json_extract(value, '$[{at}]')")).collect();
    let pieces = pieces(items, &columns);
    for n in 1..=pieces.len() {
        write(format_args!("insert into {table} ({}) select {} from json_each(?{n});\n", names.join(", "), values.join(", ")));
    }
    Ok(Some((sql, SqlParameters::Positional(pieces))))
}

/// A name as SQL takes it, whatever stands in it.
fn quoted(name: &str) -> Result<String> {
    if name.contains('\0') || name.len() > 200 {
        return Err(
            Problem::setting("table", "A name of the table is too long, or has signs that no name can have.").help("Rename the field.")
        );
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

struct Column {
    name: String,
    numbers: bool,
    fractions: bool,
    others: bool,
}

impl Column {
    fn kind(&self) -> &'static str {
        match (self.others, self.fractions, self.numbers) {
            (true, _, _) | (_, false, false) => "text",
            (_, true, _) => "real",
            _ => "integer",
        }
    }
}

/// All fields in the order they come; names that differ only in case are one column to SQL.
fn columns(items: &[Item]) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (position, item) in items.iter().enumerate() {
        let map = item.json.as_object().ok_or_else(|| {
            Problem::new("sql.row", format!("A row is made of an object's fields, but this item is a {}.", item.json.kind()))
                .item(position)
                .help("Give it fields with Set fields.")
        })?;
        for (name, value) in map.iter() {
            let at = *places.entry(name.to_lowercase()).or_insert_with(|| {
                columns.push(Column { name: name.to_string(), numbers: false, fractions: false, others: false });
                columns.len() - 1
            });
            match value {
                Value::Null => {}
                Value::Bool(_) => columns[at].numbers = true,
                Value::Number(n) if n.as_i64().is_some() => columns[at].numbers = true,
                Value::Number(_) => columns[at].fractions = true,
                _ => columns[at].others = true,
            }
        }
    }
    if columns.len() > MOST_COLUMNS {
        return Err(Problem::new("sql.row", format!("The items have {} different fields; {MOST_COLUMNS} are the most.", columns.len()))
            .help("Pick fields with Set fields."));
    }
    Ok(columns)
}

/// Rows as lists of lists, in pieces that fit a parameter.
fn pieces(items: &[Item], columns: &[Column]) -> Vec<Value> {
    let mut pieces = Vec::new();
    let mut piece = String::from("[");
    for item in items {
        let row = columns.iter().map(|column| {
            let exact = item.json.get(&column.name).cloned();
            let value = exact.or_else(|| {
                let map = item.json.as_object()?;
                map.iter().find(|(name, _)| name.to_lowercase() == column.name.to_lowercase()).map(|(_, value)| value.clone())
            });
            value.unwrap_or_default()
        });
        if piece.len() > 1 {
            piece.push(',');
        }
        piece.push_str(&Value::list(row.collect()).to_json());
        if piece.len() > PIECE {
            pieces.push(Value::from(std::mem::replace(&mut piece, String::from("[")) + "]"));
        }
    }
    if piece.len() > 1 {
        pieces.push(Value::from(piece + "]"));
    }
    pieces
}
