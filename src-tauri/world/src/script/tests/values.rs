use super::{call, code, run, text};
use crate::script::InProcess;
use serde_json::json;
use weft_node::world::Scripts;

#[tokio::test]
async fn values_come_out_as_json_has_them() {
    let scripts = InProcess::new();
    for (source, expected) in [
        ("1 + 1", json!(2)),
        ("item.a.b", json!("x")),
        ("item.nope", text("undefined")),
        ("undefined", text("undefined")),
        ("() => 1", text("undefined")),
        ("Symbol('x')", text("undefined")),
        ("0 / 0", json!(null)),
        ("[1 / 0, undefined, () => 1, null]", json!([null, null, null, null])),
        ("({a: undefined, b: Symbol('x'), c: () => 1, d: 1})", json!({"d": 1})),
        ("new Date(0)", json!("1970-01-01T00:00:00.000Z")),
        ("new Date(NaN)", json!(null)),
        ("new Date()", json!("2023-11-14T22:13:20.000Z")),
        ("Date.now()", json!(1_700_000_000_000_i64)),
        ("typeof Date()", json!("string")),
        ("new Date(2024, 0, 1).toISOString()", json!("2024-01-01T00:00:00.000Z")),
        ("new Date(2024, 0, 1).getTimezoneOffset()", json!(0)),
        ("new (class extends Date {})(5).getTime()", json!(5)),
        ("new Date() instanceof Date && new Date().constructor === Date", json!(true)),
        ("9007199254740993", json!(9_007_199_254_740_992_i64)),
        ("item.big", json!(9_007_199_254_740_992_i64)),
        ("10n", json!(10)),
        ("({a: 123456789012345678901234567890n})", json!({"a": "123456789012345678901234567890"})),
        ("-0", json!(0)),
        ("1e21", json!(1e21)),
        ("'\\ud800x'", json!("\u{fffd}x")),
        ("'\\\\ud800'", json!("\\ud800")),
        ("'😀'", json!("😀")),
        ("JSON.parse('{\"__proto__\": {\"x\": 1}}')", json!({"__proto__": {"x": 1}})),
        ("item['__proto__'].x", json!(1)),
        ("Object.keys(item.p)", json!(["constructor", "toString"])),
        ("[typeof ctx, typeof data, typeof items, typeof extra]", json!(["undefined", "undefined", "undefined", "number"])),
        ("(() => { const e = new Error('a'); e.name = 'B'; e.message = 'c'; e.toString = 1; return e.name + e.message })()", json!("Bc")),
        ("(() => { class E extends Error { constructor(m) { super(m); this.name = 'E' } } return String(new E('m')) })()", json!("E: m")),
        ("(() => { const o = {}; o.toString = () => 'own'; o.constructor = 1; return o + '' + o.constructor })()", json!("own1")),
        ("(async () => { await null; return 4 })()", json!(4)),
        ("new Map([[1, 2]])", json!({})),
        ("1 // done", json!(1)),
        ("item.a /* } ) */", json!({"b": "x"})),
    ] {
        let names = json!({"item": {"a": {"b": "x"}, "big": 9_007_199_254_740_993_i64, "__proto__": {"x": 1}, "p": {"constructor": 1, "toString": 2}}, "extra": 1});
        assert_eq!(run(&scripts, call(source, names)).await.expect(source), expected, "{source}");
    }
}

#[tokio::test]
async fn code_is_a_function_body() {
    let scripts = InProcess::new();
    let names = json!({"items": [{"n": 1}, {"n": 2}]});
    let sum = "let total = 0;\nfor (const item of items) total += item.n;\nconst data = {total}; // declared anew\nreturn data";
    assert_eq!(run(&scripts, code(sum, names.clone())).await, Ok(json!({"total": 3})));
    assert_eq!(run(&scripts, code("items", names)).await, Ok(text("undefined")));
}

#[tokio::test]
async fn errors_say_what_and_where() {
    let scripts = InProcess::new();
    for (call, code, message, line) in [
        (call("1 +", json!({})), "script.syntax", "SyntaxError", Some(1)),
        (call("item.a.b", json!({"item": {}})), "script.thrown", "TypeError: cannot read property 'b' of undefined", Some(1)),
        (call("nope", json!({})), "script.thrown", "ReferenceError: nope is not defined", Some(1)),
        (code("let a = 1;\n\nthrow new RangeError('too far')", json!({})), "script.thrown", "RangeError: too far", Some(3)),
        (code("let a = 1;\nlet a = 2;", json!({})), "script.syntax", "SyntaxError", Some(2)),
        (code("throw 'plain'", json!({})), "script.thrown", "plain", None),
        (code("throw {a: 1}", json!({})), "script.thrown", "an object", None),
        (code("throw null", json!({})), "script.", "", None),
        (code("const f = () => f(); f()", json!({})), "script.thrown", "stack", Some(1)),
        (code("const o = {}; o.o = o; return o", json!({})), "script.thrown", "circular", None),
        (code("let a = []; for (let i = 0; i < 200; i++) a = [a]; return a", json!({})), "script.thrown", "cannot be kept", None),
        (code("return new Promise(() => {})", json!({})), "script.thrown", "cannot wait", None),
        (code("return Promise.reject(new Error('later'))", json!({})), "script.thrown", "later", Some(1)),
        (code("throw {get message() { throw 1 }, name: 'X'}", json!({})), "script.thrown", "X", None),
    ] {
        let source = call.script.source.clone();
        let error = run(&scripts, call).await.expect_err(&source);
        assert!(error.code.starts_with(code) && error.message.contains(message), "{source}: {error:?}");
        if line.is_some() {
            assert_eq!(error.line, line, "{source}: {error:?}");
        }
    }
}

#[tokio::test]
async fn chance_has_a_seed() {
    let scripts = InProcess::new();
    let roll = |seed| {
        let mut call = call("[Math.random(), Math.random()]", json!({}));
        call.seed = seed;
        call
    };
    let answers = scripts.call(vec![roll(1), roll(2), roll(1)]).await;
    assert_eq!(answers[0], answers[2]);
    assert_ne!(answers[0], answers[1]);
    let all = run(&scripts, call("Array.from({length: 1000}, Math.random).every(x => x >= 0 && x < 1)", json!({}))).await;
    assert_eq!(all, Ok(json!(true)));
}
