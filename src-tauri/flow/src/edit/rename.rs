//! A new id for a node or block, everywhere it is named: edges, layout, frames, views, expressions.

use super::Draft;
use crate::facts::{Fields, path};
use crate::format::{Data, Entry};
use crate::ids::{Ends, Entity, Kind};
use std::collections::HashMap;

/// Old ids and what they are now.
pub(crate) type Renamed = HashMap<String, String>;

/// Carries the new id out. The caller has checked that the old one is there and the new one free.
pub(crate) fn change_id(draft: &mut Draft<'_>, from: &str, to: &str) {
    let renamed = Renamed::from([(from.to_string(), to.to_string())]);
    if let Some(old) = draft.boxed(from)
        && let Some(fields) = draft.remove(&old)
    {
        *draft.edit(&Entity { kind: old.kind, id: to.into() }) = fields;
    }
    for (edge, ends) in draft.edges_of(from) {
        if let Some(fields) = draft.remove(&edge) {
            *draft.edit(&Entity::edge(&new_ends(&ends, &renamed))) = fields;
        }
    }
    let key = path::escape(from).into_owned();
    let moved = draft.take_layout(from);
    let layout = draft.edit(&Entity::layout());
    for (name, data) in moved {
        let mark = name.strip_suffix(&key).unwrap_or("").to_string();
        layout.insert(format!("{mark}{}", path::escape(to)), data);
    }
    for kind in [Kind::Node, Kind::Block, Kind::Flow] {
        for entity in draft.all(kind) {
            let Some(fields) = draft.get(&entity) else {
                continue;
            };
            let new = references(kind, fields, &renamed);
            if !new.is_empty() {
                draft.edit(&entity).extend(new);
            }
        }
    }
}

pub(super) fn new_ends(ends: &Ends, renamed: &Renamed) -> Ends {
    let now = |id: &String| renamed.get(id).unwrap_or(id).clone();
    Ends { from: now(&ends.from), to: now(&ends.to), ..ends.clone() }
}

/// The fields that name one of the ids, as they are now.
pub(super) fn references(kind: Kind, fields: &Fields, renamed: &Renamed) -> Fields {
    let mut out = Fields::new();
    for (field, data) in fields.iter().filter(|(k, _)| !path::is_hidden(k)) {
        let mut new = data.clone();
        let changed = match (kind, field.as_str()) {
            (Kind::Block, "members") => members(&mut new, renamed),
            (Kind::Block, "of") => port(&mut new, renamed),
            _ => !field.ends_with("/$literal") && texts(&mut new, renamed),
        };
        if changed {
            out.insert(field.clone(), new);
        }
    }
    out
}

fn members(data: &mut Data, renamed: &Renamed) -> bool {
    let Data::List(list) = data else { return false };
    let changed = list.iter_mut().map(|entry| port(&mut entry.data, renamed));
    changed.filter(|changed| *changed).count() > 0
}

/// `clean` or `clean.out`.
fn port(data: &mut Data, renamed: &Renamed) -> bool {
    let Data::Text(text) = data else { return false };
    let (id, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let Some(now) = renamed.get(id) else {
        return false;
    };
    *text = format!("{now}{rest}");
    true
}

fn texts(data: &mut Data, renamed: &Renamed) -> bool {
    let each = |entries: &mut dyn Iterator<Item = &mut Entry>| {
        // All of them, not only up to the first that changes.
        entries.map(|e| texts(&mut e.data, renamed)).filter(|changed| *changed).count() > 0
    };
    match data {
        Data::Text(text) => match in_expression(text, renamed) {
            Some(new) => {
                *text = new;
                true
            }
            None => false,
        },
        Data::List(list) => each(&mut list.iter_mut()),
        Data::Map(map) => each(&mut map.iter_mut().filter(|(k, _)| k != "$literal").map(|(_, e)| e)),
        _ => false,
    }
}

/// Text in which `nodes.<id>`, `ctx.state.<id>` and `ctx.vars.<id>` name the new id; `None` where nothing changes. Without
/// `ctx.` before it a name counts only inside an expression; in code and templates it may be anything.
fn in_expression(text: &str, renamed: &Renamed) -> Option<String> {
    let whole = text.starts_with("js/");
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for root in ["nodes", "state", "vars"].iter().flat_map(|root| text.match_indices(root)).collect::<std::collections::BTreeMap<_, _>>() {
        let (at, root) = root;
        let before = &text[..at];
        let ctx = before.strip_suffix("ctx.").is_some_and(|b| !b.ends_with(is_name));
        let alone = root == "nodes" && !before.ends_with(is_name) && !before.ends_with('.') && (whole || in_braces(before));
        if at < done || !(ctx || alone) {
            continue;
        }
        if let Some((start, end)) = member(text, at + root.len())
            && let Some(now) = renamed.get(&text[start..end])
        {
            out.push_str(&text[done..start]);
            out.push_str(now);
            done = end;
        }
    }
    (done > 0).then(|| out + &text[done..])
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn in_braces(before: &str) -> bool {
    before.rfind("${").is_some_and(|open| !before[open..].contains('}'))
}

/// The name after a root: `.fetch`, `?.fetch`, `["fetch"]`, `['fetch']`.
fn member(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = &text[at..];
    for open in ["?.", ".", "[\"", "['"] {
        let Some(name) = rest.strip_prefix(open) else {
            continue;
        };
        let length = name.find(|c| !is_name(c)).unwrap_or(name.len());
        let closed = !open.starts_with('[') || name[length..].starts_with(&open[1..]);
        let start = at + open.len();
        return closed.then_some((start, start + length));
    }
    None
}
