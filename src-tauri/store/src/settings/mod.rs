//! `weft.toml`: what a workspace is called, offers to its flows, keeps and allows.
//!
//! Read as a whole; written key by key, so that comments, order and keys of other programs stay. A value that
//! cannot be used is a finding on its line, and the default holds.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::parse;

use crate::error::unreadable;
use crate::{Error, Result, disk};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use weft_flow::Finding;
use weft_node::Map;

/// The file's name in the workspace.
pub const FILE: &str = "weft.toml";
const CAP: u64 = 1 << 20;

/// What the file says, with defaults for what it leaves out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// None: the folder's name.
    pub name: Option<String>,
    /// Instead of the user's own name, on edits made in this workspace.
    pub author: Option<String>,
    /// `ctx.config`, under the flow's own.
    pub config: Map,
    /// Names that `ctx.env` shows.
    pub env: BTreeMap<String, EnvValue>,
    /// Flows whose triggers listen, in the order of the file.
    pub in_use: Vec<String>,
    pub runs: RunsKept,
    pub caps: Caps,
    pub witness: Witness,
}

/// Where a declared name of the environment gets its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    Text(String),
    /// `NAME = true`: what the environment of the program itself says.
    Inherited,
}

impl Settings {
    /// `ctx.env`: declared names with their values; an inherited one that the program's environment lacks is absent.
    pub fn env(&self) -> Map {
        let value = |value: &EnvValue, name: &str| match value {
            EnvValue::Text(text) => Some(text.clone()),
            EnvValue::Inherited => std::env::var(name).ok(),
        };
        self.env.iter().filter_map(|(name, given)| Some((name.as_str(), value(given, name)?.into()))).collect()
    }
}

/// How long runs are kept: whichever is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunsKept {
    pub keep_days: u32,
    pub keep_per_flow: u32,
}

impl Default for RunsKept {
    fn default() -> Self {
        RunsKept { keep_days: 30, keep_per_flow: 10_000 }
    }
}

/// Runs at once (SEMANTICS 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Per flow, started by hand.
    pub manual: u32,
    /// Per flow, started by webhooks.
    pub webhook: u32,
    /// All together.
    pub workspace: u32,
    /// Runs that wait.
    pub queue: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Caps { manual: 1, webhook: 64, workspace: 256, queue: 10_000 }
    }
}

/// When the journal's tail witness is made durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Witness {
    /// Every 100 ms.
    #[default]
    Often,
    /// With every commit.
    Commit,
}

/// The file of one workspace.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    pub fn of(workspace: &Path) -> SettingsFile {
        SettingsFile { path: workspace.join(FILE) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Never fails for what the file says: that is in the findings.
    pub fn read(&self) -> Result<(Settings, Vec<Finding>)> {
        Ok(parse(&self.text()?))
    }

    /// Puts a flow into `in_use` or takes it out. True where that changed the file.
    pub fn use_flow(&self, flow: &str, on: bool) -> Result<bool> {
        self.change(|doc| write::use_flow(doc, flow, on))
    }

    /// A flow has another id now.
    pub fn rename_flow(&self, from: &str, to: &str) -> Result<bool> {
        self.change(|doc| write::rename_flow(doc, from, to))
    }

    pub fn set_name(&self, name: &str) -> Result<bool> {
        self.change(|doc| {
            doc["name"] = toml_edit::value(name);
            true
        })
    }

    fn text(&self) -> Result<String> {
        let bytes = disk::read_capped(&self.path, CAP).map_err(|e| Error::io(&self.path, e))?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads, changes and writes. A file that does not parse is never overwritten.
    fn change(&self, change: impl FnOnce(&mut toml_edit::DocumentMut) -> bool) -> Result<bool> {
        let text = self.text()?;
        let mut doc: toml_edit::DocumentMut = text.parse().map_err(|_| {
            let finding = parse(&text).1.into_iter().next();
            unreadable(&self.path, finding.map_or_else(String::new, |f| f.to_string()))
        })?;
        if !change(&mut doc) {
            return Ok(false);
        }
        disk::write_whole(&self.path, doc.to_string().as_bytes(), None).map_err(|e| Error::io(&self.path, e))?;
        Ok(true)
    }
}
