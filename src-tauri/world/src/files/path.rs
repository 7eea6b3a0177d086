//! Which paths name a file of the workspace, and where such a name really leads.

use cap_std::fs::Dir;
use std::io;
use std::path::{Component, Path, PathBuf};
use weft_node::{Problem, Result};

/// Longest path, in bytes.
const LONGEST: usize = 1024;
/// Longest name in it, in bytes: what file systems take.
const LONGEST_NAME: usize = 255;
/// The folder that belongs to the program.
const OWN: &str = ".weft";

/// A path that names something in the workspace by its text alone: relative, `/` between names, no way up,
/// nothing a system reads otherwise than it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkspacePath<'a>(&'a str);

impl<'a> WorkspacePath<'a> {
    /// # Errors
    /// `file.path`, saying what is wrong with it.
    pub fn parse(path: &'a str) -> Result<Self> {
        let refuse = |why: &str| {
            Err(Problem::new("file.path", format!("\"{}\" is no path of this workspace: {why}.", shown(path)))
                .help("Write the path from the workspace folder with / between names: data/in.csv."))
        };
        if path.is_empty() {
            return refuse("it is empty");
        }
        if path.len() > LONGEST {
            return refuse("it is too long");
        }
        if path.chars().any(|c| c.is_control() || is_unseen(c)) {
            return refuse("it has characters that cannot be seen");
        }
        if path.contains('\\') {
            return refuse("names are parted by /, not by \\");
        }
        if path.starts_with('/') {
            return refuse("it starts outside of it");
        }
        if path.contains(':') {
            return refuse("a colon means something else on some systems");
        }
        for name in path.split('/') {
            if name.is_empty() {
                return refuse("a name in it is empty");
            }
            if name == "." || name == ".." {
                return refuse("it may not go up or stay");
            }
            if name.len() > LONGEST_NAME {
                return refuse("a name in it is too long");
            }
            if name.ends_with(['.', ' ']) || name.starts_with(' ') || is_device(name) {
                return refuse("some systems cannot keep such a name");
            }
            if is_own(name) {
                return refuse("that folder belongs to the program");
            }
        }
        Ok(WorkspacePath(path))
    }

    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Where an existing file really lies, all links followed. Links that leave the workspace, or lead to the program's folder, are refused.
    pub(crate) fn find(self, root: &Dir) -> Result<PathBuf, Lost> {
        let real = root.canonicalize(self.0).map_err(Lost::from)?;
        inside(&real)?;
        Ok(real)
    }

    /// As [`WorkspacePath::find`], for a file that may be missing: then its folder is looked up, and made where it is missing too.
    pub(crate) fn find_or_place(self, root: &Dir) -> Result<PathBuf, Lost> {
        match self.find(root) {
            Err(Lost::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        // A link to nowhere: writing through it would make a file in a place nobody looked at.
        if root.symlink_metadata(self.0).is_ok() {
            return Err(Lost::Link);
        }
        let Some((folder, name)) = self.0.rsplit_once('/') else { return Ok(PathBuf::from(self.0)) };
        // The folder is looked at before it is made, name by name: none may be a link that leads away.
        let mut made = PathBuf::new();
        for part in folder.split('/') {
            made.push(part);
            match root.canonicalize(&made) {
                Ok(real) => {
                    inside(&real)?;
                    made = real;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => root.create_dir(&made).or_else(|error| match error.kind() {
                    // Somebody else made it meanwhile; a link to nowhere is told by the next look.
                    io::ErrorKind::AlreadyExists => root.canonicalize(&made).map(drop),
                    _ => Err(error),
                })?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(made.join(name))
    }
}

/// Why a path leads to no file we open.
#[derive(Debug)]
pub(crate) enum Lost {
    /// It leads out of the workspace, into the program's folder, or to nowhere.
    Link,
    Io(io::Error),
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        // What cap-std says of a link or `..` that would leave.
        if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() { Lost::Link } else { Lost::Io(error) }
    }
}

impl Lost {
    pub(crate) fn problem(&self, doing: &str, path: &str) -> Problem {
        match self {
            Lost::Link => Problem::new("file.link", format!("{} is, or lies behind, a link that leaves the workspace.", shown(path)))
                .help("Copy the file into the workspace, or make the link point inside."),
            Lost::Io(error) => crate::deny::disk(doing, path, error),
        }
    }
}

fn inside(real: &Path) -> Result<(), Lost> {
    let names_only = real.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let own = real.components().any(|part| is_own(&part.as_os_str().to_string_lossy()));
    if names_only && !own { Ok(()) } else { Err(Lost::Link) }
}

/// The program's folder in every spelling a file system may fold to it.
fn is_own(name: &str) -> bool {
    let folded = name.trim_end_matches(['.', ' ']).to_lowercase();
    folded == OWN || folded.strip_prefix("weft~").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}

/// Names that mean a device on Windows, with any ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || ["COM", "LPT"].iter().any(|kind| {
            stem.strip_prefix(kind).is_some_and(|n| {
                let mut n = n.chars();
                matches!((n.next(), n.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
            })
        })
}

/// Characters some file systems leave out when they compare names, or that turn the text around on screen.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// For an error text: short, and nothing in it that moves the cursor.
fn shown(path: &str) -> String {
    path.chars()
        .take(80)
        .flat_map(|c| if c.is_control() || is_unseen(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}
