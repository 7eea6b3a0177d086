//! The user's configuration folder: who they are, and where their keys lie. Never inside a workspace.

use crate::error::{refused, unreadable};
use crate::{Error, Result, disk};
use std::path::{Path, PathBuf};

/// Overrides the folder, for tests and for people who keep several.
pub const CONFIG_HOME: &str = "WEFT_CONFIG_HOME";

const SETTINGS: &str = "settings.toml";
const CAP: u64 = 1 << 20;

/// `~/.config/weftwork` and what lies in it.
#[derive(Clone, Debug)]
pub struct UserFolder {
    folder: PathBuf,
}

impl UserFolder {
    /// `$WEFT_CONFIG_HOME`, else `$XDG_CONFIG_HOME/weftwork`, else `~/.config/weftwork`.
    pub fn find() -> Result<UserFolder> {
        let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let folder = from(CONFIG_HOME)
            .or_else(|| from("XDG_CONFIG_HOME").map(|p| p.join("weftwork")))
            .or_else(|| std::env::home_dir().filter(|p| p.is_absolute()).map(|p| p.join(".config/weftwork")))
            .ok_or(refused("user.no_home", "there is no folder for the user's settings", "set HOME or XDG_CONFIG_HOME"))?;
        Ok(UserFolder { folder })
    }

    pub fn at(folder: impl Into<PathBuf>) -> UserFolder {
        UserFolder { folder: folder.into() }
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The name that edits carry: `author` of the settings, at first the system's name of the user.
    pub fn author(&self) -> Result<String> {
        let path = self.folder.join(SETTINGS);
        let bytes = disk::read_capped(&path, CAP).map_err(|e| Error::io(&path, e))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let settings: toml_edit::DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| unreadable(&path, e.message()))?;
        let author = settings.get("author").and_then(|v| v.as_str()).map(str::trim).filter(|s| !s.is_empty());
        Ok(author.map_or_else(system_user, shown))
    }

    /// Writes the name; everything else in the settings stays as it is.
    pub fn set_author(&self, author: &str) -> Result<()> {
        self.make()?;
        let path = self.folder.join(SETTINGS);
        let bytes = disk::read_capped(&path, CAP).map_err(|e| Error::io(&path, e))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let mut settings: toml_edit::DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| unreadable(&path, e.message()))?;
        settings["author"] = toml_edit::value(shown(author));
        disk::write_whole(&path, settings.to_string().as_bytes(), None).map_err(|e| Error::io(&path, e))
    }

    /// A random name of this user's machine, made when it is first asked for. What trusts somebody keeps it beside, so that a
    /// workspace made elsewhere cannot say it was made here.
    pub(crate) fn machine(&self) -> Result<String> {
        let path = self.make()?.join("machine");
        let read = || disk::read_capped(&path, 64).map_err(|e| Error::io(&path, e));
        let known = |bytes: Vec<u8>| String::from_utf8(bytes).ok().filter(|text| text.len() == 32);
        if let Some(machine) = read()?.and_then(known) {
            return Ok(machine);
        }
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|_| refused("system.random", "the system gives no random numbers", "try again later"))?;
        let machine: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        disk::write_whole(&path, machine.as_bytes(), Some(0o600)).map_err(|e| Error::io(&path, e))?;
        // Two programs may have made one at once: the file says which holds.
        Ok(read()?.and_then(known).unwrap_or(machine))
    }

    /// The folder, made where it is missing, readable by its owner alone.
    pub(crate) fn make(&self) -> Result<&Path> {
        if !self.folder.is_dir() {
            disk::make_folders(&self.folder).map_err(|e| Error::io(&self.folder, e))?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&self.folder, std::fs::Permissions::from_mode(0o700)).map_err(|e| Error::io(&self.folder, e))?;
            }
        }
        Ok(&self.folder)
    }
}

/// A name fit for one line of a history.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn system_user() -> String {
    let named = |name: &str| std::env::var(name).ok().filter(|s| !s.trim().is_empty());
    named("USER").or_else(|| named("LOGNAME")).or_else(|| named("USERNAME")).map_or_else(|| "me".to_string(), |name| shown(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_is_the_system_user_until_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let user = UserFolder::at(folder.path().join("weftwork"));
        assert_eq!(user.author().expect("a name"), system_user());
        user.make().expect("made");
        std::fs::write(user.path().join(SETTINGS), "# mine\ntheme = \"dark\" # at night\n").expect("written");
        user.set_author("Ada\nLovelace").expect("set");
        assert_eq!(user.author().expect("a name"), "AdaLovelace");
        let text = std::fs::read_to_string(user.path().join(SETTINGS)).expect("read");
        assert!(text.starts_with("# mine\ntheme = \"dark\" # at night\n"), "{text}");
    }
}
