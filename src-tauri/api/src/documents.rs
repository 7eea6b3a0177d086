//! Flow texts without a workspace: checked, brought into canonical form, compared.

use crate::types::{Change, Changes, Finding, Json};
use std::path::Path;
use weft_flow::{Format, Kind};
use weft_node::NodeType;

/// The format a file's name says; YAML where it says nothing.
pub fn format_of(path: &Path) -> Format {
    Format::of_path(&path.to_string_lossy()).unwrap_or(Format::Yaml)
}

/// Everything that is wrong with a flow, with the lines it stands in.
pub fn check(text: &str, format: Format, types: &[&'static NodeType]) -> Vec<Finding> {
    match weft_flow::parse(text, format) {
        Err(findings) => findings.into_iter().map(Finding::from).collect(),
        Ok(parsed) => weft_flow::check::check_file(&parsed, types).into_iter().map(Finding::from).collect(),
    }
}

/// Findings of a document, without lines.
pub(crate) fn findings(flow: &weft_flow::Flow, types: &[&'static NodeType]) -> Vec<weft_flow::Finding> {
    weft_flow::check::check(flow, types)
}

/// The canonical text of a flow.
///
/// # Errors
/// The findings that keep it from being read.
pub fn canonical(text: &str, format: Format) -> Result<String, Vec<Finding>> {
    match weft_flow::parse(text, format) {
        Ok(parsed) => Ok(weft_flow::print(&parsed.facts, format)),
        Err(findings) => Err(findings.into_iter().map(Finding::from).collect()),
    }
}

/// What differs between two flows, a to b.
///
/// # Errors
/// Which of the two cannot be read (true = the first), and why.
pub fn diff(a: (&str, Format), b: (&str, Format)) -> Result<Changes, (bool, Vec<Finding>)> {
    let read = |(text, format): (&str, Format), first: bool| {
        weft_flow::parse(text, format).map_err(|findings| (first, findings.into_iter().map(Finding::from).collect::<Vec<_>>()))
    };
    let (a, b) = (read(a, true)?, read(b, false)?);
    let found = weft_flow::diff(&a.facts, &b.facts);
    Ok(Changes { words: weft_flow::words(&found, &b.facts), changes: changes(&found) })
}

/// The JSON Schema of flow files.
pub fn schema(types: &[&'static NodeType]) -> serde_json::Value {
    weft_flow::check::flow_schema(types)
}

pub(crate) fn changes(changes: &[weft_flow::Change]) -> Vec<Change> {
    let value = |data: &Option<weft_flow::Data>| data.as_ref().map(|data| Json(data.to_value().into()));
    changes
        .iter()
        .map(|change| Change {
            entity: match change.entity.kind {
                Kind::Flow => "flow",
                Kind::Node => "node",
                Kind::Edge => "edge",
                Kind::Block => "block",
                Kind::Layout => "layout",
            }
            .into(),
            id: change.entity.id.clone(),
            field: change.field.clone(),
            before: value(&change.before),
            after: value(&change.after),
        })
        .collect()
}
