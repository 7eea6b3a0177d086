//! What the expressions and scripts of one step see (SEMANTICS 9).

use super::Run;
use crate::plan::{DONE, Runner};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use weft_flow::expr::{Lookup, NodePart, Root, names, references, whole};
use weft_node::world::{Script, ScriptCall, ScriptKind, Scripted, World};
use weft_node::{Batch, Input, Item, Problem, Result, Scope, Value};

/// The names of one activation. Looked up when asked for; what it sees of other steps does not change while it runs.
pub(crate) struct Names {
    pub run: Arc<Run>,
    pub step: usize,
    pub input: Input,
    pub now_ms: i64,
    pub seed: Arc<dyn Fn(usize) -> u64 + Send + Sync>,
    pub world: Arc<dyn World>,
    /// A loop's own questions see its iteration.
    pub turn: Option<(u32, Option<Batch>)>,
}

impl Names {
    fn item(&self, at: Option<usize>) -> Option<&Item> {
        self.input.items().get(at?)
    }

    fn node_root(&self, id: &str, part: NodePart, at: Option<usize>) -> Result<Option<Value>> {
        let plan = &self.run.plan;
        let core = self.run.core();
        let own = core.steps[self.step].node;
        let Some(node) = plan.node(id).filter(|node| plan.is_ancestor(own, *node)) else {
            return Err(Problem::new(
                "expression.upstream",
                format!("`{id}` is not upstream of this node, so nothing is known of it here."),
            )
            .help("Read a node from which a path leads here."));
        };
        if part == NodePart::Item {
            let at = at.or_else(|| (self.input.items().len() == 1).then_some(0));
            let Some(at) = at else {
                return Err(lineage(id, "is asked for the whole batch, which has many items"));
            };
            let traced = core.trace(self.step, 0, at, node);
            return match traced.found[..] {
                [one] if !traced.unknown => Ok(Some(core.item(one).json.clone())),
                [] if !traced.unknown => Err(lineage(id, "has no item that this one came from")),
                [_, _, ..] if !traced.unknown => Err(lineage(id, &format!("has {} items that this one came from", traced.found.len()))),
                _ => Err(lineage(id, "lies behind a node that could not say which items came from which")),
            };
        }
        let steps = core.visible(self.step, node);
        let first_port = if plan.nodes[node].runner == Runner::Loop { DONE } else { 0 };
        let list = |port: u16| {
            let batch = core.output(&steps, port);
            Value::list(batch.iter().map(|item| item.json.clone()).collect())
        };
        Ok(match part {
            NodePart::Ran => Some(Value::Bool(!steps.is_empty())),
            NodePart::Items => Some(list(first_port)),
            NodePart::First => core.output(&steps, first_port).first().map(|item| item.json.clone()),
            NodePart::Last => core.output(&steps, first_port).last().map(|item| item.json.clone()),
            NodePart::Ports => {
                let others = plan.nodes[node].outs.iter().enumerate().filter(|(port, _)| *port as u16 != first_port);
                Some(Value::object(others.map(|(port, name)| (name.clone(), list(port as u16)))))
            }
            NodePart::Item => None,
        })
    }

    fn state(&self, name: &str) -> Result<Option<Value>> {
        let plan = &self.run.plan;
        let core = self.run.core();
        let own = core.steps[self.step].node;
        let node = plan.node_or_name(name).filter(|node| plan.is_ancestor(own, *node));
        let steps = node.map(|node| core.visible(self.step, node)).unwrap_or_default();
        let Some(node) = node.filter(|_| !steps.is_empty()) else {
            return Err(Problem::new(
                "state.missing",
                format!("NamedMissingStateError: `ctx.state.{name}` has no value, because no node of that name ran before this one."),
            )
            .help("Read a node that always runs before this one, or ask `ctx.nodes` whether it ran."));
        };
        let port = if plan.nodes[node].runner == Runner::Loop { DONE } else { 0 };
        Ok(core.output(&steps, port).flat())
    }

    fn turn(&self) -> Option<Value> {
        let (index, last) = match &self.turn {
            Some((index, last)) => (*index, last.clone()),
            None => {
                let core = self.run.core();
                let scope = core.steps[self.step].scope;
                let (step, index) = core.scopes[scope].opener?;
                (index, core.result_before(step, index))
            }
        };
        let last = last.and_then(|batch| batch.flat());
        Some(Value::object(
            [("index", Some(Value::from(u64::from(index)))), ("last", last)].into_iter().filter_map(|(key, value)| Some((key, value?))),
        ))
    }

    fn response(&self) -> Value {
        let error = self.input.items().iter().find_map(|item| item.error.as_ref());
        let data = self.input.ports.first().and_then(Batch::flat);
        let members = [
            ("data", data),
            ("contentType", Some(Value::from("application/json"))),
            ("success", Some(Value::Bool(error.is_none()))),
            ("error", Some(error.map_or(Value::Null, |problem| problem_value(problem)))),
        ];
        Value::object(members.into_iter().filter_map(|(key, value)| Some((key, value?))))
    }
}

