//! A sum over the contents of every table that no chain covers, so that a flipped bit in it is noticed.
//!
//! SQLite does not notice one. Triggers on the writing connection add the hash of each new row and take away that of
//! each old one; the sum is kept in the same transaction. Whoever verifies adds the rows up again.

use crate::{Error, Result};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Covered by the chain over commits, or sums themselves.
const CHAINED: [&str; 5] = ["packets", "events", "commits", "gone", "sums"];

/// Four numbers, each wrapping by itself; the order of rows does not matter.
type Sum = [u64; 4];

/// What the transaction has changed so far, by table.
#[derive(Clone, Default)]
pub(crate) struct Sums {
    open: Arc<Mutex<BTreeMap<String, Sum>>>,
}

impl Sums {
    /// Watches all tables of this connection from now on.
    pub fn watch(db: &Connection) -> Result<Sums> {
        let sums = Sums::default();
        let theirs = sums.clone();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
        db.create_scalar_function("weft_sum", -1, flags, move |ctx| {
            theirs.note(ctx);
            Ok(0)
        })?;
        // Else REPLACE would remove rows without telling.
        db.pragma_update(None, "recursive_triggers", true)?;
        for (index, table) in tables(db)?.into_iter().enumerate() {
            let columns = columns(db, &table)?;
            let call = |row: &str, sign: i64| {
                let values = columns.iter().map(|column| format!("{row}.{}", quoted(column))).collect::<Vec<_>>().join(", ");
                format!("SELECT weft_sum('{}', {sign}, {values});", table.replace('\'', "''"))
            };
            let name = quoted(&table);
            db.execute_batch(&format!(
                "CREATE TEMP TRIGGER sum_in_{index} AFTER INSERT ON main.{name} BEGIN {} END;
                 CREATE TEMP TRIGGER sum_out_{index} AFTER DELETE ON main.{name} BEGIN {} END;
                 CREATE TEMP TRIGGER sum_new_{index} AFTER UPDATE ON main.{name} BEGIN {} {} END;",
                call("new", 1),
                call("old", -1),
                call("old", -1),
                call("new", 1)
            ))?;
        }
        Ok(sums)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Sum>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, ctx: &Context<'_>) {
        let (ValueRef::Text(table), ValueRef::Integer(sign)) = (ctx.get_raw(0), ctx.get_raw(1)) else { return };
        let hash = row_hash((2..ctx.len()).map(|index| ctx.get_raw(index)));
        let mut open = self.lock();
        let table = String::from_utf8_lossy(table);
        if !open.contains_key(&*table) {
            open.insert(table.clone().into_owned(), [0; 4]);
        }
        if let Some(sum) = open.get_mut(&*table) {
            add(sum, &hash, sign);
        }
    }

    /// Before a part of a transaction that may be undone.
    pub fn mark(&self) -> BTreeMap<String, Sum> {
        self.lock().clone()
    }

    /// That part was undone; an empty mark: the whole transaction.
    pub fn back_to(&self, mark: BTreeMap<String, Sum>) {
        *self.lock() = mark;
    }

    /// Keeps the sums, in the transaction they are about.
    pub fn keep(&self, db: &Connection) -> Result<()> {
        let changes = std::mem::take(&mut *self.lock());
        for (table, change) in changes {
            if change == [0; 4] {
                continue;
            }
            let mut sum = kept(db, &table)?;
            add(&mut sum, &change, 1);
            set(db, &table, &sum)?;
        }
        Ok(())
    }
}

fn add(sum: &mut Sum, other: &Sum, sign: i64) {
    for (lane, other) in sum.iter_mut().zip(other) {
        *lane = if sign < 0 { lane.wrapping_sub(*other) } else { lane.wrapping_add(*other) };
    }
}

fn row_hash<'a>(values: impl Iterator<Item = ValueRef<'a>>) -> Sum {
    let mut hasher = blake3::Hasher::new();
    for value in values {
        let (kind, bytes): (u8, &[u8]) = match value {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => {
                hasher.update(&[1]).update(&number.to_le_bytes());
                continue;
            }
            ValueRef::Real(number) => {
                hasher.update(&[2]).update(&number.to_le_bytes());
                continue;
            }
            ValueRef::Text(bytes) => (3, bytes),
            ValueRef::Blob(bytes) => (4, bytes),
        };
        hasher.update(&[kind]).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    let hash = hasher.finalize();
    std::array::from_fn(|lane| u64::from_le_bytes(hash.as_bytes()[lane * 8..lane * 8 + 8].try_into().expect("eight bytes")))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn tables(db: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";
    let names = db.prepare(sql)?.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(names.into_iter().filter(|name| !CHAINED.contains(&name.as_str())).collect())
}

fn columns(db: &Connection, table: &str) -> Result<Vec<String>> {
    let mut select = db.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    Ok(select.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn kept(db: &Connection, table: &str) -> Result<Sum> {
    let bytes: Option<[u8; 32]> =
        db.prepare_cached("SELECT sum FROM sums WHERE name = ?1")?.query_row([table], |row| row.get(0)).optional()?;
    let bytes = bytes.unwrap_or([0; 32]);
    Ok(std::array::from_fn(|lane| u64::from_le_bytes(bytes[lane * 8..lane * 8 + 8].try_into().expect("eight bytes"))))
}

fn set(db: &Connection, table: &str, sum: &Sum) -> Result<()> {
    let mut bytes = [0u8; 32];
    for (place, lane) in bytes.chunks_exact_mut(8).zip(sum) {
        place.copy_from_slice(&lane.to_le_bytes());
    }
    let mut set = db.prepare_cached("INSERT INTO sums VALUES(?1,?2) ON CONFLICT(name) DO UPDATE SET sum = excluded.sum")?;
    set.execute(params![table, bytes])?;
    Ok(())
}

fn counted(db: &Connection, table: &str) -> Result<Sum> {
    let list = columns(db, table)?.iter().map(|column| quoted(column)).collect::<Vec<_>>();
    let mut select = db.prepare(&format!("SELECT {} FROM main.{}", list.join(", "), quoted(table)))?;
    let mut rows = select.query([])?;
    let mut sum = [0; 4];
    while let Some(row) = rows.next()? {
        let values = (0..list.len()).map(|index| row.get_ref(index)).collect::<Result<Vec<_>, _>>()?;
        add(&mut sum, &row_hash(values.into_iter()), 1);
    }
    Ok(sum)
}

/// After a migration, in its transaction: the tables are what they are now.
pub(crate) fn renew(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM sums", [])?;
    for table in tables(db)? {
        set(db, &table, &counted(db, &table)?)?;
    }
    Ok(())
}

/// Tables whose contents are not what was written.
pub(crate) fn verify(db: &Connection) -> Result<Vec<String>> {
    let tx = db.unchecked_transaction()?;
    let mut wrong = Vec::new();
    for table in tables(&tx)? {
        match counted(&tx, &table) {
            Ok(sum) if sum == kept(&tx, &table)? => {}
            Ok(_) | Err(Error::Damaged { .. }) => wrong.push(table),
            Err(error) => return Err(error),
        }
    }
    Ok(wrong)
}
