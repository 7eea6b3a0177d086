//! How facts are held in Loro: what is a register, a text, a list, and how each is written so that it merges.

use crate::facts::{Fields, path};
use crate::format::{Data, Entry};
use crate::ids::Kind;
use loro::{Container, LoroMap, LoroMovableList, LoroResult, LoroText, LoroValue, ValueOrContainer};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use weft_node::Value;

/// A changed piece up to this many characters goes in as one splice; larger ones are compared in detail.
const SPLICE: usize = 400;

/// The root map of a kind.
pub(super) fn root_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Flow => "flow",
        Kind::Node => "nodes",
        Kind::Edge => "edges",
        Kind::Block => "blocks",
        Kind::Layout => "layout",
    }
}

pub(super) fn kind_of(root: &str) -> Option<Kind> {
    [Kind::Flow, Kind::Node, Kind::Edge, Kind::Block, Kind::Layout].into_iter().find(|kind| root_name(*kind) == root)
}

/// All fields a map holds; what no version of this program writes is passed over.
pub(super) fn read_fields(map: &LoroMap) -> Fields {
    let mut fields = Fields::new();
    map.for_each(|key, value| {
        if let Some(data) = read(value) {
            fields.insert(key.to_string(), data);
        }
    });
    fields
}

fn read(value: ValueOrContainer) -> Option<Data> {
    match value {
        ValueOrContainer::Value(value) => register(&value),
        ValueOrContainer::Container(Container::Text(text)) => Some(Data::Text(text.to_string())),
        ValueOrContainer::Container(Container::MovableList(list)) => {
            Some(Data::List(list.to_vec().iter().filter_map(|v| v.as_string()).map(|json| unpack(json)).collect()))
        }
        ValueOrContainer::Container(_) => None,
    }
}

fn register(value: &LoroValue) -> Option<Data> {
    Some(match value {
        LoroValue::Null => Data::Null,
        LoroValue::Bool(b) => Data::Bool(*b),
        LoroValue::I64(n) => Data::number(*n as f64)?,
        LoroValue::Double(x) => Data::number(*x)?,
        LoroValue::String(text) => Data::Text(text.to_string()),
        LoroValue::List(list) => Data::List(list.iter().filter_map(register).map(Entry::from).collect()),
        LoroValue::Map(_) => Data::Map(Vec::new()),
        LoroValue::Binary(_) | LoroValue::Container(_) => return None,
    })
}

fn to_register(data: &Data) -> LoroValue {
    match data {
        Data::Null => LoroValue::Null,
        Data::Bool(b) => (*b).into(),
        Data::Int(n) => (*n).into(),
        Data::Float(x) => (*x).into(),
        Data::Text(text) => text.as_str().into(),
        Data::List(list) => LoroValue::List(list.iter().map(|e| to_register(&e.data)).collect::<Vec<_>>().into()),
        // Only empty objects are facts; the others are paths.
        Data::Map(_) => LoroValue::Map(Default::default()),
    }
}

/// A list element is one atomic value: JSON text, so that key order and remarks inside it survive.
fn pack(entry: &Entry) -> String {
    entry.pack().to_json()
}

fn unpack(json: &str) -> Entry {
    Entry::unpack(&Value::from_json(json).unwrap_or_default())
}

/// Writes one field, or removes it.
pub(super) fn write(map: &LoroMap, kind: Kind, field: &str, want: Option<&Data>) -> LoroResult<()> {
    let slot = map.get(field);
    let is_register = path::is_hidden(field) || kind == Kind::Layout;
    let is_text = matches!(slot, Some(ValueOrContainer::Container(Container::Text(_))));
    let is_list = matches!(slot, Some(ValueOrContainer::Container(Container::MovableList(_))));
    match want {
        None if slot.is_none() => Ok(()),
        None => map.delete(field),
        // Once text, it stays text: typing of two people merges.
        Some(Data::Text(text)) if !is_register && (is_text || text.contains('\n')) => {
            if !is_text && slot.is_some() {
                map.delete(field)?; // a plain value does not give way to a mergeable child
            }
            write_text(&map.ensure_mergeable_text(field)?, text)
        }
        Some(Data::List(list)) if !is_register => {
            if !is_list && slot.is_some() {
                map.delete(field)?;
            }
            write_list(&map.ensure_mergeable_movable_list(field)?, list)
        }
        Some(data) => map.insert(field, to_register(data)),
    }
}

/// One splice where one place changed, as a person types; else a comparison.
fn write_text(slot: &LoroText, new: &str) -> LoroResult<()> {
    let old = slot.to_string();
    if old == new {
        return Ok(());
    }
    let same_start = old.chars().zip(new.chars()).take_while(|(a, b)| a == b);
    let (chars, bytes) = same_start.fold((0, 0), |(n, bytes), (c, _)| (n + 1, bytes + c.len_utf8()));
    let tail = |text: &str| text[bytes..].to_string();
    let (old_tail, new_tail) = (tail(&old), tail(new));
    let same_end = old_tail.chars().rev().zip(new_tail.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = same_end.map(|(c, _)| c.len_utf8()).sum();
    let removed = old_tail[..old_tail.len() - end].chars().count();
    let inserted = &new_tail[..new_tail.len() - end];
    if removed <= SPLICE || inserted.is_empty() {
        slot.splice(chars, removed, inserted).map(drop)
    } else {
        slot.update(new, Default::default()).map_err(|_| loro::LoroError::Unknown("text update".into()))
    }
}

fn write_list(slot: &LoroMovableList, list: &[Entry]) -> LoroResult<()> {
    let old: Vec<String> = slot.to_vec().iter().map(|v| v.as_string().map(|s| s.to_string()).unwrap_or_default()).collect();
    let new: Vec<String> = list.iter().map(pack).collect();
    let mut shift = 0isize;
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (gone, come) = (op.old_range(), op.new_range());
        let at = (gone.start as isize + shift) as usize;
        let both = gone.len().min(come.len());
        for k in 0..both {
            slot.set(at + k, new[come.start + k].as_str())?;
        }
        if gone.len() > both {
            slot.delete(at + both, gone.len() - both)?;
        }
        for k in both..come.len() {
            slot.insert(at + k, new[come.start + k].as_str())?;
        }
        shift += come.len() as isize - gone.len() as isize;
    }
    Ok(())
}
