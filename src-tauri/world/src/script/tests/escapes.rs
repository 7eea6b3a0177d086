use super::{call, code, run};
use crate::script::InProcess;
use serde_json::json;

/// What the language itself has; anything else that a script reaches by name is an escape.
const WALK: &str = r#"
const seen = new Set(), todo = [globalThis, (function () { return this })(), Function('return this')(), [].constructor.constructor('return globalThis')()];
const bad = [];
while (todo.length > 0) {
  const object = todo.pop();
  if (object === null || object === undefined || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) continue;
  seen.add(object);
  if (!Object.isFrozen(object) && typeof object !== 'undefined' && ![seen, todo, bad].includes(object)) bad.push(String(object.name ?? typeof object));
  todo.push(Object.getPrototypeOf(object));
  for (const key of Reflect.ownKeys(object)) {
    if (/process|require|module|import|fetch|XMLHttp|WebSocket|Deno|Bun|std|^os$|worker|performance|navigator|print|console|load|readFile|setTimeout|gc$|eval$/.test(String(key)) && typeof object[key] !== 'number') bad.push(String(key));
    const member = Object.getOwnPropertyDescriptor(object, key);
    todo.push(member.value, member.get, member.set);
  }
}
return {bad, many: seen.size > 500};
"#;

#[tokio::test]
async fn nothing_of_the_host_is_reachable_and_all_is_frozen() {
    let scripts = InProcess::new();
    assert_eq!(run(&scripts, code(WALK, json!({}))).await, Ok(json!({"bad": [], "many": true})));
}

/// Each tries to leave something behind, or to reach out. The next call must see nothing of it.
const TRIES: &[&str] = &[
    "Object.prototype.leak = 1",
    "({}).__proto__.leak = 1",
    "({}).constructor.prototype.leak = 1",
    "Object.defineProperty(Object.prototype, 'leak', {value: 1})",
    "Reflect.set(Object.prototype, 'leak', 1)",
    "Object.assign(Object.prototype, {leak: 1})",
    "Array.prototype.leak = 1",
    "Array.prototype.map = () => 'leak'",
    "Array.prototype.push.leak = 1",
    "String.prototype.trim = () => 'leak'",
    "Function.prototype.leak = 1",
    "Function.prototype.call = () => 'leak'",
    "(() => {}).constructor.prototype.leak = 1",
    "(function* () {}).constructor.prototype.leak = 1",
    "(async () => {}).constructor.prototype.leak = 1",
    "(async function* () {}).constructor.prototype.leak = 1",
    "Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({done: true})",
    "Object.getPrototypeOf(new Map().entries()).next = 1",
    "Object.getPrototypeOf('a'.matchAll(/a/g)).next = 1",
    "Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).next = 1",
    "Iterator.prototype.leak = 1",
    "globalThis.leak = 1",
    "leak = 1",
    "Function('leak = 1')()",
    "Function('this.leak = 1')()",
    "Function('globalThis.leak = 1')()",
    "new Function('var leak = 1; globalThis.leak = leak')()",
    "(0, eval)('var leak = 1')",
    "(0, eval)('let leak = 1')",
    "eval('var leak = 1')",
    "[].constructor.constructor('leak = 1')()",
    "(function () { return this })().leak = 1",
    "Function('return this')().leak = 1",
    "Math.leak = 1",
    "Math.max = () => 'leak'",
    "Math.random = () => 'leak'",
    "JSON.stringify = () => '\"leak\"'",
    "JSON.parse = () => 'leak'",
    "Date.now = () => 'leak'",
    "Date.prototype.toISOString = () => 'leak'",
    "Date = 'leak'",
    "Object = null",
    "undefined = 'leak'",
    "Symbol.iterator = 'leak'",
    "Symbol.prototype.leak = 1",
    "RegExp.prototype.exec = () => 'leak'",
    "RegExp.prototype[Symbol.replace] = () => 'leak'",
    "Promise.prototype.then = 'leak'",
    "Promise.leak = 1",
    "Error.prepareStackTrace = () => 'leak'",
    "Error.stackTraceLimit = 0",
    "Error.prototype.leak = 1",
    "Error.prototype.name = 'leak'",
    "Object.setPrototypeOf(Object.prototype, {leak: 1})",
    "Object.setPrototypeOf(Array.prototype, {leak: 1})",
    "Object.prototype.__defineGetter__('leak', () => 1)",
    "Object.prototype.__proto__ = {leak: 1}",
    "Object.prototype.toJSON = () => 'leak'",
    "BigInt.prototype.toJSON = () => 'leak'",
    "Uint8Array.prototype.leak = 1",
    "Object.getPrototypeOf(Uint8Array).prototype.leak = 1",
    "Map.prototype.get = () => 'leak'",
    "Proxy.leak = 1",
    "Reflect.ownKeys = () => ['leak']",
    "new Proxy(Object.prototype, {}).leak = 1",
    "Reflect.defineProperty(globalThis, 'leak', {value: 1})",
    "(function () { arguments.callee.leak = 1 })()",
    "((s) => { s.raw.leak = 1 })`x`",
    "import('fs')",
    "import.meta",
    "require('fs')",
    "process.exit()",
    "this.constructor.constructor('return process')()",
    "1)}); globalThis.leak = 1; (function(){return (1",
    "1)}); let leak = 1; (function(){return (1",
    "1)}, globalThis.leak = 1, function(){return (1",
    "1)}); var leak = 1; ({a(){return (1",
    "1\n)}})\nlet leak = 1\n(()=>{(",
];

