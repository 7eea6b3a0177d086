//! Killed anywhere: the rows of a run cut after every single one, and taken up again (SEMANTICS 11).

#![allow(clippy::unwrap_used, reason = "a test may break down")]

mod support;

use support::*;
use weft_engine::Limits;
use weft_engine::journal::{Decided, Ending, Row, Stored, memory::Memory};
use weft_engine::state;
use weft_node::{Item, Value};

const FLOWS: &[(&str, &str)] = &[
    (
        "nodes: {a: {type: t.start}, p: {type: t.parity}, x: {type: t.pass}, s: {type: t.sum}, d: {type: t.pass, settings: {drop: 1}}, e: {type: t.sum}}\nedges: [a -> p, p.even -> x, p.odd -> x, p.even -> s, p.odd -> s, x -> d, d -> e]",
        "[1, 2, 3]",
    ),
    (
        "nodes: {a: {type: t.start}, o: {type: t.loop, settings: {size: 2, concurrency: 2}}, i: {type: t.loop}, b: {type: t.pass, settings: {add: 10}}, s: {type: t.sum}, z: {type: t.safe}}\nedges: [a -> o, o.body -> i, i.body -> b, b -> i.back, i.done -> s, s -> o.back, o.done -> z]",
        "[1, 2, 3]",
    ),
    (
        "nodes: {a: {type: t.start}, l: {type: t.loop, settings: {while: 'js/ctx.loop.index < 3'}}, b: {type: t.pass, settings: {add: 1}}}\nedges: [a -> l, l.body -> b, b -> l.back]",
        "[1]",
    ),
    (
        "nodes: {a: {type: t.start}, l: {type: t.loop, on_error: port}, b: {type: t.pass, settings: {fail: 2}}, z: {type: t.sum}}\nedges: [a -> l, l.body -> b, b -> l.back, l.done -> z, l.error -> z]",
        "[1, 2, 3]",
    ),
    ("nodes: {a: {type: t.start}, c: {type: t.call, settings: {flow: child}}, z: {type: t.pass}}\nedges: [a -> c, c -> z]", "[1, 2]"),
    (
        "nodes: {a: {type: t.start}, p: {type: t.pass, settings: {add: 1}}, t: {type: t.turn, settings: {limit: 4}}, s: {type: t.sum}}\nedges: [a -> p, p -> t, t.again -> p, t.out -> s]",
        "[0, 2]",
    ),
    (
        "nodes: {a: {type: t.start}, b: {type: t.pass}, c: {type: t.pass}, j: {type: t.sum, join: any}, z: {type: t.pass, on_error: continue, settings: {fail: 2}}}\nedges: [a -> b, a -> c, b -> j, c -> j, a -> z]",
        "[1, 2]",
    ),
    ("nodes: {a: {type: t.start}, b: {type: t.pass, settings: {fail: 1}}, c: {type: t.pass}}\nedges: [a -> b, b -> c]", "[1, 2]"),
];
const CHILD: &str = "nodes: {a: {type: t.start}, b: {type: t.pass, settings: {add: 100}}}\nedges: [a -> b]";

