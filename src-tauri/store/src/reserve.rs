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
        let result = self.write();
        if result.is_err() {
            let _ = std::fs::remove_file(&self.path);
        }
        result
    }

    fn write(&self) -> Result<()> {
        let file = self.layer.open(&self.path)?;
        // No run of zeros: a file system that compresses would put nothing aside.
        let mut block = vec![0u8; 1 << 16];
        let mut noise = blake3::Hasher::new().update(b"reserve").finalize_xof();
        for at in (0..BYTES).step_by(block.len()) {
            noise.fill(&mut block);
            self.layer.write_at(&file, &self.path, at as u64, &block)?;
        }
        self.layer.sync(&file, &self.path)
    }

    pub fn release(&self) {
        let _ = self.layer.remove(&self.path);
    }
}
