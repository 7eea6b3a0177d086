//! Plain paths looked up natively give what JavaScript gives for the same path on the same data.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use std::sync::Arc;
use weft_flow::expr::{Body, Compiled, Lookup, Moment, Parsed, Root, parse};
use weft_node::world::{Script, ScriptCall, ScriptKind, Scripted, Scripts};
use weft_node::{Result, Value};
use weft_world::script::InProcess;

struct Data(Value);

impl Lookup for Data {
    fn root(&self, root: &Root, _: Option<usize>) -> Result<Option<Value>> {
        Ok((*root == Root::Item).then(|| self.0.clone()))
    }

    fn nodes(&self) -> Vec<Arc<str>> {
        Vec::new()
    }

    fn states(&self) -> Vec<Arc<str>> {
        Vec::new()
    }
}

const NAMES: &[&str] =
    &["a", "b", "length", "0", "1", "x y", "ä", "constructor", "__proto__", "toString", "map", "trim", "toFixed", "$", "null"];

fn data() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1_000_000i64..1_000_000).prop_map(Into::into),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Into::into),
        "[a-zäß😀\\\\\"${}]{0,6}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((prop::sample::select(NAMES), inner), 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().map(|(k, v)| (k.to_string(), v)).collect())),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let step = (prop::sample::select(NAMES), 0..3usize).prop_map(|(name, form)| {
        let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$') && !name.starts_with(|c: char| c.is_ascii_digit());
        match form {
            0 if is_word => format!(".{name}"),
            1 if name.bytes().all(|b| b.is_ascii_digit()) => format!("[{name}]"),
            2 => format!("[\"{name}\"]"),
            _ => format!("['{name}']"),
        }
    });
    (prop::sample::select(&["item", "data", "ctx.item"][..]), prop::collection::vec(step, 0..4))
        .prop_map(|(root, steps)| root.to_string() + &steps.concat())
}

/// What came out: a value, nothing, or an error.
fn shown(result: std::result::Result<Option<Value>, String>) -> std::result::Result<Option<Value>, String> {
    // The words of an error that the two share; the native one names the expression before.
    result.map_err(|message| {
        let words = message.rsplit("TypeError: ").next().unwrap_or_default();
        words.split(" (line").next().unwrap_or_default().to_string()
    })
}

#[tokio::test]
async fn native_paths_and_javascript_agree() {
    let scripts = InProcess::new();
    let mut runner = TestRunner::new(Config::default());
    let (mut cases, mut native) = (0, 0);
    for _ in 0..40 {
        let mut expected = Vec::new();
        let mut calls = Vec::new();
        for _ in 0..50 {
            let (data, path) = (data(), path()).new_tree(&mut runner).expect("a case").current();
            let data = Value::from(data);
            let Parsed::Value(expression) = parse(&format!("js/{path}")) else { panic!("{path}") };
            native += usize::from(matches!(expression.body, Body::Path(_)));
            let compiled = Compiled::single(&format!("js/{path}").into(), "s");
            let moment = Moment { now_ms: 0, seed: &|_| 0 };
            let found = compiled.one(Some(0), &Data(data.clone()), &scripts, moment).await;
            expected.push((path.clone(), data.clone(), shown(found.map_err(|problem| problem.message))));
            let names = Value::object([("item", data.clone()), ("data", data.clone()), ("ctx", Value::object([("item", data)]))]);
            calls.push(ScriptCall { script: Script { source: path.into(), kind: ScriptKind::Expression }, names, now_ms: 0, seed: 0 });
        }
        for ((path, data, native), script) in expected.into_iter().zip(scripts.call(calls).await) {
            let script = shown(match script {
                Ok(Scripted::Value(value)) => Ok(Some(value)),
                Ok(Scripted::Undefined) => Ok(None),
                Err(error) => Err(error.message),
            });
            assert_eq!(native, script, "{path} on {data}");
            cases += 1;
        }
    }
    assert!(cases >= 1_000 && native >= 1_000, "{cases} cases, {native} native");
}

#[test]
fn text_of_numbers_is_javascripts() {
    for (number, text) in
        [(5.0, "5"), (0.1, "0.1"), (1e21, "1e+21"), (-0.0, "0"), (1e-7, "1e-7"), (123_456_789_012_345_680_000.0, "123456789012345680000")]
    {
        assert_eq!(Value::from(number).to_text(), text);
    }
}
