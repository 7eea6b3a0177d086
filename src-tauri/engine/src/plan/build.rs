//! From the typed flow to the plan; what cannot run is refused with the node and the reason.

use super::{BACK, Plan, PlanEdge, PlanNode, Runner};
use crate::Catalog;
use crate::settings::Settings;
use std::sync::{Arc, OnceLock};
use weft_flow::{Flow, Node, OnError};
use weft_node::{Body, Join, Mode, NodeType, Problem, Result, ScopeKind};

impl Plan {
    /// # Errors
    /// `node.unknown`, `edge.port`, `loop.*`, `cycle.join`, `flow.ordered`, and what compiling the settings finds.
    pub fn build(flow: Arc<Flow>, catalog: &Catalog) -> Result<Plan> {
        if flow.order() == weft_flow::Order::Ordered {
            return Err(Problem::new("flow.ordered", "This flow asks for `order: ordered`, which this version cannot run.")
                .help("Remove `order`, or run it with a later version."));
        }
        let mut nodes = Vec::with_capacity(flow.nodes.len());
        for node in flow.nodes.values() {
            nodes.push(plan_node(node, catalog.of(node)?)?);
        }
        let mut edges = Vec::with_capacity(flow.edges.len());
        for edge in &flow.edges {
            let (Some(from), Some(to)) = (flow.nodes.get_index_of(&edge.from), flow.nodes.get_index_of(&edge.to)) else { continue };
            let port = |ports: &[Arc<str>], name: &str, node: &str, side: &str| {
                ports.iter().position(|port| **port == *name).map(|at| at as u16).ok_or_else(|| Problem {
                    node: Some(node.to_string()),
                    ..Problem::new("edge.port", format!("`{node}` has no {side} `{name}`."))
                        .help("Remove the edge, or lead it to a port that is there.")
                })
            };
            let from_port = port(&nodes[from].outs, &edge.from_port, &edge.from, "output")?;
            let to_port = port(&nodes[to].ins, &edge.to_port, &edge.to, "input")?;
            let is_back = nodes[to].runner == Runner::Loop && to_port == BACK;
            edges.push(PlanEdge { id: edge.id(), from, from_port, to, to_port, level: 0, local: 0, is_back });
        }
        for (at, edge) in edges.iter().enumerate() {
            nodes[edge.from].out_edges[edge.from_port as usize].push(at);
            let target = &mut nodes[edge.to];
            if edge.is_back { target.back_edges.push(at) } else { target.in_edges.push(at) }
        }
        for node in &mut nodes {
            // Stable: the file's order within a port stays.
            node.in_edges.sort_by_key(|edge| edges[*edge].to_port);
        }
        let by_id = nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
        let by_name = flow.nodes.values().enumerate().filter_map(|(at, node)| Some((node.as_.as_deref()?.into(), at))).collect();
        let mut plan = Plan { flow, nodes, edges, levels: Vec::new(), by_id, by_name };
        plan.find_levels()?;
        plan.check_joins()?;
        Ok(plan)
    }

    fn check_joins(&self) -> Result<()> {
        for node in &self.nodes {
            let refuse = |code: &str, message: String, help: &str| {
                Err(Problem { node: Some(node.id.to_string()), field: Some("join".into()), ..Problem::new(code, message).help(help) })
            };
            match node.join {
                Join::Zip => {
                    return refuse(
                        "join.zip",
                        format!("`{}` joins by `zip`, which needs `order: ordered`.", node.id),
                        "Choose all, any, each or a number of edges.",
                    );
                }
                Join::Each if node.runner == Runner::Loop => {
                    return refuse(
                        "loop.join",
                        format!("The loop `{}` cannot run once per delivery: its turns would be counted twice.", node.id),
                        "Remove `join` from the loop.",
                    );
                }
                Join::Each => {}
                _ if node.cycle.is_some() => {
                    return refuse(
                        "cycle.join",
                        format!("`{}` lies in a cycle and waits for all of its inputs, one of which comes from itself.", node.id),
                        "Set its join to each, or close the cycle at a loop's `back`.",
                    );
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn plan_node(node: &Node, kind: &'static NodeType) -> Result<PlanNode> {
    let runner = match &kind.body {
        Body::Item(_) => Runner::Item,
        Body::Batch(_) => Runner::Batch,
        Body::Choice { default, .. } => match Mode::of(&node.settings, *default) {
            Mode::EachItem => Runner::Item,
            Mode::AllItems => Runner::Batch,
        },
        Body::Source(trigger) => Runner::Source(*trigger),
        Body::Scope(ScopeKind::Loop) => Runner::Loop,
        Body::Scope(ScopeKind::Call) => Runner::Call,
        Body::Respond => Runner::Respond,
    };
    let join = match node.join {
        Some(weft_flow::Join::Each) => Join::Each,
        Some(weft_flow::Join::All) => Join::All,
        Some(weft_flow::Join::Any) => Join::Any,
        Some(weft_flow::Join::N(n)) => Join::N(n),
        Some(weft_flow::Join::Zip) => Join::Zip,
        None => kind.join.unwrap_or(if runner == Runner::Item && kind.inputs.len() == 1 { Join::Each } else { Join::All }),
    };
    let mut outs: Vec<Arc<str>> = kind.outputs.iter().map(|port| port.name.into()).collect();
    if node.on_error == OnError::Port {
        outs.push("error".into());
    }
    Ok(PlanNode {
        id: node.id.as_str().into(),
        kind,
        kind_name: format!("{}@{}", kind.id, kind.version),
        runner,
        ins: kind.inputs.iter().map(|port| port.name.into()).collect(),
        out_edges: vec![Vec::new(); outs.len()],
        outs,
        in_edges: Vec::new(),
        back_edges: Vec::new(),
        join,
        run_on_empty: node.run_on_empty.unwrap_or(kind.run_on_empty),
        emit_if_empty: node.emit_if_empty,
        concurrency: node.concurrency,
        retry: node.retry,
        timeout: node.timeout,
        on_error: node.on_error,
        disabled: node.disabled,
        class: (kind.effect)(&node.settings),
        settings: Settings::compile(node, kind, runner),
        level: 0,
        local: 0,
        body: None,
        cycle: None,
        ancestors: OnceLock::new(),
    })
}
