//! Files written whole or not at all: a temporary file beside, fsync, rename, fsync of the folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A file written beside its target, durable but not yet in its place.
pub(crate) struct Staged {
    temp: PathBuf,
    target: PathBuf,
}

impl Staged {
    /// Writes `bytes` beside `target`. Without `mode` the target's own permissions are kept where it exists.
    pub fn new(target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<Staged> {
        let temp = beside(target)?;
        let staged = Staged { temp, target: target.to_path_buf() };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
            let kept = || fs::metadata(target).ok().map(|m| m.permissions().mode() & 0o777);
            options.mode(mode.or_else(kept).unwrap_or(0o644));
        }
        #[cfg(not(unix))]
        let _ = mode;
        let mut file = options.open(&staged.temp)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(staged)
    }

    /// Puts the file in its place. Durable when this returns.
    pub fn commit(self) -> io::Result<()> {
        fs::rename(&self.temp, &self.target)?;
        sync_folder(&self.target)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After the rename there is nothing to remove, and after a failure nothing more to say than the failure did.
        let _ = fs::remove_file(&self.temp);
    }
}

/// Both steps at once.
pub(crate) fn write_whole(target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<()> {
    Staged::new(target, bytes, mode)?.commit()
}

/// Makes a rename or a new name in the folder of `path` durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    // Windows cannot open a folder as a file, and does not need it.
    #[cfg(unix)]
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Folders made on the way to `path` are made durable from the top down.
pub(crate) fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        make_folders(parent)?;
    }
    match fs::create_dir(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
        _ => sync_folder(folder),
    }
}

/// Reads at most `cap` bytes; none where there is no file. A longer file is an error of kind `FileTooLarge`.
pub(crate) fn read_capped(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > cap {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {} MiB", cap >> 20)));
    }
    Ok(Some(bytes))
}

/// Whether this process may make files in a folder. What the system cannot say is taken for yes: writing will tell.
pub(crate) fn may_write(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let Ok(path) = std::ffi::CString::new(folder.as_os_str().as_bytes()) else { return false };
        // SAFETY: the path is a string that ends with a zero byte and lives through the call.
        unsafe { libc::access(path.as_ptr(), libc::W_OK) == 0 }
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        true
    }
}

/// `.orders.flow.yaml.3fa9c1d2.tmp`: hidden, so that no watcher and no list takes it for a flow.
fn beside(target: &Path) -> io::Result<PathBuf> {
    let name = target.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no file name"))?;
    let random = getrandom::u32().map_err(io::Error::other)?;
    Ok(target.with_file_name(format!(".{}.{random:08x}.tmp", name.to_string_lossy())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b/x.txt");
        make_folders(path.parent().expect("a parent")).expect("folders");
        write_whole(&path, b"one", None).expect("written");
        let staged = Staged::new(&path, b"two", None).expect("staged");
        assert_eq!(fs::read(&path).expect("read"), b"one");
        drop(staged);
        assert_eq!(fs::read(&path).expect("read"), b"one");
        write_whole(&path, b"two", None).expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(path.parent().expect("a parent")).expect("list").count(), 1, "no temporary file stays");
    }

    #[test]
    fn a_large_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        assert!(read_capped(&path, 3).expect("none").is_none());
        fs::write(&path, b"123").expect("written");
        assert_eq!(read_capped(&path, 3).expect("read").as_deref(), Some(&b"123"[..]));
        assert_eq!(read_capped(&path, 2).expect_err("too large").kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_of_a_file_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        write_whole(&path, b"1", Some(0o600)).expect("written");
        write_whole(&path, b"2", None).expect("written");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
