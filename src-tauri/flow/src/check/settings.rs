//! A node's settings against the schema of its type; an expression is accepted wherever expressions are looked for.

use super::near::{Near, listed};
use super::union;
use crate::expr::compiled::{LITERAL, literal};
use crate::expr::schema::Place;
use crate::expr::{self, Parsed};
use crate::facts::path::join;
use crate::finding::{Finding, Severity};
use crate::view::Node;
use serde_json::Value as Json;
use weft_node::{Map, Value};

/// Places of one node's settings that are looked at; beyond them nothing is said.
const MOST: u32 = 100_000;
/// Longest chain of `$ref` and alternatives.
const CHAIN: u8 = 16;

pub(super) fn check(node: &Node, schema: &Json, near: &Near, out: &mut Vec<Finding>) {
    let mut walk = Walk { root: schema, near, left: MOST };
    let found = walk.place(&node.settings, schema, "settings", false);
    out.extend(found.into_iter().map(|finding| finding.on_node(&node.id)));
}

pub(super) struct Walk<'a> {
    pub root: &'a Json,
    pub near: &'a Near,
    left: u32,
}

/// What one schema said of a value.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub findings: Vec<Finding>,
    /// Members that it describes.
    pub keys: Vec<&'a str>,
    /// Other members are welcome, too.
    pub open: bool,
    /// Other members are an error.
    pub closed: bool,
}

impl Found<'_> {
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

impl<'a> Walk<'a> {
    /// A value and the schema of its place. `fixed`: inside `$literal`, where nothing is an expression.
    fn place(&mut self, value: &Value, schema: &'a Json, field: &str, fixed: bool) -> Vec<Finding> {
        let marks = Place::under(self.root, schema);
        let fixed = fixed || marks.is("literal");
        if !fixed {
            match value {
                Value::Text(text) => match expr::parse(text) {
                    Parsed::Plain => {}
                    Parsed::Value(_) => return Vec::new(),
                    Parsed::Text(_) => return self.text_fits(schema, field),
                },
                Value::Object(map) => {
                    if let Some(kept) = literal(map) {
                        return self.place(kept, schema, &join(field, LITERAL), true);
                    }
                }
                _ => {}
            }
        }
        let mut found = Found::default();
        self.fits(value, schema, field, fixed, CHAIN, &mut found);
        if let Value::Object(map) = value
            && !found.open
        {
            self.unknown(map, field, &mut found);
        }
        found.findings
    }

    /// `${...}` gives text; where something else is wanted, `js/...` is meant.
    fn text_fits(&self, schema: &Json, field: &str) -> Vec<Finding> {
        match union::kinds(self.root, schema, CHAIN) {
            Some(kinds) if !kinds.contains(&"string") => {
                let message = format!("`{}` is {}, and `${{...}}` always gives text", last(field), union::wanted(&kinds));
                vec![Finding::error("setting.type", message, "write the expression as `js/...`, which keeps its type").in_field(field)]
            }
            _ => Vec::new(),
        }
    }

    fn unknown(&self, map: &Map, field: &str, found: &mut Found<'_>) {
        for key in map.keys().filter(|key| !found.keys.contains(&&***key)) {
            let otherwise = if found.keys.is_empty() {
                "remove it: there is nothing to set here".to_string()
            } else {
                format!("remove it; the names here are {}", listed(&found.keys))
            };
            let message = format!("`{key}` is no setting here");
            let help = self.near.help(key, found.keys.iter().copied(), otherwise);
            let severity = if found.closed { Severity::Error } else { Severity::Warning };
            found.findings.push(Finding::new("setting.unknown", severity, message, help).in_field(&join(field, key)));
        }
    }

