//! Runs SQL on a database file of the workspace, or writes items into one of its tables.

mod settings;
mod table;
#[cfg(test)]
mod tests;

pub use settings::{IfExists, Parameters, Run, Sqlite, Task};

use weft_node::world::{SqlParameters, SqlQuery, SqlRows, only_reads};
use weft_node::{
    BatchNode, Body, Context, EffectClass, Input, Item, ItemNode, Mode, NodeType, Outputs, PerItem, Port, Problem, Result, Value, batch,
    files, item, schema,
};

impl ItemNode for Sqlite {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        if self.task == Task::WriteTable {
            if self.if_exists == IfExists::Replace {
                return Err(Problem::setting("if_exists", "Each item would replace the table that the one before has made.")
                    .help("Set the mode to all items."));
            }
            let changes = self.write(std::slice::from_ref(item), cx).await?;
            return Ok(Outputs::one(item.with_json(changed(changes))));
        }
        let PerItem::Same(parameters) = &self.parameters else {
            return Err(Problem::setting("parameters", "The parameters are those of many items."));
        };
        let mut results = self.query(vec![parameters.door()], cx).await?;
        Ok(self.items(results.pop().unwrap_or_default(), |json| item.with_json(json)))
    }
}

impl BatchNode for Sqlite {
    async fn run(&self, input: &Input, cx: &Context) -> Result<Outputs> {
        let items = input.items();
        if self.task == Task::WriteTable {
            let changes = self.write(items, cx).await?;
            return Ok(Outputs::one(Item::new(changed(changes)).from_items(0..items.len())));
        }
        match &self.parameters {
            PerItem::Same(parameters) => {
                let mut results = self.query(vec![parameters.door()], cx).await?;
                let from = |json| Item::new(json).from_items(0..items.len());
                Ok(self.items(results.pop().unwrap_or_default(), from))
            }
            // All of them in one transaction.
            PerItem::Each(each) => {
                let results = self.query(each.iter().map(Parameters::door).collect(), cx).await?;
                let mut all = Outputs::many(Vec::new());
                for (at, rows) in results.into_iter().enumerate() {
                    let one = self.items(rows, |json| Item::new(json).from_items([at]));
                    all.ports[0].extend(one.ports.into_iter().flatten());
                    all.warnings.extend(one.warnings);
                }
                all.warnings.dedup();
                Ok(all)
            }
        }
    }
}

impl Sqlite {
    async fn query(&self, parameters: Vec<SqlParameters>, cx: &Context) -> Result<Vec<SqlRows>> {
        if self.sql.trim().is_empty() {
            return Err(Problem::setting("sql", "There is no SQL to run.").help("Write a statement: select * from orders."));
        }
        self.ask(self.sql.clone(), parameters, cx).await
    }

    async fn ask(&self, sql: String, parameters: Vec<SqlParameters>, cx: &Context) -> Result<Vec<SqlRows>> {
        let timeout_ms = Some((self.timeout.clamp(0.1, 3600.0) * 1000.0) as u64);
        let query = SqlQuery { database: self.database.clone(), sql, parameters, timeout_ms, max_rows: None };
        cx.world.sql().query(&cx.caller, query).await
    }

    /// How many rows were written.
    async fn write(&self, items: &[Item], cx: &Context) -> Result<u64> {
        match table::sql(self, items)? {
            Some((sql, parameters)) => {
                self.ask(sql, vec![parameters], cx).await?;
                Ok(items.len() as u64)
            }
            None => Ok(0),
        }
    }

    /// Rows as items; SQL that writes and gives no rows tells how many it changed.
    fn items(&self, rows: SqlRows, item: impl Fn(Value) -> Item) -> Outputs {
        let mut outputs = if rows.rows.is_empty() && !only_reads(&self.sql) {
            Outputs::one(item(changed(rows.changes)))
        } else {
            Outputs::many(rows.rows.into_iter().map(item).collect())
        };
        outputs.warnings = rows.warnings;
        outputs
    }
}

fn changed(changes: u64) -> Value {
    Value::object([("changes", Value::from(changes))])
}

/// What only reads may run ahead; a table that is replaced as a whole may be replaced again.
fn effect(settings: &Value) -> EffectClass {
    let text = |name: &str, usual: &'static str| settings.get(name).map_or(Some(usual), Value::as_str).unwrap_or("?").to_owned();
    match (text("do", "query").as_str(), text("if_exists", "append").as_str(), text("sql", "").as_str()) {
        ("query", _, sql) if only_reads(sql) => EffectClass::Read,
        ("write table", "replace", _) => EffectClass::Idempotent,
        _ => EffectClass::Unsafe,
    }
}

pub static NODE: NodeType = NodeType {
    id: "database.sqlite",
    version: 1,
    title: "SQLite",
    summary: "Runs SQL on a database file of the workspace, or writes items into a table.",
    keywords: &["sql", "query", "select", "insert", "table", "database", "db", "store"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Choice { default: Mode::EachItem, item: item::<Sqlite>, batch: batch::<Sqlite> },
    join: None,
    run_on_empty: false,
    routing: false,
    effect,
    card: &["{table} in {database}", "{database}"],
    schema: schema::<Sqlite>,
    files: files!(),
};
