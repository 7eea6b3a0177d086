//! Secrets of the user: encrypted one by one, listed by name, opened only for the hosts they belong to.
//!
//! The file lies in the user's configuration folder, never in a workspace. Each secret is sealed with
//! XChaCha20-Poly1305 under a random nonce; its name and its hosts are associated data, so that neither a
//! secret nor a host can be exchanged in the file without its value becoming unreadable.
//! What this does not protect against: a program that runs as the same user and reads the key file.

mod file;
mod hosts;
#[cfg(test)]
mod tests;

pub use hosts::is_host_pattern;

use crate::user::UserFolder;
use crate::{Error, Result, disk, error::refused};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use file::{Sealed, VaultFile};
use std::fs::File;
use std::path::PathBuf;
use zeroize::{Zeroize, Zeroizing};

/// Longest value.
const MAX_VALUE: usize = 64 << 10;
const MAX_HOSTS: usize = 100;

/// A secret without its value.
#[derive(Clone, Debug, PartialEq)]
pub struct SecretInfo {
    pub name: String,
    /// `api.example.org`, `127.0.0.1:8080`, `*.example.org`.
    pub hosts: Vec<String>,
    /// Milliseconds since 1970.
    pub changed_at: i64,
}

/// The secrets of one user. Cheap to make: the files are read with every call, so that several programs may share them.
#[derive(Clone, Debug)]
pub struct Vault {
    user: UserFolder,
}

impl Vault {
    pub fn new(user: UserFolder) -> Vault {
        Vault { user }
    }

    /// By name, in order.
    pub fn list(&self) -> Result<Vec<SecretInfo>> {
        let file = VaultFile::read(&self.file())?;
        let info = |(name, s): (String, Sealed)| SecretInfo { name, hosts: s.hosts, changed_at: s.changed_at };
        Ok(file.secrets.into_iter().map(info).collect())
    }

    /// Keeps a secret for these hosts; one of the same name is replaced.
    pub fn set(&self, name: &str, value: Zeroizing<Vec<u8>>, hosts: &[String]) -> Result<()> {
        if !is_name(name) {
            return Err(refused("secret.name", "this is no name for a secret", "use letters, digits, `_`, `-` and `.`, at most 64"));
        }
        if value.is_empty() || value.len() > MAX_VALUE {
            return Err(refused(
                "secret.size",
                format!("the value of `{name}` is empty or larger than 64 KiB"),
                "give a value of at most 64 KiB",
            ));
        }
        let hosts = hosts::clean(hosts, MAX_HOSTS)?;
        let _turn = self.turn()?;
        let cipher = self.cipher(true)?;
        let mut file = VaultFile::read(&self.file())?;
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|_| refused("system.random", "the system gives no random numbers", "try again later"))?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: &value, aad: &bound_to(name, &hosts) }).map_err(|_| {
            refused("secret.size", format!("the value of `{name}` is empty or larger than 64 KiB"), "give a value of at most 64 KiB")
        })?;
        file.secrets.insert(name.into(), Sealed::new(hosts, &nonce, &sealed));
        file.write(&self.file())
    }

    /// True where there was one.
    pub fn remove(&self, name: &str) -> Result<bool> {
        let _turn = self.turn()?;
        let mut file = VaultFile::read(&self.file())?;
        let was = file.secrets.remove(name);
        if was {
            file.write(&self.file())?;
        }
        Ok(was)
    }

    /// The value, for one host (`api.example.org`, or `127.0.0.1:8080` where the address names a port). Wiped when dropped.
    pub fn open(&self, name: &str, host: &str) -> Result<Zeroizing<Vec<u8>>> {
        let mut file = VaultFile::read(&self.file())?;
        let secret = file.secrets.take(name).ok_or_else(|| {
            refused("secret.not_found", format!("there is no secret `{}`", short(name)), "set it with `weft secret set NAME --host HOST`")
        })?;
        if !secret.hosts.iter().any(|pattern| hosts::matches(pattern, host)) {
            return Err(refused(
                "secret.host",
                format!("the secret `{name}` is not for `{}`", short(host)),
                "add the host with `weft secret set` if it should be",
            ));
        }
        let broken = || {
            refused(
                "secret.broken",
                format!("the secret `{name}` cannot be decrypted: its name or hosts were changed in the file, or the key is another"),
                "set it again",
            )
        };
        let (nonce, sealed) = secret.bytes().ok_or_else(broken)?;
        let aad = bound_to(name, &secret.hosts);
        let value = self.cipher(false)?.decrypt(&XNonce::from(nonce), Payload { msg: &sealed, aad: &aad });
        value.map(Zeroizing::new).map_err(|_| broken())
    }

    fn file(&self) -> PathBuf {
        self.user.path().join("secrets.json")
    }

    /// Writers of all programs of this user take turns.
    fn turn(&self) -> Result<File> {
        let path = self.user.make()?.join("secrets.lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(|e| Error::io(&path, e))?;
        lock.lock().map_err(|e| Error::io(&path, e))?;
        Ok(lock)
    }

    /// The key, made where there is none and `make` says so.
    fn cipher(&self, make: bool) -> Result<XChaCha20Poly1305> {
        let path = self.user.path().join("key");
        let kept = disk::read_capped(&path, 64).map_err(|e| Error::io(&path, e))?.map(Zeroizing::new);
        let mut key = Key::default();
        match kept {
            Some(bytes) if bytes.len() == key.len() => {
                private(&path)?;
                key.copy_from_slice(&bytes);
            }
            None if make => {
                getrandom::fill(&mut key).map_err(|_| refused("system.random", "the system gives no random numbers", "try again later"))?;
                disk::write_whole(&path, &key, Some(0o600)).map_err(|e| Error::io(&path, e))?;
            }
            _ => {
                return Err(refused(
                    "secret.no_key",
                    format!("the key of the secrets, {}, is missing or damaged", path.display()),
                    "put it back from a copy, or remove secrets.json beside it and set the secrets again",
                ));
            }
        }
        let cipher = XChaCha20Poly1305::new(&key);
        key.zeroize();
        Ok(cipher)
    }
}

/// A key that others may read is no key: refused until its owner has closed it.
fn private(path: &std::path::Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(|e| Error::io(path, e))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(refused(
                "secret.key_open",
                format!("others may read the key of the secrets, {}", path.display()),
                "make it yours alone: `chmod 600` on the file",
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// What a secret is bound to, unambiguous: every text with its length before it.
fn bound_to(name: &str, hosts: &[String]) -> Vec<u8> {
    let mut out = b"weft secret 1".to_vec();
    for text in std::iter::once(name).chain(hosts.iter().map(String::as_str)) {
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    }
    out
}

/// Names are typed in settings and on command lines: letters, digits, `_`, `-` and `.`, at most 64.
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn short(text: &str) -> String {
    text.chars().take(253).collect()
}
