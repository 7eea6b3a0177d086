//! Nodes for tests: each does one thing, and lets others run first a number of times that nobody can foresee.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use weft_node::*;

/// Moves on with every call: the schedule of the next run is another one.
static CHANCE: AtomicU64 = AtomicU64::new(0x1234_5678);

async fn yield_some() {
    let n = CHANCE.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    let n = (n ^ (n >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 60;
    for _ in 0..n / 3 {
        tokio::task::yield_now().await;
    }
}

const FILES: NodeFiles = NodeFiles { readme: "", icon: "", example: "" };

const fn plain(id: &'static str, body: Body, schema: fn() -> Schema) -> NodeType {
    NodeType {
        id,
        version: 1,
        title: "",
        summary: "",
        keywords: &[],
        inputs: Port::IN,
        outputs: Port::OUT,
        body,
        join: None,
        run_on_empty: false,
        routing: false,
        effect: pure,
        card: &[],
        schema,
        files: FILES,
    }
}
use schemars::Schema;

#[derive(Deserialize, JsonSchema)]
pub struct Nothing {}

/// Adds `n` to the item's number and its name to the trail; every `fail`th number fails, every `drop`th vanishes.
#[derive(Deserialize, JsonSchema)]
pub struct Pass {
    #[serde(default)]
    pub add: i64,
    #[serde(default)]
    pub fail: i64,
    #[serde(default)]
    pub drop: i64,
    #[serde(default)]
    pub say: Option<Value>,
}

fn number(item: &Item) -> i64 {
    item.json.as_i64().or_else(|| item.json.get("n").and_then(Value::as_i64)).unwrap_or(0)
}

impl ItemNode for Pass {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        yield_some().await;
        let n = number(item) + self.add;
        if self.fail > 0 && n % self.fail == 0 {
            return Err(Problem::new("test.fail", format!("{n} fails")));
        }
        if self.drop > 0 && n % self.drop == 0 {
            return Ok(Outputs::none());
        }
        Ok(Outputs::one(item.with_json(self.say.clone().unwrap_or(Value::from(n)))))
    }
}

/// Even numbers first, odd ones second.
#[derive(Deserialize, JsonSchema)]
pub struct Parity {}

impl ItemNode for Parity {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        yield_some().await;
        Ok(Outputs::on((number(item).rem_euclid(2)) as usize, item.clone()))
    }
}

/// `again` until the number is at least `limit`.
#[derive(Deserialize, JsonSchema)]
pub struct Turn {
    pub limit: i64,
}

impl ItemNode for Turn {
    async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
        yield_some().await;
        Ok(Outputs::on(usize::from(number(item) >= self.limit), item.clone()))
    }
}

/// One item with the sum of everything.
#[derive(Deserialize, JsonSchema)]
pub struct Sum {
    #[serde(default)]
    pub key: Option<PerItem<Value>>,
}

impl BatchNode for Sum {
    async fn run(&self, input: &Input, _: &Context) -> Result<Outputs> {
        yield_some().await;
        let keys = self.key.iter().map(|key| (0..input.items().len()).filter_map(|at| key.get(at).and_then(Value::as_i64)).sum::<i64>());
        let sum: i64 = input.ports.iter().flat_map(|port| port.iter()).map(number).sum::<i64>() + keys.sum::<i64>();
        let all = input.ports.iter().enumerate().flat_map(|(port, items)| (0..items.len()).map(move |at| (port, at)));
        Ok(Outputs::one(Item::new(Value::from(sum)).from_ports(all)))
    }
}

/// Left, then right.
#[derive(Deserialize, JsonSchema)]
pub struct Both {}

impl BatchNode for Both {
    async fn run(&self, input: &Input, _: &Context) -> Result<Outputs> {
        yield_some().await;
        let all = input.ports.iter().enumerate().flat_map(|(port, items)| {
            items.iter().enumerate().map(move |(at, item)| item.with_json(item.json.clone()).from_ports([(port, at)]))
        });
        Ok(Outputs::many(all.collect()))
    }
}

/// Changes the world: counts how often each (step, item) was done.
#[derive(Deserialize, JsonSchema)]
pub struct Effect {
    #[serde(default)]
    pub wait_ms: u64,
    /// Fails so many times, each time saying that trying again may help.
    #[serde(default)]
    pub flaky: u32,
    #[serde(default)]
    pub panic: bool,
}

static DONE: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

impl ItemNode for Effect {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        if self.panic {
            panic!("as told");
        }
        yield_some().await;
        let key = cx.idempotency_key();
        let times = {
            let mut done = DONE.lock().unwrap();
            let times = done.entry(key).or_default();
            *times += 1;
            *times
        };
        if self.wait_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.wait_ms)).await;
        }
        if times <= self.flaky {
            return Err(Problem::new("test.flaky", format!("attempt {times}")).retryable());
        }
        Ok(Outputs::one(item.with_json(Value::object([("n", Value::from(number(item))), ("times", Value::from(u64::from(times)))]))))
    }
}

pub static MANUAL: NodeType = NodeType { inputs: Port::NONE, ..plain("t.start", Body::Source(Trigger::Manual), schema::<Nothing>) };
pub static PASS: NodeType = plain("t.pass", Body::Item(item::<Pass>), schema::<Pass>);
pub static PARITY: NodeType = NodeType {
    routing: true,
    outputs: &[Port::items("even"), Port::items("odd")],
    ..plain("t.parity", Body::Item(item::<Parity>), schema::<Parity>)
};
pub static TURN: NodeType = NodeType {
    routing: true,
    outputs: &[Port::items("again"), Port::items("out")],
    ..plain("t.turn", Body::Item(item::<Turn>), schema::<Turn>)
};
pub static SUM: NodeType = NodeType { run_on_empty: true, ..plain("t.sum", Body::Batch(batch::<Sum>), schema::<Sum>) };
pub static BOTH: NodeType = NodeType {
    inputs: &[Port::items("left"), Port::items("right")],
    run_on_empty: true,
    ..plain("t.both", Body::Batch(batch::<Both>), schema::<Both>)
};
pub static EFFECT: NodeType =
    NodeType { effect: |_| EffectClass::Unsafe, ..plain("t.effect", Body::Item(item::<Effect>), schema::<Effect>) };
pub static SAFE: NodeType =
    NodeType { effect: |_| EffectClass::Idempotent, ..plain("t.safe", Body::Item(item::<Effect>), schema::<Effect>) };
pub static LOOP: NodeType = NodeType {
    inputs: &[Port::items("in"), Port::items("back")],
    outputs: &[Port::items("body"), Port::items("done")],
    join: Some(Join::All),
    ..plain("t.loop", Body::Scope(ScopeKind::Loop), schema::<Value>)
};
pub static CALL: NodeType = NodeType { join: Some(Join::Each), ..plain("t.call", Body::Scope(ScopeKind::Call), schema::<Value>) };
pub static RESPOND: NodeType = NodeType {
    outputs: Port::NONE,
    join: Some(Join::All),
    run_on_empty: true,
    effect: |_| EffectClass::Idempotent,
    ..plain("t.respond", Body::Respond, schema::<Value>)
};

pub static CATALOG: [&NodeType; 11] = [&MANUAL, &PASS, &PARITY, &TURN, &SUM, &BOTH, &EFFECT, &SAFE, &LOOP, &CALL, &RESPOND];
