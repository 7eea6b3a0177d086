//! What literal settings name: hosts, files, databases and secrets. An expression names nothing, but for the host before it.

use super::types::Types;
use super::union::{matches_tags, target};
use crate::expr::compiled::literal;
use crate::expr::schema::Place;
use crate::expr::{self, Parsed};
use crate::facts::path;
use crate::view::Flow;
use serde_json::Value as Json;
use std::collections::HashSet;
use weft_node::{Need, NeedKind, NodeType, Value, host_named, host_of};

/// Places of one node's settings that are looked at.
const MOST: u32 = 100_000;

/// What the settings of a flow's nodes name literally, each with the id of the node; nothing twice.
pub fn permissions(flow: &Flow, types: &[&'static NodeType]) -> Vec<(Need, String)> {
    let types = Types::new(types);
    let (mut out, mut seen) = (Vec::new(), HashSet::new());
    for node in flow.nodes.values() {
        let Some(known) = types.of(node) else { continue };
        let mut walk = Walk { root: known.schema(), left: MOST, needs: Vec::new() };
        walk.place(&node.settings, &[known.schema()], Marks::default());
        let named = walk.needs.into_iter().map(|need| (need, node.id.clone()));
        out.extend(named.filter(|named| seen.insert(named.clone())));
    }
    out
}

/// Whether a settings path of a node type (`settings/auth/secret`) holds the name of a secret.
pub fn is_secret(types: &[&'static NodeType], kind: &str, path: &str) -> bool {
    let types = Types::new(types);
    let (Some(known), Some(inside)) = (types.named(kind), path.strip_prefix("settings/")) else { return false };
    let mut place = Place::root(known.schema());
    for part in inside.split('/') {
        let key = path::unescape(part);
        let member = place.member(&key);
        place = match key.parse() {
            Ok(at) if member.is_unknown() => place.element(at),
            _ => member,
        };
    }
    place.is("secret")
}

struct Walk<'a> {
    root: &'a Json,
    left: u32,
    needs: Vec<Need>,
}

/// What the schema says of a place; a list's elements are what the list is.
#[derive(Clone, Copy, Default)]
struct Marks {
    kind: Option<NeedKind>,
    /// Nothing here is an expression.
    fixed: bool,
}

impl<'a> Walk<'a> {
    fn place(&mut self, value: &Value, schemas: &[&'a Json], outer: Marks) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let mut here = Vec::new();
        schemas.iter().for_each(|schema| self.expand(schema, value, 16, &mut here));
        if let Value::Object(map) = value
            && !outer.fixed
            && let Some(kept) = literal(map)
        {
            return self.place(kept, schemas, Marks { fixed: true, ..outer });
        }
        let says = |key: &str| here.iter().find_map(|schema| schema.get(key));
        let is = |key: &str| says(key) == Some(&Json::Bool(true));
        let own = if is("x-weft-secret") { Some(NeedKind::Secret) } else { says("x-weft-names").and_then(Json::as_str).and_then(named) };
        let marks = Marks { kind: own.or(outer.kind), fixed: outer.fixed || is("x-weft-literal") };
        match value {
            Value::Text(text) => self.needs.extend(marks.kind.and_then(|kind| need(kind, text, marks.fixed))),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    let element = |schema: &&'a Json| {
                        let first = schema.get("prefixItems").and_then(|items| items.get(at));
                        first.or_else(|| schema.get("items")).filter(|found| found.is_object())
                    };
                    self.place(item, &here.iter().filter_map(element).collect::<Vec<_>>(), marks);
                }
            }
            Value::Object(map) => {
                for (key, member) in map.iter() {
                    let found = |schema: &&'a Json| {
                        let own = schema.get("properties").and_then(|properties| properties.get(&**key));
                        own.or_else(|| schema.get("additionalProperties")).filter(|found| found.is_object())
                    };
                    let found: Vec<_> = here.iter().filter_map(found).collect();
                    self.place(member, &found, Marks { kind: None, fixed: marks.fixed });
                }
            }
            _ => {}
        }
    }

    /// A schema with what it refers to, without alternatives that another one's name rules out.
    fn expand(&self, schema: &'a Json, value: &Value, left: u8, out: &mut Vec<&'a Json>) {
        if left == 0 || !schema.is_object() || out.iter().any(|seen| std::ptr::eq(*seen, schema)) {
            return;
        }
        if value.as_object().is_some() && !matches_tags(schema, value) {
            return;
        }
        out.push(schema);
        if let Some(target) = target(self.root, schema) {
            self.expand(target, value, left - 1, out);
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for alternative in schema.get(key).and_then(Json::as_array).into_iter().flatten() {
                self.expand(alternative, value, left - 1, out);
            }
        }
    }
}

fn named(what: &str) -> Option<NeedKind> {
    Some(match what {
        "host" => NeedKind::Host,
        "read_file" => NeedKind::ReadFile,
        "write_file" => NeedKind::WriteFile,
        "database" => NeedKind::Database,
        _ => return None,
    })
}

fn need(kind: NeedKind, text: &str, fixed: bool) -> Option<Need> {
    if kind == NeedKind::Host {
        let host = if fixed { host_of(text) } else { host_named(text) };
        return host.map(|host| Need::new(kind, host));
    }
    let is_literal = fixed || matches!(expr::parse(text), Parsed::Plain);
    (is_literal && !text.is_empty()).then(|| Need::new(kind, text))
}
