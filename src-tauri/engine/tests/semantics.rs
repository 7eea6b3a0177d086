//! The rules of SEMANTICS.md, one test each, by section.

#![allow(clippy::unwrap_used, reason = "a test may break down")]

mod support;

use std::time::{Duration, Instant};
use support::*;
use weft_engine::journal::{Ending, Part, Row, Volatile, memory::Memory};
use weft_engine::{Limits, Reply, state};
use weft_node::{Lineage, Value};

#[tokio::test]
async fn s2_a_flow_runs_from_its_trigger() {
    let done = Rig::new().run("nodes: {a: {type: t.start}, b: {type: t.pass, settings: {add: 1}}}\nedges: [a -> b]", "[1, 2]").await;
    assert_eq!(done.result(), "2 3");
    let kinds: Vec<_> = done.rows.iter().map(|row| format!("{row:?}").split(['(', ' ']).next().unwrap().to_string()).collect();
    assert_eq!(kinds, ["RunCreated", "RunStarted", "StepFinished", "StepFinished", "RunFinished"]);
}

#[tokio::test]
async fn s3_s4_behind_both_arms_of_an_if_each_item_is_worked_on_and_a_batch_node_runs_once() {
    let text = "nodes: {a: {type: t.start}, p: {type: t.parity}, x: {type: t.pass}, s: {type: t.sum}}\nedges: [a -> p, p.even -> x, p.odd -> x, p.even -> s, p.odd -> s]";
    let done = Rig::new().run(text, "[1, 2, 3]").await;
    assert_eq!((done.steps("x"), done.steps("s")), (2, 1));
    assert_eq!(done.result(), "2 1 3 6", "steps in the order of their edges, nodes in that of the file");
    let only_odd = Rig::new().run(text, "[1]").await;
    assert_eq!((only_odd.steps("x"), only_odd.output("s", 0)), (1, "1".into()));
}

#[tokio::test]
async fn s3_edges_close_with_reasons() {
    let text = "nodes: {a: {type: t.start}, p: {type: t.parity}, d: {type: t.pass, settings: {drop: 1}}, n: {type: t.pass}, e: {type: t.sum}, m: {type: t.sum}}\nedges: [a -> p, p.odd -> d, p.even -> n, d -> e, n -> m]";
    let rig = Rig::new();
    let flow = flow(text);
    let done = rig.run(text, "[1]").await;
    // What gave nothing runs an aggregate on empty; a branch not taken runs nothing.
    assert_eq!((done.steps("e"), done.steps("m"), done.steps("n")), (1, 0, 0));
    let edges = state::fold(&done.rows).edges(&flow, rig.engine.catalog());
    let states: Vec<_> = edges.values().map(|edge| (edge.items, format!("{:?}", edge.state))).collect();
    let want = [(1, "Delivered"), (1, "Delivered"), (0, "NotTaken"), (0, "Empty"), (0, "NotTaken")];
    assert_eq!(states, want.map(|(n, s)| (n, s.to_string())));
}

#[tokio::test]
async fn s4_any_takes_the_first_and_tells_what_it_dropped_and_n_waits_for_so_many() {
    let text = |join: &str| {
        format!(
            "nodes: {{a: {{type: t.start}}, b: {{type: t.pass}}, c: {{type: t.pass}}, d: {{type: t.pass}}, j: {{type: t.sum, join: {join}}}}}\nedges: [a -> b, a -> c, a -> d, b -> j, c -> j, d -> j]"
        )
    };
    let any = Rig::new().run(&text("any"), "[5]").await;
    assert_eq!((any.steps("j"), any.result()), (1, "5".into()));
    assert_eq!(any.rows.iter().filter(|row| matches!(row, Row::DeliveryDropped { .. })).count(), 2);
    let two = Rig::new().run(&text("{n: 2}"), "[5]").await;
    assert_eq!((two.steps("j"), two.result()), (1, "10".into()));
    let four = Rig::new().run(&text("{n: 4}"), "[5]").await;
    assert_eq!(four.steps("j"), 0);
}

#[tokio::test]
async fn s4_emit_if_empty_gives_one_item() {
    let done = Rig::new()
        .run("nodes: {a: {type: t.start}, d: {type: t.pass, emit_if_empty: true, settings: {drop: 1}}}\nedges: [a -> d]", "[1, 2]")
        .await;
    assert_eq!(done.result(), "{}");
}

