//! Names of things in a flow: entities, ids and the two ends of an edge.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Flow,
    Node,
    Edge,
    Block,
    Layout,
}

/// One thing of the document. The flow itself and the layout have an empty id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entity {
    pub kind: Kind,
    pub id: String,
}

impl Entity {
    pub fn flow() -> Self {
        Entity { kind: Kind::Flow, id: String::new() }
    }

    pub fn layout() -> Self {
        Entity { kind: Kind::Layout, id: String::new() }
    }

    pub fn node(id: impl Into<String>) -> Self {
        Entity { kind: Kind::Node, id: id.into() }
    }

    pub fn block(id: impl Into<String>) -> Self {
        Entity { kind: Kind::Block, id: id.into() }
    }

    pub fn edge(ends: &Ends) -> Self {
        Entity { kind: Kind::Edge, id: ends.short() }
    }

    /// Whether it is there as long as the document is.
    pub fn is_root(&self) -> bool {
        matches!(self.kind, Kind::Flow | Kind::Layout)
    }
}

/// An edge is its two ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ends {
    pub from: String,
    pub from_port: String,
    pub to: String,
    pub to_port: String,
}

/// Port names that are not written in the file.
pub const OUT: &str = "out";
/// See [`OUT`].
pub const IN: &str = "in";

impl Ends {
    /// Reads `fetch -> clean` or `fetch.out -> clean.in`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once("->")?;
        let (from, from_port) = end(from, OUT)?;
        let (to, to_port) = end(to, IN)?;
        Some(Ends { from, from_port, to, to_port })
    }

    /// As the file has it: `fetch -> clean.big`.
    pub fn short(&self) -> String {
        format!("{} -> {}", self.source(), self.target())
    }

    /// As screens have it: `fetch.out -> clean.in`.
    pub fn long(&self) -> String {
        format!("{}.{} -> {}.{}", self.from, self.from_port, self.to, self.to_port)
    }

    pub(crate) fn source(&self) -> String {
        written(&self.from, &self.from_port, OUT)
    }

    pub(crate) fn target(&self) -> String {
        written(&self.to, &self.to_port, IN)
    }
}

fn written(id: &str, port: &str, default: &str) -> String {
    if port == default { id.to_string() } else { format!("{id}.{port}") }
}

fn end(text: &str, default: &str) -> Option<(String, String)> {
    let text = text.trim();
    let (id, port) = text.split_once('.').unwrap_or((text, default));
    let name = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    (name(id) && name(port)).then(|| (id.to_string(), port.to_string()))
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.long())
    }
}

/// Longest id; longer names are cut.
const MAX_ID: usize = 40;

/// `[a-z][a-z0-9_]*`, at most 64 characters.
pub fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// An id made from a shown name: `Fetch order` -> `fetch_order`, and `fetch_order_2` where that is taken.
/// `suffix`: four random characters in a workspace that other devices share (`fetch_7k2m`), made by the caller.
pub fn make_id(name: &str, suffix: Option<&str>, taken: impl Fn(&str) -> bool) -> String {
    let mut id = String::new();
    for c in name.chars() {
        if id.len() >= MAX_ID {
            break;
        }
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || (c.is_ascii_digit() && !id.is_empty()) => id.push(c),
            _ if id.is_empty() || id.ends_with('_') => {}
            _ => id.push('_'),
        }
    }
    let id = id.trim_end_matches('_');
    let mut id = if id.is_empty() { "node".to_string() } else { id.to_string() };
    if let Some(suffix) = suffix {
        id = format!("{id}_{suffix}");
    }
    if !taken(&id) {
        return id;
    }
    (2..).map(|n| format!("{id}_{n}")).find(|id| !taken(id)).expect("numbers do not run out")
}

/// `fetch_order` in words: what is shown where a node has no name.
pub fn in_words(id: &str) -> String {
    let mut words = id.replace('_', " ");
    if let Some(first) = words.get(..1) {
        let first = first.to_ascii_uppercase();
        words.replace_range(..1, &first);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_from_names() {
        for (name, id) in [("Fetch order", "fetch_order"), ("2nd: Größe!", "nd_gr_e"), ("", "node"), ("日本", "node"), ("__A__b", "a_b")]
        {
            assert_eq!(make_id(name, None, |_| false), id);
            assert!(is_id(id));
        }
        assert_eq!(make_id("fetch", None, |id| ["fetch", "fetch_2"].contains(&id)), "fetch_3");
        assert_eq!(make_id("fetch", Some("7k2m"), |_| false), "fetch_7k2m");
        assert!(make_id(&"long ".repeat(100), None, |_| false).len() <= MAX_ID);
    }

    #[test]
    fn default_ports_are_not_written() {
        let ends = Ends::parse(" fetch.out->clean.big ").expect("two ends");
        assert_eq!((ends.short(), ends.long()), ("fetch -> clean.big".into(), "fetch.out -> clean.big".into()));
        for bad in ["a", "a -> ", "a -> b -> c", "a.b.c -> d", "a b -> c", " -> b"] {
            assert_eq!(Ends::parse(bad), None, "{bad}");
        }
    }
}
