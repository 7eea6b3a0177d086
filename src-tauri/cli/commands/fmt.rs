//! `weft fmt`: flow files in their canonical form. A file that does not parse is left as it is.

use crate::exit::{self, Status};
use crate::host::Place;
use crate::output;
use crate::source::{Source, flow_files};
use anyhow::Result;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    /// Flow files or folders; the workspace's flows where none is named.
    paths: Vec<PathBuf>,
    /// Change nothing; say which files are not canonical, and exit with 1 if there are any.
    #[arg(long)]
    check: bool,
}

pub fn run(place: Place, given: Arguments) -> Result<Status> {
    let paths = if given.paths.is_empty() { vec![place.find()?.join("flows")] } else { given.paths };
    let (mut changed, mut broken) = (0, false);
    for file in paths.iter().flat_map(|path| flow_files(path)) {
        let source = Source::read(&file)?;
        match weft_api::documents::canonical(&source.text, weft_api::documents::format_of(&file)) {
            Ok(text) if text == source.text => {}
            Ok(text) => {
                changed += 1;
                eprintln!("{}{}", if given.check { "not canonical: " } else { "" }, source.name);
                if !given.check {
                    replace(&file, &text)?;
                }
            }
            Err(findings) => {
                broken = true;
                findings.iter().for_each(|finding| output::print_finding(Some(&source), finding));
            }
        }
    }
    Ok(if broken {
        exit::INVALID
    } else if given.check && changed > 0 {
        exit::FAILED
    } else {
        exit::FINISHED
    })
}

/// Temporary file, sync, rename: a power cut leaves the old file or the new one.
fn replace(file: &Path, text: &str) -> Result<()> {
    let name = file.file_name().expect("it was read as a file").to_string_lossy();
    let temporary = file.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut out = std::fs::File::create(&temporary)?;
    out.set_permissions(std::fs::metadata(file)?.permissions())?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    std::fs::rename(&temporary, file)?;
    Ok(())
}
