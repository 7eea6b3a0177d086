//! The engine against the obvious interpreter: thousands of random flows under schedules that nobody can foresee.

#![allow(clippy::unwrap_used, reason = "a test may break down")]

mod interpreter;
mod support;

use interpreter::Interpreter;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use support::*;
use weft_engine::journal::{Ending, Row, Stored};
use weft_node::Lineage;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

#[derive(Default)]
struct Draft {
    nodes: String,
    edges: Vec<String>,
    count: usize,
    /// By timing: `any` and `n` may take another delivery first, a failure may stop another sibling.
    timed: bool,
}

impl Draft {
    /// A part of a flow that begins at these (node, port)s; gives its open ends.
    fn grow(&mut self, dice: &mut Dice, mut sources: Vec<String>, nodes: usize, depth: usize) -> Vec<String> {
        for _ in 0..nodes {
            self.count += 1;
            let id = format!("n{}", self.count);
            let kind = match dice.below(12) {
                0..5 => "pass",
                5 | 6 => "parity",
                7 => "sum",
                8 => "both",
                9 if depth < 2 => "loop",
                10 => "turn",
                _ => "pass",
            };
            let mut settings = String::new();
            let mut options = String::new();
            let mut outs = vec![format!("{id}.out")];
            let mut ins = vec![id.clone()];
            match kind {
                "pass" => {
                    let _ = write!(settings, "add: {}", dice.below(4));
                    if dice.chance(20) {
                        let _ = write!(settings, ", drop: {}", 1 + dice.below(3));
                    }
                    if dice.chance(25) {
                        let _ = write!(settings, ", fail: {}", 2 + dice.below(4));
                        let rule = ["continue", "port", "stop", "port", "continue", "continue"][dice.below(6)];
                        let _ = write!(options, ", on_error: {rule}");
                        self.timed |= rule == "stop";
                        if rule == "port" {
                            outs.push(format!("{id}.error"));
                        }
                    }
                }
                "parity" => outs = vec![format!("{id}.even"), format!("{id}.odd")],
                "both" => ins = vec![format!("{id}.left"), format!("{id}.right")],
                "turn" => {
                    // A free cycle: a node before it that counts up, and the way back.
                    let _ = write!(settings, "limit: {}", dice.below(8));
                    let _ = write!(self.nodes, "{id}c: {{type: t.pass, settings: {{add: 1}}}}, ");
                    self.edges.push(format!("{id}c -> {id}"));
                    self.edges.push(format!("{id}.again -> {id}c"));
                    ins = vec![format!("{id}c")];
                    outs = vec![format!("{id}.out")];
                }
                "loop" => {
                    let _ = write!(settings, "size: {}, concurrency: {}", 1 + dice.below(3), 1 + dice.below(3));
                    let inner = 1 + dice.below(3);
                    let ends = self.grow(dice, vec![format!("{id}.body")], inner, depth + 1);
                    for _ in 0..1 + dice.below(2) {
                        let edge = format!("{} -> {id}.back", ends[dice.below(ends.len())]);
                        if !self.edges.contains(&edge) {
                            self.edges.push(edge);
                        }
                    }
                    outs = vec![format!("{id}.done")];
                    match dice.below(3) {
                        0 => options.push_str(", on_error: continue"),
                        1 => {
                            options.push_str(", on_error: port");
                            outs.push(format!("{id}.error"));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
            if kind != "turn" && kind != "loop" && dice.chance(15) {
                let join = ["any", "all", "each", "{n: 2}"][dice.below(4)];
                let _ = write!(options, ", join: {join}");
                self.timed |= join == "any" || join == "{n: 2}";
            }
            if kind != "turn" && dice.chance(8) {
                options.push_str(["", ", disabled: bypass", ", disabled: off"][dice.below(3)]);
            }
            if kind != "turn" && dice.chance(10) {
                options.push_str(", emit_if_empty: true");
            }
            if kind != "turn" && dice.chance(10) {
                let _ = write!(options, ", run_on_empty: {}", dice.chance(50));
            }
            let _ = write!(self.nodes, "{id}: {{type: t.{kind}, settings: {{{settings}}}{options}}}, ");
            for _ in 0..1 + dice.below(2) + ins.len() / 2 {
                let edge = format!("{} -> {}", sources[dice.below(sources.len())], ins[dice.below(ins.len())]);
                if !self.edges.contains(&edge) {
                    self.edges.push(edge);
                }
            }
            // Not everything is followed.
            sources.extend(outs);
        }
        sources.retain(|source| !source.ends_with(".body") || sources_is_small(nodes));
        sources
    }
}

/// A body may be nothing but its own way back.
fn sources_is_small(nodes: usize) -> bool {
    nodes == 1
}

fn draft(seed: u64) -> (String, Vec<i64>, bool) {
    let mut dice = Dice(seed);
    let mut draft = Draft::default();
    let nodes = 2 + dice.below(8);
    draft.grow(&mut dice, vec!["a".into()], nodes, 0);
    let body: Vec<i64> = (0..1 + dice.below(5)).map(|_| dice.below(9) as i64).collect();
    (format!("nodes: {{{}a: {{type: t.start}}}}\nedges: [{}]", draft.nodes, draft.edges.join(", ")), body, draft.timed)
}

/// What every step gave, by its id.
fn given(rows: &[Row]) -> BTreeMap<String, String> {
    let of = |row: &Row| match row {
        Row::StepFinished { step, emissions, .. } => Some((step.to_string(), format!("{emissions:?}"))),
        Row::StepFailed { step, problem, .. } => Some((step.to_string(), problem.code.clone())),
        _ => None,
    };
    rows.iter().filter_map(of).collect()
}

fn agree(seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (text, body, timed) = draft(seed);
    let json = format!("{body:?}");
    runtime.block_on(async {
        let rig = Rig::new();
        let done = rig.run(&text, &json).await;
        let flow = flow(&text);
        let mut obvious = Interpreter::new(&flow, done.id, "a");
        for row in &done.rows {
            match row {
                Row::StepFinished { step, node, emissions, .. } => {
                    let want = obvious.finish(*step, &body);
                    let got: Vec<_> = emissions
                        .iter()
                        .map(|emission| match &emission.items {
                            Stored::Inline(batch) => (
                                emission.port as usize,
                                batch
                                    .iter()
                                    .map(|item| {
                                        let from = match &item.from {
                                            Lineage::From(pairs) => Some(pairs.to_vec()),
                                            _ => None,
                                        };
                                        (item.json.clone(), from, item.error.is_some())
                                    })
                                    .collect::<Vec<_>>(),
                            ),
                            Stored::Blob { .. } => panic!("nothing here is large"),
                        })
                        .collect();
                    let want: Vec<_> = want
                        .into_iter()
                        .map(|(port, items)| (port, items.into_iter().map(|item| (item.json, item.from, item.err)).collect::<Vec<_>>()))
                        .collect();
                    assert_eq!(got, want, "{node} in\n{text}\nwith {json}");
                }
                Row::StepFailed { step, cancelled: false, .. } => obvious.fail(*step),
                Row::StepFailed { step, .. } => obvious.cancel(*step),
                _ => {}
            }
        }
        if done.end.ending != Ending::Failed {
            assert_eq!(obvious.left(), Vec::<String>::new(), "not run in\n{text}\nwith {json}");
            let dropped = done.rows.iter().filter(|row| matches!(row, Row::DeliveryDropped { .. })).count();
            assert_eq!(obvious.dropped, dropped, "dropped in\n{text}\nwith {json}");
        }
        if !timed {
            // Another schedule: the same steps with the same ids and outputs.
            let rig = Rig::new();
            let mut start = rig.start(&text, &json);
            start.run = Some(done.id);
            assert_eq!(given(&rig.finish(start).await.rows), given(&done.rows), "twice\n{text}\nwith {json}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]
    // Two of them, so that two cores share the work.
    #[test]
    fn the_engine_agrees_with_the_obvious_interpreter(seed in any::<u64>()) {
        agree(seed);
    }

    #[test]
    fn the_engine_agrees_with_it_again(seed in any::<u64>()) {
        agree(seed.rotate_left(17) ^ 0x5bd1_e995);
    }
}
