use super::*;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::json;
use std::sync::{Arc, Mutex};
use weft_node::world::{ScriptCall, ScriptError, Scripted, Scripts};
use weft_node::{Problem, Result, Value};

/// Two items, an ancestor `fetch` that ran and one, `skipped`, that did not.
struct Fixed {
    items: Vec<Value>,
}

fn value(json: serde_json::Value) -> Value {
    json.into()
}

impl Lookup for Fixed {
    fn root(&self, root: &Root, at: Option<usize>) -> Result<Option<Value>> {
        Ok(match root {
            Root::Item => at.map(|at| self.items[at].clone()),
            Root::Items => Some(Value::list(self.items.clone())),
            Root::Index => at.map(Value::from),
            Root::Node(id, Some(part)) if &**id == "fetch" => match part {
                NodePart::Ran => Some(true.into()),
                NodePart::First => Some(value(json!({"id": 7}))),
                NodePart::Item => Some(value(json!({"of": at.unwrap_or(99)}))),
                _ => None,
            },
            Root::State(name) if &**name == "fetch" => Some(value(json!({"id": 7}))),
            Root::State(name) => {
                return Err(Problem::new("state.missing", format!("`{name}` did not run")));
            }
            Root::Request => Some(value(json!({"body": {"email": "a@b.example", "n": 5, "o": {"a": 1}, "none": null}}))),
            _ => None,
        })
    }

    fn nodes(&self) -> Vec<Arc<str>> {
        vec!["fetch".into()]
    }

    fn states(&self) -> Vec<Arc<str>> {
        vec!["fetch".into()]
    }
}

/// Keeps what it was asked and answers with the names.
#[derive(Default)]
struct Echo(Mutex<Vec<ScriptCall>>);

impl Scripts for Echo {
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>> {
        let answers = calls.iter().map(|call| Ok(Scripted::Value(call.names.clone()))).collect();
        self.0.lock().expect("one thread").extend(calls);
        Box::pin(async move { answers })
    }
}

fn fixed() -> Fixed {
    Fixed { items: vec![value(json!({"a": 1, "name": "x", "list": [1, 2], "t": "häß"})), value(json!({"a": 2}))] }
}

fn moment() -> Moment<'static> {
    Moment { now_ms: 0, seed: &|item| item as u64 }
}

fn each(settings: serde_json::Value, schema: serde_json::Value) -> Vec<Result<Value>> {
    let compiled = Compiled::new(&value(settings), &schema);
    compiled.each(2, &fixed(), &Echo::default(), moment()).now_or_never().expect("nothing waits")
}

fn first(setting: &str) -> Result<Value> {
    let all = each(json!({"s": setting}), json!({}));
    all[0].clone().map(|settings| settings.get("s").cloned().unwrap_or(Value::from("(absent)")))
}

#[test]
fn native_values_are_javascripts() {
    for (setting, expected) in [
        ("${ctx.request.body.n}", json!("5")),
        ("js/ctx.request.body.n", json!(5)),
        ("${ctx.request.body.o}", json!("{\"a\":1}")),
        ("js/ctx.req.body.o", json!({"a": 1})),
        ("${ctx.request.body.missing}", json!("")),
        ("${ctx.request.body.none}", json!("")),
        ("js/ctx.request.body.missing", json!("(absent)")),
        ("js/ctx.request.body.none", json!(null)),
        ("Hi ${name}, n=${ctx.request.body.n}!", json!("Hi x, n=5!")),
        ("js/data", json!({"a": 1, "name": "x", "list": [1, 2], "t": "häß"})),
        ("${data.list}", json!("[1,2]")),
        ("js/item.list[1]", json!(2)),
        ("js/item.list.length", json!(2)),
        ("js/item['t'].length", json!(3)),
        ("js/item.t[1]", json!("ä")),
        ("js/item.list[9]", json!("(absent)")),
        ("js/index", json!(0)),
        ("js/items.length", json!(2)),
        ("js/ctx.nodes.fetch.first.id", json!(7)),
        ("js/nodes.fetch.item.of", json!(0)),
        ("js/ctx.state.fetch.id", json!(7)),
        ("js/ctx.vars.fetch", json!({"id": 7})),
        ("js/ctx.nope", json!("(absent)")),
        ("${nope}", json!("")),
        ("plain js/1", json!("plain js/1")),
        (" js/1", json!(" js/1")),
        ("open ${ctx.item", json!("open ${ctx.item")),
    ] {
        assert_eq!(first(setting).expect(setting), value(expected), "{setting}");
    }
}

