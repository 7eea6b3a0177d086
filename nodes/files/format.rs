//! What both nodes know of formats.

use weft_node::{Problem, Result};

/// Largest file that is made into values, or made of them, in bytes.
pub const MOST: u64 = 256 << 20;

/// The ending of a path, in lower case.
pub fn ending(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// One sign as a byte; `tab` and `\t` are the tabulator.
pub fn delimiter(text: &str) -> Result<u8> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        one if one.len() == 1 && !matches!(one.as_bytes()[0], b'"' | b'\n' | b'\r') => Ok(one.as_bytes()[0]),
        _ => Err(Problem::setting("csv/delimiter", format!("\"{text}\" cannot part columns.")).help("Write one sign: , or ; or tab.")),
    }
}
