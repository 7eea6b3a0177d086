//! An expression tried on the values of a past run, while somebody types it. Writes nothing and starts nothing.

use super::{Engine, select};
use crate::core::Core;
use crate::journal::{Durability, Row, StepId, damaged};
use crate::run::{Answer, Names, NewRun, RowLog, load, read_stored, replay};
use std::sync::Arc;
use uuid::Uuid;
use weft_flow::Flow;
use weft_flow::expr::{Compiled, Moment};
use weft_node::{Input, Problem, Result, Value};

/// What came of it.
#[derive(Clone, Debug)]
pub struct Tried {
    /// None: undefined.
    pub value: Option<Value>,
    /// How many items there are to try it on.
    pub items: usize,
}

impl Engine {
    /// Evaluates a setting as the node would for one item of its input in that run. A node that did not run then is
    /// given what now leads to it.
    ///
    /// # Errors
    /// `expression.no_values` where the run has nothing for this node; what the expression says.
    pub async fn try_expression(self: &Arc<Self>, flow: &Flow, node: &str, value: &Value, run: Uuid, item: usize) -> Result<Tried> {
        let rows = self.load(run).await?;
        let Some(Row::RunCreated(created)) = rows.first().cloned() else { return Err(damaged(format_args!("run {run} has no beginning"))) };
        let version = self.parts.flows.version(&created.version).await?;
        let plan = self.plan(&created.version, &version)?;
        let mut pins = Vec::with_capacity(created.pins.len());
        for (node, ports) in &created.pins {
            let mut batches = Vec::with_capacity(ports.len());
            for stored in ports {
                batches.push(read_stored(&**self.world(), stored).await?);
            }
            pins.push((node.clone(), batches));
        }
        let pins = select::pins(&plan, &pins);
        let selection = select::selection(&plan, select::start(&plan, Some(&created.start))?, &created.part, &pins)?;
        let mut core = Core::new(plan.clone(), run, selection);
        let batches = load(&**self.world(), &rows).await?;
        replay(&mut core, &rows, batches)?;

        let last_of = |core: &Core, node: &str| plan.node(node).and_then(|node| core.steps.iter().rposition(|step| step.node == node));
        let (step, input) = match last_of(&core, node) {
            Some(step) => (step, core.input(step)),
            None => {
                let from = flow.edges.iter().filter(|edge| edge.to == node);
                let found = from.filter_map(|edge| Some((last_of(&core, &edge.from)?, edge))).next().ok_or_else(no_values)?;
                let (step, edge) = found;
                let port = plan.nodes[core.steps[step].node].outs.iter().position(|name| **name == *edge.from_port).unwrap_or(0);
                (step, Input::new(vec![core.output(&[step], port as u16)]))
            }
        };
        let items = input.items().len();
        let (id, now_ms): (StepId, i64) = (core.steps[step].id, created.at);
        let log = RowLog::new(run, Durability::None, self.journal().clone(), 0, [0; 32]);
        let fresh = NewRun { id: run, created, plan, engine: self.clone(), core, log, pins, reply: Answer::default(), started: now_ms };
        let seed = move |item: usize| seed(id, item);
        let names = Names { run: fresh.make(), step, input, now_ms, seed: Arc::new(seed), world: self.world().clone(), turn: None };
        let scripts = self.world().scripts();
        let moment = Moment { now_ms, seed: &seed };
        let at = (items > 0).then(|| item.min(items - 1));
        let value = Compiled::single(value, "settings").one(at, &names, &*scripts, moment).await?;
        Ok(Tried { value, items })
    }
}

fn no_values() -> Problem {
    Problem::new("expression.no_values", "This node has not run yet, so there is nothing to try it on.")
        .help("Run the flow once, or run to here.")
}

/// As a running step seeds its random numbers (SEMANTICS 6).
fn seed(step: StepId, item: usize) -> u64 {
    let caller = weft_node::world::Caller {
        flow: String::new(),
        run: Uuid::nil(),
        step: step.0,
        node: String::new(),
        attempt: 1,
        permissions: Arc::default(),
        cancel: Default::default(),
        now_ms: 0,
        time_zone: "UTC".into(),
        on_progress: None,
    };
    caller.seed(item)
}
