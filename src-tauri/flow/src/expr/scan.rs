//! Which roots a piece of JavaScript reads. Where it cannot tell, it says more rather than less.

use super::lexer::{Kind, LexError, Token, lex};
use super::root::{Reference, resolve};
use std::sync::Arc;

/// What a piece of JavaScript refers to.
#[derive(Clone, Debug, Default)]
pub(super) struct Scanned {
    pub references: Vec<Reference>,
    /// Free names that neither we nor the language know, with their place in characters.
    pub unknown: Vec<(Arc<str>, (u32, u32))>,
}

/// The references of a script. A text that is no JavaScript refers to everything: it fails when it is run.
pub fn references(source: &str) -> Vec<Reference> {
    scan(source).map_or_else(|_| super::names::whole(&[]), |scanned| scanned.references)
}

pub(super) fn scan(source: &str) -> Result<Scanned, LexError> {
    let tokens = lex(source)?;
    let scan = Scan { source, shadows: shadows(source, &tokens), tokens: &tokens };
    let mut out = Scanned::default();
    let mut chars = Chars { source, at: 0, count: 0 };
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Name || !scan.is_free(at) {
            continue;
        }
        let name = scan.text(at);
        let chain = scan.chain(at);
        let from = chars.count_to(token.from);
        match resolve(&chain) {
            Some((mut reference, taken)) => {
                let last = scan.end_of_chain(at, taken);
                reference.span = (from, from + source[token.from..last].chars().count() as u32);
                out.references.push(reference);
            }
            None if is_reserved(name) || is_global(name) || is_contextual(name) => {}
            None => out.unknown.push((name.into(), (from, from + name.chars().count() as u32))),
        }
    }
    Ok(out)
}

struct Scan<'a> {
    source: &'a str,
    tokens: &'a [Token],
    shadows: Vec<Shadow<'a>>,
}

/// A name declared by the script itself, and the tokens where it holds.
struct Shadow<'a> {
    name: &'a str,
    from: usize,
    to: usize,
}

impl<'a> Scan<'a> {
    fn text(&self, at: usize) -> &'a str {
        &self.source[self.tokens[at].from..self.tokens[at].to]
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether the name at this token stands for a variable of the outside.
    fn is_free(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.kind(at));
        if before == Some(Kind::Dot) {
            return false;
        }
        // `{item: 1}`: a key. After `?` it is a choice.
        let is_key = self.kind(at + 1) == Some(Kind::Other(':')) && matches!(before, Some(Kind::Open('{') | Kind::Other(',')));
        let name = self.text(at);
        !is_key && !self.shadows.iter().any(|shadow| shadow.name == name && (shadow.from..shadow.to).contains(&at))
    }

    /// The static names from here on: `ctx`, `nodes`, `fetch`.
    fn chain(&self, at: usize) -> Vec<Arc<str>> {
        let mut chain = vec![Arc::from(self.text(at))];
        let mut at = at + 1;
        while let Some((name, next)) = self.member(at) {
            chain.push(name);
            at = next;
        }
        chain
    }

    /// The static member that begins at this token, and the token after it.
    fn member(&self, at: usize) -> Option<(Arc<str>, usize)> {
        let mut at = at;
        if self.kind(at) == Some(Kind::Dot) {
            if self.kind(at + 1) == Some(Kind::Name) {
                return Some((self.text(at + 1).into(), at + 2));
            }
            at += 1; // `?.[`
        }
        if self.kind(at) != Some(Kind::Open('[')) || self.tokens[at].partner != at + 2 {
            return None;
        }
        let text = self.text(at + 1);
        match self.kind(at + 1)? {
            Kind::Text if !text.contains('\\') => Some((text[1..text.len() - 1].into(), at + 3)),
            Kind::Number if text.bytes().all(|b| b.is_ascii_digit()) => Some((text.into(), at + 3)),
            _ => None,
        }
    }

    fn end_of_chain(&self, at: usize, names: usize) -> usize {
        let mut next = at + 1;
        for _ in 1..names {
            next = self.member(next).map_or(next, |(_, next)| next);
        }
        self.tokens[next - 1].to
    }
}

