//! One flipped bit in the database, its log, the witness or a blob: the contents are the same, or it is noticed.

#![allow(clippy::unwrap_used)] // a test says where it failed

mod rig;

use rig::{Ack, Dice, copy, fast_folder, newest, work};
use std::path::Path;
use std::time::{Duration, Instant};
use weft_store::{Options, Store};

const FLIPS: u64 = 240;

/// Everything a caller can get out of the store, as text.
fn contents(store: &Store, acks: &[Ack]) -> Result<String, weft_store::Error> {
    let mut text = String::new();
    for ack in acks {
        match ack {
            Ack::Rows(run, _) => text += &format!("{:?}\n", store.run_rows_now(*run)?),
            Ack::Blob(hash) => {
                let path = store.folder().join(".weft/blobs").join(&hash[..2]).join(&hash[2..]);
                text += &format!("{:?}\n", std::fs::read(path).unwrap_or_default());
            }
            Ack::Document(_) => {}
        }
    }
    text += &store.readers().now(|db| {
        let mut all = String::new();
        for table in ["packets", "events", "commits", "runs", "reached", "blob_refs", "versions", "meta"] {
            let mut select = db.prepare(&format!("SELECT * FROM {table}"))?;
            let columns = select.column_count();
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    all += &format!("{:?} ", row.get_ref(column)?);
                }
            }
        }
        Ok(all)
    })?;
    Ok(text)
}

/// Whether the flip changed nothing or was noticed.
fn survives(folder: &Path, acks: &[Ack], before: &str) -> bool {
    let Ok(store) = Store::open(folder, &Options::default()) else { return true };
    if !store.findings().is_empty() || store.read_only().is_some() {
        return true;
    }
    match (contents(&store, acks), store.verify_now()) {
        (Ok(after), Ok(found)) => after == before || !found.is_empty(),
        _ => true,
    }
}

#[test]
fn every_flipped_bit_is_noticed_or_harmless() {
    let folder = fast_folder();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut acks = Vec::new();
    let write = |store: &Store, seed: u64, acks: &mut Vec<Ack>| {
        let end = Instant::now() + Duration::from_millis(30);
        runtime.block_on(work(store, seed, || Instant::now() > end, |ack| acks.push(ack)));
        let hash = store.blobs().put_now(format!("named {seed}").as_bytes(), "text/plain", None).unwrap().hash;
        let named = hash.clone();
        store.writer().write_now(move |tx| Ok(tx.execute("INSERT INTO blob_refs VALUES('rig', ?1, 1)", [named])?)).unwrap();
        hash
    };
    // Once into the database file, once into its log.
    drop({
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        write(&store, 1, &mut acks);
        store
    });
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    let blob = write(&store, 2, &mut acks);
    let acks = newest(&acks);
    let before = contents(&store, &acks).unwrap();
    let image = fast_folder();
    copy(folder.path(), image.path());
    drop(store);
    assert!(image.path().join(".weft/weft.db-wal").metadata().unwrap().len() > 4096, "the log is empty");
    assert!(survives(image_of(&image).path(), &acks, &before));

    let mut dice = Dice(3);
    let blob = format!(".weft/blobs/{}/{}", &blob[..2], &blob[2..]);
    let mut silent = Vec::new();
    for flip in 0..FLIPS {
        let file =
            [".weft/weft.db", ".weft/weft.db-wal", ".weft/weft.db", ".weft/weft.db-wal", ".weft/witness", &blob][(flip % 6) as usize];
        let copy = image_of(&image);
        let path = copy.path().join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        let bit = dice.roll(bytes.len() as u64 * 8);
        bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
        std::fs::write(&path, bytes).unwrap();
        if !survives(copy.path(), &acks, &before) {
            silent.push(format!("bit {bit} of {file}"));
        }
    }
    assert!(silent.is_empty(), "changed silently: {silent:?}");
    // A log that is cut off, and one that is gone.
    for keep in [0, 2] {
        let copy = image_of(&image);
        let path = copy.path().join(".weft/weft.db-wal");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() * keep / 4]).unwrap();
        let store = Store::open(copy.path(), &Options::default()).unwrap();
        assert_eq!(store.findings()[0].code, "journal.lost");
    }
}

fn image_of(image: &tempfile::TempDir) -> tempfile::TempDir {
    let folder = fast_folder();
    copy(image.path(), folder.path());
    folder
}
