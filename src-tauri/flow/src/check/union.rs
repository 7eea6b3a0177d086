//! Alternatives of a schema: which one a value is meant to be, and what all of them together want.

use super::settings::{Found, Walk, wrong_kind};
use crate::expr::{self, Parsed};
use crate::facts::path::join;
use crate::finding::Finding;
use serde_json::Value as Json;
use weft_node::Value;

impl<'a> Walk<'a> {
    /// The alternative that fits, or the one that is closest to it.
    pub fn one_of(&mut self, value: &Value, alternatives: &'a [Json], field: &str, fixed: bool, chain: u8, out: &mut Found<'a>) {
        let mut allowed = Vec::new();
        for alternative in alternatives {
            let Some(more) = values(resolved(self.root, alternative)) else {
                allowed.clear();
                break;
            };
            allowed.extend(more);
        }
        if !allowed.is_empty() {
            if !allowed.iter().any(|allowed| same(value, allowed)) {
                out.findings.push(self.not_among(value, &allowed, field));
            }
            return;
        }
        let mut candidates: Vec<&'a Json> = alternatives.iter().filter(|schema| takes(self.root, schema, value, chain)).collect();
        if candidates.is_empty() {
            let kinds = union_of(self.root, alternatives, chain).unwrap_or_default();
            out.findings.push(wrong_kind(value, &kinds, field));
            return;
        }
        if let Some((key, tags)) = tag(self.root, &candidates) {
            let written = value.get(key);
            match written {
                Some(Value::Text(text)) if !fixed && !matches!(expr::parse(text), Parsed::Plain) => {
                    out.open = true;
                    return;
                }
                Some(written) if !tags.iter().any(|tag| same(written, tag)) => {
                    out.open = true;
                    out.findings.push(self.not_among(written, &tags, &join(field, key)));
                    return;
                }
                None => {
                    out.open = true;
                    let names: Vec<&str> = tags.iter().filter_map(|tag| tag.as_str()).collect();
                    let help = format!("write `{key}:` and {}", super::near::listed(&names));
                    out.findings.push(Finding::error("setting.missing", format!("`{key}` is missing"), help).in_field(&join(field, key)));
                    return;
                }
                Some(_) => candidates.retain(|schema| matches_tags(resolved(self.root, schema), value)),
            }
        }
        let mut best: Option<Found<'a>> = None;
        for candidate in candidates {
            let mut found = Found::default();
            self.fits(value, candidate, field, fixed, chain, &mut found);
            let is_better = |best: &Found<'a>| (found.errors(), found.findings.len()) < (best.errors(), best.findings.len());
            if best.as_ref().is_none_or(is_better) {
                best = Some(found);
            }
        }
        if let Some(best) = best {
            out.findings.extend(best.findings);
            out.keys.extend(best.keys);
            out.open |= best.open;
            out.closed |= best.closed;
        }
    }
}

/// What `$ref` names.
pub(super) fn target<'a>(root: &'a Json, schema: &Json) -> Option<&'a Json> {
    root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// The end of a chain of `$ref`.
pub(super) fn resolved<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    let mut here = schema;
    for _ in 0..16 {
        match target(root, here) {
            Some(next) => here = next,
            None => break,
        }
    }
    here
}

/// The only values that a schema takes, where it lists them.
pub(super) fn values(schema: &Json) -> Option<Vec<&Json>> {
    if let Some(only) = schema.get("const") {
        return Some(vec![only]);
    }
    if let Some(all) = schema.get("enum") {
        return Some(all.as_array()?.iter().collect());
    }
    // An enumeration with words on each value.
    let all: Option<Vec<Vec<&Json>>> = schema.get("oneOf")?.as_array()?.iter().map(values).collect();
    all.map(|all| all.into_iter().flatten().collect())
}

pub(super) fn same(value: &Value, json: &Json) -> bool {
    match (value, json) {
        (Value::Text(text), Json::String(json)) => **text == **json,
        (Value::Text(_), _) | (_, Json::String(_)) => false,
        (value, json) => *value == Value::from(json.clone()),
    }
}

