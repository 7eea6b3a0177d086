//! What compiled settings give: for every item, for a batch node's activation, or once.
//!
//! Two passes: the first looks paths up and collects the calls of scripts, then all scripts of a batch of items make one round trip, then
//! their results are put where they belong.

use super::compiled::{Compiled, Part, TextPart, same};
use super::names::{Lookup, names, value_of};
use super::parse::Body;
use super::path::Walked;
use std::sync::Arc;
use weft_node::world::{Script, ScriptCall, ScriptError, Scripted, Scripts};
use weft_node::{Map, Problem, Result, Value};

/// What expressions know of time and chance.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// Milliseconds since 1970 at the step's start.
    pub now_ms: i64,
    /// Seed of an item's random numbers, by its position.
    pub seed: &'a (dyn Fn(usize) -> u64 + Send + Sync),
}

impl Compiled {
    /// The settings for each of `count` items of an item node; an item whose expression fails has its problem.
    pub async fn each(&self, count: usize, lookup: &dyn Lookup, scripts: &dyn Scripts, moment: Moment<'_>) -> Vec<Result<Value>> {
        let places: Vec<usize> = (0..count).collect();
        self.places(&places, lookup, scripts, moment).await
    }

    /// The same for the items at these positions, in one trip: a retry, a resumed step, a large batch in parts.
    pub async fn places(&self, places: &[usize], lookup: &dyn Lookup, scripts: &dyn Scripts, moment: Moment<'_>) -> Vec<Result<Value>> {
        if let Some(constant) = self.constant() {
            return vec![Ok(constant.clone()); places.len()];
        }
        let mut pass = Pass::new(self, lookup, moment);
        let drafts: Vec<_> = places.iter().map(|at| (*at, pass.part(&self.root, Some(*at)).map_err(|problem| problem.item(*at)))).collect();
        let results = pass.run(scripts).await;
        let fill =
            |(at, draft): (usize, Result<Draft>)| draft.and_then(|draft| self.filled(draft, &results).map_err(|problem| problem.item(at)));
        drafts.into_iter().map(fill).collect()
    }

    /// The settings for one activation of a batch node with `count` items at its first port: per-item fields become
    /// `{"$same": v}` or `{"$each": [v, ...]}`; elsewhere an expression may look at the item only if there is exactly one.
    ///
    /// # Errors
    /// The first expression that fails, naming its field.
    pub async fn whole(&self, count: usize, lookup: &dyn Lookup, scripts: &dyn Scripts, moment: Moment<'_>) -> Result<Value> {
        if let Some(constant) = self.constant() {
            return Ok(constant.clone());
        }
        let mut pass = Pass::new(self, lookup, moment);
        pass.items = Some(count);
        let at = (count == 1).then_some(0);
        let draft = pass.part(&self.root, at)?;
        let results = pass.run(scripts).await;
        self.filled(draft, &results)
    }

    /// One value, for the item at a position or for none; none where it is undefined.
    ///
    /// # Errors
    /// Where an expression fails.
    pub async fn one(&self, at: Option<usize>, lookup: &dyn Lookup, scripts: &dyn Scripts, moment: Moment<'_>) -> Result<Option<Value>> {
        let mut pass = Pass::new(self, lookup, moment);
        let draft = pass.part(&self.root, at)?;
        let results = pass.run(scripts).await;
        self.fill(draft, &results)
    }

    fn filled(&self, draft: Draft, results: &[Result<Scripted, ScriptError>]) -> Result<Value> {
        Ok(self.fill(draft, results)?.unwrap_or_default())
    }

    /// Puts results of scripts into a draft. None is undefined: absent in an object, null in a list.
    fn fill(&self, draft: Draft, results: &[Result<Scripted, ScriptError>]) -> Result<Option<Value>> {
        Ok(match draft {
            Draft::Done(value) => value,
            Draft::Call { call, expression } => match &results[call] {
                Ok(Scripted::Value(value)) => Some(value.clone()),
                Ok(Scripted::Undefined) => None,
                Err(error) => return Err(self.placed(expression, error.clone().into())),
            },
            Draft::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Draft::Done(Some(Value::Text(part))) => text.push_str(&part),
                        other => text.push_str(&self.fill(other, results)?.map_or_else(String::new, |value| value.to_text())),
                    }
                }
                Some(Value::from(text))
            }
            Draft::List(parts) => {
                let values: Result<Vec<Value>> = parts.into_iter().map(|part| self.filled(part, results)).collect();
                Some(Value::list(values?))
            }
            Draft::Object(members) => {
                let mut map = Map::with_capacity(members.len());
                for (key, part) in members {
                    if let Some(value) = self.fill(part, results)? {
                        map.insert(key, value);
                    }
                }
                Some(Value::from(map))
            }
            Draft::Same(part) => self.fill(*part, results)?.map(same),
            Draft::Each(parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for (at, part) in parts.into_iter().enumerate() {
                    values.push(self.filled(part, results).map_err(|problem| problem.item(at))?);
                }
                Some(Value::object([("$each", Value::list(values))]))
            }
        })
    }

    /// A problem that says where the expression stands.
    fn placed(&self, expression: usize, problem: Problem) -> Problem {
        let placed = &self.expressions[expression];
        let message = format!("`{}`: {}", short(&placed.expression.source), problem.message);
        Problem { message, ..problem }.field(&*placed.field)
    }
}

/// Enough of an expression to recognise it.
fn short(source: &str) -> String {
    match source.char_indices().nth(80) {
        Some((end, _)) => format!("{}...", &source[..end]),
        None => source.into(),
    }
}

