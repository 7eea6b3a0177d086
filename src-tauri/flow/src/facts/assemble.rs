//! From facts back to the tree of a file, in the canonical order.

use super::object::{object_at, remarks};
use super::path::{escape, unescape};
use super::{Facts, Fields, ordered};
use crate::format::{Data, Entry, Remarks};
use crate::ids::{Ends, Entity, Kind};
use std::collections::BTreeSet;

/// The flow's own keys in the order they are written.
pub(super) const TOP: [&str; 9] = ["weft", "name", "description", "config", "env", "order", "durability", "timeout", "error_flow"];

/// The keys of a node, block or edge in the order they are written where the author had no other.
const FIELDS: [&str; 13] = [
    "type",
    "name",
    "note",
    "as",
    "join",
    "run_on_empty",
    "emit_if_empty",
    "concurrency",
    "retry",
    "timeout",
    "on_error",
    "disabled",
    "settings",
];

/// Known keys first, the rest by name.
pub(super) fn rank(known: &[&str], key: &str) -> (usize, String) {
    (known.iter().position(|k| *k == key).unwrap_or(usize::MAX), key.to_string())
}

/// The usual order of the keys of the object at `path` of an entity.
pub(super) fn usual(path: &str, key: &str) -> (usize, String) {
    rank(if path.is_empty() { &FIELDS } else { &[] }, key)
}

/// The flow's own keys as they are written: values before sections, known keys in their order in the places known keys had,
/// unknown ones where they were.
pub(super) fn arrange<T>(keys: Vec<(String, T)>, is_section: impl Fn(&T) -> bool) -> Vec<(String, T)> {
    let (sections, values): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(_, entry)| is_section(entry));
    let mut out = known_in_order(values);
    out.extend(known_in_order(sections));
    out
}

/// Whether the flow's own keys stand as they would if the author had said nothing.
pub(super) fn is_usual(keys: &[(String, &Entry)]) -> bool {
    let mut usual: Vec<(String, &Entry)> = keys.to_vec();
    usual.sort_by_cached_key(|(k, _)| rank(&TOP, k));
    let usual = arrange(usual, |entry| entry.data.is_collection());
    keys.iter().map(|(k, _)| k).eq(usual.iter().map(|(k, _)| k))
}

fn known_in_order<T>(keys: Vec<(String, T)>) -> Vec<(String, T)> {
    let is_known: Vec<bool> = keys.iter().map(|(k, _)| TOP.contains(&k.as_str())).collect();
    let (mut known, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(k, _)| TOP.contains(&k.as_str()));
    known.sort_by_key(|(k, _)| rank(&TOP, k));
    let (mut known, mut others) = (known.into_iter(), others.into_iter());
    is_known.into_iter().filter_map(|k| if k { known.next() } else { others.next() }).collect()
}

/// The whole file.
pub(crate) fn assemble(facts: &Facts) -> Entry {
    let none = Fields::new();
    let flow = facts.get(&Entity::flow()).unwrap_or(&none);
    let root = object_at(flow, "");
    let own = match root.data {
        Data::Map(map) => own_keys(flow, map),
        _ => Vec::new(),
    };
    let boxes = |kind| ordered(facts, kind).into_iter().map(|(e, f)| (e.id.clone(), object_at(f, ""))).collect::<Vec<_>>();
    let (nodes, blocks) = (boxes(Kind::Node), boxes(Kind::Block));
    let edges: Vec<Entry> = ordered(facts, Kind::Edge).into_iter().map(|(e, f)| edge(&e.id, f)).collect();
    let layout = layout(facts.get(&Entity::layout()).unwrap_or(&none), nodes.iter().chain(&blocks).map(|(id, _)| id));
    let mut top = own;
    for (key, data) in
        [("nodes", Data::Map(nodes)), ("edges", Data::List(edges)), ("blocks", Data::Map(blocks)), ("layout", Data::Map(layout))]
    {
        if !data.is_flat() {
            top.push((key.to_string(), Entry { data, remarks: remarks(flow, key), ..Entry::default() }));
        }
    }
    Entry { data: Data::Map(top), remarks: root.remarks, ..Entry::default() }
}

fn own_keys(flow: &Fields, map: Vec<(String, Entry)>) -> Vec<(String, Entry)> {
    let mut map = map;
    if !flow.contains_key("#o/") {
        map.sort_by_cached_key(|(k, _)| rank(&TOP, k));
    }
    arrange(map, |entry| entry.data.is_collection())
}

fn edge(id: &str, fields: &Fields) -> Entry {
    let mut entry = object_at(fields, "");
    let Data::Map(extra) = std::mem::take(&mut entry.data) else {
        return entry;
    };
    if extra.is_empty() {
        entry.data = id.into();
        return entry;
    }
    let (from, to) = Ends::parse(id).map_or_else(|| (id.to_string(), String::new()), |e| (e.source(), e.target()));
    let right = entry.remarks.right.take();
    let from = Entry { data: Data::Text(from), remarks: Remarks { right, ..Remarks::default() }, ..Entry::default() };
    let mut map = vec![("from".to_string(), from), ("to".to_string(), Data::Text(to).into())];
    map.extend(extra);
    entry.data = Data::Map(map);
    entry
}

/// Positions in the order of the boxes they place, then what places nothing.
fn layout<'a>(fields: &Fields, boxes: impl Iterator<Item = &'a String>) -> Vec<(String, Entry)> {
    let placed: Vec<String> = boxes.map(|id| escape(id).into_owned()).collect();
    let known: BTreeSet<&String> = placed.iter().collect();
    let rest = fields.keys().filter(|k| !super::path::is_hidden(k) && !known.contains(k));
    let one = |k: &String| {
        let data = fields.get(k)?.clone();
        Some((unescape(k), Entry { data, remarks: remarks(fields, k), ..Entry::default() }))
    };
    let mut seen = BTreeSet::new();
    placed.iter().chain(rest).filter(|k| seen.insert(*k)).filter_map(one).collect()
}
