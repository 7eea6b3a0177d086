//! `weft nodes`: the node types, or one with its help and settings.

use crate::exit::{self, Invalid, Status};
use anyhow::Result;

#[derive(clap::Args)]
pub struct Arguments {
    /// One type, shown whole.
    node: Option<String>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(given: Arguments) -> Result<Status> {
    let all = weft_nodes::all();
    let Some(wanted) = given.node else {
        let views = weft_api::nodes::views(&all);
        if given.json {
            println!("{}", serde_json::to_string_pretty(&views)?);
        } else {
            for view in views {
                println!("{:24} {}", view.id, view.summary);
            }
        }
        return Ok(exit::FINISHED);
    };
    let node = all
        .iter()
        .find(|node| node.id == wanted)
        .ok_or_else(|| Invalid(format!("There is no node type {wanted}. `weft nodes` lists them.")))?;
    if given.json {
        println!("{}", serde_json::to_string_pretty(&(node.schema)())?);
    } else {
        println!("{}\n\n## Example\n\n{}", node.files.readme.trim_end(), node.files.example);
    }
    Ok(exit::FINISHED)
}
