use super::{TURN, call, code, program, run, text, workers};
use crate::script::{Program, Workers};
use serde_json::json;
use std::time::{Duration, Instant};
use weft_node::world::Scripts;

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_keeps_its_order() {
    let _turn = TURN.lock().await;
    let workers = workers();
    let calls = (0..500).map(|n| call("item.n * 2", json!({"item": {"n": n}}))).collect();
    let answers = workers.call(calls).await;
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.map(|a| format!("{a:?}")), Ok(format!("{:?}", weft_node::world::Scripted::Value((2 * n).into()))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_call_leaves_its_neighbours_right() {
    let _turn = TURN.lock().await;
    let workers = workers();
    let calls = (0..40)
        .map(|n| if n % 13 == 5 { call("(() => { for (;;); })()", json!({})) } else { call("index + 1", json!({"index": n})) })
        .collect();
    for (n, answer) in workers.call(calls).await.into_iter().enumerate() {
        match answer {
            Err(error) if n % 13 == 5 => assert_eq!(error.code, "script.timeout"),
            answer => assert_eq!(
                format!("{:?}", answer.expect("a neighbour")),
                format!("{:?}", weft_node::world::Scripted::Value((n + 1).into()))
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_scripts_do_not_starve_others() {
    let _turn = TURN.lock().await;
    let workers = workers();
    run(&*workers, call("1", json!({}))).await.expect("warm");
    let others = workers.clone();
    let endless = tokio::spawn(async move { others.call(vec![call("(() => { for (;;); })()", json!({})); 60]).await });
    tokio::time::sleep(Duration::from_millis(30)).await;
    for _ in 0..5 {
        let started = Instant::now();
        assert_eq!(run(&*workers, call("1 + 1", json!({}))).await, Ok(json!(2)));
        // Sixty of them take three seconds of two processors.
        assert!(started.elapsed() < Duration::from_millis(2_000), "{:?}", started.elapsed());
    }
    let stopped = endless.await.expect("it ends");
    assert!(stopped.iter().all(|answer| matches!(answer, Err(error) if error.code == "script.timeout")));
}

#[tokio::test(flavor = "multi_thread")]
async fn code_in_progress_ends_when_nobody_waits_for_it() {
    let _turn = TURN.lock().await;
    let workers = workers();
    for _ in 0..12 {
        let endless = code("for (;;);", json!({}));
        assert!(tokio::time::timeout(Duration::from_millis(100), run(&*workers, endless)).await.is_err());
    }
    // Twelve endless codes of 30 s each would keep all workers of the lane.
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), run(&*workers, code("return 5", json!({})))).await, Ok(Ok(json!(5))));
}

#[tokio::test(flavor = "multi_thread")]
async fn large_values_travel() {
    let _turn = TURN.lock().await;
    let workers = workers();
    let big = "x".repeat(3 << 20);
    assert_eq!(
        run(&*workers, code("return item.s + item.s.length", json!({"item": {"s": big}}))).await,
        Ok(text(&format!("{big}{}", 3 << 20)))
    );
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_told() {
    for path in ["/bin/true", "/does/not/exist"] {
        let workers = Workers::new(Program { path: path.into(), args: Vec::new() });
        let error = run(&workers, call("1", json!({}))).await.expect_err("no worker");
        assert_eq!(error.code, "script.unavailable");
    }
    assert!(program().path.exists());
}
