//! Where a run starts, which nodes it has, and which of them are pinned (SEMANTICS 2, 5).

use super::{Part, Selection};
use crate::plan::{Plan, Runner};
use std::collections::HashMap;
use weft_node::{Batch, Problem, Result, Trigger};

/// The named trigger; without a name the manual one, else the only one.
pub(super) fn start(plan: &Plan, named: Option<&str>) -> Result<usize> {
    let triggers: Vec<usize> = (0..plan.nodes.len())
        .filter(|at| matches!(plan.nodes[*at].runner, Runner::Source(_)) && plan.nodes[*at].disabled.is_none())
        .collect();
    let list = || triggers.iter().map(|at| format!("`{}`", plan.nodes[*at].id)).collect::<Vec<_>>().join(", ");
    if let Some(name) = named {
        return match plan.node(name) {
            Some(at) if triggers.contains(&at) => Ok(at),
            Some(_) => {
                Err(Problem::new("start.no_trigger", format!("`{name}` is no trigger, or is disabled; a run starts at one of {}.", list())))
            }
            None => Err(Problem::new("start.unknown", format!("There is no node `{name}`; a run starts at one of {}.", list()))),
        };
    }
    let manual: Vec<usize> = triggers.iter().copied().filter(|at| plan.nodes[*at].runner == Runner::Source(Trigger::Manual)).collect();
    match (&manual[..], &triggers[..]) {
        ([one], _) | ([], [one]) => Ok(*one),
        (_, []) => {
            Err(Problem::new("start.none", "This flow has no trigger to start at.").help("Add a trigger, for example `trigger.manual`."))
        }
        _ => Err(Problem::new("start.many", format!("This flow has several triggers: {}.", list())).help("Say which one to start at.")),
    }
}

/// Where a called flow starts.
pub(super) fn manual(plan: &Plan) -> Result<usize> {
    let manual = |at: &usize| plan.nodes[*at].runner == Runner::Source(Trigger::Manual) && plan.nodes[*at].disabled.is_none();
    (0..plan.nodes.len()).find(manual).ok_or_else(|| {
        Problem::new("start.none", "The called flow has no trigger `trigger.manual` to start at.")
            .help("Add one to the flow that is called.")
    })
}

pub(super) fn pins(plan: &Plan, pins: &[(String, Vec<Batch>)]) -> HashMap<usize, Vec<Batch>> {
    // The first of a node wins: what the command says goes before what a past run gave.
    let mut by_node = HashMap::new();
    for (node, ports) in pins {
        if let Some(at) = plan.node(node) {
            by_node.entry(at).or_insert_with(|| ports.clone());
        }
    }
    by_node
}

fn here(plan: &Plan, id: &str) -> Result<usize> {
    plan.node(id).ok_or_else(|| Problem::new("part.unknown", format!("There is no node `{id}` in this flow.")))
}

/// Outputs of a past run that become pins: everything before the node.
pub(super) fn past_pins(plan: &Plan, part: &Part, mut outputs: HashMap<String, Vec<Batch>>) -> Result<Vec<(String, Vec<Batch>)>> {
    let before = match part {
        Part::All | Part::ToHere(_) => return Ok(Vec::new()),
        Part::FromHere(id) => {
            let at = here(plan, id)?;
            let mut others: Vec<bool> = plan.behind(at).iter().map(|behind| !behind).collect();
            others[at] = false;
            others
        }
        Part::OnlyThis(id) => plan.before(here(plan, id)?, false),
    };
    let nodes = plan.nodes.iter().zip(before).filter(|(_, before)| *before);
    Ok(nodes.filter_map(|(node, _)| outputs.remove(&*node.id).map(|ports| (node.id.to_string(), ports))).collect())
}

pub(super) fn selection(plan: &Plan, start: usize, part: &Part, pins: &HashMap<usize, Vec<Batch>>) -> Result<Selection> {
    let all = vec![true; plan.nodes.len()];
    let mut target = None;
    let included = match part {
        Part::All => all,
        Part::ToHere(id) | Part::OnlyThis(id) => {
            let at = here(plan, id)?;
            target = Some(at);
            let mut before = plan.before(at, false);
            before[at] = true;
            before
        }
        Part::FromHere(id) => {
            let at = here(plan, id)?;
            target = Some(at);
            let mut wanted = plan.behind(at);
            wanted[at] = true;
            for node in (0..plan.nodes.len()).filter(|node| wanted[*node]).collect::<Vec<_>>() {
                for (at, before) in plan.before(node, false).into_iter().enumerate() {
                    wanted[at] |= before;
                }
            }
            wanted
        }
    };
    // The node that is asked for runs, whatever is pinned.
    let stands_alone = matches!(part, Part::FromHere(_) | Part::OnlyThis(_));
    let pinned = (0..plan.nodes.len()).map(|at| pins.contains_key(&at) && target != Some(at)).collect();
    let included = match part {
        Part::OnlyThis(_) => included
            .iter()
            .enumerate()
            .map(|(at, is_in)| {
                *is_in
                    && (pins.contains_key(&at) || target == Some(at) || matches!(plan.nodes[at].runner, Runner::Source(_) | Runner::Loop))
            })
            .collect(),
        _ => included,
    };
    Ok(Selection { start, included, pinned, pins_stand_alone: stands_alone })
}
