//! A node's settings, compiled once per flow version.

use super::parse::{Expression, Parsed, Piece, parse};
use super::root::Reference;
use super::schema::Place;
use serde_json::Value as Json;
use std::sync::Arc;
use weft_node::{Map, Value};

/// Settings with their expressions found and their roots resolved.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub(super) root: Part,
    pub(super) expressions: Vec<Placed>,
}

/// An expression, and the setting it stands in.
#[derive(Clone, Debug)]
pub struct Placed {
    pub expression: Expression,
    /// `settings/measures/0/field`
    pub field: Arc<str>,
    pub touches_item: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Part {
    Constant(Value),
    /// Keeps its type.
    Value(usize),
    Text(Vec<TextPart>),
    List(Vec<Part>),
    Object(Vec<(Arc<str>, Part)>),
    /// A field that a batch node reads per item.
    PerItem(Box<Part>),
}

#[derive(Clone, Debug)]
pub(super) enum TextPart {
    Text(Arc<str>),
    Expression(usize),
}

impl Compiled {
    /// Compiles settings as their schema describes them.
    pub fn new(settings: &Value, schema: &Json) -> Compiled {
        let mut compiler = Compiler { expressions: Vec::new() };
        let root = compiler.part(settings, &Place::root(schema), "settings".into());
        Compiled { root, expressions: compiler.expressions }
    }

    /// Compiles one value of which no schema says anything: a loop's `while`.
    pub fn single(value: &Value, field: &str) -> Compiled {
        let mut compiler = Compiler { expressions: Vec::new() };
        let root = compiler.part(value, &Place::root(&Json::Null), field.into());
        Compiled { root, expressions: compiler.expressions }
    }

    /// The settings, where no expression is in them: evaluate once, build the node once.
    pub fn constant(&self) -> Option<&Value> {
        match &self.root {
            Part::Constant(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_constant(&self) -> bool {
        self.constant().is_some()
    }

    /// Whether they may differ from item to item: then they are evaluated per item.
    pub fn touches_item(&self) -> bool {
        self.expressions.iter().any(|e| e.touches_item)
    }

    /// The expressions in the order of the settings.
    pub fn expressions(&self) -> &[Placed] {
        &self.expressions
    }

    /// Everything they read.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.expressions.iter().flat_map(|e| &e.expression.references)
    }
}

struct Compiler {
    expressions: Vec<Placed>,
}

/// The key that keeps a value from being looked at.
pub(crate) const LITERAL: &str = "$literal";

impl Compiler {
    fn part(&mut self, value: &Value, place: &Place<'_>, field: String) -> Part {
        if place.is("literal") {
            return Part::Constant(value.clone());
        }
        let part = self.inner(value, place, field);
        if !place.is("per-item") {
            return part;
        }
        match part {
            Part::Constant(value) => Part::Constant(same(value)),
            part => Part::PerItem(Box::new(part)),
        }
    }

    fn inner(&mut self, value: &Value, place: &Place<'_>, field: String) -> Part {
        match value {
            Value::Text(text) => self.text(value, text, field),
            Value::List(items) => {
                let parts =
                    items.iter().enumerate().map(|(at, item)| self.part(item, &place.element(at), format!("{field}/{at}"))).collect();
                list(parts)
            }
            Value::Object(map) => match literal(map) {
                Some(literal) => Part::Constant(literal.clone()),
                None => {
                    let member = |(key, value): (&Arc<str>, &Value)| {
                        let path = crate::expr::schema::join(&field, key);
                        (key.clone(), self.part(value, &place.member(key), path))
                    };
                    object(map.iter().map(member).collect())
                }
            },
            other => Part::Constant(other.clone()),
        }
    }

    fn text(&mut self, value: &Value, text: &str, field: String) -> Part {
        match parse(text) {
            Parsed::Plain => Part::Constant(value.clone()),
            Parsed::Value(expression) => Part::Value(self.add(expression, &field.into())),
            Parsed::Text(pieces) => {
                let field = field.into();
                let part = |piece| match piece {
                    Piece::Text(text) => TextPart::Text(text),
                    Piece::Expression(expression) => TextPart::Expression(self.add(expression, &field)),
                };
                Part::Text(pieces.into_iter().map(part).collect())
            }
        }
    }

    fn add(&mut self, expression: Expression, field: &Arc<str>) -> usize {
        let touches_item = expression.references.iter().any(|reference| reference.root.touches_item());
        self.expressions.push(Placed { expression, field: field.clone(), touches_item });
        self.expressions.len() - 1
    }
}

/// What `{"$literal": v}` keeps.
pub(crate) fn literal(map: &Map) -> Option<&Value> {
    map.get(LITERAL).filter(|_| map.len() == 1)
}

/// A per-item field with one value for all items (`PerItem::Same`).
pub(super) fn same(value: Value) -> Value {
    Value::object([("$same", value)])
}

fn list(parts: Vec<Part>) -> Part {
    if !parts.iter().all(|part| matches!(part, Part::Constant(_))) {
        return Part::List(parts);
    }
    let values = parts.into_iter().filter_map(|part| if let Part::Constant(value) = part { Some(value) } else { None });
    Part::Constant(Value::list(values.collect()))
}

fn object(members: Vec<(Arc<str>, Part)>) -> Part {
    if !members.iter().all(|(_, part)| matches!(part, Part::Constant(_))) {
        return Part::Object(members);
    }
    let values = members.into_iter().filter_map(|(key, part)| if let Part::Constant(value) = part { Some((key, value)) } else { None });
    Part::Constant(Value::object(values))
}
