//! Each edit carried out on a draft, or the reason why it cannot be.

use super::fragment::paste;
use super::rename::change_id;
use super::{Draft, Edit, field};
use crate::error::FlowError;
use crate::facts::{PLACE, path, put};
use crate::format::{Data, Entry};
use crate::ids::{Ends, Entity, Kind, is_id, make_id};
use crate::merge::merge_text;
use weft_node::{Map, Value};

/// Looks up a text field as it was at a revision; `None` where it has not changed since.
pub(crate) type TextAt<'a> = &'a dyn Fn(&Entity, &str, u32) -> Result<Option<String>, FlowError>;

/// Carries the edits out, all of them or none: on an error the draft is thrown away.
pub(crate) fn plan(draft: &mut Draft<'_>, edits: &[Edit], text_at: TextAt<'_>) -> Result<(), FlowError> {
    edits.iter().try_for_each(|edit| one(draft, edit, text_at))
}

fn one(draft: &mut Draft<'_>, edit: &Edit, text_at: TextAt<'_>) -> Result<(), FlowError> {
    match edit {
        Edit::AddNode { id, kind, name, settings, at } => {
            let mut members = vec![("type".to_string(), Value::from(kind.as_str()))];
            members.extend(name.as_ref().map(|name| ("name".to_string(), Value::from(name.as_str()))));
            match settings {
                Value::Null => {}
                Value::Object(_) => members.push(("settings".into(), settings.clone())),
                _ => return Err(FlowError::BadValue("a node's settings are an object")),
            }
            let plain = kind.rsplit_once('@').map_or(kind.as_str(), |(kind, _)| kind);
            let named = name.as_deref().filter(|n| !n.trim().is_empty());
            let from = named.unwrap_or(plain.rsplit('.').next().unwrap_or(plain));
            add(draft, Kind::Node, id.as_deref(), from, kind, members.into_iter().collect(), at.as_deref())
        }
        Edit::AddBlock { id, kind, fields, at } => {
            let mut members: Map = [("type".to_string(), Value::from(kind.as_str()))].into_iter().collect();
            for (key, value) in fields.iter().filter(|(key, _)| &***key != "type") {
                members.insert(key.clone(), value.clone());
            }
            add(draft, Kind::Block, id.as_deref(), kind, kind, members, at.as_deref())
        }
        Edit::Remove { ids } => remove(draft, ids),
        Edit::Set { entity, field, value } => set(draft, entity, field, value.as_ref()),
        Edit::Connect { from, from_port, to, to_port } => connect(draft, from, from_port, to, to_port),
        Edit::Disconnect { edge } => {
            let ends = Ends::parse(edge).ok_or_else(|| FlowError::Unknown(edge.clone()))?;
            draft.remove(&Entity::edge(&ends)).map(drop).ok_or_else(|| FlowError::Unknown(edge.clone()))
        }
        Edit::Move { to } => to.iter().try_for_each(|(id, spot)| place(draft, id, spot)),
        Edit::ChangeId { from, to } => {
            draft.boxed(from).ok_or_else(|| FlowError::Unknown(from.clone()))?;
            if from == to {
                return Ok(());
            }
            if !is_id(to) {
                return Err(FlowError::BadId(to.clone()));
            }
            if draft.is_taken(to) {
                return Err(FlowError::Taken(to.clone()));
            }
            change_id(draft, from, to);
            Ok(())
        }
        Edit::EditText { entity, field, from, to, insert, seen } => {
            let entity = draft.find(entity)?;
            let field = &settable(&entity, field)?;
            let current = match draft.get(&entity).and_then(|fields| field::get(fields, field)) {
                Some(Data::Text(text)) => text,
                None | Some(Data::Null) => String::new(),
                Some(_) => {
                    return Err(FlowError::BadField { field: field.clone(), why: "it is no text" });
                }
            };
            let key = (entity.clone(), field.clone());
            let seen = if draft.typed.contains(&key) { None } else { text_at(&entity, field, *seen)? };
            let text = match seen {
                None => splice(&current, *from, *to, insert)?,
                Some(old) => merge_text(&old, &current, &splice(&old, *from, *to, insert)?),
            };
            draft.typed.insert(key);
            field::set(draft.edit(&entity), field, Some(Data::Text(text)))
        }
        Edit::Paste { text, at } => paste(draft, text, at.as_deref()),
    }
}

fn splice(text: &str, from: u32, to: u32, insert: &str) -> Result<String, FlowError> {
    let byte = |at: u32| text.char_indices().map(|(i, _)| i).chain([text.len()]).nth(at as usize);
    match (byte(from), byte(to)) {
        (Some(from), Some(to)) if from <= to => Ok(format!("{}{insert}{}", &text[..from], &text[to..])),
        _ => Err(FlowError::BadValue("the place to edit lies outside the text")),
    }
}

