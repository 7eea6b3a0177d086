//! Changes as a screen takes them: whole things that came or went, and the whole value of each option and setting that changed.

use crate::facts::{Change, Facts, Fields, object_at, path};
use crate::ids::{Ends, Entity, Kind};
use std::collections::BTreeMap;
use weft_node::Value;

/// One thing a screen replaces. Whoever applies all of them has the new document.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    pub kind: Kind,
    /// Of an edge with both ports: `fetch.out -> clean.in`; of a position the box's id; empty for the flow itself.
    pub id: String,
    /// `name`, `settings/headers`, by the rules of JSON pointers; never deeper, so that an object that went leaves nothing behind. Empty where the whole
    /// thing came or went, and for positions.
    pub field: String,
    /// Absent where it was not there.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What screens are told of `changes`, which led to `after`. Comments and the order of lines in the file are not for them.
pub fn patches(changes: &[Change], after: &Facts) -> Vec<Patch> {
    let mut touched: BTreeMap<&Entity, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        touched.entry(&change.entity).or_default().push(change);
    }
    let none = Fields::new();
    let mut out = Vec::new();
    for (entity, changes) in touched {
        let now = after.get(entity).unwrap_or(&none);
        let mut was = now.clone();
        for change in changes.iter().rev() {
            match &change.before {
                Some(data) => was.insert(change.field.clone(), data.clone()),
                None => was.remove(&change.field),
            };
        }
        of(entity, &changes, &was, now, &mut out);
    }
    out
}

fn of(entity: &Entity, changes: &[&Change], was: &Fields, now: &Fields, out: &mut Vec<Patch>) {
    let id = match entity.kind {
        Kind::Edge => Ends::parse(&entity.id).map_or_else(|| entity.id.clone(), |ends| ends.long()),
        _ => entity.id.clone(),
    };
    // Screens cannot tell a setting that is null from one that is not there: they get the object around it.
    let around = |field: &'_ str| {
        if value(now, field).is_some_and(|v| v.is_null()) && field.starts_with("settings/") {
            "settings".to_string()
        } else {
            field.to_string()
        }
    };
    let whole = |fields: &Fields| object_at(fields, "").data.to_value();
    if changes.iter().any(|c| c.is_birth()) {
        out.push(Patch { kind: entity.kind, id: id.clone(), field: String::new(), before: None, after: Some(whole(now)) });
        // An edge is made of its id alone.
        if let Some(note) = now.get("note").filter(|_| entity.kind == Kind::Edge) {
            out.push(Patch { kind: entity.kind, id, field: "note".into(), before: None, after: Some(note.to_value()) });
        }
        return;
    }
    if changes.iter().any(|c| c.is_death()) {
        return out.push(Patch { kind: entity.kind, id, field: String::new(), before: Some(whole(was)), after: None });
    }
    let mut fields: Vec<String> = changes.iter().filter(|c| !path::is_hidden(&c.field)).map(|c| around(unit(&c.field))).collect();
    fields.sort_unstable();
    fields.dedup();
    for field in fields {
        let (before, after) = (value(was, &field), value(now, &field));
        let (id, field) = match entity.kind {
            Kind::Layout => (path::unescape(&field), String::new()),
            _ => (id.clone(), path::pointer(&field)),
        };
        out.push(Patch { kind: entity.kind, id, field, before, after });
    }
}

/// The option or the setting a field belongs to.
fn unit(field: &str) -> &str {
    let parts = if field.starts_with("settings/") { 2 } else { 1 };
    field.match_indices('/').nth(parts - 1).map_or(field, |(at, _)| &field[..at])
}

