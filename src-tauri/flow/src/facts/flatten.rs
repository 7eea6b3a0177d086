//! From the tree of a file to facts.

use super::assemble::{arrange, is_usual};
use super::path::{escape, join};
use super::{Facts, Fields, PLACE, Spans, empty, spread};
use crate::finding::Finding;
use crate::format::{Data, Entry, Remarks, key_fits};
use crate::ids::{Ends, Entity};

/// What a file says, or everything in it that has no place in a flow.
pub(crate) fn flatten(root: &Entry) -> Result<(Facts, Spans), Vec<Finding>> {
    let Data::Map(top) = &root.data else {
        return Err(vec![shape("a flow file is a mapping that begins with `weft: 1`", root)]);
    };
    let mut made = Flattening { facts: empty(), spans: Spans::default(), findings: Vec::new(), flow: Fields::new() };
    remarks(&mut made.flow, "", &root.remarks);
    let mut own = Vec::new();
    for (key, entry) in top {
        match key.as_str() {
            "nodes" => made.boxes(key, entry, Entity::node),
            "blocks" => made.boxes(key, entry, Entity::block),
            "edges" => made.edges(entry),
            "layout" => made.layout(entry),
            _ => own.push((key.clone(), entry)),
        }
    }
    made.own(own);
    if let Some(fields) = made.facts.get_mut(&Entity::flow()) {
        fields.append(&mut made.flow);
    }
    if made.findings.is_empty() { Ok((made.facts, made.spans)) } else { Err(made.findings) }
}

struct Flattening {
    facts: Facts,
    spans: Spans,
    findings: Vec<Finding>,
    /// The flow's own fields, and the remarks of sections.
    flow: Fields,
}

fn shape(message: impl Into<String>, entry: &Entry) -> Finding {
    let finding = Finding::error("file.shape", message, "mend the line; `weft new flow` makes a flow to compare with");
    if entry.at.line == 0 { finding } else { finding.at(entry.at.line, entry.at.column) }
}

impl Flattening {
    fn own(&mut self, keys: Vec<(String, &Entry)>) {
        let keys = arrange(keys, |entry| entry.data.is_collection());
        if !is_usual(&keys) {
            let order: Vec<_> = keys.iter().map(|(k, _)| escape(k)).collect();
            self.flow.insert("#o/".into(), Data::Text(order.join("/")));
        }
        for (key, entry) in keys {
            if key == "weft" && !matches!(entry.data, Data::Int(1..)) {
                self.findings.push(shape("`weft:` is the version of the format: a whole number, 1 today", entry));
            }
            let path = escape(&key).into_owned();
            put(&mut self.flow, &path, entry);
            locate(&mut self.spans, &Entity::flow(), &path, entry);
        }
    }

    /// A section that is there, with its remarks kept; an empty one isn't written, so its remarks go to the end of the file.
    fn section(&mut self, key: &str, entry: &Entry) -> bool {
        self.spans.add(&Entity::flow(), key, entry.at);
        if !entry.data.is_flat() {
            remarks(&mut self.flow, key, &entry.remarks);
            return true;
        }
        let mut lines = match self.flow.get("#f/").and_then(Data::as_text) {
            Some(foot) => foot.split('\n').map(String::from).collect(),
            None => Vec::new(),
        };
        gather(entry, &mut lines);
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        if !lines.is_empty() {
            self.flow.insert("#f/".into(), Data::Text(lines.join("\n")));
        }
        false
    }

    fn boxes(&mut self, key: &str, entry: &Entry, entity: fn(String) -> Entity) {
        let filled = self.section(key, entry);
        let map = match &entry.data {
            Data::Map(map) => map,
            Data::Null => return,
            _ => {
                return self.findings.push(shape(format!("`{key}:` is a mapping from ids to {key}"), entry));
            }
        };
        if !filled {
            return;
        }
        for ((id, entry), place) in map.iter().zip(spread(map.len())) {
            if !matches!(entry.data, Data::Map(_)) {
                self.findings.push(shape(format!("`{key}.{id}` is a mapping with a `type:`"), entry));
                continue;
            }
            let entity = entity(id.clone());
            let mut fields = Fields::from([(PLACE.to_string(), Data::Text(place))]);
            put(&mut fields, "", entry);
            locate(&mut self.spans, &entity, "", entry);
            self.facts.insert(entity, fields);
        }
    }

    fn edges(&mut self, entry: &Entry) {
        let filled = self.section("edges", entry);
        let list = match &entry.data {
            Data::List(list) => list,
            Data::Null => return,
            Data::Map(map) if map.is_empty() => return,
            _ => {
                return self.findings.push(shape("`edges:` is a list of `from -> to`", entry));
            }
        };
        if !filled {
            return;
        }
        for (element, place) in list.iter().zip(spread(list.len())) {
            let Some((ends, fields)) = edge(element, place) else {
                self.findings.push(shape("an edge is `from -> to`, each end an id or `id.port`", element));
                continue;
            };
            let entity = Entity::edge(&ends);
            if !key_fits(&entity.id) {
                self.findings.push(shape("the edge's ids are too long", element));
            } else if self.facts.contains_key(&entity) {
                self.findings.push(shape(format!("the edge `{}` is there twice", entity.id), element));
            }
            locate(&mut self.spans, &entity, "", element);
            self.facts.insert(entity, fields);
        }
    }