/// Names that parameters and declarations give another meaning.
fn shadows<'a>(source: &'a str, tokens: &[Token]) -> Vec<Shadow<'a>> {
    let text = |at: usize| &source[tokens[at].from..tokens[at].to];
    let mut out = Vec::new();
    // The block that each token stands in ends here.
    let block_end = |at: usize| {
        let enclosing = tokens[..at].iter().rposition(|open| matches!(open.kind, Kind::Open('{' | '$')) && open.partner > at);
        enclosing.map_or((0, tokens.len()), |open| (open, tokens[open].partner))
    };
    let mut declare = |from: usize, to: usize, in_from: usize, in_to: usize| {
        for at in from..to {
            // Names on the left of defaults and inside patterns; a default's own names are declared too, which only says less is shadowed outside.
            let is_member = at > 0 && tokens[at - 1].kind == Kind::Dot;
            if tokens[at].kind == Kind::Name && !is_member && !is_reserved(text(at)) {
                out.push(Shadow { name: text(at), from: in_from, to: in_to });
            }
        }
    };
    for at in 0..tokens.len() {
        match tokens[at].kind {
            Kind::Arrow if at > 0 => {
                let first = match tokens[at - 1].kind {
                    Kind::Close(')') => tokens[at - 1].partner,
                    _ => at - 1,
                };
                declare(first, at, first, body_end(tokens, at + 1));
            }
            Kind::Name if matches!(text(at), "function" | "catch" | "get" | "set") => {
                let Some(open) = (at + 1..tokens.len().min(at + 4)).find(|i| tokens[*i].kind == Kind::Open('(')) else {
                    continue;
                };
                let close = tokens[open].partner;
                if tokens.get(close + 1).map(|t| t.kind) != Some(Kind::Open('{')) {
                    continue;
                }
                declare(open, close, open, tokens[close + 1].partner);
                if text(at) == "function" {
                    let (from, to) = block_end(at);
                    declare(at + 1, open, from, to);
                }
            }
            Kind::Name if matches!(text(at), "const" | "let" | "var" | "class") => {
                let Some(next) = tokens.get(at + 1) else {
                    continue;
                };
                let is_pattern = matches!(next.kind, Kind::Open('{' | '['));
                let end = if is_pattern { next.partner } else { at + 2 };
                let (from, to) = block_end(at);
                declare(at + 1, end, from, to);
                // `let a = 1, b = 2`
                let mut more = end;
                while more < to && !matches!(tokens[more].kind, Kind::Other(';')) {
                    if matches!(tokens[more].kind, Kind::Open(_)) {
                        more = tokens[more].partner;
                    } else if tokens[more].kind == Kind::Other(',') && text(at) != "class" {
                        declare(more + 1, more + 2, from, to);
                    } else if matches!(tokens[more].kind, Kind::Close(_)) {
                        break;
                    }
                    more += 1;
                }
            }
            _ => {}
        }
    }
    out
}

/// The token after an arrow function's body.
fn body_end(tokens: &[Token], from: usize) -> usize {
    if tokens.get(from).is_some_and(|t| t.kind == Kind::Open('{')) {
        return tokens[from].partner;
    }
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Open(_) => at = token.partner,
            Kind::Close(_) | Kind::Other(',' | ';') => return at,
            _ => {}
        }
        at += 1;
    }
    tokens.len()
}

/// Bytes to characters, going forward only.
struct Chars<'a> {
    source: &'a str,
    at: usize,
    count: u32,
}

impl Chars<'_> {
    fn count_to(&mut self, byte: usize) -> u32 {
        self.count += self.source[self.at..byte].chars().count() as u32;
        self.at = byte;
        self.count
    }
}

#[rustfmt::skip]
pub(super) fn is_reserved(name: &str) -> bool {
    matches!(name, "await" | "break" | "case" | "catch" | "class" | "const" | "continue" | "debugger" | "default" | "delete" | "do" | "else"
        | "enum" | "export" | "extends" | "false" | "finally" | "for" | "function" | "if" | "import" | "in" | "instanceof" | "let" | "new"
        | "null" | "return" | "static" | "super" | "switch" | "this" | "throw" | "true" | "try" | "typeof" | "var" | "void" | "while" | "with"
        | "yield")
}

/// Words that mean something in some places and are names in others.
fn is_contextual(name: &str) -> bool {
    matches!(name, "async" | "of" | "get" | "set" | "arguments")
}

/// Globals of the language itself, as the script workers have them.
#[rustfmt::skip]
pub(super) fn is_global(name: &str) -> bool {
    matches!(name, "undefined" | "NaN" | "Infinity" | "globalThis" | "Object" | "Array" | "String" | "Number" | "Boolean" | "BigInt" | "Symbol"
        | "Function" | "Math" | "JSON" | "Date" | "RegExp" | "Map" | "Set" | "WeakMap" | "WeakSet" | "Promise" | "Proxy" | "Reflect" | "Iterator"
        | "Error" | "TypeError" | "RangeError" | "SyntaxError" | "ReferenceError" | "EvalError" | "URIError" | "AggregateError"
        | "ArrayBuffer" | "DataView" | "Int8Array" | "Uint8Array" | "Uint8ClampedArray" | "Int16Array" | "Uint16Array" | "Int32Array"
        | "Uint32Array" | "BigInt64Array" | "BigUint64Array" | "Float16Array" | "Float32Array" | "Float64Array"
        | "parseInt" | "parseFloat" | "isNaN" | "isFinite" | "encodeURIComponent" | "decodeURIComponent" | "encodeURI" | "decodeURI"
        | "escape" | "unescape")
}
