//! YAML in: granit-parser's events, comments included, to a tree. What would lose or hide something is refused.

use super::scalar::{BadNumber, plain};
use super::tree::{Data, Entry, MAX_DEPTH, Place, Remarks, beside, key_fits};
use crate::finding::Finding;
use granit_parser::{Event, Options, Parser, ScalarStyle};
use std::collections::HashMap;

type Refused = Box<Finding>;

struct Spanned<'a> {
    event: Event<'a>,
    /// From 1.
    line: usize,
    /// From 0.
    column: usize,
}

impl Spanned<'_> {
    fn place(&self) -> Place {
        place(self.line, self.column)
    }

    fn refuse<T>(&self, code: &'static str, message: impl Into<String>, help: &str) -> Result<T, Refused> {
        let at = self.place();
        Err(Box::new(Finding::error(code, message, help).at(at.line, at.column)))
    }
}

fn place(line: usize, column: usize) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place { line: number(line), column: number(column + 1) }
}

struct Reader<'a> {
    events: Vec<Spanned<'a>>,
    at: usize,
    /// Own-line comments not yet placed: column, line, text.
    pending: Vec<(usize, usize, String)>,
    lines: Vec<&'a str>,
}

pub(super) fn parse(text: &str) -> Result<Entry, Refused> {
    let lines: Vec<&str> = text.lines().collect();
    let mut reader = Reader { events: events(text, &lines)?, at: 0, pending: Vec::new(), lines };
    let mut root = None;
    loop {
        reader.comments(None);
        let Some(next) = reader.events.get(reader.at) else {
            break;
        };
        match next.event {
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => reader.at += 1,
            Event::StreamEnd => break,
            _ if root.is_some() => {
                return next.refuse("file.documents", "a second document begins here", "a flow file is one document: remove the `---`");
            }
            _ => {
                let mut entry = Entry::default();
                reader.entry(&mut entry, 0, None)?;
                root = Some(entry);
            }
        }
    }
    let Some(mut root) = root else {
        return Err(Box::new(Finding::error("file.empty", "the file is empty", "a flow begins with `weft: 1`").at(1, 1)));
    };
    let rest = reader.take_lines(0);
    root.remarks.foot.extend(rest);
    Ok(root.normal())
}

