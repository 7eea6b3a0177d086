//! From facts to the typed view: what cannot be drawn or run is left out and named in a finding, never written back.

use super::{Block, Disabled, Edge, FORMAT, Flow, Join, Node, OnError, Retry, Spot, duration, newer, options};
use crate::facts::{Change, Facts, Fields, PLACE, object_at, ordered, path};
use crate::finding::Finding;
use crate::format::Data;
use crate::ids::{Ends, Entity, Kind, is_id};
use indexmap::IndexMap;
use weft_node::{Map, Value};

impl Flow {
    /// The view of a flow's facts.
    pub fn of(facts: &Facts) -> Flow {
        let mut flow = Flow { weft: FORMAT, ..Flow::default() };
        if let Some(fields) = facts.get(&Entity::flow()) {
            flow.own(fields);
        }
        for (entity, fields) in ordered(facts, Kind::Node) {
            flow.check_id(&entity.id, "node");
            doubled(fields, &entity.id, &mut flow.findings);
            let node = node(&entity.id, fields, &mut flow.findings);
            flow.nodes.insert(entity.id.clone(), node);
        }
        for (entity, fields) in ordered(facts, Kind::Block) {
            flow.check_id(&entity.id, "block");
            if flow.nodes.contains_key(&entity.id) {
                let message = format!("a node and a block are both called `{}`", entity.id);
                flow.findings.push(Finding::error("id.twice", message, "give one of them another id").on_node(&entity.id));
            }
            let mut fields = members(fields);
            let kind = fields.remove("type").map(|kind| kind.to_text()).unwrap_or_default();
            flow.blocks.insert(entity.id.clone(), Block { id: entity.id.clone(), kind, fields });
        }
        for (entity, fields) in ordered(facts, Kind::Edge) {
            flow.edge(&entity.id, fields);
        }
        if let Some(fields) = facts.get(&Entity::layout()) {
            flow.layout = layout(fields, |id| flow.nodes.contains_key(id) || flow.blocks.contains_key(id));
        }
        flow
    }

    /// The view after `done`, made from the one before where only options and settings of nodes and positions changed, as
    /// most edits do; else none, and it is made afresh.
    pub(crate) fn after(&self, done: &[Change], facts: &Facts) -> Option<Flow> {
        let mut flow = self.clone();
        let mut nodes: Vec<&Entity> = Vec::new();
        for change in done {
            match change.entity.kind {
                Kind::Node if change.field == PLACE => return None,
                Kind::Node if !nodes.contains(&&change.entity) => nodes.push(&change.entity),
                Kind::Node => {}
                Kind::Layout => {
                    let spot = flow.layout.get_mut(&path::unescape(&change.field))?;
                    *spot = change.after.as_ref().and_then(self::spot)?;
                }
                _ => return None,
            }
        }
        for entity in nodes {
            let (fields, id) = (facts.get(entity)?, entity.id.as_str());
            let mut findings = Vec::new();
            doubled(fields, id, &mut findings);
            let new = node(id, fields, &mut findings);
            // Findings have an order: with any, everything is made afresh.
            if !findings.is_empty() || flow.findings.iter().any(|f| f.node.as_deref() == Some(id)) {
                return None;
            }
            *flow.nodes.get_mut(id)? = new;
        }
        Some(flow)
    }

    fn own(&mut self, fields: &Fields) {
        let mut own = members(fields);
        match own.remove("weft").map(|weft| weft.as_i64()) {
            Some(Some(weft)) => self.weft = u32::try_from(weft).unwrap_or(u32::MAX),
            _ => {
                let help = "write `weft: 1` as the first line";
                self.findings.push(Finding::warning("format.missing", "the file does not say which format it is in", help));
            }
        }
        if self.weft > FORMAT {
            self.findings.push(newer(self.weft));
        }
        self.name = own.remove("name").map(|name| name.to_text());
        self.description = own.remove("description").map(|text| text.to_text());
        self.settings = own;
        let unfit = [
            ("order", "`parallel` or `ordered`", self.settings.get("order").is_some_and(|v| options::Order::read(v).is_none())),
            (
                "durability",
                "`step`, `run` or `none`",
                self.settings.get("durability").is_some_and(|v| options::Durability::read(v).is_none()),
            ),
            ("timeout", "seconds, or a number with ms, s, m, h or d", self.settings.get("timeout").is_some_and(|v| duration(v).is_none())),
            ("config", "a mapping", self.settings.get("config").is_some_and(|v| v.as_object().is_none())),
            ("error_flow", "the path of a flow", self.settings.get("error_flow").is_some_and(|v| v.as_str().is_none())),
        ];
        for (field, wants, _) in unfit.into_iter().filter(|(.., unfit)| *unfit) {
            self.findings.push(misfit(field, wants).in_field(field));
        }
    }

    fn check_id(&mut self, id: &str, what: &str) {
        if !is_id(id) {
            let help = "use lower-case letters, digits and _, beginning with a letter";
            self.findings.push(Finding::error("id.form", format!("`{id}` is no id of a {what}"), help).on_node(id));
        }
    }

