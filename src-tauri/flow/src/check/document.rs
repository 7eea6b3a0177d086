//! JSON Schema of the whole flow file, for editors: the types' own schemas, with expressions allowed where they are looked for.

use super::union::resolved;
use serde_json::{Map, Value as Json, json};
use weft_node::NodeType;

/// JSON Schema (2020-12) of the flow file. Keys it does not name are allowed, as the file keeps them.
pub fn flow_schema(types: &[&'static NodeType]) -> Json {
    let mut defs = Map::new();
    let (mut names, mut rules) = (Vec::new(), Vec::new());
    for kind in types {
        let name = if kind.version < 2 { kind.id.to_string() } else { format!("{}@{}", kind.id, kind.version) };
        let written = if kind.version < 2 { vec![name.clone(), format!("{name}@1")] } else { vec![name.clone()] };
        let root = (kind.schema)().to_value();
        let asks = root.get("required").and_then(Json::as_array).is_some_and(|all| !all.is_empty());
        let mut then = json!({"description": kind.summary, "properties": {"settings": {"$ref": format!("#/$defs/{}", token(&name))}}});
        if asks {
            then["required"] = json!(["settings"]);
        }
        rules.push(json!({"if": {"properties": {"type": {"enum": written}}, "required": ["type"]}, "then": then}));
        let mut schema = Rewrite { root: &root, base: format!("#/$defs/{}", token(&name)) }.schema(&root);
        schema["title"] = json!(kind.title);
        defs.insert(name, schema);
        names.extend(written);
    }
    let own = json!({
        "expression": {
            "description": "An expression: `js/...`, or text with `${...}` in it.",
            "type": "string",
            "anyOf": [{"pattern": "^js/"}, {"pattern": "\\$\\{[^}]*\\}"}]
        },
        "literal": {
            "description": "The value as it stands, without a look for expressions in it.",
            "type": "object", "required": ["$literal"], "maxProperties": 1
        },
        "duration": {
            "description": "Seconds, or a number with its unit: `500ms`, `2s`, `5m`, `1h`, `1d`.",
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^\\s*[0-9.]+\\s*(ms|s|m|min|h|d)$"}]
        },
        "retry": {
            "description": "How often a failed step is tried again; a number alone is `times`.",
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "object", "properties": {
                "times": {"type": "integer", "minimum": 0},
                "base": {"$ref": "#/$defs/duration"},
                "factor": {"type": "number", "minimum": 1, "maximum": 100},
                "cap": {"$ref": "#/$defs/duration"}
            }}]
        },
        "node": {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {"description": "What kind of node it is.", "enum": names},
                "name": {"description": "The name shown on the canvas.", "type": ["string", "number", "null"]},
                "note": {"type": ["string", "number", "null"]},
                "as": {"description": "Another name for `ctx.state`.", "type": ["string", "null"]},
                "join": {"description": "When it is activated.", "anyOf": [
                    {"enum": ["each", "all", "any"]},
                    {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"], "maxProperties": 1},
                    {"type": "null"}
                ]},
                "run_on_empty": {"type": ["boolean", "null"]},
                "emit_if_empty": {"type": ["boolean", "null"]},
                "concurrency": {"type": ["integer", "null"], "minimum": 1},
                "retry": {"anyOf": [{"$ref": "#/$defs/retry"}, {"type": "null"}]},
                "timeout": {"anyOf": [{"$ref": "#/$defs/duration"}, {"type": "null"}]},
                "on_error": {"enum": ["stop", "continue", "port", null]},
                "disabled": {"enum": [true, false, "bypass", "off", null]},
                "settings": {"type": ["object", "null"]}
            },
            "allOf": rules
        },
        "edge": {
            "description": "`fetch -> clean`, `check.false -> report.in`.",
            "anyOf": [
                {"type": "string", "pattern": "^\\s*[\\w-]+(\\.[\\w-]+)?\\s*->\\s*[\\w-]+(\\.[\\w-]+)?\\s*$"},
                {"type": "object", "required": ["from", "to"], "properties": {
                    "from": {"type": "string"}, "to": {"type": "string"}, "note": {"type": "string"}
                }}
            ]
        },
        "block": {
            "type": "object",
            "properties": {"type": {"description": "`note`, `frame` or `view`.", "type": "string", "examples": ["note", "frame", "view"]}}
        },
        "spot": {
            "description": "`[x, y]`, or `[x, y, width, height]`.",
            "type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4
        }
    });
    if let Json::Object(own) = own {
        defs.extend(own);
    }
    let section = |of: &str| json!({"type": ["object", "null"], "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}, "additionalProperties": {"$ref": format!("#/$defs/{of}")}});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Weftwork flow",
        "type": "object",
        "required": ["weft"],
        "properties": {
            "weft": {"description": "Version of the format.", "const": crate::FORMAT},
            "name": {"type": ["string", "number", "null"]},
            "description": {"type": ["string", "null"]},
            "config": {"description": "Values that expressions read as `ctx.config`.", "type": "object"},
            "env": {"description": "Environment variables that expressions may read as `ctx.env`."},
            "order": {"enum": ["parallel", "ordered"]},
            "durability": {"description": "What a run waits for before it goes on.", "enum": ["step", "run", "none"]},
            "timeout": {"$ref": "#/$defs/duration"},
            "error_flow": {"description": "The flow that is run when a run of this one fails.", "type": "string"},
            "nodes": section("node"),
            "edges": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/edge"}}, {"type": "null"}]},
            "blocks": section("block"),
            "layout": {"type": ["object", "null"], "additionalProperties": {"$ref": "#/$defs/spot"}}
        },
        "$defs": defs
    })
}

