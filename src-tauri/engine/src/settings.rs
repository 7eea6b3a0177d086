//! A node's settings as the engine needs them: compiled once per version, the node itself built once where nothing in them varies.

use crate::plan::Runner;
use std::sync::{Arc, OnceLock};
use weft_flow::Node;
use weft_flow::expr::Compiled;
use weft_node::{Body, DynBatchNode, DynItemNode, NodeType, Problem, Result, Value};

pub struct Settings {
    pub compiled: Compiled,
    /// Questions a loop asks between its turns.
    pub questions: Option<Questions>,
    built: OnceLock<Result<Arc<Built>>>,
}

/// `while`, `until`, `stop_when`.
pub struct Questions {
    pub while_: Option<Compiled>,
    pub until: Option<Compiled>,
    pub stop_when: Option<Compiled>,
}

/// A node made of evaluated settings.
pub enum Built {
    Item(Box<dyn DynItemNode>),
    Batch(Box<dyn DynBatchNode>),
}

impl Settings {
    pub fn compile(node: &Node, kind: &'static NodeType, runner: Runner) -> Settings {
        let schema = (kind.schema)();
        let mut settings = node.settings.clone();
        let questions = (runner == Runner::Loop).then(|| {
            let mut map = settings.as_object().cloned().unwrap_or_default();
            let mut take = |field: &str| {
                map.remove(field).filter(|value| !value.is_null()).map(|value| Compiled::single(&value, &format!("settings/{field}")))
            };
            let questions = Questions { while_: take("while"), until: take("until"), stop_when: take("stop_when") };
            settings = Value::from(map);
            questions
        });
        Settings { compiled: Compiled::new(&settings, schema.as_value()), questions, built: OnceLock::new() }
    }

    /// Builds the node, or hands out the one that was built where the settings never vary.
    ///
    /// # Errors
    /// `setting.invalid`.
    pub fn build(&self, kind: &'static NodeType, runner: Runner, settings: Value) -> Result<Arc<Built>> {
        if self.compiled.is_constant() {
            return self.built.get_or_init(|| build(kind, runner, settings)).clone();
        }
        build(kind, runner, settings)
    }
}

fn build(kind: &'static NodeType, runner: Runner, settings: Value) -> Result<Arc<Built>> {
    let built = match (&kind.body, runner) {
        (Body::Item(item), _) | (Body::Choice { item, .. }, Runner::Item) => Built::Item(item(settings)?),
        (Body::Batch(batch), _) | (Body::Choice { batch, .. }, _) => Built::Batch(batch(settings)?),
        _ => return Err(Problem::new("node.body", format!("`{}` is not run from its settings.", kind.id))),
    };
    Ok(Arc::new(built))
}