    fn edge(&mut self, id: &str, fields: &Fields) {
        let Some(Ends { from, from_port, to, to_port }) = Ends::parse(id) else {
            return;
        };
        let mut extra = members(fields);
        let note = extra.get("note").and_then(Value::as_str).map(String::from);
        if note.is_some() {
            extra.remove("note");
        }
        let edge = Edge { from, from_port, to, to_port, note, extra };
        let missing: Vec<&String> = [&edge.from, &edge.to].into_iter().filter(|end| !self.nodes.contains_key(*end)).collect();
        if let Some(end) = missing.first() {
            let what = if self.blocks.contains_key(*end) { "is a block, which has no ports" } else { "is no node of this flow" };
            let message = format!("the edge `{id}` leads nowhere: `{end}` {what}");
            let help = "correct the id, add the node, or remove the edge";
            self.findings.push(Finding::error("edge.dangling", message, help).on_edge(edge.id()));
            return;
        }
        self.edges.push(edge);
    }
}

fn members(fields: &Fields) -> Map {
    match object_at(fields, "").data.to_value() {
        Value::Object(map) => std::sync::Arc::unwrap_or_clone(map),
        _ => Map::default(),
    }
}

fn misfit(key: &str, wants: &str) -> Finding {
    Finding::error("option.type", format!("`{key}` does not fit: it is {wants}"), "correct the value, or remove the line")
}

fn node(id: &str, fields: &Fields, findings: &mut Vec<Finding>) -> Node {
    let mut options = members(fields);
    let mut unfit = |field: &str, wants: &str| findings.push(misfit(field, wants).on_node(id).in_field(field));
    let kind = match options.remove("type") {
        Some(Value::Text(kind)) => kind.to_string(),
        Some(_) => {
            unfit("type", "the name of a node type, as text");
            String::new()
        }
        None => {
            let message = format!("the node `{id}` has no type");
            findings.push(Finding::error("node.type", message, "write `type:` and the name of a node type").on_node(id));
            String::new()
        }
    };
    let mut unfit = |field: &str, wants: &str| findings.push(misfit(field, wants).on_node(id).in_field(field));
    let settings = match options.remove("settings") {
        Some(Value::Object(map)) => Value::Object(map),
        other => {
            if other.is_some_and(|v| !v.is_null()) {
                unfit("settings", "a mapping");
            }
            Value::from(Map::default())
        }
    };
    let mut read = Reading { options: &options, unfit: &mut unfit };
    let text = |v: &Value| v.as_str().map(String::from);
    Node {
        id: id.to_string(),
        kind,
        name: read.key("name", "text", |v| Some(v.to_text())),
        note: read.key("note", "text", |v| Some(v.to_text())),
        as_: read.key("as", "text", text),
        join: read.key("join", "`each`, `all`, `any`, `zip` or `{n: 2}`", Join::read),
        run_on_empty: read.key("run_on_empty", "true or false", Value::as_bool),
        emit_if_empty: read.key("emit_if_empty", "true or false", Value::as_bool).unwrap_or(false),
        concurrency: read.key("concurrency", "a whole number from 1", |v| options::count(v).filter(|n| *n > 0)),
        retry: read.key("retry", "`times`, `base`, `factor` and `cap`", Retry::read),
        timeout: read.key("timeout", "seconds, or a number with ms, s, m, h or d", duration),
        on_error: read.key("on_error", "`stop`, `continue` or `port`", OnError::read).unwrap_or_default(),
        disabled: read.key("disabled", "true, false, `bypass` or `off`", Disabled::read).flatten(),
        settings,
        options,
    }
}

struct Reading<'a> {
    options: &'a Map,
    unfit: &'a mut dyn FnMut(&str, &str),
}

impl Reading<'_> {
    fn key<T>(&mut self, key: &str, wants: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = self.options.get(key).filter(|v| !v.is_null())?;
        let found = read(value);
        if found.is_none() {
            (self.unfit)(key, wants);
        }
        found
    }
}

/// A merge can leave a value where another wrote an object: the object is taken, the value is told.
fn doubled(fields: &Fields, id: &str, findings: &mut Vec<Finding>) {
    let visible: Vec<&String> = fields.keys().filter(|k| !path::is_hidden(k)).collect();
    for field in &visible {
        let inside = format!("{field}/");
        let next = fields.range(inside.clone()..).next();
        if next.is_some_and(|(k, _)| k.starts_with(&inside)) {
            let message = format!("`{field}` was made a value and an object at the same time; the object is taken");
            findings.push(Finding::warning("merge.both", message, "set the field again to settle it").on_node(id).in_field(field));
        }
    }
}

fn layout(fields: &Fields, is_there: impl Fn(&str) -> bool) -> IndexMap<String, Spot> {
    let mut out = IndexMap::new();
    for (key, value) in fields.iter().filter(|(k, _)| !path::is_hidden(k)) {
        let id = path::unescape(key);
        let Some(spot) = spot(value) else { continue };
        if is_there(&id) {
            out.insert(id, spot);
        }
    }
    out
}

fn spot(data: &Data) -> Option<Spot> {
    let Data::List(list) = data else { return None };
    let numbers: Vec<f64> = list.iter().filter_map(|e| e.data.to_value().as_f64()).collect();
    match numbers[..] {
        [x, y] => Some(Spot { x, y, size: None }),
        [x, y, w, h] => Some(Spot { x, y, size: Some((w, h)) }),
        _ => None,
    }
}
