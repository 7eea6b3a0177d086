//! `weft schema`: the JSON Schema of flow files, with every node type's settings.

use crate::exit::{self, Status};
use anyhow::Result;

#[derive(clap::Args)]
pub struct Arguments {
    /// Print the TypeScript of the api instead.
    #[arg(long, hide = true)]
    typescript: bool,
}

pub fn run(given: Arguments) -> Result<Status> {
    if given.typescript {
        print!("{}", weft_api::typescript::generate()?);
    } else {
        println!("{}", serde_json::to_string_pretty(&weft_api::documents::schema(&weft_nodes::all()))?);
    }
    Ok(exit::FINISHED)
}
