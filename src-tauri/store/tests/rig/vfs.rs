//! A SQLite file system that hands everything to the usual one and tells what was asked of it, in order; and can be full.
//!
//! A sync is only told: what "reached the disk" is decided when a crash state is built.

use rusqlite::ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Mutex, Once};

/// What was asked of the disk, or acknowledged, in order. Paths are relative to the workspace.
#[derive(Clone, Debug)]
pub enum Did {
    Write { path: String, at: u64, bytes: Vec<u8> },
    Truncate { path: String, size: u64 },
    Sync { path: String },
    Rename { from: String, to: String },
    SyncFolder { path: String },
    Remove { path: String },
    Ack(super::Ack),
}

pub static LOG: Mutex<Vec<Did>> = Mutex::new(Vec::new());
/// Bytes that can still be written; negative: no limit.
pub static ROOM: AtomicI64 = AtomicI64::new(i64::MIN);
/// Syncs fail, as those of a dying disk do.
pub static FAILING: AtomicBool = AtomicBool::new(false);
static INSTALL: Once = Once::new();
pub const NAME: &str = "weft-rig";

pub fn tell(did: Did) {
    LOG.lock().expect("the log").push(did);
}

/// Whether so many bytes fit; takes their room.
pub fn fits(bytes: i64) -> bool {
    let room = ROOM.load(SeqCst);
    if room == i64::MIN {
        return true;
    }
    if room < bytes {
        return false;
    }
    ROOM.fetch_sub(bytes, SeqCst);
    true
}

/// `.weft/...` of an absolute path.
pub fn relative(path: &str) -> String {
    path.find(".weft").map_or_else(|| path.to_owned(), |at| path[at..].to_owned())
}

/// An open file; SQLite's own file object lies directly behind this header.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    name: *mut String,
    real: [u64; 0],
}

const HEADER: usize = std::mem::size_of::<File>();
static mut USUAL: *mut ffi::sqlite3_vfs = std::ptr::null_mut();

// SAFETY of all of these: SQLite calls them with files that `open` has set up, and `real` lies behind the header because
// `szOsFile` asks for the room of both.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    unsafe { file.cast::<u8>().add(HEADER).cast() }
}

unsafe fn methods(file: *mut ffi::sqlite3_file) -> &'static ffi::sqlite3_io_methods {
    unsafe { &*(*real(file)).pMethods }
}

unsafe fn name(file: *mut ffi::sqlite3_file) -> String {
    unsafe { (*(*file.cast::<File>()).name).clone() }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe {
        let result = (methods(file).xClose.expect("set"))(real(file));
        drop(Box::from_raw((*file.cast::<File>()).name));
        result
    }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, into: *mut c_void, n: c_int, at: i64) -> c_int {
    unsafe { (methods(file).xRead.expect("set"))(real(file), into, n, at) }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, n: c_int, at: i64) -> c_int {
    unsafe {
        // Only what makes a file longer takes room.
        let mut size = 0;
        (methods(file).xFileSize.expect("set"))(real(file), &raw mut size);
        if at + i64::from(n) > size && !fits(at + i64::from(n) - size) {
            return ffi::SQLITE_FULL;
        }
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), n as usize).to_vec();
        tell(Did::Write { path: name(file), at: at as u64, bytes });
        (methods(file).xWrite.expect("set"))(real(file), from, n, at)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    unsafe {
        tell(Did::Truncate { path: name(file), size: size as u64 });
        (methods(file).xTruncate.expect("set"))(real(file), size)
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    if FAILING.load(SeqCst) {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    unsafe { tell(Did::Sync { path: name(file) }) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    unsafe { (methods(file).xFileSize.expect("set"))(real(file), size) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    unsafe { (methods(file).xLock.expect("set"))(real(file), level) }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    unsafe { (methods(file).xUnlock.expect("set"))(real(file), level) }
}

unsafe extern "C" fn reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    unsafe { (methods(file).xCheckReservedLock.expect("set"))(real(file), out) }
}

unsafe extern "C" fn control(file: *mut ffi::sqlite3_file, op: c_int, arg: *mut c_void) -> c_int {
    if op == ffi::SQLITE_FCNTL_MMAP_SIZE {
        return ffi::SQLITE_NOTFOUND;
    }
    unsafe { (methods(file).xFileControl.expect("set"))(real(file), op, arg) }
}

unsafe extern "C" fn sector(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe { (methods(file).xSectorSize.expect("set"))(real(file)) }
}

/// No promises of the device (atomic writes, safe appends): SQLite has to expect the worst disk.
unsafe extern "C" fn device(_file: *mut ffi::sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn shm_map(file: *mut ffi::sqlite3_file, page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int {
    unsafe { (methods(file).xShmMap.expect("set"))(real(file), page, size, extend, out) }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, from: c_int, n: c_int, flags: c_int) -> c_int {
    unsafe { (methods(file).xShmLock.expect("set"))(real(file), from, n, flags) }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    unsafe { (methods(file).xShmBarrier.expect("set"))(real(file)) }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    unsafe { (methods(file).xShmUnmap.expect("set"))(real(file), delete) }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(device),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe fn text(path: *const c_char) -> String {
    if path.is_null() { "temporary".into() } else { relative(&unsafe { CStr::from_ptr(path) }.to_string_lossy()) }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    unsafe {
        let result = ((*USUAL).xOpen.expect("set"))(USUAL, path, real(file), flags, out);
        if result == ffi::SQLITE_OK {
            (*file.cast::<File>()).name = Box::into_raw(Box::new(text(path)));
            (*file).pMethods = &raw const METHODS;
        } else {
            (*file).pMethods = std::ptr::null();
        }
        result
    }
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    unsafe {
        tell(Did::Remove { path: text(path) });
        ((*USUAL).xDelete.expect("set"))(USUAL, path, sync_folder)
    }
}

/// Registers the file system under [`NAME`].
pub fn install() {
    // SAFETY: once, before any connection names it; the registered object is never freed.
    INSTALL.call_once(|| unsafe {
        USUAL = ffi::sqlite3_vfs_find(std::ptr::null());
        let mut vfs = std::ptr::read(USUAL);
        vfs.zName = c"weft-rig".as_ptr();
        vfs.pNext = std::ptr::null_mut();
        vfs.szOsFile = (*USUAL).szOsFile + HEADER as c_int;
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0), ffi::SQLITE_OK);
    });
}
