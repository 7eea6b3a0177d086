//! What texts were a moment ago, so that typing that crossed somebody else's lands where it was meant.

use crate::error::FlowError;
use crate::facts::{Change, path};
use crate::format::Data;
use crate::ids::Entity;
use std::collections::VecDeque;

/// How much old text is kept, in bytes, and in how many pieces.
const MAX_BYTES: usize = 4 << 20;
const MAX_PIECES: usize = 512;

#[derive(Default)]
pub(super) struct Texts {
    old: VecDeque<Old>,
    bytes: usize,
    /// Nothing is known of texts at revisions below this one.
    since: u32,
}

struct Old {
    /// The revision that replaced it.
    rev: u32,
    entity: Entity,
    field: String,
    text: String,
}

impl Texts {
    /// Remembers the texts that this revision replaced.
    pub fn keep(&mut self, done: &[Change], rev: u32) {
        for change in done {
            let Some(Data::Text(_)) = &change.after else {
                continue;
            };
            if path::is_hidden(&change.field) {
                continue;
            }
            let text = change.before.as_ref().and_then(Data::as_text).unwrap_or("").to_string();
            self.bytes += text.len();
            self.old.push_back(Old { rev, entity: change.entity.clone(), field: change.field.clone(), text });
        }
        while self.bytes > MAX_BYTES || self.old.len() > MAX_PIECES {
            let Some(gone) = self.old.pop_front() else {
                break;
            };
            self.bytes -= gone.text.len();
            self.since = self.since.max(gone.rev);
        }
    }

    /// A text as it was at revision `seen`; `None` where it has not changed since.
    pub fn at(&self, entity: &Entity, field: &str, seen: u32, now: u32) -> Result<Option<String>, FlowError> {
        if seen < self.since || seen > now {
            return Err(FlowError::Stale { seen });
        }
        let first = self.old.iter().find(|old| old.rev > seen && old.entity == *entity && old.field == field);
        Ok(first.map(|old| old.text.clone()))
    }
}
