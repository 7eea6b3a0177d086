//! JSON in and out. Read by hand: duplicate keys and big integers are refused with their place instead of being lost.

use super::scalar::{BadNumber, json_number, quoted};
use super::tree::{Data, Entry, MAX_DEPTH, Place, key_fits};
use crate::finding::Finding;
use std::collections::HashSet;

type Refused = Box<Finding>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Where the line begins, in bytes.
    start: usize,
}

pub(super) fn parse(text: &str) -> Result<Entry, Refused> {
    let mut reader = Reader { text, at: 0, line: 1, start: 0 };
    reader.space();
    let root = reader.entry(0)?;
    reader.space();
    if reader.at < text.len() {
        return reader.syntax("something follows the end of the flow");
    }
    Ok(root)
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn place(&self) -> Place {
        let column = self.text.get(self.start..self.at).map_or(0, |line| line.chars().count());
        Place { line: self.line, column: u32::try_from(column).unwrap_or(u32::MAX - 1) + 1 }
    }

    fn refuse<T>(&self, at: Place, code: &'static str, message: impl Into<String>, help: &str) -> Result<T, Refused> {
        Err(Box::new(Finding::error(code, message, help).at(at.line, at.column)))
    }

    fn syntax<T>(&self, message: &str) -> Result<T, Refused> {
        self.refuse(self.place(), "file.syntax", format!("the file is no JSON here: {message}"), "mend the line")
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
            if self.text.as_bytes()[self.at - 1] == b'\n' {
                self.line += 1;
                self.start = self.at;
            }
        }
    }

    fn eat(&mut self, byte: u8, or: &str) -> Result<(), Refused> {
        if self.peek() != Some(byte) {
            return self.syntax(or);
        }
        self.at += 1;
        Ok(())
    }

    fn entry(&mut self, depth: usize) -> Result<Entry, Refused> {
        let at = self.place();
        if depth > MAX_DEPTH {
            return self.refuse(at, "file.depth", format!("nested deeper than {MAX_DEPTH} levels"), "make it flatter");
        }
        let data = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Data::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Entry { data, at, ..Entry::default() })
    }

    fn word(&mut self) -> Result<Data, Refused> {
        for (word, data) in [("null", Data::Null), ("true", Data::Bool(true)), ("false", Data::Bool(false))] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(data);
            }
        }
        self.syntax("a value is missing")
    }

    fn list(&mut self, depth: usize) -> Result<Data, Refused> {
        self.at += 1;
        let mut list = Vec::new();
        self.space();
        while self.peek() != Some(b']') {
            if !list.is_empty() {
                self.eat(b',', "`,` or `]` is missing")?;
                self.space();
            }
            list.push(self.entry(depth + 1)?);
            self.space();
        }
        self.at += 1;
        Ok(Data::List(list))
    }

    fn map(&mut self, depth: usize) -> Result<Data, Refused> {
        self.at += 1;
        let mut map: Vec<(String, Entry)> = Vec::new();
        let mut seen = HashSet::new();
        self.space();
        while self.peek() != Some(b'}') {
            if !map.is_empty() {
                self.eat(b',', "`,` or `}` is missing")?;
                self.space();
            }
            let at = self.place();
            if self.peek() != Some(b'"') {
                return self.syntax("a key in double quotes is missing");
            }
            let key = self.string()?;
            if !key_fits(&key) {
                return self.refuse(at, "file.key", "the key is too long", "keys have at most some hundred characters");
            }
            if !seen.insert(key.clone()) {
                return self.refuse(
                    at,
                    "file.duplicate",
                    format!("`{key}` is already in this object"),
                    "remove one of the two, or give it another name",
                );
            }
            self.space();
            self.eat(b':', "`:` is missing")?;
            self.space();
            let mut entry = self.entry(depth + 1)?;
            if entry.data.is_collection() {
                entry.at = at;
            }
            map.push((key, entry));
            self.space();
        }
        self.at += 1;
        Ok(Data::Map(map))
    }

    fn number(&mut self) -> Result<Data, Refused> {
        let at = self.place();
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|b| b.is_ascii_digit() || b"+-.eE".contains(b)).count();
        let word = &rest[..length];
        if !is_number(word) {
            return self.syntax("this is no number");
        }
        self.at += length;
        json_number(word).or_else(|BadNumber(why)| self.refuse(at, "file.number", format!("`{word}` {why}"), "write it as text, in quotes"))
    }

    fn string(&mut self) -> Result<String, Refused> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    out.push(c);
                }
                Some(_) => {
                    return self.syntax("a line end or control character inside text is written as \\n or \\u");
                }
                None => return self.syntax("the text has no end"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let c = self.peek();
        self.at += 1;
        Ok(match c {
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.unit()?;
                let unit = if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let second = self.unit()?;
                    0x10000
                        + ((first - 0xd800) << 10)
                        + (second.wrapping_sub(0xdc00) & 0x3ff)
                        + if (0xdc00..0xe000).contains(&second) { 0 } else { 0x11_0000 }
                } else {
                    first
                };
                match char::from_u32(unit) {
                    Some(c) => c,
                    None => return self.syntax("half a character: \\u must name a whole one"),
                }
            }
            _ => {
                self.at -= 1;
                return self.syntax("after a backslash comes one of \" \\ / b f n r t u");
            }
        })
    }

    fn unit(&mut self) -> Result<u32, Refused> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|d| u32::from_str_radix(d, 16).ok()) else {
            return self.syntax("after \\u come four hexadecimal digits");
        };
        self.at += 4;
        Ok(unit)
    }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
fn is_number(word: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (number, exponent) = word.split_once(['e', 'E']).map_or((word, None), |(n, e)| (n, Some(e)));
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Two spaces a level, lists of numbers on one line, no remarks.
pub(super) fn print(root: &Entry) -> String {
    let mut out = String::new();
    value(&mut out, &root.data, 0);
    out.push('\n');
    out
}

fn value(out: &mut String, data: &Data, indent: usize) {
    let line = |out: &mut String, indent: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    };
    let numbers = |list: &[Entry]| list.iter().all(|e| matches!(e.data, Data::Int(_) | Data::Float(_)));
    match data {
        Data::Map(map) if !map.is_empty() => {
            out.push('{');
            for (i, (key, entry)) in map.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                line(out, indent + 2);
                out.push_str(&quoted(key));
                out.push_str(": ");
                value(out, &entry.data, indent + 2);
            }
            line(out, indent);
            out.push('}');
        }
        Data::List(list) if !list.is_empty() && !numbers(list) => {
            out.push('[');
            for (i, entry) in list.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                line(out, indent + 2);
                value(out, &entry.data, indent + 2);
            }
            line(out, indent);
            out.push(']');
        }
        Data::List(list) => {
            out.push('[');
            for (i, entry) in list.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                value(out, &entry.data, indent);
            }
            out.push(']');
        }
        Data::Map(_) => out.push_str("{}"),
        Data::Text(t) => out.push_str(&quoted(t)),
        Data::Float(x) => out.push_str(&super::scalar::float(*x)),
        Data::Null => out.push_str("null"),
        Data::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Data::Int(n) => out.push_str(&n.to_string()),
    }
}
