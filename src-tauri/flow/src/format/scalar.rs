//! What a plain word of YAML means, and how text is written so that no reader, 1.1 or 1.2, takes it for something else.

use super::tree::{Data, MAX_INT};

/// A number that would not survive; the remedy is always to write it as text.
pub(super) struct BadNumber(pub &'static str);

/// YAML 1.2 core, minus what loses text: leading zeros, underscores, times and dates stay text.
pub(super) fn plain(word: &str) -> Result<Data, BadNumber> {
    Ok(match word {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        _ => number(word)?.unwrap_or_else(|| Data::Text(word.into())),
    })
}

fn number(word: &str) -> Result<Option<Data>, BadNumber> {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    let Some(first) = digits.bytes().next() else {
        return Ok(None);
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            let fits = !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix));
            return if fits { integer(i128::from_str_radix(rest, radix).ok(), word.starts_with('-')).map(Some) } else { Ok(None) };
        }
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        // 007: octal to some, seven to others.
        if digits.len() > 1 && first == b'0' {
            return Ok(None);
        }
        return integer(digits.parse().ok(), word.starts_with('-')).map(Some);
    }
    if [".inf", ".nan"].contains(&digits.to_ascii_lowercase().as_str()) {
        return Err(BadNumber("is no number of JSON"));
    }
    let numeric = (first.is_ascii_digit() || first == b'.') && digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    match word.parse::<f64>() {
        Ok(x) if numeric => Data::number(x).map(Some).ok_or(BadNumber("is too large for a number")),
        _ => Ok(None),
    }
}

fn integer(n: Option<i128>, negative: bool) -> Result<Data, BadNumber> {
    match n.and_then(|n| i64::try_from(n).ok()).filter(|n| *n <= MAX_INT) {
        Some(n) => Ok(Data::Int(if negative { -n } else { n })),
        None => Err(BadNumber("is an integer beyond 2^53 and would lose digits")),
    }
}

/// A number as JSON has it; the text is one by its grammar.
pub(super) fn json_number(text: &str) -> Result<Data, BadNumber> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return integer(text.trim_start_matches('-').parse().ok(), text.starts_with('-'));
    }
    text.parse().ok().and_then(Data::number).ok_or(BadNumber("is too large for a number"))
}

/// Shortest text that reads back as the same number, in a spelling YAML, TOML and JSON share.
pub fn float(x: f64) -> String {
    let text = format!("{x:?}");
    // Readers of YAML 1.1 take a float only with a point and a signed exponent.
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let point = if digits.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}{point}e{sign}{exponent}")
        }
        None => text,
    }
}

/// Shown by every editor, and never changed on the way.
pub(super) fn printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Text of one line: plain where that is safe, single quotes where it has `"` or `\`, else double quotes.
pub(super) fn text(text: &str, key: bool) -> String {
    if is_plain(text, key) {
        text.into()
    } else if text.chars().all(printable) && text.contains(['"', '\\']) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

/// In double quotes, escaped so that YAML, TOML and JSON readers agree.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if printable(c) => out.push(c),
            // What is not printable lies in the first plane.
            c => out.push_str(&format!("\\u{:04X}", c as u32)),
        }
    }
    out.push('"');
    out
}

fn is_plain(text: &str, key: bool) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let start = first.is_alphanumeric() || matches!(first, '_' | '/' | '$' | '.' | '(');
    if !start || text.ends_with([' ', ':']) || !text.chars().all(printable) {
        return false;
    }
    if text.contains(": ") || text.contains(" #") || (key && (text.contains(['{', '}', '[', ']', ',']) || text.len() > 120)) {
        return false;
    }
    // Numbers, times, dates, octal, sexagesimal: whatever begins like a number and has only characters of numbers.
    let numeric = |c: char| c.is_ascii_hexdigit() || "._:-+xoTtZz iInN".contains(c);
    if (first.is_ascii_digit() || first == '.') && text.chars().all(numeric) {
        return false;
    }
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "..."];
    !words.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether text of several lines goes out as a literal block: only where YAML carries it byte for byte.
pub(super) fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.trim_matches('\n').is_empty()
        // `|+` would also swallow the blank line before the next node.
        && !text.ends_with("\n\n")
        // A line of spaces only would vanish.
        && text.split('\n').all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
        && text.chars().all(|c| c == '\n' || c == '\t' || printable(c))
}