fn value(fields: &Fields, field: &str) -> Option<Value> {
    let entry = object_at(fields, field);
    (fields.contains_key(field) || !entry.data.is_flat()).then(|| entry.data.to_value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, Rng, random_changes, sample};
    use crate::{Edit, Flow, Policy};
    use weft_node::Map;

    /// What a screen holds: things by kind and id.
    type Screen = BTreeMap<(Kind, String), Value>;

    fn screen(facts: &Facts) -> Screen {
        let mut out = Screen::new();
        for (entity, fields) in facts {
            if entity.kind == Kind::Layout {
                for field in fields.keys().filter(|k| !path::is_hidden(k)) {
                    out.insert((Kind::Layout, path::unescape(field)), value(fields, field).expect("there"));
                }
                continue;
            }
            let id = Ends::parse(&entity.id).map_or_else(|| entity.id.clone(), |ends| ends.long());
            out.insert((entity.kind, id), object_at(fields, "").data.to_value());
        }
        out
    }

    fn take(screen: &mut Screen, patch: Patch) {
        let key = (patch.kind, patch.id);
        if patch.field.is_empty() {
            assert_eq!(screen.get(&key), patch.before.as_ref());
            match patch.after {
                Some(value) => screen.insert(key, value),
                None => screen.remove(&key),
            };
            return;
        }
        let thing = screen.get_mut(&key).expect("it is there");
        let mut parts = patch.field.split('/').map(path::unescape);
        let (first, second) = (parts.next().expect("a field"), parts.next());
        let set = |map: &Value, key: String, value: Option<Value>| match value {
            Some(value) => map.with(key, value),
            None => {
                let mut map: Map = map.as_object().cloned().unwrap_or_default();
                map.remove(&key);
                map.into()
            }
        };
        *thing = match second {
            None => set(thing, first, patch.after),
            Some(second) => {
                let inner = set(thing.get(&first).unwrap_or(&Value::Null), second, patch.after);
                let empty = inner.as_object().is_none_or(Map::is_empty);
                set(thing, first, (!empty).then_some(inner))
            }
        };
    }

    #[test]
    fn a_screen_that_applies_all_patches_has_the_document() {
        for seed in 0..5 {
            let mut r = Rng(seed);
            let mut doc = sample(1);
            let mut shown = screen(doc.facts());
            for i in 0..60 {
                let changes = random_changes(&doc, &mut r, i);
                let done = doc.apply_changes(&changes, Policy::Newest, NOW).expect("edit").done;
                patches(&done, doc.facts()).into_iter().for_each(|patch| take(&mut shown, patch));
                assert_eq!(shown, screen(doc.facts()), "seed {seed} step {i}");
            }
        }
    }

    #[test]
    fn a_null_and_a_strange_key_reach_the_screen() {
        let mut doc = sample(1);
        let set = |field: &str, value: Value| Edit::Set { entity: "fetch".into(), field: field.into(), value: Some(value) };
        let null = Value::object([("url", Value::Null), ("#k", Value::from(1i64))]);
        let done = doc.apply(&[set("settings", null)], NOW).expect("edit").done;
        let told = patches(&done, doc.facts());
        assert!(
            told.iter().any(|p| p.field == "settings" && p.after.as_ref().is_some_and(|v| v.get("url") == Some(&Value::Null))),
            "{told:?}"
        );
        let done = doc.apply(&[set("settings/#k", 2i64.into())], NOW).expect("edit").done;
        assert_eq!(patches(&done, doc.facts())[0].field, "settings/#k");
        assert_eq!(doc.view().nodes["fetch"].settings.to_json(), r##"{"url":null,"#k":2}"##);
    }

    #[test]
    fn settings_are_told_whole() {
        let mut doc = sample(1);
        let edit = Edit::Set { entity: "fetch".into(), field: "settings/headers/Accept".into(), value: None };
        let done = doc.apply(&[edit], NOW).expect("edit").done;
        let told = patches(&done, doc.facts());
        assert_eq!((told.len(), told[0].field.as_str()), (1, "settings/headers"));
        assert_eq!(told[0].after.as_ref().map(Value::to_json), Some(r#"{"Authorization":"shop"}"#.into()));
        let edit = Edit::Move { to: [("fetch".to_string(), vec![1.0, 2.0])].into() };
        let done = doc.apply(&[edit], NOW).expect("edit").done;
        let told = patches(&done, doc.facts());
        assert_eq!((told[0].kind, told[0].id.as_str(), told[0].field.as_str()), (Kind::Layout, "fetch", ""));
        assert_eq!(Flow::of(doc.facts()).layout["fetch"].x, 1.0);
    }
}