/// A part of a JSON pointer.
fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Keys that describe a field and stay beside its alternatives.
const ABOUT: [&str; 5] = ["title", "description", "default", "examples", "deprecated"];

struct Rewrite<'a> {
    root: &'a Json,
    /// Where the type's schema stands in the whole one.
    base: String,
}

impl Rewrite<'_> {
    /// A schema moved to its place, its members open for expressions.
    fn schema(&self, schema: &Json) -> Json {
        let Json::Object(own) = schema else { return schema.clone() };
        let mut out = Map::new();
        for (key, value) in own {
            let new = match (key.as_str(), value) {
                ("$schema", _) => continue,
                ("$ref", Json::String(target)) => {
                    json!(target.strip_prefix('#').map_or_else(|| target.clone(), |inside| format!("{}{inside}", self.base)))
                }
                ("properties", Json::Object(members)) => {
                    members.iter().map(|(name, member)| (name.clone(), self.field(member))).collect::<Map<_, _>>().into()
                }
                ("$defs", Json::Object(defs)) => {
                    defs.iter().map(|(name, schema)| (name.clone(), self.schema(schema))).collect::<Map<_, _>>().into()
                }
                ("additionalProperties" | "items", Json::Object(_)) => self.field(value),
                ("prefixItems", Json::Array(items)) => items.iter().map(|item| self.field(item)).collect(),
                // An expression fits several alternatives.
                ("oneOf" | "anyOf", Json::Array(all)) => {
                    out.insert("anyOf".into(), all.iter().map(|one| self.schema(one)).collect());
                    continue;
                }
                ("allOf", Json::Array(all)) => all.iter().map(|one| self.schema(one)).collect(),
                (_, value) => value.clone(),
            };
            out.insert(key.clone(), new);
        }
        Json::Object(out)
    }

    /// A field: what its schema says, or an expression, or a `$literal`.
    fn field(&self, schema: &Json) -> Json {
        let mut inside = self.schema(schema);
        let is_literal = |schema: &Json| schema.get("x-weft-literal") == Some(&Json::Bool(true));
        if schema.get("const").is_some() || is_literal(schema) || is_literal(resolved(self.root, schema)) {
            return inside;
        }
        let Json::Object(own) = &mut inside else { return inside };
        let mut out = Map::new();
        for key in own.keys().filter(|key| ABOUT.contains(&&***key) || key.starts_with("x-")).cloned().collect::<Vec<_>>() {
            if let Some(value) = own.shift_remove(&key) {
                out.insert(key, value);
            }
        }
        out.insert("anyOf".into(), json!([inside, {"$ref": "#/$defs/expression"}, {"$ref": "#/$defs/literal"}]));
        Json::Object(out)
    }
}