#[tokio::test]
async fn s5_disabled_pinned_and_parts() {
    let rig = Rig::new();
    let text = "nodes: {a: {type: t.start}, b: {type: t.pass, disabled: true, settings: {add: 9}}, c: {type: t.pass, settings: {add: 1}}, o: {type: t.pass, disabled: off}, z: {type: t.pass}}\nedges: [a -> b, b -> c, a -> o, o -> z]";
    let done = rig.run(text, "[1]").await;
    assert_eq!((done.result(), done.steps("o"), done.steps("z")), ("2".into(), 0, 0));
    let mut to_here = rig.start(text, "[1]");
    to_here.part = Part::ToHere("b".into());
    assert_eq!(rig.finish(to_here).await.steps("c"), 0);
    let mut pinned = rig.start(text, "[1]");
    pinned.pins = vec![("b".into(), vec![vec![weft_node::Item::new(Value::from(40_i64))].into()])];
    let pinned = rig.finish(pinned).await;
    assert_eq!(pinned.result(), "41");
    assert!(pinned.rows.iter().any(|row| matches!(row, Row::StepFinished { node, pinned: true, .. } if node == "b")));
    for part in [Part::FromHere("c".into()), Part::OnlyThis("c".into())] {
        let mut again = rig.start(text, "[7]");
        (again.part, again.from_run) = (part, Some(done.id));
        assert_eq!(rig.finish(again).await.output("c", 0), "2", "what is before comes from the past run");
    }
}

#[tokio::test]
async fn s7_errors_stop_continue_or_leave_by_their_port() {
    let text = |rule: &str, edge: &str| {
        format!(
            "nodes: {{a: {{type: t.start}}, f: {{type: t.pass, on_error: {rule}, settings: {{fail: 2}}}}, x: {{type: t.pass}}, e: {{type: t.pass}}}}\nedges: [f -> x, a -> f{edge}]"
        )
    };
    let stop = Rig::new().run(&text("stop", ""), "[1, 2, 3]").await;
    assert_eq!((stop.end.ending, stop.code(), stop.steps("x")), (Ending::Failed, "test.fail", 0));
    let problem = stop.end.problem.as_ref().unwrap();
    assert_eq!((problem.node.as_deref(), problem.item), (Some("f"), Some(1)));
    let on = Rig::new().run(&text("continue", ""), "[1, 2, 3]").await;
    assert_eq!(on.output("x", 0), "1 2 3");
    assert!(on.warnings()[0].contains("1 of 3"), "{:?}", on.warnings());
    let port = Rig::new().run(&text("port", ", f.error -> e"), "[1, 2, 3]").await;
    assert_eq!((port.output("x", 0), port.output("e", 0)), ("1 3".into(), "2".into()));
}

#[tokio::test]
async fn s7_only_failed_items_are_tried_again_and_waits_are_rows() {
    let text = "nodes: {a: {type: t.start}, f: {type: t.effect, retry: {times: 3, base: 10ms}, settings: {flaky: 2}}}\nedges: [a -> f]";
    let done = Rig::new().run(text, "[1, 2]").await;
    assert_eq!(done.result(), r#"{"n":1,"times":3} {"n":2,"times":3}"#);
    assert_eq!(done.rows.iter().filter(|row| matches!(row, Row::StepWaiting { .. })).count(), 2);
    assert_eq!(
        done.rows.iter().filter(|row| matches!(row, Row::StepStarted { .. })).count(),
        3,
        "each attempt that may change the world has its row"
    );
    let given_up = Rig::new().run(&text.replace("times: 3", "times: 1"), "[1]").await;
    assert_eq!(given_up.code(), "test.flaky");
}

#[tokio::test]
async fn s7_a_timeout_is_an_error_of_its_attempt_and_a_panic_of_its_step() {
    let slow = Rig::new()
        .run("nodes: {a: {type: t.start}, f: {type: t.effect, timeout: 20ms, settings: {wait_ms: 5000}}}\nedges: [a -> f]", "[1]")
        .await;
    assert_eq!(slow.code(), "step.timeout");
    let panic = Rig::new().run("nodes: {a: {type: t.start}, f: {type: t.effect, on_error: continue, settings: {panic: true}}, x: {type: t.pass}}\nedges: [a -> f, f -> x]", "[1]").await;
    assert_eq!(panic.result(), "1");
}

#[tokio::test]
async fn s8_a_loop_goes_over_chunks_and_puts_results_in_order() {
    let text = |size: u32, more: &str| {
        format!(
            "nodes: {{a: {{type: t.start}}, l: {{type: t.loop, settings: {{size: {size}, concurrency: 3{more}}}}}, b: {{type: t.sum}}, z: {{type: t.pass}}}}\nedges: [a -> l, l.body -> b, b -> l.back, l.done -> z]"
        )
    };
    let done = Rig::new().run(&text(2, ""), "[1, 2, 3, 4, 5]").await;
    assert_eq!((done.result(), done.steps("b")), ("3 7 5".into(), 3));
    let lineage: Vec<_> = done
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::StepFinished { node, emissions, .. } if node == "l" => Some(emissions[0].items.clone()),
            _ => None,
        })
        .collect();
    let weft_engine::journal::Stored::Inline(batch) = &lineage[0] else { panic!() };
    assert_eq!(batch[1].from, Lineage::From([(0, 2), (0, 3)].into_iter().collect()), "back to the items at `in`");
    let while_ = Rig::new().run(&text(1, ", while: 'js/ctx.loop.index < 4'").replace("concurrency: 3", "concurrency: 1"), "[1, 2]").await;
    assert_eq!((while_.result(), while_.steps("b")), ("3 3 3 3".into(), 4));
    let endless = Rig::new().run(&text(1, ", max: 5, while: 'js/ctx.loop.index < 9'"), "[1]").await;
    assert_eq!(endless.code(), "loop.limit");
}

