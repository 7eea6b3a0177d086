//! A piece of a flow as YAML text: what copy puts on the clipboard and paste takes from it.

use super::plan::place;
use super::rename::{Renamed, new_ends, references};
use super::{Draft, field};
use crate::error::FlowError;
use crate::facts::{Facts, Fields, PLACE, empty, flatten, ordered, path};
use crate::format::{Data, Format, parse_tree, print};
use crate::ids::{Ends, Entity, Kind, is_id, make_id};
use std::collections::BTreeSet;

/// How far beside the originals a piece lands that is pasted nowhere in particular.
const BESIDE: f64 = 40.0;

/// The YAML of some nodes and blocks, the edges between them and their positions. Fields for which `is_secret(type, path)`
/// holds are left out.
pub fn copy(facts: &Facts, ids: &[String], is_secret: &dyn Fn(&str, &str) -> bool) -> String {
    let wanted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let mut piece = empty();
    for (entity, fields) in facts {
        let take = match entity.kind {
            Kind::Node | Kind::Block => wanted.contains(entity.id.as_str()),
            Kind::Edge => Ends::parse(&entity.id).is_some_and(|e| wanted.contains(e.from.as_str()) && wanted.contains(e.to.as_str())),
            Kind::Flow | Kind::Layout => false,
        };
        if take {
            let mut fields = fields.clone();
            let kind = fields.get("type").and_then(Data::as_text).unwrap_or("").to_string();
            for field in fields.keys().filter(|k| !path::is_hidden(k) && secret(&kind, k, is_secret)).cloned().collect::<Vec<_>>() {
                field::set(&mut fields, &field, None).unwrap_or_default();
            }
            piece.insert(entity.clone(), fields);
        }
    }
    if let (Some(from), Some(to)) = (facts.get(&Entity::layout()), piece.get_mut(&Entity::layout())) {
        to.extend(from.iter().filter(|(k, _)| wanted.contains(path::unescape(k).as_str())).map(|(k, v)| (k.clone(), v.clone())));
    }
    print(&piece, Format::Yaml)
}

/// Whether the field or an object it stands in is secret.
fn secret(kind: &str, field: &str, is_secret: &dyn Fn(&str, &str) -> bool) -> bool {
    is_secret(kind, field) || field.match_indices('/').any(|(at, _)| is_secret(kind, &field[..at]))
}

/// Adds a piece to the draft. Ids that are taken are made anew, in edges, frames and expressions of the piece too.
pub(super) fn paste(draft: &mut Draft<'_>, text: &str, at: Option<&[f64]>) -> Result<(), FlowError> {
    let bad = |finding: &dyn std::fmt::Display| FlowError::BadPaste(finding.to_string());
    let tree = parse_tree(text, Format::Yaml).map_err(|finding| bad(&finding))?;
    let (piece, _) = flatten(&tree).map_err(|findings| findings.first().map_or_else(|| bad(&"unreadable"), |f| bad(f)))?;
    let boxes: Vec<(&Entity, &Fields)> = [Kind::Node, Kind::Block].into_iter().flat_map(|kind| ordered(&piece, kind)).collect();
    if boxes.is_empty() {
        return Err(bad(&"it has neither nodes nor blocks"));
    }
    let mut renamed = Renamed::new();
    let mut taken = BTreeSet::new();
    for (entity, _) in &boxes {
        let free = |id: &str| !draft.is_taken(id) && !taken.contains(id);
        let id = if is_id(&entity.id) && free(&entity.id) { entity.id.clone() } else { make_id(stem(&entity.id), None, |id| !free(id)) };
        taken.insert(id.clone());
        if id != entity.id {
            renamed.insert(entity.id.clone(), id);
        }
    }
    let now = |id: &String| renamed.get(id).unwrap_or(id).clone();
    for (entity, fields) in &boxes {
        let id = now(&entity.id);
        insert(draft, Entity { kind: entity.kind, id: id.clone() }, fields, &renamed);
        draft.made.push(id);
    }
    for (entity, fields) in ordered(&piece, Kind::Edge) {
        let Some(ends) = Ends::parse(&entity.id) else {
            continue;
        };
        let ends = new_ends(&ends, &renamed);
        let there = |id: &str| draft.get(&Entity::node(id)).is_some();
        if there(&ends.from) && there(&ends.to) {
            insert(draft, Entity::edge(&ends), fields, &renamed);
        }
    }
    let spots = spots(&piece, &boxes);
    let (left, top) = spots.iter().fold((f64::MAX, f64::MAX), |(x, y), (_, s)| (x.min(s[0]), y.min(s[1])));
    let (dx, dy) = match at {
        Some([x, y, ..]) => (x - left, y - top),
        Some(_) => return Err(FlowError::BadValue("a position is [x, y]")),
        None if renamed.is_empty() => (0.0, 0.0),
        None => (BESIDE, BESIDE),
    };
    for (id, mut spot) in spots {
        spot[0] += dx;
        spot[1] += dy;
        place(draft, &now(&id), &spot)?;
    }
    Ok(())
}

/// `fetch_2` is made anew from `fetch`.
fn stem(id: &str) -> &str {
    match id.rsplit_once('_') {
        Some((stem, number)) if !stem.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => stem,
        _ => id,
    }
}

fn insert(draft: &mut Draft<'_>, entity: Entity, fields: &Fields, renamed: &Renamed) {
    let mut fields = fields.clone();
    fields.extend(references(entity.kind, &fields, renamed));
    fields.insert(PLACE.into(), draft.last_place(entity.kind));
    *draft.edit(&entity) = fields;
}

fn spots(piece: &Facts, boxes: &[(&Entity, &Fields)]) -> Vec<(String, Vec<f64>)> {
    let Some(layout) = piece.get(&Entity::layout()) else {
        return Vec::new();
    };
    let spot = |id: &String| match layout.get(&*path::escape(id))? {
        Data::List(list) => Some((id.clone(), list.iter().filter_map(|e| e.data.to_value().as_f64()).collect::<Vec<_>>())),
        _ => None,
    };
    boxes.iter().filter_map(|(entity, _)| spot(&entity.id)).filter(|(_, s)| s.len() >= 2).collect()
}
