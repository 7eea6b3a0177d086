//! One setting's text: plain text, text with `${...}`, or `js/...`.

use super::path::Path;
use super::root::Reference;
use super::scan::scan;
use std::sync::Arc;
use weft_node::world::{Script, ScriptKind};

/// What a text in a setting means.
#[derive(Clone, Debug)]
pub enum Parsed {
    /// Itself.
    Plain,
    /// Text with expressions in it; gives text.
    Text(Vec<Piece>),
    /// `js/...`: gives a value of any type.
    Value(Expression),
}

#[derive(Clone, Debug)]
pub enum Piece {
    Text(Arc<str>),
    Expression(Expression),
}

/// One expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// Without `${}` or `js/`, trimmed.
    pub source: Arc<str>,
    pub body: Body,
    /// What it reads.
    pub references: Vec<Reference>,
    /// Where it stands in the setting's text, `[from, to)` in characters.
    pub span: (u32, u32),
    /// What can be said about it without running it.
    pub issues: Vec<Issue>,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// Looked up here.
    Path(Path),
    Script(Script),
    /// There is nothing in it.
    Empty,
}

/// A remark on an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// `expression.syntax`, `expression.empty`, `expression.unknown_name`.
    pub code: &'static str,
    pub message: String,
    pub help: &'static str,
    /// In the setting's text, in characters.
    pub span: (u32, u32),
}

/// Text that makes the rest of the setting JavaScript.
const SCRIPT: &str = "js/";

/// Reads a setting's text. Never fails: what is wrong is in [`Expression::issues`] and fails when it is evaluated.
pub fn parse(text: &str) -> Parsed {
    if let Some(source) = text.strip_prefix(SCRIPT) {
        return Parsed::Value(expression(source, SCRIPT.len() as u32, false));
    }
    let (mut pieces, mut rest, mut at) = (Vec::new(), text, 0);
    while let Some(start) = rest.find("${") {
        let Some(len) = rest[start + 2..].find('}') else {
            break;
        };
        let (before, source) = (&rest[..start], &rest[start + 2..start + 2 + len]);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        at += before.chars().count() as u32 + 2;
        pieces.push(Piece::Expression(expression(source, at, true)));
        at += source.chars().count() as u32 + 1;
        rest = &rest[start + 2 + len + 1..];
    }
    if pieces.is_empty() {
        return Parsed::Plain;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.into()));
    }
    Parsed::Text(pieces)
}

/// Reads one expression that begins at this character of the setting's text.
fn expression(raw: &str, at: u32, in_text: bool) -> Expression {
    let source = raw.trim();
    let from = at + raw[..raw.len() - raw.trim_start().len()].chars().count() as u32;
    let span = (from, from + source.chars().count() as u32);
    let made = |body, references, issues| Expression { source: source.into(), body, references, span, issues };
    let moved = |(a, b): (u32, u32)| (a + from, b + from);
    if source.is_empty() {
        let issue = Issue {
            code: "expression.empty",
            message: "there is no expression here".into(),
            help: "write one, such as `ctx.item.name`, or wrap the text in `{\"$literal\": ...}` to keep it as it is",
            span,
        };
        return made(Body::Empty, Vec::new(), vec![issue]);
    }
    if let Some(mut path) = Path::parse(source, in_text) {
        path.reference.span = moved(path.reference.span);
        let references = vec![path.reference.clone()];
        return made(Body::Path(path), references, Vec::new());
    }
    let body = Body::Script(Script { source: source.into(), kind: ScriptKind::Expression });
    match scan(source) {
        Ok(mut scanned) => {
            for reference in &mut scanned.references {
                reference.span = moved(reference.span);
            }
            let issues = scanned.unknown.into_iter().map(|(name, span)| unknown(&name, moved(span))).collect();
            made(body, scanned.references, issues)
        }
        Err(error) => {
            let place = source.get(..error.at).map_or(0, |before| before.chars().count() as u32);
            let help = if in_text {
                "`${` ends at the first `}`: write expressions with braces as `js/...`"
            } else {
                "mend the expression; it is one JavaScript expression"
            };
            let issue = Issue { code: "expression.syntax", message: error.message.into(), help, span: moved((place, place + 1)) };
            // It will most likely fail; should it not, it sees everything.
            made(body, super::names::whole(&[]), vec![issue])
        }
    }
}

fn unknown(name: &str, span: (u32, u32)) -> Issue {
    Issue {
        code: "expression.unknown_name",
        message: format!("`{name}` is no name an expression sees"),
        help: "write `data.` before a field of the item; the names are ctx, data, item, items, index and nodes",
        span,
    }
}
