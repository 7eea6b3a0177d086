//! YAML out: the one canonical text of a tree.

use super::scalar::{self, float, is_block};
use super::tree::{Data, Entry, Remarks};

pub(super) fn print(root: &Entry) -> String {
    let mut out = Printer(String::new());
    match &root.data {
        Data::Map(map) if !map.is_empty() => out.map(map, 0, 0, ""),
        _ => out.value(root, 0),
    }
    if !root.remarks.foot.is_empty() {
        out.0.push('\n');
    }
    out.lines(&root.remarks.foot, 0);
    out.0
}

struct Printer(String);

impl Printer {
    fn pad(&mut self, indent: usize) {
        self.0.extend(std::iter::repeat_n(' ', indent));
    }

    fn lines(&mut self, lines: &[String], indent: usize) {
        for line in lines {
            if !line.is_empty() {
                self.pad(indent);
                self.0.push('#');
                self.0.push_str(line.trim_end());
            }
            self.0.push('\n');
        }
    }

    fn end_line(&mut self, remarks: &Remarks) {
        if let Some(text) = &remarks.right {
            self.0.push_str(" #");
            self.0.push_str(text.trim_end());
        }
        self.0.push('\n');
    }

    /// `depth` counts from the root: a blank line stands before each section and each node.
    fn map(&mut self, map: &[(String, Entry)], indent: usize, depth: usize, section: &str) {
        for (i, (key, entry)) in map.iter().enumerate() {
            if i > 0 && ((depth == 0 && !entry.data.is_flat()) || (depth == 1 && section == "nodes")) {
                self.0.push('\n');
            }
            self.lines(&entry.remarks.above, indent);
            self.pad(indent);
            self.member(key, entry, indent, depth);
        }
    }

    fn member(&mut self, key: &str, entry: &Entry, indent: usize, depth: usize) {
        self.0.push_str(&scalar::text(key, true));
        self.0.push(':');
        self.value(entry, indent);
        if let Data::Map(map) = &entry.data
            && !map.is_empty()
        {
            self.map(map, indent + 2, depth + 1, key);
            self.lines(&entry.remarks.foot, indent + 2);
        }
    }

    /// Everything after `key:` or `-`, up to and including the line end. Of a map only the line end: its members follow.
    fn value(&mut self, entry: &Entry, indent: usize) {
        match &entry.data {
            Data::Map(map) if map.is_empty() => self.0.push_str(" {}"),
            Data::List(list) if list.is_empty() => self.0.push_str(" []"),
            Data::Map(_) => {}
            Data::List(list) if entry.is_numbers() => {
                let numbers: Vec<String> = list.iter().map(|e| atom(&e.data)).collect();
                self.0.push_str(&format!(" [{}]", numbers.join(", ")));
            }
            Data::List(list) => {
                self.end_line(&entry.remarks);
                self.list(list, indent + 2);
                return self.lines(&entry.remarks.foot, indent + 2);
            }
            Data::Text(text) if is_block(text) => {
                return self.block(text, &entry.remarks, indent + 2);
            }
            data => {
                self.0.push(' ');
                self.0.push_str(&atom(data));
            }
        }
        self.end_line(&entry.remarks);
    }

    fn list(&mut self, list: &[Entry], indent: usize) {
        for element in list {
            self.lines(&element.remarks.above, indent);
            self.pad(indent);
            self.0.push('-');
            let Data::Map(map) = &element.data else {
                self.value(element, indent);
                continue;
            };
            if map.is_empty() {
                self.value(element, indent);
                continue;
            }
            self.0.push(' ');
            for (i, (key, member)) in map.iter().enumerate() {
                if i > 0 {
                    self.lines(&member.remarks.above, indent + 2);
                    self.pad(indent + 2);
                }
                // Deep enough that no blank lines come between.
                self.member(key, member, indent + 2, 2);
            }
            self.lines(&element.remarks.foot, indent + 2);
        }
    }

    fn block(&mut self, text: &str, remarks: &Remarks, indent: usize) {
        // A first line that begins with space would be taken for deeper indentation.
        let lead = text.trim_start_matches('\n').starts_with([' ', '\t']);
        self.0.push_str(" |");
        if lead {
            self.0.push('2');
        }
        if !text.ends_with('\n') {
            self.0.push('-');
        }
        self.end_line(remarks);
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.pad(indent);
                self.0.push_str(line);
            }
            self.0.push('\n');
        }
    }
}

fn atom(data: &Data) -> String {
    match data {
        Data::Bool(b) => b.to_string(),
        Data::Int(n) => n.to_string(),
        Data::Float(x) => float(*x),
        Data::Text(text) => scalar::text(text, false),
        Data::Null | Data::List(_) | Data::Map(_) => "null".into(),
    }
}