/// What each step gave, with its id: neither may depend on where the run was cut. How often an effect was done may.
fn steps(rows: &[Row]) -> Vec<String> {
    let mut all: Vec<String> = rows
        .iter()
        .filter_map(|row| match row {
            Row::StepFinished { step, node, scope, emissions, .. } => {
                let items = emissions.iter().map(|emission| match &emission.items {
                    Stored::Inline(batch) => format!(
                        "{}:{:?}",
                        emission.port,
                        batch
                            .iter()
                            .map(|item| (item.json.get("n").unwrap_or(&item.json).to_json(), item.from.clone()))
                            .collect::<Vec<_>>()
                    ),
                    Stored::Blob { .. } => String::new(),
                });
                Some(format!("{step} {node} {scope:?} {}", items.collect::<Vec<_>>().join(" ")))
            }
            Row::StepFailed { step, node, problem, .. } => Some(format!("{step} {node} {}", problem.code)),
            _ => None,
        })
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_run_cut_after_any_row_ends_as_if_nothing_had_happened() {
    for (text, body) in FLOWS {
        let rig = Rig::new();
        rig.keep("child", CHILD);
        let whole = rig.run(text, body).await;
        assert_eq!(
            steps(&whole.rows).len(),
            whole.rows.iter().filter(|row| matches!(row, Row::StepFinished { .. } | Row::StepFailed { .. })).count()
        );
        for cut in 1..whole.rows.len() {
            let rows = whole.rows[..cut].to_vec();
            let again = Rig::with(Memory::with(whole.id, rows.clone()), rig.shelf.clone(), Limits::default());
            assert_eq!(again.engine.resume().await.unwrap(), [whole.id]);
            let end = match again.engine.wait(whole.id).await {
                Some(end) => end.ending,
                None => state_of(&again.rows(whole.id)),
            };
            let after = again.rows(whole.id);
            assert_eq!(end, whole.end.ending, "cut at {cut} of {text}");
            assert_eq!(after[..cut], rows, "what was written stays");
            // A join by `any` may meet another first delivery, where none was written; everything else is the same.
            if !text.contains("any") {
                assert_eq!(steps(&after), steps(&whole.rows), "cut at {cut} of {text}");
            }
        }
    }
}

fn state_of(rows: &[Row]) -> Ending {
    match rows.last() {
        Some(Row::RunFinished { ending, .. }) => *ending,
        other => panic!("not over: {other:?}"),
    }
}

const EFFECT: &str = "nodes: {a: {type: t.start}, b: {type: t.effect}, z: {type: t.pass}}\nedges: [a -> b, b -> z]";

/// A run of `EFFECT`, cut where the unsafe step has begun and not ended.
async fn cut_in_the_effect() -> (Rig, uuid::Uuid, weft_engine::journal::StepId) {
    let rig = Rig::new();
    let whole = rig.run(EFFECT, "[1, 2]").await;
    let at = whole.rows.iter().position(|row| matches!(row, Row::StepStarted { .. })).unwrap();
    let Row::StepStarted { step, .. } = &whole.rows[at] else { panic!() };
    let again = Rig::with(Memory::with(whole.id, whole.rows[..=at].to_vec()), rig.shelf.clone(), Limits::default());
    again.engine.resume().await.unwrap();
    while !again.rows(whole.id).iter().any(|row| matches!(row, Row::AttentionNeeded { .. })) {
        tokio::task::yield_now().await;
    }
    (again, whole.id, *step)
}

#[tokio::test]
async fn a_killed_unsafe_step_waits_for_a_person_who_repeats_fails_or_gives_the_result() {
    let (rig, run, step) = cut_in_the_effect().await;
    let seen = state::fold(&rig.rows(run));
    assert_eq!((seen.status(), seen.attentions[&step].item, seen.attentions[&step].items), (state::RunStatus::Waiting, 0, 2));
    rig.engine.decide(run, step, Decided::Repeat, "ada").await.unwrap();
    assert_eq!(rig.engine.wait(run).await.map_or(Ending::Finished, |end| end.ending), Ending::Finished);
    let rows = rig.rows(run);
    assert!(rows.iter().any(|row| matches!(row, Row::Decision { by, .. } if by == "ada")));
    let last = rows.iter().rev().find_map(|row| {
        if let Row::StepFinished { node, emissions, .. } = row { (node == "b").then(|| emissions[0].items.len()) } else { None }
    });
    assert_eq!(last, Some(2));

    let (rig, run, step) = cut_in_the_effect().await;
    rig.engine.decide(run, step, Decided::Fail, "ada").await.unwrap();
    rig.engine.wait(run).await;
    assert!(matches!(rig.rows(run).last(), Some(Row::RunFinished { ending: Ending::Failed, .. })));

    let (rig, run, step) = cut_in_the_effect().await;
    rig.engine
        .decide(run, step, Decided::Result(vec![Item::new(Value::from(7_i64)), Item::new(Value::from(8_i64))].into()), "ada")
        .await
        .unwrap();
    rig.engine.wait(run).await;
    let z = rig.rows(run).iter().find_map(|row| {
        if let Row::StepFinished { node, emissions, .. } = row { (node == "z").then(|| emissions[0].items.clone()) } else { None }
    });
    let Some(Stored::Inline(batch)) = z else { panic!() };
    assert_eq!(jsons(&batch), "7 8");
}

#[tokio::test]
async fn a_run_that_waits_for_a_person_can_be_cancelled_and_a_cancel_goes_on_after_a_crash() {
    let (rig, run, _) = cut_in_the_effect().await;
    rig.engine.cancel(run, "ada").await.unwrap();
    rig.engine.wait(run).await;
    let rows = rig.rows(run);
    assert!(matches!(rows.last(), Some(Row::RunFinished { ending: Ending::Cancelled, .. })));
    let asked = rows.iter().position(|row| matches!(row, Row::CancelRequested { .. })).unwrap();
    let again = Rig::with(Memory::with(run, rows[..=asked].to_vec()), rig.shelf.clone(), Limits::default());
    again.engine.resume().await.unwrap();
    again.engine.wait(run).await;
    assert!(matches!(again.rows(run).last(), Some(Row::RunFinished { ending: Ending::Cancelled, .. })));
}

#[tokio::test]
async fn items_that_are_done_are_not_done_again() {
    let rig = Rig::new();
    let text = "nodes: {a: {type: t.start}, b: {type: t.safe, settings: {wait_ms: 30}}}\nedges: [a -> b]";
    let whole = rig.run(text, "[1, 2, 3, 4]").await;
    let done = whole.rows.iter().position(|row| matches!(row, Row::ItemsDone { .. })).expect("a row at most 50 ms behind");
    let Row::ItemsDone { to, .. } = whole.rows[done] else { panic!() };
    let again = Rig::with(Memory::with(whole.id, whole.rows[..=done].to_vec()), rig.shelf.clone(), Limits::default());
    again.engine.resume().await.unwrap();
    again.engine.wait(whole.id).await;
    let rows = again.rows(whole.id);
    let Some(Row::StepFinished { emissions, .. }) = rows.iter().rev().find(|row| matches!(row, Row::StepFinished { .. })) else { panic!() };
    let Stored::Inline(batch) = &emissions[0].items else { panic!() };
    let times: Vec<i64> = batch.iter().map(|item| item.json.get("times").and_then(Value::as_i64).unwrap()).collect();
    let want: Vec<i64> = (0..4).map(|at| if at < to { 1 } else { 2 }).collect();
    assert_eq!(times, want, "the same key again only for what was open");
}

#[tokio::test]
async fn a_waiting_retry_is_armed_again_and_past_due_fires_once() {
    let rig = Rig::new();
    let text = "nodes: {a: {type: t.start}, b: {type: t.effect, retry: {times: 2, base: 20ms}, settings: {flaky: 1}}}\nedges: [a -> b]";
    let whole = rig.run(text, "[1]").await;
    let waits = whole.rows.iter().position(|row| matches!(row, Row::StepWaiting { .. })).unwrap();
    let again = Rig::with(Memory::with(whole.id, whole.rows[..=waits].to_vec()), rig.shelf.clone(), Limits::default());
    again.engine.resume().await.unwrap();
    again.engine.wait(whole.id).await;
    let rows = again.rows(whole.id);
    assert!(matches!(rows.last(), Some(Row::RunFinished { ending: Ending::Finished, .. })));
    assert!(!rows.iter().any(|row| matches!(row, Row::AttentionNeeded { .. })), "nothing of it may have happened");
    assert!(rows.iter().any(|row| matches!(row, Row::StepFinished { node, attempt: 2, .. } if node == "b")));
}
