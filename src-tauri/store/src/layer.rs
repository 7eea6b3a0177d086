//! Writes, syncs and renames of the files that are not SQLite's: one place, so that the power-loss rig sees them all.

use crate::{Error, Result};
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;

/// One thing asked of the disk.
#[derive(Clone, Debug)]
pub enum Op<'a> {
    Write { path: &'a Path, at: u64, bytes: &'a [u8] },
    Sync { path: &'a Path },
    Rename { from: &'a Path, to: &'a Path },
    SyncFolder { path: &'a Path },
    Remove { path: &'a Path },
}

/// Hears what is asked of the disk, in order, and may refuse it.
pub type Observer = Arc<dyn Fn(Op<'_>) -> std::io::Result<()> + Send + Sync>;

/// The file system, watched in tests.
#[derive(Clone, Default)]
pub struct Layer {
    observer: Option<Observer>,
}

impl Layer {
    pub fn new(observer: Option<Observer>) -> Self {
        Layer { observer }
    }

    fn tell(&self, path: &Path, op: Op<'_>) -> Result<()> {
        match &self.observer {
            Some(observer) => observer(op).map_err(|e| Error::io(path, e)),
            None => Ok(()),
        }
    }

    /// Opens for writing in place; makes the file where it is missing.
    pub fn open(&self, path: &Path) -> Result<File> {
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(|e| Error::io(path, e))
    }

    pub fn write_at(&self, file: &File, path: &Path, at: u64, bytes: &[u8]) -> Result<()> {
        self.tell(path, Op::Write { path, at, bytes })?;
        write_at(file, at, bytes).map_err(|e| Error::io(path, e))
    }

    pub fn sync(&self, file: &File, path: &Path) -> Result<()> {
        // Told after it happened: what was written before is on the disk only now.
        file.sync_data().map_err(|e| Error::io(path, e))?;
        self.tell(path, Op::Sync { path })
    }

    pub fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.tell(to, Op::Rename { from, to })?;
        std::fs::rename(from, to).map_err(|e| Error::io(to, e))
    }

    pub fn remove(&self, path: &Path) -> Result<()> {
        self.tell(path, Op::Remove { path })?;
        std::fs::remove_file(path).map_err(|e| Error::io(path, e))
    }

    /// Makes names in a folder durable. Where the platform cannot, renames are as durable as it makes them.
    pub fn sync_folder(&self, path: &Path) -> Result<()> {
        #[cfg(unix)]
        File::open(path).and_then(|folder| folder.sync_all()).map_err(|e| Error::io(path, e))?;
        self.tell(path, Op::SyncFolder { path })
    }
}

#[cfg(unix)]
fn write_at(file: &File, at: u64, bytes: &[u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(file: &File, at: u64, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = file;
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

/// Folder that only its user may enter.
pub fn private_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|e| Error::io(path, e))
}
