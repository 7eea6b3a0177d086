//! Setting and removing one field by its path, into objects and lists alike, with the remarks that belong to it.

use crate::error::FlowError;
use crate::facts::path::{join, split, unescape};
use crate::facts::{Fields, object_at, path, put};
use crate::format::{Data, Entry, key_fits};

/// Most parts a path may have; with the value's own depth it stays below the file's.
const MAX_PARTS: usize = 32;
/// Levels a value in a flow may have.
pub(super) const LEVELS: usize = 56;

fn bad(field: &str, why: &'static str) -> FlowError {
    FlowError::BadField { field: field.into(), why }
}

/// A field as a screen names it, as the facts have it; refuses paths no file could have.
pub(super) fn checked(field: &str) -> Result<String, FlowError> {
    if field.is_empty() || field.starts_with('/') || path::is_hidden(field) {
        return Err(bad(field, "a field is named by its keys, joined by /"));
    }
    let parts: Vec<&str> = field.split('/').collect();
    if parts.len() > MAX_PARTS {
        return Err(bad(field, "it is nested too deeply"));
    }
    if parts.iter().any(|part| !key_fits(&unescape(part))) {
        return Err(bad(field, "a key is too long"));
    }
    Ok(path::normal(field))
}

/// What stands at a path, also inside a list.
pub(super) fn get(fields: &Fields, field: &str) -> Option<Data> {
    if let Some((list, rest)) = in_list(fields, field) {
        let mut entry = Entry::from(fields.get(list)?.clone());
        for part in rest.split('/') {
            entry = match entry.data {
                Data::List(mut list) => part.parse().ok().filter(|i| *i < list.len()).map(|i: usize| list.swap_remove(i))?,
                Data::Map(map) => map.into_iter().find(|(k, _)| *k == unescape(part)).map(|(_, e)| e)?,
                _ => return None,
            };
        }
        return Some(entry.data);
    }
    if let Some(data) = fields.get(field) {
        return Some(data.clone());
    }
    let entry = object_at(fields, field);
    (!entry.data.is_flat()).then_some(entry.data)
}

/// The list a path leads into, and the path inside it.
fn in_list<'a>(fields: &Fields, field: &'a str) -> Option<(&'a str, &'a str)> {
    let cuts = field.match_indices('/').map(|(at, _)| field.split_at(at));
    cuts.map(|(list, rest)| (list, &rest[1..])).find(|(list, _)| matches!(fields.get(*list), Some(Data::List(_))))
}

/// Writes a value at a path, or removes what is there. What stood there goes, with the remarks of what is no longer.
pub(super) fn set(fields: &mut Fields, field: &str, value: Option<Data>) -> Result<(), FlowError> {
    if let Some((list, rest)) = in_list(fields, field) {
        let mut entry = Entry::from(fields.get(list).cloned().unwrap_or_default());
        set_inside(&mut entry, rest, value).map_err(|why| bad(field, why))?;
        fields.insert(list.to_string(), entry.data);
        return Ok(());
    }
    let old = take(fields, field);
    match value {
        Some(mut value) => {
            keep_remarks(&old, &mut value);
            for (at, _) in field.match_indices('/') {
                // What was a value becomes an object.
                fields.remove(&field[..at]);
            }
            put(fields, field, &value.into());
            let there = |path: &str| fields.contains_key(path) || holds(fields, path);
            let keep: Vec<_> = old.into_iter().filter(|(k, _)| k.starts_with("#") && !k.starts_with("#o") && there(&k[3..])).collect();
            fields.extend(keep);
        }
        None if !old.is_empty() => {
            let (parent, _) = split(field);
            if !parent.is_empty() && !holds(fields, parent) && !fields.contains_key(parent) {
                fields.insert(parent.to_string(), Data::Map(Vec::new()));
            }
        }
        None => {}
    }
    Ok(())
}

/// Whether there is an object with members at a path.
fn holds(fields: &Fields, path: &str) -> bool {
    let inside = format!("{path}/");
    fields.range(inside.clone()..).next().is_some_and(|(k, _)| k.starts_with(&inside))
}

/// Takes out everything at and under a path: values, orders and remarks.
fn take(fields: &mut Fields, field: &str) -> Fields {
    let mut out = Fields::new();
    for mark in ["", "#a/", "#f/", "#o/", "#r/"] {
        let at = format!("{mark}{field}");
        let inside = format!("{at}/");
        let names = fields.range(inside.clone()..).take_while(|(k, _)| k.starts_with(&inside)).map(|(k, _)| k.clone());
        let mut names: Vec<String> = names.collect();
        names.push(at);
        out.extend(names.into_iter().filter_map(|name| fields.remove_entry(&name)));
    }
    out
}

/// Elements of lists that read the same are the same, with the remarks they had.
fn keep_remarks(old: &Fields, new: &mut Data) {
    let lists: Vec<&Vec<Entry>> = old.values().filter_map(|data| if let Data::List(list) = data { Some(list) } else { None }).collect();
    if let (Data::List(list), [old]) = (new, lists.as_slice()) {
        same_remarks(old, list);
    }
}

pub(crate) fn same_remarks(old: &[Entry], new: &mut [Entry]) {
    let mut old: Vec<(Entry, &Entry)> = old.iter().map(|entry| (entry.bare(), entry)).collect();
    for entry in new {
        if let Some(i) = old.iter().position(|(bare, _)| bare == entry) {
            *entry = old.remove(i).1.clone();
        }
    }
}

/// Sets or removes a member inside a list's elements; `rest` is not empty.
fn set_inside(entry: &mut Entry, rest: &str, value: Option<Data>) -> Result<(), &'static str> {
    let (part, rest) = rest.split_once('/').map_or((rest, None), |(part, rest)| (part, Some(rest)));
    match &mut entry.data {
        Data::List(list) => {
            let i: usize = part.parse().map_err(|_| "an element of a list is named by its number, from 0")?;
            match (rest, value) {
                (Some(rest), value) => set_inside(list.get_mut(i).ok_or("the list has no such element")?, rest, value),
                (None, Some(value)) if i < list.len() => {
                    list[i].data = value;
                    Ok(())
                }
                (None, Some(value)) if i == list.len() => {
                    list.push(value.into());
                    Ok(())
                }
                (None, None) if i < list.len() => {
                    list.remove(i);
                    Ok(())
                }
                _ => Err("the list has no such element"),
            }
        }
        Data::Map(map) => {
            let key = unescape(part);
            let at = map.iter().position(|(k, _)| *k == key);
            match (rest, value, at) {
                (None, Some(value), Some(at)) => map[at].1.data = value,
                (None, Some(value), None) => map.push((key, value.into())),
                (None, None, Some(at)) => drop(map.remove(at)),
                (Some(rest), value, Some(at)) => return set_inside(&mut map[at].1, rest, value),
                (Some(rest), Some(value), None) => {
                    let mut inner = Entry::from(Data::Map(Vec::new()));
                    set_inside(&mut inner, rest, Some(value))?;
                    map.push((key, inner));
                }
                (_, None, None) => {}
            }
            Ok(())
        }
        data => {
            let Some(value) = value else { return Ok(()) };
            *data = Data::Map(Vec::new());
            let path = rest.map_or_else(|| join("", &unescape(part)), |rest| format!("{part}/{rest}"));
            set_inside(entry, &path, Some(value))
        }
    }
}
