//! Writes text from a template.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{
    BatchNode, Body, Context, Input, Item, ItemNode, Mode, NodeType, Outputs, Port, Problem, Result, Value, batch, files, item, pure,
    schema,
};

#[derive(Deserialize, JsonSchema)]
pub struct Template {
    /// The text, with `{{ item.name }}` for values and `{% for row in items %}` for lists.
    #[schemars(extend("x-weft-literal" = true, "format" = "code", "x-language" = "jinja"))]
    pub template: String,
    /// One text for all items, or one for each.
    #[serde(default)]
    pub mode: Run,
    /// Field that gets the text.
    #[serde(default = "text")]
    pub field: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Run {
    #[default]
    #[serde(rename = "all items")]
    AllItems,
    #[serde(rename = "each item")]
    EachItem,
}

fn text() -> String {
    "text".into()
}

/// Steps a template may take: enough for a page of 100,000 rows, not for an endless loop.
const FUEL: u64 = 20_000_000;

impl Template {
    fn render(&self, cx: &Context) -> Result<Value> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.set_syntax(syntax()?);
        let template = environment.template_from_str(&self.template).map_err(|error| problem(&error))?;
        let wanted = template.undeclared_variables(false);
        let roots: Vec<&str> = wanted.iter().map(String::as_str).collect();
        // A template that names nothing needs nothing; an empty list would mean everything.
        let names = if roots.is_empty() { Value::Null } else { cx.scope.names(cx.index, &roots)? };
        let names = minijinja::Value::from(minijinja::value::Serde(&names));
        template.render(names).map(Value::from).map_err(|error| problem(&error))
    }
}

/// Lines that hold only a tag leave no empty line behind; the last line break stays.
fn syntax() -> Result<SyntaxConfig> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build().map_err(|error| problem(&error))
}

fn problem(error: &minijinja::Error) -> Problem {
    let line = error.line().map_or_else(String::new, |line| format!(", line {line}"));
    let what = match error.detail() {
        Some(detail) => detail.to_string(),
        None => error.kind().to_string(),
    };
    let help = match error.kind() {
        ErrorKind::UndefinedError => "Name something that exists, or give a default: {{ item.name | default('') }}.",
        ErrorKind::OutOfFuel => "The template loops for too long: give it fewer items.",
        _ => "Mend the template; its language is Jinja.",
    };
    Problem::new("template.failed", format!("The template stopped{line}: {what}.")).field("settings/template").help(help)
}

impl ItemNode for Template {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        let text = self.render(cx)?;
        Ok(Outputs::one(item.with_json(match &item.json {
            json @ Value::Object(_) => json.with(self.field.as_str(), text),
            _ => Value::Null.with(self.field.as_str(), text),
        })))
    }
}

impl BatchNode for Template {
    async fn run(&self, input: &Input, cx: &Context) -> Result<Outputs> {
        let text = self.render(cx)?;
        Ok(Outputs::one(Item::new(Value::Null.with(self.field.as_str(), text)).from_items(0..input.items().len())))
    }
}

pub static NODE: NodeType = NodeType {
    id: "data.template",
    version: 1,
    title: "Template",
    summary: "Writes text from values: a message, a page, a report.",
    keywords: &["text", "markdown", "jinja", "report", "html", "format"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Choice { default: Mode::AllItems, item: item::<Template>, batch: batch::<Template> },
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{template}"],
    schema: schema::<Template>,
    files: files!(),
};
