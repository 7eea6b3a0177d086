//! `weft validate`: every finding of every flow, with the line it stands in. Runs nothing of them.

use crate::exit::{self, Status};
use crate::host::Place;
use crate::output;
use crate::source::{Source, flow_files};
use anyhow::Result;
use std::path::PathBuf;
use weft_api::types::Severity;

#[derive(clap::Args)]
pub struct Arguments {
    /// Flow files or folders; the workspace's flows where none is named.
    paths: Vec<PathBuf>,
    /// Print findings as JSON, one a line.
    #[arg(long)]
    json: bool,
}

pub fn run(place: Place, given: Arguments) -> Result<Status> {
    let paths = if given.paths.is_empty() { vec![place.find()?.join("flows")] } else { given.paths };
    let catalog = weft_nodes::all();
    let (mut files, mut errors, mut warnings) = (0, 0, 0);
    for path in paths {
        let found = flow_files(&path);
        if found.is_empty() && !path.exists() {
            anyhow::bail!(crate::exit::Invalid(format!("{} does not exist.", path.display())));
        }
        for file in found {
            files += 1;
            let source = Source::read(&file)?;
            for finding in weft_api::documents::check(&source.text, weft_api::documents::format_of(&file), &catalog) {
                match finding.severity {
                    Severity::Error => errors += 1,
                    Severity::Warning => warnings += 1,
                    Severity::Info => {}
                }
                if given.json {
                    let mut line = serde_json::to_value(&finding)?;
                    line["file"] = source.name.clone().into();
                    println!("{line}");
                } else {
                    output::print_finding(Some(&source), &finding);
                }
            }
        }
    }
    eprintln!(
        "{} checked, {}, {}.",
        output::count(files, "flow", "flows"),
        output::count(errors, "error", "errors"),
        output::count(warnings, "warning", "warnings")
    );
    Ok(if errors > 0 { exit::INVALID } else { exit::FINISHED })
}