/// The member by which all these objects differ, and its values.
pub(super) fn tag<'a>(root: &'a Json, candidates: &[&'a Json]) -> Option<(&'a str, Vec<&'a Json>)> {
    let properties = |schema| resolved(root, schema).get("properties").and_then(Json::as_object);
    let only = |schema: &'a Json| schema.get("const").or_else(|| schema.get("enum")?.as_array().filter(|all| all.len() == 1)?.first());
    let (key, _) = properties(candidates.first()?)?.iter().find(|(_, schema)| only(schema).is_some())?;
    let values: Option<Vec<&Json>> = candidates.iter().map(|schema| only(properties(schema)?.get(key)?)).collect();
    Some((key, values?))
}

/// Whether no member that names the alternative speaks against it.
pub(super) fn matches_tags(schema: &Json, value: &Value) -> bool {
    let (Some(properties), Some(map)) = (schema.get("properties").and_then(Json::as_object), value.as_object()) else { return true };
    properties.iter().filter_map(|(key, schema)| Some((key, schema.get("const")?))).all(|(key, tag)| match map.get(key) {
        Some(value) => same(value, tag),
        None => false,
    })
}

/// JSON Schema's names of the kinds of value a schema takes; none where it takes any.
pub(super) fn kinds<'a>(root: &'a Json, schema: &'a Json, chain: u8) -> Option<Vec<&'a str>> {
    if let Some(kind) = schema.get("type") {
        return match kind {
            Json::String(kind) => Some(vec![kind]),
            kinds => Some(kinds.as_array()?.iter().filter_map(Json::as_str).collect()),
        };
    }
    if chain == 0 {
        return None;
    }
    if let Some(target) = target(root, schema) {
        return kinds(root, target, chain - 1);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(alternatives) = schema.get(key).and_then(Json::as_array) {
            return union_of(root, alternatives, chain - 1);
        }
    }
    if let Some(parts) = schema.get("allOf").and_then(Json::as_array) {
        return parts.iter().find_map(|part| kinds(root, part, chain - 1));
    }
    let all: Vec<&str> = values(schema)?.into_iter().map(kind_of).collect();
    Some(all)
}

fn union_of<'a>(root: &'a Json, alternatives: &'a [Json], chain: u8) -> Option<Vec<&'a str>> {
    let mut all = Vec::new();
    for alternative in alternatives {
        for kind in kinds(root, alternative, chain)? {
            if !all.contains(&kind) {
                all.push(kind);
            }
        }
    }
    Some(all)
}

fn kind_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// Whether an alternative may take a value of this kind; a whole number stays a number.
fn takes<'a>(root: &'a Json, schema: &'a Json, value: &Value, chain: u8) -> bool {
    kinds(root, schema, chain).is_none_or(|kinds| is_kind(value, &kinds) || (value.as_number().is_some() && kinds.contains(&"integer")))
}

pub(super) fn is_kind(value: &Value, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| match *kind {
        "null" => value.is_null(),
        "boolean" => value.as_bool().is_some(),
        "number" => value.as_number().is_some(),
        "integer" => value.as_number().is_some_and(|n| n.as_i64().is_some() || n.as_u64().is_some()),
        "string" => value.as_str().is_some(),
        "array" => value.as_list().is_some(),
        "object" => value.as_object().is_some(),
        _ => true,
    })
}

/// Kinds in a sentence.
pub(super) fn wanted(kinds: &[&str]) -> String {
    let word = |kind: &&str| match *kind {
        "integer" => "a whole number".to_string(),
        "string" => "text".into(),
        "array" => "a list".into(),
        kind => article(kind),
    };
    // That something may be left out goes without saying.
    let words: Vec<String> = kinds.iter().filter(|kind| **kind != "null").map(word).collect();
    match words.split_last() {
        None => "nothing".into(),
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
    }
}

pub(super) fn article(kind: &str) -> String {
    match kind {
        "null" => "empty".into(),
        "object" => "an object".into(),
        kind => format!("a {kind}"),
    }
}