#[tokio::test]
async fn s8_an_iterations_error_obeys_the_loop() {
    let text = |rule: &str| {
        format!(
            "nodes: {{a: {{type: t.start}}, l: {{type: t.loop, on_error: {rule}}}, b: {{type: t.pass, settings: {{fail: 2}}}}, z: {{type: t.pass}}}}\nedges: [a -> l, l.body -> b, b -> l.back, l.done -> z]"
        )
    };
    assert_eq!(Rig::new().run(&text("stop"), "[1, 2, 3]").await.code(), "test.fail");
    assert_eq!(Rig::new().run(&text("continue"), "[1, 2, 3]").await.output("z", 0), "1 2 3");
    let port = Rig::new().run(&text("port"), "[1, 2, 3]").await;
    assert_eq!((port.output("z", 0), port.output("l", 2)), ("1 3".into(), "2".into()));
}

#[tokio::test]
async fn s8_nested_loops_nest_scopes() {
    let text = "nodes: {a: {type: t.start}, o: {type: t.loop, settings: {size: 2}}, i: {type: t.loop}, b: {type: t.pass, settings: {add: 10}}, s: {type: t.sum}, z: {type: t.pass}}\nedges: [a -> o, o.body -> i, i.body -> b, b -> i.back, i.done -> s, s -> o.back, o.done -> z]";
    let done = Rig::new().run(text, "[1, 2, 3]").await;
    assert_eq!((done.result(), done.steps("b"), done.steps("i")), ("23 13".into(), 3, 2));
    assert!(
        done.rows
            .iter()
            .any(|row| matches!(row, Row::StepFinished { scope, .. } if scope == &[("o".to_string(), 1), ("i".to_string(), 0)]))
    );
}

#[tokio::test]
async fn s8_a_free_cycle_ends_when_nothing_is_under_way_or_at_its_limit() {
    let text = |limit: i64| {
        format!(
            "nodes: {{a: {{type: t.start}}, p: {{type: t.pass, settings: {{add: 1}}}}, t: {{type: t.turn, settings: {{limit: {limit}}}}}, s: {{type: t.sum}}}}\nedges: [a -> p, p -> t, t.again -> p, t.out -> s]"
        )
    };
    let done = Rig::new().run(&text(5), "[0, 3]").await;
    assert_eq!(done.result(), "10");
    assert_eq!(Rig::new().run(&text(1_000_000), "[0]").await.code(), "cycle.limit");
}

#[tokio::test]
async fn s8_a_called_flow_is_a_run_of_its_own() {
    let rig = Rig::new();
    rig.keep("child", "nodes: {a: {type: t.start}, b: {type: t.pass, settings: {add: 100}}}\nedges: [a -> b]");
    rig.keep("answers", "nodes: {a: {type: t.start}, b: {type: t.pass, settings: {add: 7}}, r: {type: t.respond}, c: {type: t.pass}}\nedges: [a -> b, b -> r, a -> c]");
    rig.keep("fails", "nodes: {a: {type: t.start}, b: {type: t.pass, settings: {fail: 1}}}\nedges: [a -> b]");
    rig.keep("deep", "nodes: {a: {type: t.start}, b: {type: t.call, settings: {flow: deep}}}\nedges: [a -> b]");
    let text = |flow: &str, once: &str| {
        format!(
            "nodes: {{a: {{type: t.start}}, c: {{type: t.call, settings: {{flow: {flow}, once: {once}}}}}, z: {{type: t.pass}}}}\nedges: [a -> c, c -> z]"
        )
    };
    assert_eq!(rig.run(&text("child", "per item"), "[1, 2]").await.result(), "101 102");
    assert_eq!(rig.run(&text("answers", "per batch"), "[1, 2]").await.result(), "8 9");
    let failed = rig.run(&text("fails", "per item"), "[1]").await;
    assert_eq!(failed.code(), "call.failed");
    assert_eq!(failed.end.problem.as_ref().unwrap().details.at("cause.node"), Some(&Value::from("b")));
    assert_eq!(rig.run(&text("deep", "per item"), "[1]").await.code(), "call.failed");
    assert_eq!(rig.run(&text("nowhere", "per item"), "[1]").await.code(), "flow.unknown");
}

