//! The four files of a new node type, and the two lines that make it known.

use crate::exit::Invalid;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Writes `nodes/PACK/NAME/` and names it in `nodes/PACK/lib.rs`.
pub fn write(tree: &Path, name: &str) -> Result<()> {
    let Some((pack, node)) = name.split_once('/').filter(|(pack, node)| is_id(pack) && is_id(node)) else {
        bail!(Invalid(format!("\"{name}\" is no node name. Write PACK/NAME in small letters: data/slugify.")));
    };
    let lib = tree.join("nodes").join(pack).join("lib.rs");
    let text = fs::read_to_string(&lib).map_err(|error| {
        Invalid(format!("{} cannot be read ({error}). Run this in the source tree, with one of its packs.", lib.display()))
    })?;
    let folder = tree.join("nodes").join(pack).join(node);
    if folder.exists() {
        bail!(Invalid(format!("{} exists already.", folder.display())));
    }
    let text = add_lines(&text, node).with_context(|| format!("{} has no list of nodes to add to", lib.display()))?;

    let title = node.replace('_', " ");
    let title = title[..1].to_uppercase() + &title[1..];
    let type_name: String = node.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("mod.rs"),
        MOD.replace("@TITLE@", &title).replace("@TYPE@", &type_name).replace("@ID@", &format!("{pack}.{node}")),
    )?;
    fs::write(folder.join("README.md"), README.replace("@TITLE@", &title))?;
    fs::write(folder.join("icon.svg"), ICON)?;
    fs::write(folder.join("example.yaml"), EXAMPLE.replace("@TITLE@", &title).replace("@ID@", &format!("{pack}.{node}")))?;
    fs::write(&lib, text)?;
    println!("{}", folder.display());
    eprintln!("Now make it do something, and prove it: ./dev test node {pack}");
    Ok(())
}

/// One line among the modules, one at the end of the list.
fn add_lines(text: &str, node: &str) -> Option<String> {
    let module = format!("pub mod {node};\n");
    let at = text
        .match_indices("pub mod ")
        .map(|(at, _)| at)
        .find(|&at| text[at..] > *module)
        .or_else(|| text.find("\nuse ").map(|at| at + 1))?;
    let text = format!("{}{module}{}", &text[..at], &text[at..]);
    let end = text.rfind("];")?;
    let before = text[..end].trim_end().trim_end_matches(',');
    let comma = if before.ends_with('[') { "" } else { ", " };
    Some(format!("{before}{comma}&{node}::NODE{}", &text[end..]))
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !text.contains("__")
        && !text.ends_with('_')
}

const MOD: &str = r#"//! Says what this node does, in one sentence.

use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{Body, Context, Item, ItemNode, NodeType, Outputs, Port, Result, Value, files, item, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct @TYPE@ {
    /// The field whose text is taken.
    pub field: String,
}

impl ItemNode for @TYPE@ {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        let text = item.json.at(&self.field).map(Value::to_text).unwrap_or_default();
        Ok(Outputs::one(item.with_json(item.json.with(self.field.as_str(), text.trim().into()))))
    }
}

pub static NODE: NodeType = NodeType {
    id: "@ID@",
    version: 1,
    title: "@TITLE@",
    summary: "Says what this node does, in one sentence.",
    keywords: &[],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Item(item::<@TYPE@>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{field}"],
    schema: schema::<@TYPE@>,
    files: files!(),
};
"#;

const README: &str = "# @TITLE@

What it does, for the person who uses it.

What each setting means where its name does not say it, and what comes out.
";

const ICON: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><rect x="4" y="4" width="16" height="16" rx="4"/><path d="M9 12h6"/></svg>
"#;

const EXAMPLE: &str = "weft: 1
name: @TITLE@

nodes:
  start:
    type: trigger.manual

  work:
    type: @ID@
    settings:
      field: text

edges:
  - start -> work

example:
  input:
    text: \" some text \"
  expect:
    work:
      - text: some text
";
