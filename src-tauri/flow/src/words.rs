//! Changes in words, for the history list and the undo button: "By month: order is now descending".

use crate::facts::{Change, Facts, Fields, PLACE, path};
use crate::format::Data;
use crate::ids::{Ends, Entity, Kind, in_words};
use std::collections::BTreeSet;

/// Sentences beyond this many become "and 5 more".
const MOST: usize = 3;

/// One line that says what was changed. `facts`: the flow before or after, for the names of things.
pub fn words(changes: &[Change], facts: &Facts) -> String {
    let teller = Teller { changes, facts };
    let mut parts = teller.came_and_went();
    parts.extend(teller.moved());
    parts.extend(teller.fields());
    if parts.is_empty() {
        return "nothing changed".into();
    }
    let more = parts.len().saturating_sub(MOST);
    parts.truncate(MOST);
    let mut line = parts.join("; ");
    if more > 0 {
        line.push_str(&format!("; and {more} more"));
    }
    line
}

/// What an entity is called: a node's name, an edge's two ends, a block's kind.
pub(crate) fn called(entity: &Entity, facts: &Facts, changes: &[Change]) -> String {
    match entity.kind {
        Kind::Flow => "Flow".into(),
        Kind::Layout => "Layout".into(),
        Kind::Edge => match Ends::parse(&entity.id) {
            Some(ends) => {
                let name = |id: String| called(&Entity::node(id), facts, changes);
                format!("{} -> {}", name(ends.from), name(ends.to))
            }
            None => entity.id.clone(),
        },
        Kind::Node | Kind::Block => {
            let named = |fields: &Fields| fields.get("name").or(fields.get("title")).and_then(Data::as_text).map(String::from);
            let gone = || {
                let name = changes.iter().find(|c| c.entity == *entity && c.field == "name")?;
                name.after.as_ref().or(name.before.as_ref())?.as_text().map(String::from)
            };
            let name = facts.get(entity).and_then(named).or_else(gone).filter(|name| !name.trim().is_empty());
            name.unwrap_or_else(|| in_words(&entity.id))
        }
    }
}

struct Teller<'a> {
    changes: &'a [Change],
    facts: &'a Facts,
}

impl Teller<'_> {
    fn name(&self, entity: &Entity) -> String {
        called(entity, self.facts, self.changes)
    }

    fn whole(&self, kind: Kind, is: fn(&Change) -> bool) -> Vec<&Entity> {
        self.changes.iter().filter(|c| c.entity.kind == kind && is(c)).map(|c| &c.entity).collect()
    }

    fn came_and_went(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let boxes_went = !self.whole(Kind::Node, Change::is_death).is_empty();
        for (kind, what) in [(Kind::Node, "nodes"), (Kind::Block, "blocks")] {
            for (is, verb) in [(Change::is_birth as fn(&Change) -> bool, "added"), (Change::is_death, "removed")] {
                let which = self.whole(kind, is);
                if which.len() > MOST {
                    parts.push(format!("{} {what} {verb}", which.len()));
                } else {
                    parts.extend(which.into_iter().map(|e| format!("{} {verb}", self.name(e))));
                }
            }
        }
        for (is, verb, between, what) in [
            (Change::is_birth as fn(&Change) -> bool, "connected", "to", "edges added"),
            (Change::is_death, "disconnected", "from", "edges removed"),
        ] {
            // The edges of a removed node go without saying.
            if boxes_went && what == "edges removed" {
                continue;
            }
            let which = self.whole(Kind::Edge, is);
            if which.len() > MOST {
                parts.push(format!("{} {what}", which.len()));
                continue;
            }
            for ends in which.into_iter().filter_map(|e| Ends::parse(&e.id)) {
                let name = |id: &str| self.name(&Entity::node(id));
                parts.push(format!("{} {verb} {between} {}", name(&ends.from), name(&ends.to)));
            }
        }
        parts
    }

    fn moved(&self) -> Option<String> {
        let here: BTreeSet<&Entity> = self.changes.iter().filter(|c| c.is_birth() || c.is_death()).map(|c| &c.entity).collect();
        let is_new = |id: &str| here.contains(&Entity::node(id)) || here.contains(&Entity::block(id));
        let layout = self.changes.iter().filter(|c| c.entity.kind == Kind::Layout && !path::is_hidden(&c.field));
        let ids: Vec<String> = layout.map(|c| path::unescape(&c.field)).filter(|id| !is_new(id)).collect();
        match ids.as_slice() {
            [] => None,
            [id] => {
                let block = Entity::block(id);
                let entity = if self.facts.contains_key(&block) { block } else { Entity::node(id) };
                Some(format!("{} moved", self.name(&entity)))
            }
            many => Some(format!("{} boxes moved", many.len())),
        }
    }

    fn fields(&self) -> Vec<String> {
        let here: BTreeSet<&Entity> = self.changes.iter().filter(|c| c.is_birth() || c.is_death()).map(|c| &c.entity).collect();
        let own = self.changes.iter().filter(|c| c.entity.kind != Kind::Layout && !here.contains(&c.entity));
        let (hidden, visible): (Vec<&Change>, Vec<&Change>) = own.partition(|c| path::is_hidden(&c.field));
        let mut parts: Vec<String> = visible.iter().map(|c| self.field(c)).collect();
        if !parts.is_empty() {
            return parts;
        }
        let quiet: BTreeSet<(&Entity, &str)> = hidden
            .into_iter()
            .map(|c| (&c.entity, if c.field == PLACE || c.field.starts_with("#o") { "order changed" } else { "comment changed" }))
            .collect();
        parts.extend(quiet.into_iter().map(|(e, what)| format!("{}: {what}", self.name(e))));
        parts
    }

    fn field(&self, change: &Change) -> String {
        if change.field == "name" && change.entity.kind == Kind::Node {
            let text =
                |data: &Option<Data>| data.as_ref().and_then(Data::as_text).map_or_else(|| in_words(&change.entity.id), String::from);
            return format!("{} is now called {}", text(&change.before), text(&change.after));
        }
        let label: Vec<String> =
            change.field.trim_start_matches("settings/").split('/').map(|p| path::unescape(p).replace('_', " ")).collect();
        let label = label.join(" ");
        let name = self.name(&change.entity);
        match &change.after {
            None => format!("{name}: {label} removed"),
            Some(data) => match short(data) {
                Some(value) => format!("{name}: {label} is now {value}"),
                None => format!("{name}: {label} changed"),
            },
        }
    }
}

/// A value that fits into a sentence.
fn short(data: &Data) -> Option<String> {
    let text = match data {
        Data::List(_) | Data::Map(_) => return None,
        Data::Null => "null".into(),
        Data::Text(text) if text.is_empty() => "empty".into(),
        data => data.to_value().to_text(),
    };
    (text.chars().count() <= 60 && !text.contains('\n')).then_some(text)
}
