//! A flow file as a command reads it.

use crate::exit::Invalid;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Larger files are no flows (see the format's own limit).
const MOST_BYTES: u64 = 8 * 1024 * 1024;

pub struct Source {
    /// As the user named it.
    pub name: String,
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    pub fn read(path: &Path) -> Result<Source> {
        let name = path.display().to_string();
        let size = match std::fs::metadata(path) {
            Ok(data) if data.is_file() => data.len(),
            Ok(_) => bail!(Invalid(format!("{name} is no file."))),
            Err(error) => bail!(Invalid(format!("{name} cannot be read: {error}."))),
        };
        if size > MOST_BYTES {
            bail!(Invalid(format!("{name} has {size} bytes; a flow has at most {MOST_BYTES}.")));
        }
        let bytes = std::fs::read(path)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Source { name, path: path.into(), text }),
            Err(error) => bail!(Invalid(format!("{name} is not UTF-8 text (byte {}).", error.utf8_error().valid_up_to()))),
        }
    }

    /// A line, from 1.
    pub fn line(&self, number: u32) -> Option<&str> {
        self.text.lines().nth(number.checked_sub(1)? as usize)
    }
}

/// Flow files under a path: the file itself, or every flow in a folder.
pub fn flow_files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.into()];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links are not followed: a loop of them must not hang a check.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !name.starts_with('.') && name != "node_modules" && name != "target" => {
                    folders.push(entry.path())
                }
                Ok(kind) if kind.is_file() && (name.ends_with(".flow.yaml") || name.ends_with(".flow.json")) => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}
