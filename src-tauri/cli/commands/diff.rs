//! `weft diff`: two flow files compared in nodes, edges and fields.

use crate::exit::{self, Status};
use crate::output;
use crate::source::Source;
use anyhow::Result;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    a: PathBuf,
    b: PathBuf,
    /// Print the changes as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(given: Arguments) -> Result<Status> {
    let (a, b) = (Source::read(&given.a)?, Source::read(&given.b)?);
    let compared =
        weft_api::documents::diff((&a.text, weft_api::documents::format_of(&a.path)), (&b.text, weft_api::documents::format_of(&b.path)));
    let compared = match compared {
        Ok(compared) => compared,
        Err((first, findings)) => {
            let source = if first { &a } else { &b };
            findings.iter().for_each(|finding| output::print_finding(Some(source), finding));
            return Ok(exit::INVALID);
        }
    };
    if given.json {
        println!("{}", serde_json::to_string_pretty(&compared.changes)?);
    } else {
        for line in compared.words.lines() {
            println!("{}", output::clean(line));
        }
    }
    // As diff does: 1 where they differ.
    Ok(if compared.changes.is_empty() { exit::FINISHED } else { exit::FAILED })
}
