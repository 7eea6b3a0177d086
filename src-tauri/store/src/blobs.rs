//! Bytes by content: `.weft/blobs/ab/cdef...`, durable before anybody names them.

use crate::layer::{Layer, private_folder};
use crate::{Error, Result};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use weft_node::BlobRef;
use weft_node::world::Blobs;

/// The blob store of a workspace. Cheap to clone.
#[derive(Clone)]
pub struct BlobStore {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    layer: Layer,
    refuses: Option<Error>,
    temporary: AtomicU64,
    /// Held while a blob is named anew or removed: what is being named is not removed.
    removal: Mutex<()>,
}

impl BlobStore {
    pub(crate) fn new(folder: &Path, layer: Layer, refuses: Option<Error>) -> Self {
        let root = folder.join(".weft/blobs");
        BlobStore { inner: Arc::new(Inner { root, layer, refuses, temporary: AtomicU64::new(0), removal: Mutex::new(()) }) }
    }

    /// Where a blob lies.
    ///
    /// # Errors
    /// `blob.not_found` where `hash` is no hash: it may come from outside and becomes a path.
    fn path(&self, hash: &str) -> Result<PathBuf> {
        let plain = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !plain {
            return Err(Error::NoBlob { hash: hash.chars().take(64).collect() });
        }
        Ok(self.inner.root.join(&hash[..2]).join(&hash[2..]))
    }

    /// Keeps bytes; file and folder are on the disk when it returns. Waits for the disk.
    pub fn put_now(&self, bytes: &[u8], media_type: &str, file_name: Option<&str>) -> Result<BlobRef> {
        let inner = &*self.inner;
        if let Some(error) = &inner.refuses {
            return Err(error.clone());
        }
        let hash = blake3::hash(bytes).to_hex().to_string();
        let path = self.path(&hash)?;
        if !self.renew(&path, bytes.len() as u64) {
            self.write(&path, bytes)?;
        }
        Ok(BlobRef { hash, size: bytes.len() as u64, media_type: media_type.to_owned(), file_name: file_name.map(str::to_owned) })
    }

    /// A blob that lies there already counts as new: it is not removed within the next hour.
    fn renew(&self, path: &Path, size: u64) -> bool {
        let _guard = self.inner.removal.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(file) = File::options().write(true).open(path) else { return false };
        file.metadata().is_ok_and(|meta| meta.len() == size) && file.set_modified(SystemTime::now()).is_ok()
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let Inner { root, layer, temporary, .. } = &*self.inner;
        let folder = path.parent().expect("a blob lies in a folder");
        if !folder.is_dir() {
            let first = !root.is_dir();
            private_folder(folder)?;
            layer.sync_folder(root)?;
            if first {
                layer.sync_folder(root.parent().expect("the blobs lie in .weft"))?;
            }
        }
        let number = temporary.fetch_add(1, Relaxed);
        let half = root.join(format!("{}-{number}.tmp", std::process::id()));
        let written = (|| {
            let _ = std::fs::remove_file(&half);
            let file = layer.open(&half)?;
            layer.write_at(&file, &half, 0, bytes)?;
            layer.sync(&file, &half)?;
            layer.rename(&half, path)?;
            layer.sync_folder(folder)
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&half);
        }
        written
    }