/// A value with holes where scripts have to be asked.
enum Draft {
    Done(Option<Value>),
    Call { call: usize, expression: usize },
    Text(Vec<Draft>),
    List(Vec<Draft>),
    Object(Vec<(Arc<str>, Draft)>),
    Same(Box<Draft>),
    Each(Vec<Draft>),
}

/// The first pass.
struct Pass<'a> {
    compiled: &'a Compiled,
    lookup: &'a dyn Lookup,
    moment: Moment<'a>,
    calls: Vec<ScriptCall>,
    /// Expressions that look at no item, evaluated once.
    once: Vec<Option<Result<Once>>>,
    /// Items of a batch node's activation.
    items: Option<usize>,
}

#[derive(Clone)]
enum Once {
    Value(Option<Value>),
    Call(usize),
}

impl<'a> Pass<'a> {
    fn new(compiled: &'a Compiled, lookup: &'a dyn Lookup, moment: Moment<'a>) -> Self {
        Pass { compiled, lookup, moment, calls: Vec::new(), once: vec![None; compiled.expressions.len()], items: None }
    }

    async fn run(self, scripts: &dyn Scripts) -> Vec<Result<Scripted, ScriptError>> {
        if self.calls.is_empty() { Vec::new() } else { scripts.call(self.calls).await }
    }

    fn part(&mut self, part: &Part, at: Option<usize>) -> Result<Draft> {
        Ok(match part {
            Part::Constant(value) => Draft::Done(Some(value.clone())),
            Part::Value(expression) => self.expression(*expression, at)?,
            Part::Text(pieces) => {
                let draft = |piece: &TextPart| match piece {
                    TextPart::Text(text) => Ok(Draft::Done(Some(Value::Text(text.clone())))),
                    TextPart::Expression(expression) => self.expression(*expression, at),
                };
                Draft::Text(pieces.iter().map(draft).collect::<Result<_>>()?)
            }
            Part::List(parts) => Draft::List(parts.iter().map(|part| self.part(part, at)).collect::<Result<_>>()?),
            Part::Object(members) => {
                let member = |(key, part): &(Arc<str>, Part)| Ok((key.clone(), self.part(part, at)?));
                Draft::Object(members.iter().map(member).collect::<Result<_>>()?)
            }
            Part::PerItem(part) => match self.items {
                Some(count) if self.touches_item(part) => {
                    let each = |i| self.part(part, Some(i)).map_err(|problem| problem.item(i));
                    Draft::Each((0..count).map(each).collect::<Result<_>>()?)
                }
                _ => Draft::Same(Box::new(self.part(part, at)?)),
            },
        })
    }

    fn touches_item(&self, part: &Part) -> bool {
        let touches = |expression: usize| self.compiled.expressions[expression].touches_item;
        match part {
            Part::Constant(_) => false,
            Part::Value(expression) => touches(*expression),
            Part::Text(pieces) => pieces.iter().any(|piece| matches!(piece, TextPart::Expression(e) if touches(*e))),
            Part::List(parts) => parts.iter().any(|part| self.touches_item(part)),
            Part::Object(members) => members.iter().any(|(_, part)| self.touches_item(part)),
            Part::PerItem(part) => self.touches_item(part),
        }
    }

    fn expression(&mut self, at_expression: usize, at: Option<usize>) -> Result<Draft> {
        let touches_item = self.compiled.expressions[at_expression].touches_item;
        if touches_item {
            if let (None, Some(count)) = (at, self.items) {
                let message = format!("it looks at the item, but this node works on the whole batch and {count} items came in");
                let problem = Problem::new("expression.item", message)
                    .help("Read `ctx.items`, or put a node before this one that makes one item of the batch.");
                return Err(self.compiled.placed(at_expression, problem));
            }
            let found = self.evaluate(at_expression, at)?;
            return Ok(draft(found, at_expression));
        }
        if self.once[at_expression].is_none() {
            self.once[at_expression] = Some(self.evaluate(at_expression, None));
        }
        let found = self.once[at_expression].clone().expect("it was just filled in")?;
        Ok(draft(found, at_expression))
    }

    fn evaluate(&mut self, at_expression: usize, at: Option<usize>) -> Result<Once> {
        let compiled = self.compiled;
        let expression = &compiled.expressions[at_expression].expression;
        let found = match &expression.body {
            Body::Empty => Err(Problem::new("expression.empty", "there is no expression").help("Write one, or remove the setting.")),
            Body::Script(script) => self.call(script, at_expression, at),
            Body::Path(path) => {
                value_of(&path.reference.root, self.lookup, at).and_then(|root| match (path.walk(root.as_ref())?, &path.script) {
                    (Walked::Value(value), _) => Ok(Once::Value(Some(value))),
                    (Walked::Undefined, _) => Ok(Once::Value(None)),
                    (Walked::Script, Some(script)) => self.call(script, at_expression, at),
                    (Walked::Script, None) => Ok(Once::Value(None)),
                })
            }
        };
        found.map_err(|problem| compiled.placed(at_expression, problem))
    }

    fn call(&mut self, script: &Script, at_expression: usize, at: Option<usize>) -> Result<Once> {
        let references = &self.compiled.expressions[at_expression].expression.references;
        let names = names(references, self.lookup, at)?;
        // Two expressions of one item throw different dice.
        let seed = (self.moment.seed)(at.unwrap_or(0)) ^ (at_expression as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.calls.push(ScriptCall { script: script.clone(), names, now_ms: self.moment.now_ms, seed });
        Ok(Once::Call(self.calls.len() - 1))
    }
}

fn draft(found: Once, expression: usize) -> Draft {
    match found {
        Once::Value(value) => Draft::Done(value),
        Once::Call(call) => Draft::Call { call, expression },
    }
}