const PROBE: &str = r#"[typeof leak, ({}).leak, [].leak, (() => 1).leak, 'x'.leak, (() => {}).leak, (function* () {}).leak, Math.leak, Symbol.leak,
  Error.prototype.leak, Promise.leak, Iterator.prototype.leak, new Uint8Array(1).leak, [1, 2].map(x => x + 1).join(), [...'ab'].length, Math.max(1, 2), JSON.stringify({a: 1}),
  typeof Math.random(), Date.now(), new Date(0).toISOString(), 'aXa'.replace(/X/, 'y'), ' a '.trim(), new Map([[1, 2]]).get(1), Reflect.ownKeys({a: 1}).length,
  new Error('m').toString(), typeof Object, typeof Date, JSON.stringify(3n)]"#;

#[tokio::test]
async fn no_call_leaves_anything_for_the_next() {
    assert!(TRIES.len() >= 60);
    let scripts = InProcess::new();
    let before = run(&scripts, call(PROBE, json!({}))).await.expect("the probe runs");
    for (at, source) in TRIES.iter().enumerate() {
        // Whether it fails is its own affair.
        let _ = run(&scripts, call(source, json!({}))).await;
        let _ = run(&scripts, code(source, json!({}))).await;
        let _ = run(&scripts, code(&format!("'use strict'; try {{ {source} }} catch {{}}; return 1"), json!({}))).await;
        // The wrapping function is ours in both kinds: what breaks out of it is refused.
        let after = run(&scripts, call(PROBE, json!({}))).await.unwrap_or_else(|error| panic!("after {at} {source}: {error:?}"));
        assert_eq!(after, before, "after {at} {source}");
    }
}

#[tokio::test]
async fn what_is_given_is_a_copy() {
    let scripts = InProcess::new();
    let given = call("(item.x.y = 2, items.push(1), item.x.y)", json!({"item": {"x": {"y": 1}}, "items": []}));
    for _ in 0..2 {
        assert_eq!(run(&scripts, given.clone()).await, Ok(json!(2)));
    }
    assert_eq!(run(&scripts, call("((s) => { try { s.n = 1 } catch {} return s.n === undefined })`x`", json!({}))).await, Ok(json!(true)));
}
