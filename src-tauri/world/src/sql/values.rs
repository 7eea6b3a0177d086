//! Values into SQL and out of it.

use base64::Engine;
use rusqlite::Statement;
use rusqlite::types::{ToSqlOutput, Value as Sql, ValueRef};
use std::sync::Arc;
use weft_node::world::SqlParameters;
use weft_node::{Map, Problem, Result, Value};

/// Gives a statement its parameters. Named ones it does not use are fine: another statement may.
pub(super) fn bind(statement: &mut Statement<'_>, parameters: &SqlParameters) -> Result<()> {
    for at in 1..=statement.parameter_count() {
        let name = statement.parameter_name(at).map(str::to_owned);
        let value = match (parameters, &name) {
            (SqlParameters::Positional(values), _) => values.get(at - 1).ok_or_else(|| {
                problem(format!(
                    "The SQL has a parameter {}, but only {} are given.",
                    name.as_deref().map_or_else(|| format!("no. {at}"), str::to_owned),
                    values.len()
                ))
            })?,
            (SqlParameters::Named(values), Some(name)) => {
                let bare = &name[1..];
                values.iter().find(|(given, _)| given == bare).map(|(_, value)| value).ok_or_else(|| {
                    let known = values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
                    problem(format!("The SQL has a parameter {name}, which is not given. Given are: {known}."))
                })?
            }
            (SqlParameters::Named(_), None) => {
                return Err(problem("The SQL has a parameter ?, but parameters are given by name.".into()));
            }
        };
        let value = to_sql(value).ok_or_else(|| problem(format!("Parameter {at} is an integer too large for SQLite.")))?;
        statement.raw_bind_parameter(at, value).map_err(|error| super::problem(&error))?;
    }
    Ok(())
}

fn problem(message: String) -> Problem {
    Problem::new("sql.parameters", message).field("settings/parameters").help("Give one value for each parameter of the SQL.")
}

/// Lists and objects become JSON text; booleans 0 and 1. None: an integer beyond 64 bits with a sign.
fn to_sql(value: &Value) -> Option<ToSqlOutput<'_>> {
    Some(match value {
        Value::Null => ToSqlOutput::Owned(Sql::Null),
        Value::Bool(b) => ToSqlOutput::Owned(Sql::Integer((*b).into())),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(whole), _) => ToSqlOutput::Owned(Sql::Integer(whole)),
            (None, Some(_)) => return None,
            (None, None) => ToSqlOutput::Owned(Sql::Real(n.as_f64())),
        },
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::List(_) | Value::Object(_) => ToSqlOutput::Owned(Sql::Text(value.to_json())),
    })
}

/// Names of the columns; a name that comes twice gets a number: `id`, `id_2`.
pub(super) fn columns(statement: &Statement<'_>) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for name in statement.column_names() {
        let mut unique: Arc<str> = name.into();
        let mut n = 2;
        while names.contains(&unique) {
            unique = format!("{name}_{n}").into();
            n += 1;
        }
        names.push(unique);
    }
    names
}

/// One row as an object. `bytes` becomes true where bytes had to be written as base64 text.
pub(super) fn row(row: &rusqlite::Row<'_>, columns: &[Arc<str>], bytes: &mut bool) -> rusqlite::Result<Value> {
    let mut map = Map::with_capacity(columns.len());
    for (at, name) in columns.iter().enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(n) => Value::from(n),
            ValueRef::Real(n) => Value::from(n),
            ValueRef::Text(text) => Value::from(&*String::from_utf8_lossy(text)),
            ValueRef::Blob(blob) => {
                *bytes = true;
                Value::from(base64::engine::general_purpose::STANDARD.encode(blob))
            }
        };
        map.insert(name.clone(), value);
    }
    Ok(Value::from(map))
}