    /// One schema, with what it refers to.
    pub fn fits(&mut self, value: &Value, schema: &'a Json, field: &str, fixed: bool, chain: u8, out: &mut Found<'a>) {
        let Some(own) = schema.as_object().filter(|_| chain > 0 && self.left > 0) else {
            out.open = true;
            if *schema == Json::Bool(false) {
                out.findings
                    .push(Finding::error("setting.value", format!("nothing can stand at `{}`", last(field)), "remove it").in_field(field));
            }
            return;
        };
        self.left -= 1;
        if let Some(allowed) = union::values(schema) {
            if !allowed.iter().any(|allowed| union::same(value, allowed)) {
                out.findings.push(self.not_among(value, &allowed, field));
            }
            return;
        }
        let mut says_more = false;
        if let Some(target) = union::target(self.root, schema) {
            self.fits(value, target, field, fixed, chain - 1, out);
            says_more = true;
        }
        for part in own.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            self.fits(value, part, field, fixed, chain - 1, out);
            says_more = true;
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(alternatives) = own.get(key).and_then(Json::as_array) {
                self.one_of(value, alternatives, field, fixed, chain - 1, out);
                says_more = true;
            }
        }
        let kinds = own.contains_key("type").then(|| union::kinds(self.root, schema, 1)).flatten();
        if let Some(kinds) = &kinds
            && !union::is_kind(value, kinds)
        {
            out.findings.push(wrong_kind(value, kinds, field));
            return;
        }
        match value {
            Value::Object(map) => {
                // A schema that says nothing at all takes everything.
                out.open |= kinds.is_none() && !says_more && !own.contains_key("properties");
                self.object(map, own, field, fixed, out);
            }
            Value::List(items) => self.list(items, own, field, fixed, out),
            Value::Number(_) | Value::Text(_) => bounds(value, own, field, out),
            _ => {}
        }
    }

    fn object(&mut self, map: &Map, own: &'a serde_json::Map<String, Json>, field: &str, fixed: bool, out: &mut Found<'a>) {
        let properties = own.get("properties").and_then(Json::as_object);
        for name in own.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(name) {
                let about = properties.and_then(|all| all.get(name)).and_then(|schema| schema.get("description")).and_then(Json::as_str);
                let about = about.and_then(|text| text.lines().next()).map(|text| format!(": {}", text.trim_end_matches('.')));
                let help = format!("write `{name}:` under `{}`{}", last(field), about.unwrap_or_default());
                let message = format!("`{name}` is missing");
                out.findings.push(Finding::error("setting.missing", message, help).in_field(&join(field, name)));
            }
        }
        for (key, schema) in properties.into_iter().flatten() {
            out.keys.push(key);
            if let Some(member) = map.get(key) {
                out.findings.extend(self.place(member, schema, &join(field, key), fixed));
            }
        }
        match own.get("additionalProperties").or_else(|| own.get("unevaluatedProperties")) {
            Some(Json::Bool(false)) => out.closed = true,
            Some(Json::Bool(true)) => out.open = true,
            Some(more) => {
                out.open = true;
                for (key, member) in map.iter().filter(|(key, _)| properties.is_none_or(|all| !all.contains_key(&***key))) {
                    out.findings.extend(self.place(member, more, &join(field, key), fixed));
                }
            }
            None => {}
        }
    }

    fn list(&mut self, items: &[Value], own: &'a serde_json::Map<String, Json>, field: &str, fixed: bool, out: &mut Found<'a>) {
        let first = own.get("prefixItems").and_then(Json::as_array);
        for (at, item) in items.iter().enumerate() {
            if let Some(schema) = first.and_then(|first| first.get(at)).or_else(|| own.get("items")) {
                out.findings.extend(self.place(item, schema, &format!("{field}/{at}"), fixed));
            }
        }
        let bound = |key: &str| own.get(key).and_then(Json::as_u64);
        let count = items.len() as u64;
        if bound("minItems").is_some_and(|least| count < least) || bound("maxItems").is_some_and(|most| count > most) {
            let message = format!("`{}` has {count} elements", last(field));
            let help = between(bound("minItems").map(|n| n as f64), bound("maxItems").map(|n| n as f64), "elements");
            out.findings.push(Finding::error("setting.range", message, help).in_field(field));
        }
    }

    /// A value that is none of those there are.
    pub fn not_among(&self, value: &Value, allowed: &[&Json], field: &str) -> Finding {
        let names: Vec<String> = allowed.iter().map(|allowed| allowed.as_str().map_or_else(|| allowed.to_string(), String::from)).collect();
        let choices = format!("write {}", listed(&names));
        let written = shown(value);
        let help = match self.near.to(&written, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`? Otherwise {choices}"),
            None => choices,
        };
        Finding::error("setting.value", format!("`{}` cannot be `{written}`", last(field)), help).in_field(field)
    }
}

pub(super) fn wrong_kind(value: &Value, kinds: &[&str], field: &str) -> Finding {
    let text = value.as_str().map(str::trim);
    let help = match text {
        Some("yes" | "Yes" | "on" | "On" | "y" | "true" | "True") if kinds.contains(&"boolean") => "write `true`, without quotes".into(),
        Some("no" | "No" | "off" | "Off" | "n" | "false" | "False") if kinds.contains(&"boolean") => "write `false`, without quotes".into(),
        Some(text) if kinds.iter().any(|kind| matches!(*kind, "number" | "integer")) && text.parse::<f64>().is_ok() => {
            format!("write {text} without quotes")
        }
        _ if kinds.contains(&"boolean") => "write `true` or `false`, or an expression: `js/...`".into(),
        _ => format!("write {}, or an expression: `js/...`", union::wanted(kinds)),
    };
    let is = if text.is_some() { format!("the text `{}`", shown(value)) } else { union::article(value.kind()) };
    let message = format!("`{}` is {is}, but {} is wanted", last(field), union::wanted(kinds));
    Finding::error("setting.type", message, help).in_field(field)
}

/// Limits of numbers and of the length of texts.
fn bounds(value: &Value, own: &serde_json::Map<String, Json>, field: &str, out: &mut Found<'_>) {
    let bound = |key: &str| own.get(key).and_then(Json::as_f64);
    let (least, most, what, size) = match value {
        Value::Text(text) => (bound("minLength"), bound("maxLength"), "characters", text.chars().count() as f64),
        other => {
            let Some(number) = other.as_f64() else { return };
            let inside = |key: &str, holds: fn(f64, f64) -> bool| bound(key).is_none_or(|limit| holds(number, limit));
            if !inside("exclusiveMinimum", |n, limit| n > limit) || !inside("exclusiveMaximum", |n, limit| n < limit) {
                let message = format!("`{}` cannot be {}", last(field), shown(value));
                let help =
                    format!("write a number{}{}", beyond("above", bound("exclusiveMinimum")), beyond("below", bound("exclusiveMaximum")));
                out.findings.push(Finding::error("setting.range", message, help).in_field(field));
            }
            (bound("minimum"), bound("maximum"), "", number)
        }
    };
    if least.is_some_and(|least| size < least) || most.is_some_and(|most| size > most) {
        let message = if what.is_empty() {
            format!("`{}` cannot be {}", last(field), shown(value))
        } else {
            format!("`{}` has {size} {what}", last(field))
        };
        out.findings.push(Finding::error("setting.range", message, between(least, most, what)).in_field(field));
    }
}

fn beyond(word: &str, limit: Option<f64>) -> String {
    limit.map(|limit| format!(" {word} {limit}")).unwrap_or_default()
}

fn between(least: Option<f64>, most: Option<f64>, what: &str) -> String {
    let what = if what.is_empty() { String::new() } else { format!(" {what}") };
    match (least, most) {
        (Some(least), Some(most)) => format!("it takes {least} to {most}{what}"),
        (Some(least), None) => format!("it takes {least}{what} or more"),
        (None, Some(most)) => format!("it takes at most {most}{what}"),
        (None, None) => "choose another".into(),
    }
}

/// The last part of a path that is a name.
pub(super) fn last(field: &str) -> String {
    let part = field.rsplit('/').find(|part| part.parse::<usize>().is_err() && *part != LITERAL).unwrap_or(field);
    crate::facts::path::unescape(part)
}

/// A value in a sentence.
fn shown(value: &Value) -> String {
    let text = value.to_text();
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}
