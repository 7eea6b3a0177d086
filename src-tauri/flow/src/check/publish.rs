//! The JSON Schema of a flow file: for editors, and for `docs/`.

use serde_json::{Map, Value as Json, json};
use weft_node::NodeType;

pub(super) fn flow_schema(types: &[&'static NodeType]) -> Json {
    let mut defs = Map::new();
    defs.insert(
        "expression".into(),
        json!({"type": "string", "pattern": "^js/|\\$\\{[^}]*\\}", "description": "An expression: `js/...`, or text with `${...}` in it."}),
    );
    defs.insert(
        "literal".into(),
        json!({"type": "object", "properties": {"$literal": {}}, "required": ["$literal"], "additionalProperties": false, "description": "Text that is not looked at."}),
    );
    defs.insert(
        "duration".into(),
        json!({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[0-9.]+ *(ms|s|m|min|h|d)$"}]}),
    );
    let mut rules = Vec::new();
    let mut names = Vec::new();
    for kind in types {
        let name = if kind.version == 1 { kind.id.to_string() } else { format!("{}@{}", kind.id, kind.version) };
        let schema = (kind.schema)().to_value();
        for (def, schema) in schema.get("$defs").and_then(Json::as_object).into_iter().flatten() {
            defs.insert(format!("{name}.{def}"), open(schema, &name));
        }
        defs.insert(name.clone(), open(&schema, &name));
        rules.push(json!({"if": {"properties": {"type": {"const": name}}}, "then": {"properties": {"settings": {"$ref": format!("#/$defs/{}", pointer(&name))}}}}));
        names.push(name);
    }
    defs.insert("node".into(), node(&names, rules));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Weftwork flow",
        "type": "object",
        "properties": {
            "weft": {"const": 1, "description": "Version of this format."},
            "name": {"type": "string"},
            "description": {"type": "string"},
            "config": {"type": "object"},
            "env": {},
            "order": {"enum": ["parallel", "ordered"]},
            "durability": {"enum": ["step", "run", "none"]},
            "timeout": {"$ref": "#/$defs/duration"},
            "error_flow": {"type": "string"},
            "nodes": {"type": ["object", "null"], "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}, "additionalProperties": {"$ref": "#/$defs/node"}},
            "edges": {"type": ["array", "null"], "items": {"anyOf": [
                {"type": "string", "pattern": "->"},
                {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}, "note": {"type": "string"}}, "required": ["from", "to"]}
            ]}},
            "blocks": {"type": ["object", "null"], "additionalProperties": {"type": "object", "properties": {"type": {"type": "string"}}}},
            "layout": {"type": ["object", "null"], "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4}}
        },
        "required": ["weft"],
        "$defs": defs
    })
}

fn node(names: &[String], rules: Vec<Json>) -> Json {
    json!({
        "type": "object",
        "properties": {
            "type": {"anyOf": [{"enum": names}, {"type": "string"}]},
            "name": {"type": "string"},
            "note": {"type": "string"},
            "as": {"type": "string"},
            "join": {"anyOf": [{"enum": ["each", "all", "any", "zip"]}, {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}]},
            "run_on_empty": {"type": "boolean"},
            "emit_if_empty": {"type": "boolean"},
            "concurrency": {"type": "integer", "minimum": 1},
            "retry": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "object", "properties": {
                "times": {"type": "integer", "minimum": 0}, "base": {"$ref": "#/$defs/duration"},
                "factor": {"type": "number", "minimum": 1, "maximum": 100}, "cap": {"$ref": "#/$defs/duration"}
            }}]},
            "timeout": {"$ref": "#/$defs/duration"},
            "on_error": {"enum": ["stop", "continue", "port"]},
            "disabled": {"enum": [true, false, "bypass", "off"]},
            "settings": {"type": ["object", "null"]}
        },
        "required": ["type"],
        "allOf": rules
    })
}

/// A type's schema with an expression allowed wherever a value stands, its references made those of the whole document.
fn open(schema: &Json, prefix: &str) -> Json {
    let Json::Object(members) = schema else { return schema.clone() };
    let mut out = Map::new();
    for (key, value) in members {
        let made = match (key.as_str(), value) {
            ("$defs" | "$schema", _) => continue,
            ("$ref", Json::String(target)) => match target.strip_prefix("#/$defs/") {
                Some(name) => json!(format!("#/$defs/{}.{name}", pointer(prefix))),
                None => value.clone(),
            },
            ("properties", Json::Object(fields)) => {
                fields.iter().map(|(name, field)| (name.clone(), field_of(field, prefix))).collect::<Map<_, _>>().into()
            }
            ("items" | "additionalProperties", Json::Object(_)) => field_of(value, prefix),
            ("prefixItems", Json::Array(items)) => items.iter().map(|item| field_of(item, prefix)).collect(),
            ("anyOf" | "oneOf" | "allOf", Json::Array(several)) => several.iter().map(|one| open(one, prefix)).collect(),
            _ => value.clone(),
        };
        // An expression in a tag could fit several alternatives.
        let key = if key == "oneOf" { "anyOf" } else { key };
        out.insert(key.to_string(), made);
    }
    out.into()
}

fn field_of(schema: &Json, prefix: &str) -> Json {
    let opened = open(schema, prefix);
    if schema.get("x-weft-literal") == Some(&Json::Bool(true)) || schema.get("const").is_some() {
        return opened;
    }
    let mut out = Map::new();
    for mark in ["title", "description"] {
        if let Some(text) = schema.get(mark) {
            out.insert(mark.into(), text.clone());
        }
    }
    out.insert("anyOf".into(), json!([opened, {"$ref": "#/$defs/expression"}, {"$ref": "#/$defs/literal"}]));
    out.into()
}

/// A name as a part of a JSON pointer in a reference.
fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
