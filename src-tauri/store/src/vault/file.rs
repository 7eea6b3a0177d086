//! The file in which sealed secrets lie: names and hosts in the clear, values not.

use crate::error::unreadable;
use crate::{Error, Result, disk};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const CAP: u64 = 64 << 20;
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
pub(super) struct VaultFile {
    version: u32,
    pub secrets: Secrets,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Secrets(BTreeMap<String, Sealed>);

impl Secrets {
    pub fn insert(&mut self, name: String, secret: Sealed) {
        self.0.insert(name, secret);
    }

    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    pub fn take(&mut self, name: &str) -> Option<Sealed> {
        self.0.remove(name)
    }
}

impl IntoIterator for Secrets {
    type Item = (String, Sealed);
    type IntoIter = std::collections::btree_map::IntoIter<String, Sealed>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    pub hosts: Vec<String>,
    pub changed_at: i64,
    nonce: String,
    sealed: String,
}

impl Sealed {
    pub fn new(hosts: Vec<String>, nonce: &[u8], sealed: &[u8]) -> Sealed {
        let changed_at = jiff::Timestamp::now().as_millisecond();
        Sealed { hosts, changed_at, nonce: STANDARD.encode(nonce), sealed: STANDARD.encode(sealed) }
    }

    /// Nonce and sealed value.
    pub fn bytes(&self) -> Option<([u8; 24], Vec<u8>)> {
        let nonce = STANDARD.decode(&self.nonce).ok()?.try_into().ok()?;
        Some((nonce, STANDARD.decode(&self.sealed).ok()?))
    }
}

impl VaultFile {
    pub fn read(path: &Path) -> Result<VaultFile> {
        let Some(bytes) = disk::read_capped(path, CAP).map_err(|e| Error::io(path, e))? else {
            return Ok(VaultFile { version: VERSION, secrets: Secrets::default() });
        };
        let file: VaultFile = serde_json::from_slice(&bytes).map_err(|e| unreadable(path, format!("line {}", e.line())))?;
        if file.version != VERSION {
            return Err(unreadable(path, "it was written by a newer program"));
        }
        Ok(file)
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(self).expect("text and numbers always serialize");
        disk::write_whole(path, &bytes, Some(0o600)).map_err(|e| Error::io(path, e))
    }
}
