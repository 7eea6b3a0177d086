//! Settings against their schema, where every field is its type or an expression.

use super::{Known, did_you_mean};
use crate::expr::schema::join;
use crate::expr::{Parsed, parse};
use crate::finding::Finding;
use serde_json::Value as Json;
use weft_node::{Map, Value};

const MAX_STEPS: usize = 64;

pub(super) fn check(known: &Known<'_>, findings: &mut Vec<Finding>) {
    for node in known.flow.nodes.values() {
        let Some(kind) = known.kind(node) else { continue };
        let schema = known.schema(kind);
        let mut walk = Walk { root: schema, found: Vec::new() };
        walk.value(&node.settings, schema, "settings", MAX_STEPS);
        findings.extend(walk.found.into_iter().map(|finding| finding.on_node(&node.id)));
    }
}

struct Walk<'a> {
    root: &'a Json,
    found: Vec<Finding>,
}

impl<'a> Walk<'a> {
    /// A schema behind its references, and its alternatives where it has some.
    fn resolved(&self, schema: &'a Json, left: usize) -> Vec<&'a Json> {
        if left == 0 {
            return Vec::new();
        }
        if let Some(target) =
            schema.get("$ref").and_then(Json::as_str).and_then(|at| at.strip_prefix('#')).and_then(|at| self.root.pointer(at))
        {
            return self.resolved(target, left - 1);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(alternatives) = schema.get(key).and_then(Json::as_array) {
                return alternatives.iter().flat_map(|alternative| self.resolved(alternative, left - 1)).collect();
            }
        }
        match schema.get("allOf").and_then(Json::as_array) {
            Some(all) if all.len() == 1 => self.resolved(&all[0], left - 1),
            _ => vec![schema],
        }
    }

    fn value(&mut self, value: &Value, schema: &'a Json, path: &str, left: usize) {
        if left == 0 || !schema.is_object() {
            return;
        }
        let is_literal = schema.get("x-weft-literal") == Some(&Json::Bool(true));
        let alternatives = self.resolved(schema, left);
        if !is_literal {
            if let Value::Text(text) = value {
                match parse(text) {
                    Parsed::Value(_) => return,
                    Parsed::Text(_)
                        if alternatives.iter().any(|s| takes(s, &Value::from(""))) || alternatives.iter().any(|s| takes_text(s)) =>
                    {
                        return;
                    }
                    Parsed::Text(_) => {
                        return self.wrong(value, &alternatives, path, "`${}` gives text; write it as `js/...` to keep its type");
                    }
                    Parsed::Plain => {}
                }
            }
            if let Value::Object(map) = value
                && let Some(literal) = crate::expr::literal(map)
            {
                if shallow(&alternatives, literal).is_empty() {
                    self.wrong(literal, &alternatives, path, "");
                }
                return;
            }
        }
        let fitting = shallow(&alternatives, value);
        match (value, fitting.as_slice()) {
            (_, []) => self.wrong(value, &alternatives, path, ""),
            (Value::Object(map), fitting) => self.object(map, fitting, path, left),
            (Value::List(items), [one]) => {
                if let Some(schema) = one.get("items").filter(|items| items.is_object()) {
                    for (at, item) in items.iter().enumerate() {
                        self.value(item, schema, &format!("{path}/{at}"), left - 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, map: &Map, fitting: &[&'a Json], path: &str, left: usize) {
        // Of several forms the one whose fixed members (a tag) agree.
        let agrees = |schema: &&&'a Json| {
            let properties = schema.get("properties").and_then(Json::as_object);
            properties.is_none_or(|properties| {
                properties.iter().all(|(key, member)| match (member.get("const"), map.get(key)) {
                    (Some(fixed), Some(found)) => Value::from(fixed.clone()) == *found,
                    _ => true,
                })
            })
        };
        let Some(schema) = fitting.iter().find(agrees).or_else(|| fitting.first()) else { return };
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            if let Some(more) = schema.get("additionalProperties").filter(|more| more.is_object()) {
                map.iter().for_each(|(key, member)| self.value(member, more, &join(path, key), left - 1));
            }
            return;
        };
        for name in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(name) {
                let finding = Finding::error("setting.missing", format!("`{name}` is missing"), "fill it in");
                self.found.push(finding.in_field(&join(path, name)));
            }
        }
        for (key, member) in map.iter() {
            let field = join(path, key);
            match (properties.get(&**key), schema.get("additionalProperties")) {
                (Some(schema), _) => self.value(member, schema, &field, left - 1),
                (None, Some(more)) if more.is_object() => self.value(member, more, &field, left - 1),
                (None, Some(Json::Bool(true))) => {}
                (None, _) => {
                    let hint = did_you_mean(key, properties.keys().map(String::as_str));
                    let finding =
                        Finding::warning("setting.unknown", format!("there is no setting `{key}`{hint}"), "correct the name, or remove it");
                    self.found.push(finding.in_field(&field));
                }
            }
        }
    }

    fn wrong(&mut self, value: &Value, alternatives: &[&Json], path: &str, hint: &str) {
        let mut wants: Vec<String> = alternatives.iter().map(|schema| wanted(schema)).filter(|text| text != "nothing").collect();
        wants.dedup();
        let name = path.rsplit('/').next().unwrap_or(path);
        let shown: String = match value {
            Value::Text(text) => format!("the text `{}`", text.chars().take(40).collect::<String>()),
            Value::Number(number) => format!("the number {number}"),
            Value::Bool(b) => b.to_string(),
            other => other.kind().into(),
        };
        let wants_bool = alternatives.iter().any(|schema| takes(schema, &Value::Bool(true)));
        let help = match value.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("yes" | "on") if wants_bool => "write `true`",
            Some("no" | "off") if wants_bool => "write `false`",
            _ if !hint.is_empty() => hint,
            _ => "correct the value, or write an expression",
        };
        let finding = Finding::error("setting.type", format!("`{name}` wants {}, and is {shown}", wants.join(" or ")), help);
        self.found.push(finding.in_field(path));
    }
}

fn shallow<'a>(alternatives: &[&'a Json], value: &Value) -> Vec<&'a Json> {
    alternatives.iter().copied().filter(|schema| takes(schema, value)).collect()
}

