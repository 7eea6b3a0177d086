//! The flow file as text: read with remarks and places, written canonically, so that a text says one thing and a thing has one text.

mod json;
mod read;
mod scalar;
#[cfg(test)]
mod tests;
mod tree;
mod write;

pub(crate) use tree::key_fits;
pub use tree::{Data, Entry, MAX_DEPTH, MAX_INT, Place, Remarks};

use crate::facts::{Facts, Spans, assemble, flatten};
use crate::finding::Finding;
use crate::view::Flow;
use std::borrow::Cow;

/// Largest file that is read, in bytes.
pub const MAX_FILE: usize = 8 << 20;

/// How a flow is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Yaml,
    Json,
}

impl Format {
    /// By the ending of the file's name: `.flow.yaml`, `.flow.json`.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Format::Yaml),
            "json" => Some(Format::Json),
            _ => None,
        }
    }

    /// Whether comments can be written in it. Where not, their absence is no wish to delete them.
    pub fn has_remarks(self) -> bool {
        self == Format::Yaml
    }
}

/// What a file said.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub facts: Facts,
    pub spans: Spans,
    pub format: Format,
}

impl Parsed {
    /// The typed view, its findings placed in the file.
    pub fn flow(&self) -> Flow {
        let mut flow = Flow::of(&self.facts);
        flow.findings.iter_mut().for_each(|finding| self.spans.locate(finding));
        flow
    }
}

/// Reads a flow file.
///
/// # Errors
/// Everything that keeps the text from being a flow, each with line, column and remedy. Nothing of such a file is used.
pub fn parse(text: &str, format: Format) -> Result<Parsed, Vec<Finding>> {
    let root = parse_tree(text, format).map_err(|finding| vec![*finding])?;
    let (facts, spans) = flatten(&root)?;
    Ok(Parsed { facts, spans, format })
}

/// The tree of a text, before it is a flow.
pub(crate) fn parse_tree(text: &str, format: Format) -> Result<Entry, Box<Finding>> {
    if text.len() > MAX_FILE {
        let message = format!("the file is larger than {} MiB", MAX_FILE >> 20);
        return Err(Box::new(
            Finding::error("file.size", message, "keep large data in files of their own and read them in the flow").at(1, 1),
        ));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) };
    if let Some(line) = conflict_markers(&text) {
        let help = "settle the conflict in the file, or take one of the two sides";
        return Err(Box::new(Finding::error("file.conflict", "the file has conflict markers of a merge", help).at(line, 1)));
    }
    match format {
        Format::Yaml => read::parse(&text),
        Format::Json => json::parse(&text),
    }
}

/// The line of the first `<<<<<<<`, where a `>>>>>>>` follows.
fn conflict_markers(text: &str) -> Option<u32> {
    let first = text.lines().position(|line| line.starts_with("<<<<<<< "))?;
    text.lines().skip(first).any(|line| line.starts_with(">>>>>>> ")).then_some(u32::try_from(first).unwrap_or(u32::MAX - 1) + 1)
}

/// Whether a file may be an editor's half-written one: empty, or a proper beginning of what it said before. Two of three
/// beginnings of a YAML flow are flows themselves; whoever reads them as such deletes nodes.
pub fn is_unfinished(text: &str, before: &str) -> bool {
    text.trim().is_empty() || (text.len() < before.len() && before.starts_with(text))
}

/// The canonical text of a flow.
pub fn print(facts: &Facts, format: Format) -> String {
    print_tree(&assemble(facts), format)
}

pub(crate) fn print_tree(root: &Entry, format: Format) -> String {
    match format {
        Format::Yaml => write::print(root),
        Format::Json => json::print(root),
    }
}
