//! Plain paths: `name(.name | [integer] | ['text'])*`, read without JavaScript but as JavaScript reads them.

use super::root::{Reference, resolve};
use std::sync::Arc;
use weft_node::{Problem, Value, world::Script, world::ScriptKind};

/// A path whose root is resolved.
#[derive(Clone, Debug)]
pub struct Path {
    pub reference: Reference,
    /// What follows the root.
    pub(super) steps: Box<[Step]>,
    /// For members that are a prototype's: only JavaScript knows those.
    pub(super) script: Option<Script>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub name: Arc<str>,
    /// The name as a position of a list or text.
    pub index: Option<usize>,
}

impl Step {
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        let name = name.into();
        let canonical = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
        let index = if canonical { name.parse().ok() } else { None };
        Step { name, index }
    }
}

/// What walking a path came to.
#[derive(Debug)]
pub(super) enum Walked {
    Value(Value),
    Undefined,
    /// A member of a prototype: ask JavaScript.
    Script,
}

impl Path {
    /// Reads a path; none where the text is anything else. `in_text`: inside `${}`, where the language's globals are no names.
    pub(super) fn parse(text: &str, in_text: bool) -> Option<Path> {
        let chain = chain(text)?;
        if !in_text && super::scan::is_global(&chain[0]) {
            return None;
        }
        let names: Vec<Arc<str>> = chain.iter().map(Arc::clone).collect();
        let (mut reference, taken, source) = match resolve(&names) {
            Some((reference, taken)) => (reference, taken, text.to_string()),
            None => {
                // A bare name is a member of the item.
                let (mut reference, _) = resolve(&["data".into()])?;
                reference.member = Some(names[0].clone());
                let rest = &text[names[0].len()..];
                (reference, 0, format!("data[{}]{rest}", Value::from(&*names[0]).to_json()))
            }
        };
        reference.span = (0, text.chars().count() as u32);
        let steps: Box<[Step]> = names[taken..].iter().map(|name| Step::new(name.clone())).collect();
        let needs_script = steps.iter().any(|step| &*step.name != "length" && is_anywhere(&step.name));
        let script = needs_script.then(|| Script { source: source.into(), kind: ScriptKind::Expression });
        Some(Path { reference, steps, script })
    }

    /// Walks from the root's value.
    ///
    /// # Errors
    /// A member of undefined or null, as in JavaScript.
    pub(super) fn walk(&self, root: Option<&Value>) -> Result<Walked, Problem> {
        let mut here = root.cloned();
        for step in &self.steps {
            here = match here {
                None => return Err(no_member(&step.name, "undefined")),
                Some(Value::Null) => return Err(no_member(&step.name, "null")),
                Some(Value::Object(map)) => match map.get(&step.name) {
                    Some(value) => Some(value.clone()),
                    None if is_of_object(&step.name) => return Ok(Walked::Script),
                    None => None,
                },
                Some(Value::List(items)) => match step.index {
                    Some(index) => items.get(index).cloned(),
                    None if &*step.name == "length" => Some(Value::from(items.len())),
                    None if is_of_list(&step.name) || is_of_object(&step.name) => {
                        return Ok(Walked::Script);
                    }
                    None => None,
                },
                Some(Value::Text(text)) => match step.index {
                    Some(index) => text.encode_utf16().nth(index).map(|unit| Value::from(String::from_utf16_lossy(&[unit]))),
                    None if &*step.name == "length" => Some(Value::from(text.encode_utf16().count())),
                    None if is_of_text(&step.name) || is_of_object(&step.name) => {
                        return Ok(Walked::Script);
                    }
                    None => None,
                },
                Some(Value::Number(_) | Value::Bool(_)) if is_of_number(&step.name) || is_of_object(&step.name) => {
                    return Ok(Walked::Script);
                }
                Some(Value::Number(_) | Value::Bool(_)) => None,
            };
        }
        Ok(here.map_or(Walked::Undefined, Walked::Value))
    }
}

fn no_member(name: &str, of: &str) -> Problem {
    Problem::new("script.thrown", format!("TypeError: cannot read property '{name}' of {of}"))
        .help("Something on the way is missing for this item; look at what came in, or write `?.` in a `js/` expression.")
}

/// The names of a path in order; none where the text is no path.
fn chain(text: &str) -> Option<Vec<Arc<str>>> {
    let (first, mut rest) = name(text)?;
    if super::scan::is_reserved(first) {
        return None;
    }
    let mut names = vec![Arc::from(first)];
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let (member, after) = name(after)?;
            names.push(member.into());
            rest = after;
            continue;
        }
        let inside = rest.strip_prefix('[')?;
        let quote = inside.chars().next()?;
        if quote == '\'' || quote == '"' {
            let inside = &inside[1..];
            let end = inside.find(quote)?;
            let member = &inside[..end];
            if member.contains(['\\', '\n', '\r']) {
                return None;
            }
            names.push(member.into());
            rest = inside[end + 1..].strip_prefix(']')?;
        } else {
            let end = inside.find(']')?;
            Step::new(&inside[..end]).index?;
            names.push(inside[..end].into());
            rest = &inside[end + 1..];
        }
    }
    Some(names)
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.char_indices().find(|(_, c)| !super::lexer::is_name_char(*c)).map_or(text.len(), |(at, _)| at);
    let (name, rest) = text.split_at(end);
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some((name, rest))
}

fn is_anywhere(name: &str) -> bool {
    is_of_object(name) || is_of_list(name) || is_of_text(name) || is_of_number(name)
}

#[rustfmt::skip]
fn is_of_object(name: &str) -> bool {
    matches!(name, "constructor" | "hasOwnProperty" | "isPrototypeOf" | "propertyIsEnumerable" | "toLocaleString" | "toString" | "valueOf"
        | "__proto__" | "__defineGetter__" | "__defineSetter__" | "__lookupGetter__" | "__lookupSetter__")
}

#[rustfmt::skip]
fn is_of_list(name: &str) -> bool {
    matches!(name, "at" | "concat" | "copyWithin" | "entries" | "every" | "fill" | "filter" | "find" | "findIndex" | "findLast" | "findLastIndex"
        | "flat" | "flatMap" | "forEach" | "includes" | "indexOf" | "join" | "keys" | "lastIndexOf" | "map" | "pop" | "push" | "reduce"
        | "reduceRight" | "reverse" | "shift" | "slice" | "some" | "sort" | "splice" | "toReversed" | "toSorted" | "toSpliced" | "unshift"
        | "values" | "with")
}

#[rustfmt::skip]
fn is_of_text(name: &str) -> bool {
    matches!(name, "anchor" | "at" | "big" | "blink" | "bold" | "charAt" | "charCodeAt" | "codePointAt" | "concat" | "endsWith" | "fixed"
        | "fontcolor" | "fontsize" | "includes" | "indexOf" | "isWellFormed" | "italics" | "lastIndexOf" | "link" | "localeCompare" | "match"
        | "matchAll" | "normalize" | "padEnd" | "padStart" | "repeat" | "replace" | "replaceAll" | "search" | "slice" | "small" | "split"
        | "startsWith" | "strike" | "sub" | "substr" | "substring" | "sup" | "toLocaleLowerCase" | "toLocaleUpperCase" | "toLowerCase"
        | "toUpperCase" | "toWellFormed" | "trim" | "trimEnd" | "trimLeft" | "trimRight" | "trimStart")
}

fn is_of_number(name: &str) -> bool {
    matches!(name, "toExponential" | "toFixed" | "toPrecision")
}
