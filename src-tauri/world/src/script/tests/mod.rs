mod bombs;
mod cage;
mod escapes;
mod pool;
mod values;

use super::{Program, Workers};
use std::sync::Arc;
use weft_node::Value;
use weft_node::world::{Script, ScriptCall, ScriptError, ScriptKind, Scripted, Scripts};

/// The process that the tests start as a worker: this test binary, running the one ignored test that is one.
fn program() -> Program {
    let args = ["script::tests::worker_entry", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    Program { path: std::env::current_exe().expect("a test has a file"), args: args.map(Into::into).to_vec() }
}

#[test]
#[ignore = "started by other tests as a worker process"]
fn worker_entry() {
    super::worker_main();
}

fn workers() -> Arc<Workers> {
    Arc::new(Workers::new(program()))
}

/// Tests that measure time take turns.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn call(source: &str, names: serde_json::Value) -> ScriptCall {
    let script = Script { source: source.into(), kind: ScriptKind::Expression };
    ScriptCall { script, names: names.into(), now_ms: 1_700_000_000_000, seed: 7 }
}

fn code(source: &str, names: serde_json::Value) -> ScriptCall {
    let call = call(source, names);
    ScriptCall { script: Script { kind: ScriptKind::Code, ..call.script }, ..call }
}

/// The answer as JSON; `undefined` as the text.
async fn run(scripts: &dyn Scripts, call: ScriptCall) -> Result<serde_json::Value, ScriptError> {
    let mut answers = scripts.call(vec![call]).await;
    Ok(match answers.remove(0)? {
        Scripted::Value(value) => value.into(),
        Scripted::Undefined => "undefined".into(),
    })
}

fn text(value: &str) -> serde_json::Value {
    serde_json::Value::from(Value::from(value))
}