/// Whether text of any content fits.
fn takes_text(schema: &Json) -> bool {
    types(schema).contains(&"string")
}

fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a schema takes a value, its members aside.
fn takes(schema: &Json, value: &Value) -> bool {
    if let Some(fixed) = schema.get("const") {
        return Value::from(fixed.clone()) == *value;
    }
    if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
        return choices.iter().any(|choice| Value::from(choice.clone()) == *value);
    }
    let types = types(schema);
    let fits = types.is_empty()
        || types.iter().any(|name| match (*name, value) {
            ("null", Value::Null)
            | ("boolean", Value::Bool(_))
            | ("string", Value::Text(_))
            | ("array", Value::List(_))
            | ("object", Value::Object(_)) => true,
            ("number", Value::Number(_)) => true,
            ("integer", Value::Number(number)) => number.as_i64().is_some() || number.as_u64().is_some(),
            _ => false,
        });
    let bound = |key: &str| schema.get(key).and_then(Json::as_f64);
    let in_bounds =
        value.as_f64().is_none_or(|n| bound("minimum").is_none_or(|least| n >= least) && bound("maximum").is_none_or(|most| n <= most));
    fits && in_bounds
}

fn wanted(schema: &Json) -> String {
    let shown = |value: &Json| value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"));
    if let Some(fixed) = schema.get("const") {
        return shown(fixed);
    }
    if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
        return choices.iter().map(shown).collect::<Vec<_>>().join(", ");
    }
    let words = types(schema).into_iter().filter(|name| *name != "null").map(|name| match name {
        "boolean" => "true or false".to_string(),
        "integer" | "number" => {
            let what = if name == "integer" { "a whole number" } else { "a number" };
            let bound = |key: &str, word: &str| schema.get(key).and_then(Json::as_f64).map_or_else(String::new, |n| format!(" {word} {n}"));
            format!("{what}{}{}", bound("minimum", "from"), bound("maximum", "to"))
        }
        "string" => "text".into(),
        "array" => "a list".into(),
        other => format!("an {other}"),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "nothing".into() } else { words.join(" or ") }
}
