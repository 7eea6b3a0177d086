//! From the text of `weft.toml` to settings and findings.

use super::{EnvValue, Settings, Witness};
use std::ops::Range;
use toml_edit::{Document, Item, TableLike};
use weft_flow::Finding;
use weft_node::{Map, Value};

/// Deepest value of `[config]`.
const DEPTH: usize = 64;

/// Settings with defaults where the text says nothing or nothing usable, and what is wrong with it.
pub fn parse(text: &str) -> (Settings, Vec<Finding>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let doc = match Document::parse(text) {
        Ok(doc) => doc,
        Err(error) => {
            let finding = Finding::error(
                "settings.syntax",
                format!("weft.toml does not parse: {}", error.message()),
                "mend this line; until then the defaults hold",
            );
            return (Settings::default(), vec![at(text, error.span(), finding)]);
        }
    };
    let mut read = Reading { text, findings: Vec::new() };
    let mut settings = Settings::default();
    let top = doc.as_table();
    settings.name = read.take(top, "name", "text", |i| i.as_str().map(String::from));
    settings.author = read.take(top, "author", "text", |i| i.as_str().map(str::trim).filter(|s| !s.is_empty()).map(String::from));
    settings.config = read.config(top);
    read.env(top, &mut settings);
    read.in_use(top, &mut settings);
    read.section(top, "runs", |read, runs| {
        let kept = &mut settings.runs;
        read.count(runs, "keep_days", 1..=36_500, &mut kept.keep_days);
        read.count(runs, "keep_per_flow", 1..=1_000_000_000, &mut kept.keep_per_flow);
    });
    read.section(top, "caps", |read, caps| {
        let to = &mut settings.caps;
        for (key, field) in
            [("manual", &mut to.manual), ("webhook", &mut to.webhook), ("workspace", &mut to.workspace), ("queue", &mut to.queue)]
        {
            read.count(caps, key, 1..=1_000_000, field);
        }
    });
    read.section(top, "durability", |read, section| {
        let witness = |i: &Item| match i.as_str()? {
            "often" => Some(Witness::Often),
            "commit" => Some(Witness::Commit),
            _ => None,
        };
        settings.witness = read.take(section, "witness", "\"often\" (every 100 ms) or \"commit\"", witness).unwrap_or_default();
    });
    (settings, read.findings)
}

struct Reading<'a> {
    text: &'a str,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn unfit(&mut self, item: &Item, path: &str, wants: &str) {
        let finding = Finding::error(
            "settings.value",
            format!("`{path}` is a {}", item.type_name()),
            format!("write {wants}; until then the default holds"),
        );
        self.findings.push(at(self.text, item.span(), finding.in_field(path)));
    }

    fn take<T>(&mut self, table: &dyn TableLike, key: &str, wants: &str, read: impl Fn(&Item) -> Option<T>) -> Option<T> {
        let item = table.get(key)?;
        let value = read(item);
        if value.is_none() {
            self.unfit(item, key, wants);
        }
        value
    }

    fn count(&mut self, table: &dyn TableLike, key: &str, range: std::ops::RangeInclusive<u32>, field: &mut u32) {
        let read = |i: &Item| i.as_integer().and_then(|n| u32::try_from(n).ok()).filter(|n| range.contains(n));
        let wants = format!("a whole number from {} to {}", range.start(), range.end());
        if let Some(n) = self.take(table, key, &wants, read) {
            *field = n;
        }
    }

    fn section(&mut self, top: &dyn TableLike, key: &str, mut read: impl FnMut(&mut Self, &dyn TableLike)) {
        let Some(item) = top.get(key) else { return };
        match item.as_table_like() {
            Some(table) => read(self, table),
            None => self.unfit(item, key, "a table"),
        }
    }

    fn config(&mut self, top: &dyn TableLike) -> Map {
        let mut out = Map::default();
        self.section(top, "config", |read, table| {
            for (key, item) in table.iter() {
                match to_value(item, DEPTH) {
                    Some(value) => drop(out.insert(key, value)),
                    None => {
                        read.unfit(item, &format!("config.{key}"), "a finite number, text, true, false, a list or a table, at most 64 deep")
                    }
                }
            }
        });
        out
    }

    fn env(&mut self, top: &dyn TableLike, settings: &mut Settings) {
        self.section(top, "env", |read, table| {
            for (name, item) in table.iter() {
                let value = match item.as_bool() {
                    Some(true) => Some(EnvValue::Inherited),
                    _ => item.as_str().map(|text| EnvValue::Text(text.into())),
                };
                match value {
                    Some(value) => drop(settings.env.insert(name.into(), value)),
                    None => read.unfit(item, &format!("env.{name}"), "text, or true to take the value from the program's environment"),
                }
            }
        });
    }

    fn in_use(&mut self, top: &dyn TableLike, settings: &mut Settings) {
        let Some(item) = top.get("in_use") else {
            return;
        };
        let Some(list) = item.as_array() else {
            return self.unfit(item, "in_use", "a list of flow ids");
        };
        for value in list.iter() {
            match value.as_str() {
                Some(flow) if !settings.in_use.iter().any(|f| f == flow) => settings.in_use.push(flow.into()),
                Some(_) => {}
                None => {
                    let finding = Finding::error(
                        "settings.value",
                        format!("`in_use` names a {}", value.type_name()),
                        "name flows by their id, such as \"team/notify\"",
                    );
                    self.findings.push(at(self.text, value.span(), finding.in_field("in_use")));
                }
            }
        }
    }
}

/// None for what JSON cannot say, and for what is too deep.
fn to_value(item: &Item, depth: usize) -> Option<Value> {
    if depth == 0 {
        return None;
    }
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().map(|t| object(t, depth)).collect::<Option<Vec<_>>>().map(Value::list);
    }
    if let Some(table) = item.as_table_like() {
        return object(table, depth);
    }
    match item.as_value()? {
        toml_edit::Value::Array(list) => {
            list.iter().map(|v| to_value(&Item::Value(v.clone()), depth - 1)).collect::<Option<Vec<_>>>().map(Value::list)
        }
        toml_edit::Value::String(s) => Some(Value::text(s.value().as_str())),
        toml_edit::Value::Integer(n) => Some(Value::from(*n.value())),
        toml_edit::Value::Float(n) => n.value().is_finite().then(|| Value::from(*n.value())),
        toml_edit::Value::Boolean(b) => Some(Value::from(*b.value())),
        toml_edit::Value::Datetime(d) => Some(Value::from(d.value().to_string())),
        toml_edit::Value::InlineTable(table) => object(table, depth),
    }
}

fn object(table: &dyn TableLike, depth: usize) -> Option<Value> {
    let mut out = Map::default();
    for (key, item) in table.iter() {
        out.insert(key, to_value(item, depth - 1)?);
    }
    Some(Value::from(out))
}

fn at(text: &str, span: Option<Range<usize>>, finding: Finding) -> Finding {
    let Some(before) = span.and_then(|s| text.get(..s.start)) else {
        return finding;
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    finding.at(line as u32, column as u32)
}