#[test]
fn errors_say_where() {
    for (setting, part) in [
        ("${ctx.request.body.missing.x}", "cannot read property 'x' of undefined"),
        ("${nope.x}", "cannot read property 'x' of undefined"),
        ("js/ctx.request.body.none.x", "of null"),
        ("js/ctx.nope.x", "of undefined"),
        ("js/ctx.state.skipped", "did not run"),
        ("${}", "no expression"),
        ("js/", "no expression"),
    ] {
        let problem = first(setting).expect_err(setting);
        assert!(problem.message.contains(part), "{setting}: {problem:?}");
        assert_eq!((problem.field.as_deref(), problem.item), (Some("settings/s"), Some(0)), "{setting}");
    }
}

#[test]
fn scripts_get_only_the_names_they_read() {
    for (setting, expected) in [
        ("js/item.a + 1", json!({"item": {"a": 1, "name": "x", "list": [1, 2], "t": "häß"}})),
        ("js/items.map(item => item.a)", json!({"items": [{"a": 1, "name": "x", "list": [1, 2], "t": "häß"}, {"a": 2}]})),
        (
            "js/ctx.request.body.n * 2 // ctx.item",
            json!({"ctx": {"request": {"body": {"email": "a@b.example", "n": 5, "o": {"a": 1}, "none": null}}}}),
        ),
        ("js/`n=${index}` + 'ctx.items'", json!({"index": 0})),
        (
            "js/nodes.fetch.first.id + ctx.nodes['fetch'].ran",
            json!({"nodes": {"fetch": {"first": {"id": 7}}}, "ctx": {"nodes": {"fetch": {"ran": true}}}}),
        ),
        ("js/ctx.state.fetch?.id ?? /item'/.source", json!({"ctx": {"state": {"fetch": {"id": 7}}}})),
        ("js/Math.max(1, 2)", json!({})),
        ("js/index.toFixed", json!({"index": 0})),
    ] {
        assert_eq!(first(setting).expect(setting), value(expected), "{setting}");
    }
}

#[test]
fn once_or_per_item() {
    let touches = |setting: &str| Compiled::single(&setting.into(), "s").touches_item();
    for setting in [
        "${a}",
        "js/item.x",
        "js/index",
        "js/ctx.blobs.file",
        "js/ctx.error.message",
        "js/nodes.fetch.item.x",
        "js/data.x",
        "js/const {item} = ctx",
        "js/nodes[x]",
        "js/items.map(item => item.x).concat(item.y)",
    ] {
        assert!(touches(setting), "{setting}");
    }
    for setting in [
        "js/items.length",
        "${ctx.request.body.x}",
        "js/nodes.fetch.first.x",
        "js/ctx.loop.index",
        "js/items.map(item => item.x)",
        "js/items.filter((item, index) => { const data = 1; return item.a > index + data })",
        "js/({item: 1, data: 2}).item",
        "js/ctx.env.HOME + 'item'",
        "js/items.map(function (item) { return item.x })",
    ] {
        assert!(!touches(setting), "{setting}");
    }
}

#[test]
fn what_looks_at_no_item_is_asked_once() {
    let compiled = Compiled::new(&value(json!({"a": "js/items.length + 1", "b": "js/item.a + 1"})), &json!({}));
    let echo = Echo::default();
    let all = compiled.each(2, &fixed(), &echo, moment()).now_or_never().expect("nothing waits");
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(echo.0.lock().expect("one thread").len(), 3);
}

