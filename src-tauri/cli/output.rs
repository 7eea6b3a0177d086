//! What people read: errors with their remedy, findings with the line they stand in, times and tables.

use crate::exit::Failed;
use crate::source::Source;
use std::io::IsTerminal;
use weft_api::types::{Finding, Severity};

/// Colours only for people.
fn paint(code: &str, text: &str) -> String {
    if std::io::stderr().is_terminal() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

pub fn print_error(error: &anyhow::Error) {
    eprintln!("{} {}", paint("1;31", "weft:"), clean(&error.to_string()));
    for cause in error.chain().skip(1) {
        eprintln!("  because: {}", clean(&cause.to_string()));
    }
    if let Some(Failed(problem)) = error.downcast_ref::<Failed>() {
        let place: Vec<String> = [
            problem.node.as_ref().map(|node| format!("node {node}")),
            problem.field.as_ref().map(|field| format!("field {field}")),
            problem.item.map(|item| format!("item {}", item + 1)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !place.is_empty() {
            eprintln!("  at {}", clean(&place.join(", ")));
        }
        if !problem.help.is_empty() {
            eprintln!("  {}", clean(&problem.help));
        }
    }
}

/// A finding with its line, as a compiler shows it.
pub fn print_finding(source: Option<&Source>, finding: &Finding) {
    let (colour, word) = match finding.severity {
        Severity::Error => ("1;31", "error"),
        Severity::Warning => ("1;33", "warning"),
        Severity::Info => ("1;36", "note"),
    };
    eprintln!("{}: {} [{}]", paint(colour, word), clean(&finding.message), finding.code);
    if let (Some(source), Some(line)) = (source, finding.line) {
        let column = finding.column.unwrap_or(1);
        eprintln!("  --> {}:{line}:{column}", source.name);
        if let Some(text) = source.line(line) {
            let number = line.to_string();
            let text = clean(&text.replace('\t', " "));
            eprintln!("  {number} | {text}");
            let length = finding.span.map_or(1, |(from, to)| to.saturating_sub(from).max(1)) as usize;
            let marks = "^".repeat(length.min(text.chars().count().max(1)));
            eprintln!("  {} | {}{}", " ".repeat(number.len()), " ".repeat(column.saturating_sub(1) as usize), paint(colour, &marks));
        }
    } else if let Some(source) = source {
        eprintln!("  --> {}", source.name);
    }
    let place: Vec<String> =
        [finding.node.as_ref().map(|node| format!("node {node}")), finding.field.as_ref().map(|field| format!("field {field}"))]
            .into_iter()
            .flatten()
            .collect();
    if !place.is_empty() {
        eprintln!("  at {}", clean(&place.join(", ")));
    }
    if !finding.help.is_empty() {
        eprintln!("  help: {}", clean(&finding.help));
    }
}

/// Control characters in names and values must not command the terminal.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if (c.is_control() && c != '\n') || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

pub fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms if ms < 60_000.0 => format!("{:.1} s", ms / 1000.0),
        ms => format!("{} min {} s", (ms / 60_000.0) as u64, ((ms % 60_000.0) / 1000.0) as u64),
    }
}

pub fn count(n: u32, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