    fn layout(&mut self, entry: &Entry) {
        let filled = self.section("layout", entry);
        let map = match &entry.data {
            Data::Map(map) => map,
            Data::Null => return,
            _ => {
                return self.findings.push(shape("`layout:` is a mapping from ids to positions", entry));
            }
        };
        if !filled {
            return;
        }
        let mut layout = Fields::new();
        for (id, entry) in map {
            let Some(spot) = spot(entry) else {
                self.findings.push(shape(format!("`layout.{id}` is `[x, y]` or `[x, y, width, height]`"), entry));
                continue;
            };
            let path = escape(id).into_owned();
            // Remarks inside the numbers have no line of their own in `[x, y]`.
            let mut lines = entry.remarks.above.clone();
            if let Data::List(list) = &entry.data {
                list.iter().for_each(|n| gather(n, &mut lines));
            }
            lines.extend(entry.remarks.foot.iter().cloned());
            remarks(&mut layout, &path, &Remarks { above: lines, right: entry.remarks.right.clone(), foot: Vec::new() });
            locate(&mut self.spans, &Entity::layout(), &path, entry);
            layout.insert(path, spot);
        }
        if let Some(fields) = self.facts.get_mut(&Entity::layout()) {
            fields.append(&mut layout);
        }
    }
}

fn edge(element: &Entry, place: String) -> Option<(Ends, Fields)> {
    let mut fields = Fields::from([(PLACE.to_string(), Data::Text(place))]);
    let Data::Map(map) = &element.data else {
        remarks(&mut fields, "", &element.remarks);
        return Some((Ends::parse(element.data.as_text()?)?, fields));
    };
    let (from, to) = (element.get("from")?, element.get("to")?);
    let ends = Ends::parse(&format!("{} -> {}", from.data.as_text()?, to.data.as_text()?))?;
    let extra: Vec<_> = map.iter().filter(|(k, _)| k != "from" && k != "to").cloned().collect();
    put(&mut fields, "", &Data::Map(extra).into());
    // The line of `from` is the edge's own; what stands at `to` goes above.
    let mut own = element.remarks.clone();
    own.above.extend(from.remarks.above.iter().cloned());
    own.right = from.remarks.right.clone().or(own.right);
    gather(to, &mut own.above);
    remarks(&mut fields, "", &own);
    Some((ends, fields))
}

/// Two or four finite numbers.
fn spot(entry: &Entry) -> Option<Data> {
    let Data::List(list) = &entry.data else {
        return None;
    };
    let numbers = list.iter().all(|e| matches!(e.data, Data::Int(_) | Data::Float(_)));
    let bare = || Data::List(list.iter().map(Entry::bare).collect());
    (numbers && matches!(list.len(), 2 | 4)).then(bare)
}

/// All remarks in and at an entry, as lines.
fn gather(entry: &Entry, lines: &mut Vec<String>) {
    lines.extend(entry.remarks.above.iter().cloned());
    lines.extend(entry.remarks.right.iter().cloned());
    match &entry.data {
        Data::List(list) => list.iter().for_each(|e| gather(e, lines)),
        Data::Map(map) => map.iter().for_each(|(_, e)| gather(e, lines)),
        _ => {}
    }
    lines.extend(entry.remarks.foot.iter().cloned());
}

fn remarks(fields: &mut Fields, path: &str, remarks: &Remarks) {
    if !remarks.above.is_empty() {
        fields.insert(format!("#a/{path}"), Data::Text(remarks.above.join("\n")));
    }
    if let Some(right) = &remarks.right {
        fields.insert(format!("#r/{path}"), Data::Text(right.clone()));
    }
    if !remarks.foot.is_empty() {
        fields.insert(format!("#f/{path}"), Data::Text(remarks.foot.join("\n")));
    }
}

/// Writes an entry into fields: objects become paths, everything else is one fact.
pub(crate) fn put(fields: &mut Fields, path: &str, entry: &Entry) {
    remarks(fields, path, &entry.remarks);
    match &entry.data {
        Data::Map(map) if !map.is_empty() || path.is_empty() => {
            let mut usual: Vec<&String> = map.iter().map(|(k, _)| k).collect();
            usual.sort_by_key(|k| super::assemble::usual(path, k));
            if map.iter().map(|(k, _)| k).ne(usual) {
                let order: Vec<_> = map.iter().map(|(k, _)| escape(k)).collect();
                fields.insert(format!("#o/{path}"), Data::Text(order.join("/")));
            }
            for (key, entry) in map {
                put(fields, &join(path, key), entry);
            }
        }
        data => {
            fields.insert(path.to_string(), data.clone());
        }
    }
}

fn locate(spans: &mut Spans, entity: &Entity, path: &str, entry: &Entry) {
    spans.add(entity, path, entry.at);
    match &entry.data {
        Data::Map(map) => map.iter().for_each(|(k, e)| locate(spans, entity, &join(path, k), e)),
        Data::List(list) => list.iter().enumerate().for_each(|(i, e)| locate(spans, entity, &join(path, &i.to_string()), e)),
        _ => {}
    }
}
