//! Objects rebuilt from the paths of their fields, with the remarks and the order of keys they had.

use super::assemble::usual;
use super::path::{is_hidden, unescape};
use super::{Fields, path};
use crate::format::{Data, Entry, Remarks};

/// The entry at `at`. Where a field is both a value and an object (a merge can do that), the object wins.
pub(crate) fn object_at(fields: &Fields, at: &str) -> Entry {
    let prefix = if at.is_empty() { String::new() } else { format!("{at}/") };
    let within = fields.range(prefix.clone()..).take_while(|(k, _)| k.starts_with(&prefix));
    let mut inside: Vec<(&str, &Data)> = within.filter(|(k, _)| !is_hidden(k)).map(|(k, data)| (&k[prefix.len()..], data)).collect();
    let objects = Objects::of(fields);
    if inside.is_empty() && !at.is_empty() {
        return objects.entry(at, fields.get(at).cloned().unwrap_or_default());
    }
    // By parts: as text, `a-b` comes between `a` and `a/b`.
    inside.sort_by(|a, b| a.0.split('/').cmp(b.0.split('/')));
    objects.object(at, &inside)
}

/// The remarks that stand at a path.
pub(super) fn remarks(fields: &Fields, path: &str) -> Remarks {
    let text = |mark: &str| fields.get(&format!("{mark}/{path}")).and_then(Data::as_text);
    let lines = |mark: &str| text(mark).map(|t| t.split('\n').map(String::from).collect()).unwrap_or_default();
    Remarks { above: lines("#a"), right: text("#r").map(String::from), foot: lines("#f") }
}

struct Objects<'a> {
    fields: &'a Fields,
    /// Most things have neither: then nothing is looked up.
    has_remarks: bool,
    has_orders: bool,
}

impl<'a> Objects<'a> {
    fn of(fields: &'a Fields) -> Self {
        let has = |mark: &str| fields.range(mark.to_string()..).next().is_some_and(|(k, _)| k.starts_with(mark));
        Objects { fields, has_remarks: has("#a/") || has("#f/") || has("#r/"), has_orders: has("#o/") }
    }

    fn entry(&self, at: &str, data: Data) -> Entry {
        let remarks = if self.has_remarks { remarks(self.fields, at) } else { Remarks::default() };
        Entry { data, remarks, ..Entry::default() }
    }

    /// `inside`: the facts under the path, by the rest of their paths, sorted by parts.
    fn object(&self, at: &str, inside: &[(&str, &Data)]) -> Entry {
        let mut members: Vec<(&str, Entry)> = Vec::new();
        let mut rest = inside;
        while let Some((first, data)) = rest.first() {
            let part = first.split('/').next().unwrap_or(first);
            let is_in = |k: &str| k.strip_prefix(part).is_some_and(|r| r.is_empty() || r.starts_with('/'));
            let (group, after) = rest.split_at(rest.iter().take_while(|(k, _)| is_in(k)).count());
            rest = after;
            let below: Vec<(&str, &Data)> = group.iter().filter_map(|(k, d)| Some((k[part.len()..].strip_prefix('/')?, *d))).collect();
            let path = if at.is_empty() { part.to_string() } else { format!("{at}/{part}") };
            let entry = if below.is_empty() { self.entry(&path, (*data).clone()) } else { self.object(&path, &below) };
            members.push((part, entry));
        }
        members.sort_by_cached_key(|(part, _)| usual(at, &path::unescape(part)));
        if self.has_orders
            && let Some(order) = self.fields.get(&format!("#o/{at}")).and_then(Data::as_text)
        {
            let order: Vec<&str> = order.split('/').collect();
            // Stable: keys the order does not name keep the usual one, at the end.
            members.sort_by_cached_key(|(part, _)| order.iter().position(|o| o == part).unwrap_or(usize::MAX));
        }
        self.entry(at, Data::Map(members.into_iter().map(|(part, entry)| (unescape(part), entry)).collect()))
    }
}
