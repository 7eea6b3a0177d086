//! `.weft/reserve`: room put aside, so that a full disk still takes the ends of the runs it stops.

use crate::Result;
use crate::layer::Layer;
use std::path::{Path, PathBuf};

/// Enough log pages for the ends of all runs at once.
const BYTES: usize = 4 << 20;

pub(crate) struct Reserve {
    path: PathBuf,
    layer: Layer,
}

impl Reserve {
    pub fn new(folder: &Path, layer: Layer) -> Self {
        Reserve { path: folder.join(".weft/reserve"), layer }
    }

    /// Takes the room, if it is not taken.
    pub fn fill(&self) -> Result<()> {
        if std::fs::metadata(&self.path).is_ok_and(|file| file.len() == BYTES as u64) {
            return Ok(());
        }
        self.take(BYTES)
    }

    /// After the disk was full: only if there is as much room again besides, or the next commit would find it full at once.
    pub fn refill(&self) -> Result<()> {
        self.take(2 * BYTES)?;
        let file = self.layer.open(&self.path)?;
        file.set_len(BYTES as u64).map_err(|e| crate::Error::io(&self.path, e))
    }

    fn take(&self, bytes: usize) -> Result<()> {
        let result = self.write(bytes);
        if result.is_err() {
            self.release();
        }
        result
    }

    fn write(&self, bytes: usize) -> Result<()> {
        let file = self.layer.open(&self.path)?;
        // No run of zeros: a file system that compresses would put nothing aside.
        let mut block = vec![0u8; 1 << 16];
        let mut noise = blake3::Hasher::new().update(b"reserve").finalize_xof();
        for at in (0..bytes).step_by(block.len()) {
            noise.fill(&mut block);
            self.layer.write_at(&file, &self.path, at as u64, &block)?;
        }
        self.layer.sync(&file, &self.path)
    }

    pub fn release(&self) {
        let _ = self.layer.remove(&self.path);
    }
}