    /// At most `len` bytes from `from`. Reading all of it checks its hash, a range its size.
    pub fn read_now(&self, blob: &BlobRef, from: u64, len: u64) -> Result<Bytes> {
        let path = self.path(&blob.hash)?;
        let mut file = File::open(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::NoBlob { hash: blob.hash.clone() },
            _ => Error::io(&path, error),
        })?;
        let size = file.metadata().map_err(|e| Error::io(&path, e))?.len();
        if size != blob.size {
            return Err(Error::damaged(format!("blob {} has {size} bytes instead of {}", blob.hash, blob.size)));
        }
        let len = len.min(size.saturating_sub(from));
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
        file.seek(SeekFrom::Start(from)).and_then(|_| file.take(len).read_to_end(&mut bytes)).map_err(|e| Error::io(&path, e))?;
        if from == 0 && len == size && blake3::hash(&bytes).to_hex().as_str() != blob.hash {
            return Err(Error::damaged(format!("blob {} is not what was written", blob.hash)));
        }
        Ok(bytes.into())
    }

    /// A range of a blob of which only the hash is known, and the size of the whole.
    pub fn range_now(&self, hash: &str, from: u64, len: u64) -> Result<(Bytes, u64)> {
        let path = self.path(hash)?;
        let size = std::fs::metadata(&path).map_err(|_| Error::NoBlob { hash: hash.to_owned() })?.len();
        let blob = BlobRef { hash: hash.to_owned(), size, media_type: String::new(), file_name: None };
        Ok((self.read_now(&blob, from, len)?, size))
    }

    /// All bytes of a blob, if they are what its name says.
    pub(crate) fn check(&self, hash: &str) -> Result<Vec<u8>> {
        let path = self.path(hash)?;
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::NoBlob { hash: hash.to_owned() },
            _ => Error::io(&path, error),
        })?;
        if blake3::hash(&bytes).to_hex().as_str() != hash {
            return Err(Error::damaged(format!("blob {hash} is not what was written")));
        }
        Ok(bytes)
    }

    /// Hashes of blobs that nobody has put since `before` (milliseconds since 1970). Half-written files as old are removed on the way.
    pub(crate) fn older(&self, before: i64) -> Result<Vec<String>> {
        let root = &self.inner.root;
        let mut hashes = Vec::new();
        for entry in entries(root)? {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if name.ends_with(".tmp") && put_before(&path, before) {
                let _ = std::fs::remove_file(&path);
            }
            if name.len() == 2 && path.is_dir() {
                let old = entries(&path)?.into_iter().filter(|blob| put_before(&blob.path(), before));
                hashes.extend(old.map(|blob| format!("{name}{}", blob.file_name().to_string_lossy())));
            }
        }
        Ok(hashes)
    }

    /// Removes a blob, unless somebody has put it again meanwhile.
    pub(crate) fn remove(&self, hash: &str, before: i64) -> Result<bool> {
        let Ok(path) = self.path(hash) else { return Ok(false) };
        let _guard = self.inner.removal.lock().unwrap_or_else(PoisonError::into_inner);
        if !put_before(&path, before) {
            return Ok(false);
        }
        self.inner.layer.remove(&path)?;
        Ok(true)
    }

    async fn blocking<T: Send + 'static>(&self, job: impl FnOnce(&BlobStore) -> Result<T> + Send + 'static) -> weft_node::Result<T> {
        let store = self.clone();
        Ok(tokio::task::spawn_blocking(move || job(&store)).await.map_err(|_| Error::Closed)??)
    }
}

fn entries(folder: &Path) -> Result<Vec<std::fs::DirEntry>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.collect::<std::io::Result<_>>().map_err(|e| Error::io(folder, e)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::io(folder, error)),
    }
}

fn put_before(path: &Path, before: i64) -> bool {
    let before = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(before).unwrap_or(0));
    std::fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|time| time < before)
}

impl Blobs for BlobStore {
    fn put<'a>(&'a self, bytes: Bytes, media_type: &'a str, file_name: Option<&'a str>) -> BoxFuture<'a, weft_node::Result<BlobRef>> {
        let (media_type, file_name) = (media_type.to_owned(), file_name.map(str::to_owned));
        Box::pin(self.blocking(move |store| store.put_now(&bytes, &media_type, file_name.as_deref())))
    }

    fn read<'a>(&'a self, blob: &'a BlobRef) -> BoxFuture<'a, weft_node::Result<Bytes>> {
        self.read_range(blob, 0, blob.size)
    }

    fn read_range<'a>(&'a self, blob: &'a BlobRef, from: u64, len: u64) -> BoxFuture<'a, weft_node::Result<Bytes>> {
        let blob = blob.clone();
        Box::pin(self.blocking(move |store| store.read_now(&blob, from, len)))
    }
}
