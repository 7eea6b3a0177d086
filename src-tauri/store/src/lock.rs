//! One process owns a workspace: an operating-system lock on `.weft/lock`, and in it who holds it.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Who has the workspace open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    /// Name of the machine; another one than ours when the folder lies on a network drive.
    pub host: String,
    /// `weft serve`, `Weftwork`, ...
    pub program: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.pid == 0 { f.write_str("another program") } else { write!(f, "{} (process {} on {})", self.program, self.pid, self.host) }
    }
}

/// How long an own lock may outlive its store.
const LINGERS: Duration = Duration::from_secs(2);

/// Held until dropped; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// # Errors
    /// [`Error::Held`] where another process (or another store of this one) has it.
    pub fn take(folder: &Path, program: &str) -> Result<Lock> {
        let path = folder.join(".weft/lock");
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(|e| Error::io(&path, e))?;
        let begin = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
                Err(TryLockError::WouldBlock) => {}
            }
            let by = read(&mut file);
            // One that this process just closed is let go of a moment later: a thread may still be ending, or a child
            // process may hold a copy of the file until it has become another program.
            if by.pid != std::process::id() || begin.elapsed() > LINGERS {
                return Err(Error::Held { folder: folder.to_owned(), by });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let holder = Holder { pid: std::process::id(), host: host_name(), program: program.to_owned() };
        let text = serde_json::to_string(&holder).expect("plain fields are always JSON");
        // A lock without a name is still a lock: a full disk must not keep anybody from looking.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
        Ok(Lock { _file: file })
    }
}

fn read(file: &mut File) -> Holder {
    let mut text = String::new();
    let _ = file.rewind();
    let _ = file.take(4096).read_to_string(&mut text);
    serde_json::from_str(&text).unwrap_or_default()
}

fn host_name() -> String {
    #[cfg(unix)]
    {
        let mut name = [0u8; 256];
        // SAFETY: the buffer is ours and its length is told.
        if unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) } == 0 {
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
            return String::from_utf8_lossy(&name[..end]).into_owned();
        }
    }
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this machine".into())
}