fn events<'a>(text: &'a str, lines: &[&str]) -> Result<Vec<Spanned<'a>>, Refused> {
    let mut options = Options::default();
    // 96 by default: a longer comment block would be an error.
    options.max_buffered_comment_events = 1_000_000;
    options.block_nesting_limit = MAX_DEPTH;
    options.flow_nesting_limit = MAX_DEPTH;
    let mut events = Vec::new();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| {
            let at = place(error.marker().line(), error.marker().col());
            let line = lines.get(error.marker().line().saturating_sub(1)).copied().unwrap_or("");
            let tab = line.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t');
            let (code, help) = if tab {
                ("file.tab", "tabs do not indent in YAML: use two spaces a level")
            } else {
                ("file.syntax", "mend the line; text with `: `, ` #` or a strange first character stands in quotes")
            };
            Box::new(Finding::error(code, format!("the file is no YAML here: {}", error.info()), help).at(at.line, at.column))
        })?;
        events.push(Spanned { event, line: span.start.line(), column: span.start.col() });
    }
    Ok(events)
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Spanned<'a>, Refused> {
        let Some(next) = self.events.get_mut(self.at) else {
            return Err(Box::new(Finding::error("file.syntax", "the file ends too early", "complete it").at(1, 1)));
        };
        self.at += 1;
        Ok(Spanned { event: std::mem::replace(&mut next.event, Event::StreamEnd), ..*next })
    }

    fn ends_with(&self, end: &Event<'_>) -> bool {
        self.events.get(self.at).is_none_or(|next| next.event == *end || next.event == Event::StreamEnd)
    }

    /// Takes the comments at the cursor: beside content they belong to the entry just read, on a line of their own they wait.
    fn comments(&mut self, mut right: Option<&mut Remarks>) {
        while let Some(Spanned { event: Event::Comment(text, _), line, column }) = self.events.get(self.at) {
            let before = self.lines.get(line.saturating_sub(1)).map_or("", |l| l.get(..byte_of(l, *column)).unwrap_or(l));
            let own = before.chars().all(|c| matches!(c, ' ' | '\t' | '-'));
            let text = text.trim_end().to_string();
            match &mut right {
                Some(remarks) if !own => remarks.right = Some(beside(remarks.right.take(), text)),
                _ => self.pending.push((*column, *line, text)),
            }
            self.at += 1;
        }
    }

    /// Waiting comments from `column` rightwards, as lines, with an empty one where blank lines stood between them.
    fn take_lines(&mut self, column: usize) -> Vec<String> {
        let count = self.pending.iter().take_while(|(c, ..)| *c >= column).count();
        let mut out = Vec::new();
        let mut last: Option<usize> = None;
        for (_, line, text) in self.pending.drain(..count) {
            if last.is_some_and(|last| line > last + 1) {
                out.push(String::new());
            }
            last = Some(line);
            out.push(if text.is_empty() { " ".into() } else { text });
        }
        // A blank line between the last comment and what follows it.
        if let (Some(last), Some(next)) = (last, self.events.get(self.at)) {
            let blank = self.lines.get(last).is_some_and(|line| line.trim().is_empty());
            if next.line > last + 1 && blank {
                out.push(String::new());
            }
        }
        out
    }

    /// Reads the next node. `outer` is the column of the keys of the mapping it stands in.
    fn entry(&mut self, entry: &mut Entry, depth: usize, outer: Option<usize>) -> Result<(), Refused> {
        self.comments(Some(&mut entry.remarks));
        let next = self.next()?;
        if depth > MAX_DEPTH {
            return next.refuse("file.depth", format!("nested deeper than {MAX_DEPTH} levels"), "make it flatter");
        }
        unadorned(&next)?;
        let at = next.place();
        match next.event {
            Event::Scalar(ref text, style, ..) => {
                // Between a key and its scalar on a later line.
                let above = self.take_lines(0);
                entry.remarks.above.extend(above);
                entry.data = if style == ScalarStyle::Plain { meaning(text, &next)? } else { Data::Text(text.to_string()) };
                entry.at = at;
            }
            Event::SequenceStart(..) => self.list(entry, depth, next.column, outer)?,
            Event::MappingStart(..) => self.map(entry, depth)?,
            _ => {
                return next.refuse("file.syntax", "something is missing here", "complete the line");
            }
        }
        if entry.at.line == 0 {
            entry.at = at;
        }
        self.comments(Some(&mut entry.remarks));
        Ok(())
    }

    fn list(&mut self, entry: &mut Entry, depth: usize, column: usize, outer: Option<usize>) -> Result<(), Refused> {
        let mut list = Vec::<Entry>::new();
        // `key:` and its `-` in one column: a comment there speaks of the next key.
        let column = if outer == Some(column) { column + 1 } else { column };
        loop {
            self.comments(list.last_mut().map(|element| &mut element.remarks));
            if self.ends_with(&Event::SequenceEnd) {
                self.at += 1;
                break;
            }
            let mut element = Entry::default();
            element.remarks.above = self.take_lines(0);
            self.entry(&mut element, depth + 1, None)?;
            list.push(element);
        }
        entry.remarks.foot = self.take_lines(column);
        entry.data = Data::List(list);
        Ok(())
    }

    fn map(&mut self, entry: &mut Entry, depth: usize) -> Result<(), Refused> {
        let mut map = Vec::<(String, Entry)>::new();
        let mut seen = HashMap::new();
        let mut column = None;
        loop {
            self.comments(map.last_mut().map(|(_, last)| &mut last.remarks));
            if self.ends_with(&Event::MappingEnd) {
                self.at += 1;
                break;
            }
            let next = self.next()?;
            let key = key(&next)?;
            column = Some(column.map_or(next.column, |c: usize| c.min(next.column)));
            if let Some(first) = seen.insert(key.clone(), next.line) {
                return next.refuse(
                    "file.duplicate",
                    format!("`{key}` is already on line {first}"),
                    "remove one of the two, or give it another name",
                );
            }
            let mut member = Entry::default();
            member.remarks.above = self.take_lines(0);
            self.entry(&mut member, depth + 1, column)?;
            if member.data.is_collection() {
                member.at = next.place();
            }
            map.push((key, member));
        }
        entry.remarks.foot = column.map_or_else(Vec::new, |column| self.take_lines(column));
        entry.data = Data::Map(map);
        Ok(())
    }
}

fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

/// Anchors, aliases and tags say what a flow file does not need, and hide bombs.
fn unadorned(next: &Spanned<'_>) -> Result<(), Refused> {
    match &next.event {
        Event::Alias(_) | Event::UnresolvedAlias(_) => next.refuse(
            "file.alias",
            "aliases (`*name`) are no part of a flow file",
            "write the value out; text that begins with `*` stands in quotes",
        ),
        Event::Scalar(_, _, anchor, _) | Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) if *anchor != 0 => next
            .refuse(
                "file.anchor",
                "anchors (`&name`) are no part of a flow file",
                "write the value out where it is needed; text that begins with `&` stands in quotes",
            ),
        Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, _, Some(_)) | Event::MappingStart(_, _, Some(_)) => next.refuse(
            "file.tag",
            "tags (`!name`) are no part of a flow file",
            "remove the tag; text that begins with `!` stands in quotes",
        ),
        _ => Ok(()),
    }
}

fn key(next: &Spanned<'_>) -> Result<String, Refused> {
    unadorned(next)?;
    let Event::Scalar(text, style, ..) = &next.event else {
        return next.refuse("file.key", "a key is text", "name the entry by a word");
    };
    if text == "<<" && *style == ScalarStyle::Plain {
        return next.refuse("file.merge_key", "merge keys (`<<`) are no part of a flow file", "write the entries out");
    }
    if !key_fits(text) {
        return next.refuse("file.key", "the key is too long", "keys have at most some hundred characters");
    }
    Ok(text.to_string())
}

fn meaning(word: &str, next: &Spanned<'_>) -> Result<Data, Refused> {
    plain(word).or_else(|BadNumber(why)| next.refuse("file.number", format!("`{word}` {why}"), "write it as text, in quotes"))
}