impl Lookup for Names {
    fn root(&self, root: &Root, at: Option<usize>) -> Result<Option<Value>> {
        let created = &self.run.created;
        Ok(match root {
            Root::Item => self.item(at).map(|item| item.json.clone()),
            Root::Items => Some(Value::list(self.input.items().iter().map(|item| item.json.clone()).collect())),
            Root::Index => at.map(Value::from),
            Root::Blobs => Some(blobs(self.item(at))),
            Root::Node(id, Some(part)) => return self.node_root(id, *part, at),
            Root::State(name) => return self.state(name),
            Root::Response => Some(self.response()),
            Root::Request => Some(created.request.clone()),
            Root::Error => self.item(at).and_then(|item| item.error.as_ref()).map(|problem| problem_value(problem)),
            Root::Loop => self.turn(),
            Root::Env => Some(created.env.clone()),
            Root::Config => Some(self.run.config.clone()),
            Root::Run => Some(Value::object([
                ("id", Value::from(self.run.id.to_string())),
                ("startedAt", Value::from(self.run.started)),
                ("trigger", Value::from(created.trigger.as_str())),
                (
                    "mode",
                    Value::from(match created.part {
                        crate::journal::Part::All => "all",
                        crate::journal::Part::ToHere(_) => "to_here",
                        crate::journal::Part::FromHere(_) => "from_here",
                        crate::journal::Part::OnlyThis(_) => "only_this",
                    }),
                ),
            ])),
            Root::Flow => Some(Value::object([
                ("id", Value::from(created.flow.as_str())),
                ("name", self.run.plan.flow.name.as_deref().map_or(Value::Null, Value::from)),
                ("version", Value::from(created.version.as_str())),
            ])),
            Root::Ctx | Root::Nodes | Root::Node(_, None) | Root::States | Root::Unknown(_) => None,
        })
    }

    fn nodes(&self) -> Vec<Arc<str>> {
        let own = self.run.core().steps[self.step].node;
        let plan = &self.run.plan;
        (0..plan.nodes.len()).filter(|node| plan.is_ancestor(own, *node)).map(|node| plan.nodes[node].id.clone()).collect()
    }

    fn states(&self) -> Vec<Arc<str>> {
        let plan = &self.run.plan;
        let ids = self.nodes();
        let named = ids.iter().filter_map(|id| plan.flow.nodes.get(&**id)?.as_.as_deref().map(Arc::from)).collect::<Vec<_>>();
        ids.into_iter().chain(named).collect()
    }
}

impl Scope for Names {
    fn names(&self, index: Option<usize>, roots: &[&str]) -> Result<Value> {
        names(&whole(roots), self, index)
    }

    fn script<'a>(&'a self, source: &'a str, index: Option<usize>) -> BoxFuture<'a, Result<Value>> {
        Box::pin(async move {
            let names = names(&references(source), self, index)?;
            let seed = (self.seed)(index.unwrap_or(0));
            let call = ScriptCall { script: Script { source: source.into(), kind: ScriptKind::Code }, names, now_ms: self.now_ms, seed };
            match self.world.scripts().call(vec![call]).await.pop() {
                Some(Ok(Scripted::Value(value))) => Ok(value),
                Some(Ok(Scripted::Undefined)) => {
                    Err(Problem::new("script.undefined", "The script returned nothing.").help("End it with `return`."))
                }
                Some(Err(error)) => Err(error.into()),
                None => Err(Problem::new("script.unavailable", "The script worker gave no answer.")),
            }
        })
    }
}

fn lineage(id: &str, what: &str) -> Problem {
    Problem::new("expression.lineage", format!("`ctx.nodes.{id}.item`: `{id}` {what}.")).help("Read `first`, `last` or `items` instead.")
}

fn blobs(item: Option<&Item>) -> Value {
    let blobs = item.and_then(|item| item.blobs.as_ref());
    Value::object(blobs.into_iter().flat_map(|blobs| blobs.iter()).map(|(name, blob)| {
        let members = [
            ("hash", Value::from(blob.hash.as_str())),
            ("size", Value::from(blob.size)),
            ("media_type", Value::from(blob.media_type.as_str())),
            ("file_name", blob.file_name.as_deref().map_or(Value::Null, Value::from)),
        ];
        (name.as_str(), Value::object(members))
    }))
}

pub(super) fn problem_value(problem: &Problem) -> Value {
    let mut members = vec![("code", Value::from(problem.code.as_str())), ("message", Value::from(problem.message.as_str()))];
    members.extend(problem.node.as_deref().map(|node| ("node", Value::from(node))));
    members.extend(problem.item.map(|item| ("item", Value::from(u64::from(item)))));
    if !problem.details.is_null() {
        members.push(("details", problem.details.clone()));
    }
    Value::object(members)
}