#[tokio::test]
async fn s9_expressions_read_items_nodes_and_requests() {
    let text = |say: &str| {
        format!(
            "nodes: {{a: {{type: t.start}}, p: {{type: t.parity}}, x: {{type: t.pass, settings: {{say: '{say}'}}}}}}\nedges: [a -> p, p.even -> x]"
        )
    };
    let result = |say: &str| {
        let text = text(say);
        async move { Rig::new().run(&text, "[1, 2, 4]").await.result() }
    };
    assert_eq!(result("js/ctx.nodes.a.item").await, "2 4", "by lineage");
    assert_eq!(result("js/ctx.nodes.a.items.length").await, "3 3");
    assert_eq!(result("js/index").await, "0 1");
    assert_eq!(result("js/ctx.state.p").await, "[2,4] [2,4]");
    assert_eq!(result("<${ctx.request.body[1]}>").await, r#""<2>" "<2>""#);
    assert_eq!(result("js/ctx.nodes.p.ports.odd").await, "[1] [1]");
    let wrong = Rig::new().run(&text("js/ctx.nodes.x.items"), "[2]").await;
    assert_eq!(wrong.code(), "expression.upstream");
}

#[tokio::test]
async fn s7_a_batch_nodes_per_item_field_is_evaluated_per_item() {
    let done = Rig::new().run("nodes: {a: {type: t.start}, s: {type: t.sum, settings: {key: js/item}}}\nedges: [a -> s]", "[1, 2]").await;
    assert_eq!(done.result(), "6");
}

#[tokio::test]
async fn s7_s11_only_what_changes_the_world_waits_for_the_disk() {
    let rig = Rig::new();
    rig.run("nodes: {a: {type: t.start}, b: {type: t.pass}}\nedges: [a -> b]", "[1]").await;
    assert_eq!(rig.journal.waits(), 1, "the end");
    let rig = Rig::new();
    let done = rig.run("nodes: {a: {type: t.start}, b: {type: t.effect}}\nedges: [a -> b]", "[1]").await;
    assert_eq!(rig.journal.waits(), 2);
    let at = |wanted: fn(&Row) -> bool| done.rows.iter().position(wanted).unwrap();
    assert!(at(|row| matches!(row, Row::StepStarted { .. })) < at(|row| matches!(row, Row::StepFinished { node, .. } if node == "b")));
}

#[tokio::test]
async fn s11_without_durability_there_are_no_rows_and_a_full_disk_stops_the_run() {
    let rig = Rig::new();
    let done = rig.run("durability: none\nnodes: {a: {type: t.start}, b: {type: t.effect}}\nedges: [a -> b]", "[1]").await;
    assert!(done.rows.is_empty() && done.end.ending == Ending::Finished);
    assert!(rig.journal.told().iter().any(|told| matches!(told, Volatile::Rows { .. })));
    let full = Rig::new();
    full.journal.fill_after(0);
    assert_eq!(full.run("nodes: {a: {type: t.start}, b: {type: t.effect}}\nedges: [a -> b]", "[1]").await.code(), "disk_full");
}

#[tokio::test]
async fn s11_a_large_output_becomes_a_blob() {
    let body = format!("[{}]", vec![format!("\"{}\"", "x".repeat(1000)); 100].join(","));
    let rig = Rig::new();
    let done = rig.run("nodes: {a: {type: t.start}, b: {type: t.both, join: all}}\nedges: [a -> b.left]", &body).await;
    assert_eq!(done.end.result.len(), 100);
    assert!(done.rows.iter().any(|row| matches!(row, Row::StepFinished { emissions, .. } if matches!(emissions[0].items, weft_engine::journal::Stored::Blob { items: 100, .. }))));
}

#[tokio::test]
async fn s12_a_cancel_is_over_within_a_second() {
    let rig = Rig::new();
    let text = "nodes: {a: {type: t.start}, b: {type: t.effect, settings: {wait_ms: 60000}}, c: {type: t.pass}}\nedges: [a -> b, b -> c]";
    let mut handle = rig.engine.start(rig.start(text, "[1]")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    let at = Instant::now();
    rig.engine.cancel(handle.id, "a test").await.unwrap();
    assert_eq!(handle.done().await.ending, Ending::Cancelled);
    assert!(at.elapsed() < Duration::from_millis(1_100), "{:?}", at.elapsed());
    let rows = rig.rows(handle.id);
    assert!(rows.iter().any(|row| matches!(row, Row::StepFailed { cancelled: true, .. })));
    let asked = rows.iter().position(|row| matches!(row, Row::CancelRequested { .. })).unwrap();
    assert!(rows[asked..].iter().all(|row| !matches!(row, Row::StepStarted { .. })));
    assert!(!rig.engine.is_live(handle.id));
}

#[tokio::test]
async fn s12_replies_come_from_the_first_respond_or_the_last_node() {
    let rig = Rig::new();
    let text = "nodes: {a: {type: t.start}, b: {type: t.pass}, r: {type: t.respond, settings: {status: 201, body: 'js/items'}}, s: {type: t.respond}}\nedges: [a -> r, a -> b, b -> s]";
    let mut handle = rig.engine.start(rig.start(text, "[1]")).await.unwrap();
    let Reply::Respond { settings, items, .. } = (&mut handle.reply).await.unwrap() else { panic!() };
    assert_eq!((settings.to_json().as_str(), jsons(&items).as_str()), (r#"{"status":201,"body":[1]}"#, "1"));
    handle.done().await;
    let rows = rig.rows(handle.id);
    let first = |wanted: fn(&Row) -> bool| rows.iter().position(wanted).unwrap();
    assert!(first(|row| matches!(row, Row::StepStarted { .. })) < first(|row| matches!(row, Row::Responded { delivered: true, .. })));
    let warned = state::fold(&rows).steps.values().any(|step| step.warnings.iter().any(|w| w.contains("already been answered")));
    assert!(warned);
    let last = rig.engine.start(rig.start("nodes: {a: {type: t.start}, b: {type: t.pass}}\nedges: [a -> b]", "[3]")).await.unwrap();
    assert!(matches!(last.reply.await.unwrap(), Reply::Last(Some(value)) if value == Value::from(3_i64)));
}

#[tokio::test]
async fn s13_what_exceeds_the_caps_queues_in_order_and_a_full_queue_refuses() {
    let rig = Rig::with(Memory::new(), std::sync::Arc::default(), Limits { queue: 2, ..Limits::default() });
    let text = "nodes: {a: {type: t.start}, b: {type: t.effect, settings: {wait_ms: 40}}}\nedges: [a -> b]";
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(rig.engine.start(rig.start(text, "[1]")).await.unwrap());
    }
    assert_eq!(runs.iter().map(|run| rig.engine.queue_position(run.id)).collect::<Vec<_>>(), [None, Some(1), Some(2)]);
    assert_eq!(rig.engine.start(rig.start(text, "[1]")).await.err().unwrap().code, "queue.full");
    rig.engine.cancel(runs[1].id, "a test").await.unwrap();
    assert_eq!(runs[1].done().await.ending, Ending::Cancelled);
    assert_eq!(runs[2].done().await.ending, Ending::Finished);
    assert_eq!(state::fold(&rig.rows(runs[1].id)).status(), state::RunStatus::Cancelled);
}

#[tokio::test]
async fn what_cannot_run_is_refused_with_its_reason() {
    let rig = Rig::new();
    let code = |text: &str| rig.engine.check(flow(text)).err().map(|problem| problem.code).unwrap_or_default();
    assert_eq!(code("nodes: {a: {type: t.nothing}}"), "node.unknown");
    assert_eq!(code("nodes: {a: {type: t.start}, b: {type: t.pass}}\nedges: [a.other -> b]"), "edge.port");
    assert_eq!(code("order: ordered\nnodes: {a: {type: t.start}}"), "flow.ordered");
    assert_eq!(
        code(
            "nodes: {a: {type: t.start}, l: {type: t.loop}, b: {type: t.pass}, c: {type: t.pass}}\nedges: [a -> l, l.body -> b, b -> l.back, a -> c, c -> b]"
        ),
        "loop.crossing"
    );
    assert_eq!(code("nodes: {a: {type: t.start}, b: {type: t.sum}}\nedges: [a -> b, b -> b]"), "cycle.join");
}
