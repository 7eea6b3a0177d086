//! A flow as screens see it: raw settings and options, edges with both ports, positions.

use crate::types::*;
use serde_json::Value;
use std::collections::BTreeMap;
use weft_flow::{Ends, in_words};

/// The parts of an open flow that stand in its document.
pub struct Document {
    pub settings: BTreeMap<String, Json>,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub blocks: Vec<Block>,
    pub layout: BTreeMap<String, Vec<f64>>,
}

/// Keys of the flow that are not its own settings.
const SECTIONS: [&str; 5] = ["weft", "nodes", "edges", "blocks", "layout"];

/// Reads the document's JSON form, which holds every key, known or not.
pub fn document(json: &str) -> Document {
    let Ok(Value::Object(mut flow)) = serde_json::from_str(json) else {
        return Document { settings: BTreeMap::new(), nodes: Vec::new(), edges: Vec::new(), blocks: Vec::new(), layout: BTreeMap::new() };
    };
    let nodes = entries(flow.get_mut("nodes")).map(|(id, fields)| node(id, fields)).collect();
    let blocks = entries(flow.get_mut("blocks"))
        .map(|(id, mut fields)| {
            let kind = fields.remove("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
            Block { id, kind, fields: fields.into_iter().map(|(key, value)| (key, Json(value))).collect() }
        })
        .collect();
    let edges = flow.get("edges").and_then(Value::as_array).into_iter().flatten().filter_map(edge).collect();
    let layout = match flow.get("layout") {
        Some(Value::Object(layout)) => layout.iter().map(|(id, at)| (id.clone(), numbers(at))).collect(),
        _ => BTreeMap::new(),
    };
    let settings = flow.into_iter().filter(|(key, _)| !SECTIONS.contains(&key.as_str())).map(|(key, value)| (key, Json(value))).collect();
    Document { settings, nodes, edges, blocks, layout }
}

type Fields = serde_json::Map<String, Value>;

fn entries(section: Option<&mut Value>) -> impl Iterator<Item = (String, Fields)> + use<> {
    let section = match section.map(Value::take) {
        Some(Value::Object(section)) => section,
        _ => Fields::new(),
    };
    section.into_iter().map(|(id, fields)| match fields {
        Value::Object(fields) => (id, fields),
        _ => (id, Fields::new()),
    })
}

fn node(id: String, mut fields: Fields) -> Node {
    let kind = fields.remove("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let name = fields.remove("name").and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_else(|| in_words(&id));
    let settings = Json(fields.remove("settings").unwrap_or_else(|| Value::Object(Fields::new())));
    Node { id, kind, name, options: fields.into_iter().map(|(key, value)| (key, Json(value))).collect(), settings }
}

fn edge(written: &Value) -> Option<Edge> {
    let (text, note) = match written {
        Value::String(text) => (text.clone(), None),
        Value::Object(fields) => {
            let end = |key: &str| fields.get(key).and_then(Value::as_str);
            (format!("{} -> {}", end("from")?, end("to")?), fields.get("note").and_then(Value::as_str).map(str::to_owned))
        }
        _ => return None,
    };
    let id = Ends::parse(&text)?.long();
    let (from, to) = id.split_once(" -> ")?;
    let (from, from_port) = from.rsplit_once('.')?;
    let (to, to_port) = to.rsplit_once('.')?;
    Some(Edge { from: from.into(), from_port: from_port.into(), to: to.into(), to_port: to_port.into(), note, id: id.clone() })
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_document_reaches_the_screen() {
        let seen = document(
            r#"{"weft":1,"name":"N","mine":{"a":1},"nodes":{"fetch":{"type":"net.http@2","on_error":"port","odd":true,"settings":{"url":"x"}},"end":{"type":"a.b","name":"End"}},
            "edges":["fetch -> end",{"from":"fetch.error","to":"end","note":"why"}],"blocks":{"n":{"type":"note","text":"t"}},"layout":{"fetch":[1,2],"n":[0,0,10,20]}}"#,
        );
        assert_eq!(seen.settings.keys().collect::<Vec<_>>(), ["mine", "name"]);
        assert_eq!((seen.nodes[0].name.as_str(), seen.nodes[1].name.as_str()), ("Fetch", "End"));
        assert_eq!(seen.nodes[0].options.keys().collect::<Vec<_>>(), ["odd", "on_error"]);
        assert_eq!((seen.edges[0].id.as_str(), seen.edges[1].from_port.as_str()), ("fetch.out -> end.in", "error"));
        assert_eq!(seen.edges[1].note.as_deref(), Some("why"));
        assert_eq!((seen.blocks[0].kind.as_str(), seen.layout["n"].len()), ("note", 4));
    }
}