fn add(
    draft: &mut Draft<'_>,
    kind: Kind,
    wish: Option<&str>,
    from: &str,
    type_: &str,
    members: Map,
    at: Option<&[f64]>,
) -> Result<(), FlowError> {
    if type_.trim().is_empty() {
        return Err(FlowError::BadValue("a node or block has a type"));
    }
    let id = match wish.filter(|wish| !wish.is_empty()) {
        Some(wish) if !is_id(wish) => return Err(FlowError::BadId(wish.into())),
        wish => make_id(wish.unwrap_or(from), None, |id| draft.is_taken(id)),
    };
    let entity = Entity { kind, id: id.clone() };
    let place_in_file = draft.last_place(kind);
    let data = Data::from_value(&Value::from(members), field::LEVELS)?;
    let fields = draft.edit(&entity);
    fields.insert(PLACE.into(), place_in_file);
    put(fields, "", &data.into());
    draft.made.push(id.clone());
    at.map_or(Ok(()), |spot| place(draft, &id, spot))
}

fn remove(draft: &mut Draft<'_>, ids: &[String]) -> Result<(), FlowError> {
    let found: Vec<Entity> = ids.iter().filter(|id| !id.is_empty()).filter_map(|id| draft.find(id).ok()).collect();
    if let ([], Some(first)) = (found.as_slice(), ids.first()) {
        return Err(FlowError::Unknown(first.clone()));
    }
    for entity in found {
        draft.remove(&entity);
        if entity.kind == Kind::Edge {
            continue;
        }
        for (edge, _) in draft.edges_of(&entity.id) {
            draft.remove(&edge);
        }
        draft.take_layout(&entity.id);
        for block in draft.all(Kind::Block) {
            let Some(Data::List(members)) = draft.get(&block).and_then(|fields| fields.get("members")) else {
                continue;
            };
            let is_it = |e: &Entry| e.data.as_text() == Some(&entity.id);
            if members.iter().any(is_it) {
                let left = members.iter().filter(|e| !is_it(e)).cloned().collect();
                draft.edit(&block).insert("members".into(), Data::List(left));
            }
        }
    }
    Ok(())
}

/// The field as the facts have it, where it may be set.
fn settable(entity: &Entity, field: &str) -> Result<String, FlowError> {
    let checked = field::checked(field)?;
    let root = field.split('/').next().unwrap_or(field);
    let why = match (entity.kind, root) {
        (Kind::Flow, "weft") => "the format's version is the program's",
        (Kind::Flow, "nodes" | "edges" | "blocks" | "layout") => "use the edits for nodes, edges and blocks",
        (Kind::Edge, "from" | "to") => "an edge is its two ends: remove it and connect anew",
        _ => return Ok(checked),
    };
    Err(FlowError::BadField { field: field.into(), why })
}

fn set(draft: &mut Draft<'_>, id: &str, field: &str, value: Option<&Value>) -> Result<(), FlowError> {
    let entity = draft.find(id)?;
    let field = settable(&entity, field)?;
    let field = field.as_str();
    let bad = |why| FlowError::BadField { field: field.into(), why };
    match (entity.kind, field, value) {
        (Kind::Node | Kind::Block, "type", None) => return Err(bad("a node or block has a type")),
        (Kind::Node | Kind::Block, "type", Some(value)) if value.as_str().is_none_or(|t| t.trim().is_empty()) => {
            return Err(bad("a type is text"));
        }
        (Kind::Node, "settings", Some(value)) if value.as_object().is_none() => {
            return Err(bad("a node's settings are an object"));
        }
        _ => {}
    }
    let data = value.filter(|v| !v.is_null()).map(|v| Data::from_value(v, field::LEVELS - field.split('/').count())).transpose()?;
    field::set(draft.edit(&entity), field, data)
}

fn connect(draft: &mut Draft<'_>, from: &str, from_port: &str, to: &str, to_port: &str) -> Result<(), FlowError> {
    let ends = Ends { from: from.into(), from_port: from_port.into(), to: to.into(), to_port: to_port.into() };
    if Ends::parse(&ends.long()).as_ref() != Some(&ends) {
        let (from, to) = (format!("{from}.{from_port}"), format!("{to}.{to_port}"));
        return Err(FlowError::BadEdge { from, to });
    }
    for end in [from, to] {
        draft.get(&Entity::node(end)).ok_or_else(|| FlowError::Unknown(end.into()))?;
    }
    let entity = Entity::edge(&ends);
    if draft.get(&entity).is_none() {
        let place = draft.last_place(Kind::Edge);
        draft.edit(&entity).insert(PLACE.into(), place);
    }
    Ok(())
}

/// Puts a box somewhere; it keeps its size where none is given.
pub(super) fn place(draft: &mut Draft<'_>, id: &str, spot: &[f64]) -> Result<(), FlowError> {
    draft.boxed(id).ok_or_else(|| FlowError::Unknown(id.into()))?;
    let numbers: Option<Vec<Entry>> = spot.iter().map(|n| Data::number(*n).map(Entry::from)).collect();
    let mut numbers =
        numbers.filter(|n| matches!(n.len(), 2 | 4)).ok_or(FlowError::BadValue("a position is [x, y] or [x, y, width, height]"))?;
    let layout = draft.edit(&Entity::layout());
    let key = path::escape(id).into_owned();
    if let (2, Some(Data::List(old))) = (numbers.len(), layout.get(&key)) {
        numbers.extend(old.iter().skip(2).cloned());
    }
    layout.insert(key, Data::List(numbers));
    Ok(())
}