#[test]
fn literals_are_left_alone() {
    let schema = json!({"properties": {"code": {"type": "string", "x-weft-literal": true}, "deep": {"type": "array", "items": {"$ref": "#/$defs/D"}}},
        "$defs": {"D": {"properties": {"sql": {"x-weft-literal": true}}}}});
    let settings = json!({"code": "js/item", "deep": [{"sql": "${a}", "x": "${a}"}], "kept": {"$literal": {"a": "${a}"}}, "two": {"$literal": 1, "b": 2}});
    let all = each(settings, schema);
    let expected = json!({"code": "js/item", "deep": [{"sql": "${a}", "x": "1"}], "kept": {"a": "${a}"}, "two": {"$literal": 1, "b": 2}});
    assert_eq!(all[0], Ok(value(expected)));
    assert!(Compiled::new(&value(json!({"a": [1, {"$literal": "${x}"}]})), &json!({})).is_constant());
}

#[test]
fn absent_and_null() {
    let all = each(json!({"o": {"x": "js/item.no", "y": 1}, "l": ["js/item.no", 2]}), json!({}));
    assert_eq!(all[0], Ok(value(json!({"o": {"y": 1}, "l": [null, 2]}))));
}

#[test]
fn what_comes_out_is_not_looked_at_again() {
    let compiled = Compiled::single(&"${ctx.item.evil} js/1".into(), "s");
    let fixed = Fixed { items: vec![value(json!({"evil": "${ctx.request} js/1+1 $& $$"}))] };
    let one = compiled.one(Some(0), &fixed, &Echo::default(), moment()).now_or_never().expect("nothing waits");
    assert_eq!(one, Ok(Some("${ctx.request} js/1+1 $& $$ js/1".into())));
}

#[test]
fn batch_nodes_take_items_where_the_schema_says_so() {
    let schema = json!({"properties": {"by": {"x-weft-per-item": true}}});
    let whole = |settings: serde_json::Value, items: usize| {
        let compiled = Compiled::new(&value(settings), &schema);
        compiled.whole(items, &fixed(), &Echo::default(), moment()).now_or_never().expect("nothing waits")
    };
    assert_eq!(whole(json!({"by": "js/item.a"}), 2), Ok(value(json!({"by": {"$each": [1, 2]}}))));
    assert_eq!(whole(json!({"by": "js/items.length"}), 2), Ok(value(json!({"by": {"$same": 2}}))));
    assert_eq!(whole(json!({"by": "a"}), 2), Ok(value(json!({"by": {"$same": "a"}}))));
    assert_eq!(whole(json!({"x": "js/item.a"}), 1), Ok(value(json!({"x": 1}))));
    let refused = whole(json!({"x": "js/item.a"}), 2).expect_err("two items");
    assert_eq!((refused.code.as_str(), refused.field.as_deref()), ("expression.item", Some("settings/x")));
}

#[test]
fn issues_have_places() {
    let issues = |text: &str| match parse(text) {
        Parsed::Plain => Vec::new(),
        Parsed::Value(e) => e.issues,
        Parsed::Text(pieces) => pieces.into_iter().flat_map(|p| if let Piece::Expression(e) = p { e.issues } else { Vec::new() }).collect(),
    };
    let span = |text: &str| issues(text).first().map(|issue| (issue.code, issue.span));
    assert_eq!(span("ä ${}"), Some(("expression.empty", (4, 4))));
    assert_eq!(span("js/ (1"), Some(("expression.syntax", (4, 5))));
    assert_eq!(span("x ${ {a: 1}.a }"), Some(("expression.syntax", (5, 6))));
    assert_eq!(span("js/ctx.item.x + foo.bar"), Some(("expression.unknown_name", (16, 19))));
    assert_eq!(span("js/[1].map(x => { let y = x; try { y } catch (e) { e } })"), None);
    assert_eq!(span("js/'it''s'"), None);
}
