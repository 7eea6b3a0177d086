//! Small flows and what is said of them, over node types of our own.

mod faults;

use super::{check, check_file, flow_schema, is_secret, permissions};
use crate::testing::{Rng, facts, flow as any_flow};
use crate::{Finding, Flow, Format, Severity, parse};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use weft_node::{
    BatchNode, Body, Context, EffectClass, Input, Item, ItemNode, Map, NeedKind, NodeFiles, NodeType, Outputs, PerItem, Port, Result,
    ScopeKind, Trigger, Value, batch, item, pure, schema,
};

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

/// A request.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Web {
    /// The address. It begins with https://.
    #[schemars(extend("x-weft-names" = "host"))]
    url: String,
    #[serde(default)]
    headers: Map,
    #[serde(default)]
    auth: Auth,
    #[serde(default)]
    follow: bool,
    #[serde(default)]
    #[schemars(range(min = 1, max = 3600))]
    timeout: f64,
    #[serde(default)]
    method: Method,
    #[serde(default)]
    files: Option<Vec<Upload>>,
    #[serde(default)]
    #[schemars(extend("x-weft-names" = "read_file"))]
    also: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
#[serde(deny_unknown_fields)]
struct Upload {
    #[schemars(extend("x-weft-names" = "read_file"))]
    path: String,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    #[default]
    Get,
    /// Changes something.
    Post,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is looked at")]
enum Auth {
    #[default]
    None,
    Bearer {
        #[schemars(extend("x-weft-secret" = true))]
        secret: String,
    },
    File {
        #[schemars(extend("x-weft-names" = "read_file"))]
        secret: String,
    },
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Keep {
    #[schemars(extend("x-weft-literal" = true))]
    sql: String,
    #[serde(default)]
    #[schemars(extend("x-weft-names" = "database"))]
    database: String,
    #[serde(default)]
    values: Values,
    #[serde(default)]
    count: Option<u32>,
    key: Option<PerItem<Value>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is looked at")]
enum Values {
    List(Vec<Value>),
    Named(Map),
}

impl Default for Values {
    fn default() -> Self {
        Values::List(Vec::new())
    }
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Ask {
    #[serde(default)]
    conditions: Vec<weft_node::Condition>,
    #[serde(default)]
    expression: Option<Value>,
}

macro_rules! item_node {
    ($($kind:ty),*) => {
        $(impl ItemNode for $kind {
            async fn run(&self, item: &Item, _: &Context) -> Result<Outputs> {
                Ok(Outputs::on(0, item.clone()))
            }
        })*
    };
}
item_node!(Web, Ask);

impl BatchNode for Keep {
    async fn run(&self, _: &Input, _: &Context) -> Result<Outputs> {
        Err(weft_node::Problem::new("test", "Nothing runs here."))
    }
}

const fn kind(id: &'static str, body: Body, schema: fn() -> schemars::Schema) -> NodeType {
    NodeType {
        id,
        version: 1,
        title: id,
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
        files: NodeFiles { readme: "", icon: "", example: "" },
    }
}

static MANUAL: NodeType = NodeType { inputs: Port::NONE, ..kind("trigger.manual", Body::Source(Trigger::Manual), schema::<Nothing>) };
static WEB: NodeType = NodeType {
    effect: |settings| if settings.get("method").and_then(Value::as_str) == Some("POST") { EffectClass::Unsafe } else { EffectClass::Read },
    ..kind("net.http", Body::Item(item::<Web>), schema::<Web>)
};
static KEEP: NodeType = kind("data.keep", Body::Batch(batch::<Keep>), schema::<Keep>);
static ASK: NodeType = NodeType {
    outputs: &[Port::items("true"), Port::items("false")],
    routing: true,
    ..kind("logic.if", Body::Item(item::<Ask>), schema::<Ask>)
};
static TURN: NodeType = NodeType {
    inputs: &[Port::items("in"), Port::items("back")],
    outputs: &[Port::items("body"), Port::items("done")],
    ..kind("logic.loop", Body::Scope(ScopeKind::Loop), schema::<Nothing>)
};
static TYPES: [&NodeType; 5] = [&MANUAL, &WEB, &KEEP, &ASK, &TURN];

/// A flow of these nodes and edges; the nodes begin in line 3.
fn yaml(nodes: &str, edges: &[&str]) -> String {
    let nodes: String = nodes.lines().map(|line| format!("  {line}\n")).collect();
    let edges: String = edges.iter().map(|edge| format!("  - {edge}\n")).collect();
    format!("weft: 1\nnodes:\n{nodes}edges:{}\n{edges}", if edges.is_empty() { " []" } else { "" })
}

fn found(text: &str) -> Vec<Finding> {
    check_file(&parse(text, Format::Yaml).unwrap_or_else(|f| panic!("{}\n{text}", f[0])), &TYPES)
}

fn brief(findings: &[Finding]) -> Vec<String> {
    let one = |f: &Finding| {
        let place = |n: Option<u32>| n.map_or("-".into(), |n| n.to_string());
        let what = f.node.as_deref().or(f.edge.as_deref()).unwrap_or("");
        format!("{} {}:{} {what} {}", f.code, place(f.line), place(f.column), f.field.as_deref().unwrap_or("")).trim_end().to_string()
    };
    findings.iter().map(one).collect()
}

/// `start -> x`, x with these settings in flow style.
fn one(kind: &str, settings: &str) -> Vec<Finding> {
    found(&yaml(&format!("start:\n  type: trigger.manual\nx:\n  type: {kind}\n  settings: {settings}"), &["start -> x"]))
}

#[test]
fn settings_are_held_against_their_schema() {
    let url = "url: https://a.example";
    for (kind, settings, expected) in [
        ("net.http", "{url: https://a.example}", vec![]),
        ("net.http", "{url: js/item.url, timeout: js/item.t, auth: js/item.a, method: \"${item.m}\"}", vec![]),
        ("net.http", "{url: {$literal: \"a ${b}\"}}", vec![]),
        ("net.http", "{}", vec!["setting.missing settings/url"]),
        ("net.http", "{url: 5}", vec!["setting.type settings/url"]),
        (
            "net.http",
            "{URL, follow: \"yes\"}",
            vec!["setting.missing settings/url", "setting.type settings/follow", "setting.unknown settings/URL"],
        ),
        ("net.http", &format!("{{{url}, timeout: 0}}"), vec!["setting.range settings/timeout"]),
        ("net.http", &format!("{{{url}, timeout: \"${{item.t}}\"}}"), vec!["setting.type settings/timeout"]),
        ("net.http", &format!("{{{url}, method: Post}}"), vec!["setting.value settings/method"]),
        ("net.http", &format!("{{{url}, auth: {{type: bearer}}}}"), vec!["setting.missing settings/auth/secret"]),
        ("net.http", &format!("{{{url}, auth: {{type: beare, secret: a}}}}"), vec!["setting.value settings/auth/type"]),
        ("net.http", &format!("{{{url}, auth: {{secret: a}}}}"), vec!["setting.missing settings/auth/type"]),
        ("net.http", &format!("{{{url}, auth: {{type: js/item.t}}}}"), vec![]),
        ("net.http", &format!("{{{url}, auth: {{type: none, user: a}}}}"), vec!["setting.unknown settings/auth/user"]),
        ("net.http", &format!("{{{url}, files: null}}"), vec![]),
        (
            "net.http",
            &format!("{{{url}, files: [{{path: a}}, {{path: [], x: 1}}]}}"),
            vec!["setting.type settings/files/1/path", "setting.unknown settings/files/1/x"],
        ),
        ("net.http", &format!("{{{url}, headers: {{anything: [1]}}}}"), vec![]),
        ("data.keep", "{sql: \"select ${x}\", values: [1], count: 3, key: js/item.a}", vec![]),
        ("data.keep", "{sql: js/2 + , values: {a: 1}}", vec![]),
        ("data.keep", "{sql: a, values: 5, count: 1.5}", vec!["setting.type settings/values", "setting.type settings/count"]),
        ("data.keep", "{sql: a, count: -1}", vec!["setting.range settings/count"]),
        (
            "logic.if",
            "{conditions: [{field: a, is: \"=\", value: 4}, {field: b, is: is}], expression: js/item.a}",
            vec!["setting.value settings/conditions/1/is"],
        ),
        ("trigger.manual", "{a: 1}", vec!["edge.port", "setting.unknown settings/a"]),
    ] {
        let mut all: Vec<String> =
            one(kind, settings).iter().map(|f| format!("{} {}", f.code, f.field.as_deref().unwrap_or("")).trim_end().to_string()).collect();
        all.sort();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(all, expected, "{kind} {settings}");
    }
}

#[test]
fn remedies_name_what_is_meant() {
    let help = |kind: &str, settings: &str| one(kind, settings).into_iter().map(|f| f.help).collect::<Vec<_>>().join("; ");
    assert_eq!(help("net.http", "{url: https://a.example, follow: \"yes\"}"), "write `true`, without quotes");
    assert_eq!(help("net.http", "{url: https://a.example, method: post}"), "did you mean `POST`? Otherwise write `GET` or `POST`");
    assert_eq!(help("net.http", "{url: https://a.example, timeot: 5}"), "did you mean `timeout`?");
    assert_eq!(help("net.http", "{}"), "write `url:` under `settings`: The address. It begins with https://");
    assert_eq!(help("http", "{}"), "did you mean `net.http`?");
    assert_eq!(help("net.htpt", "{}"), "did you mean `net.http`?");
    assert_eq!(help("net.http@4", "{}"), "update the program, or write `type: net.http`");
}

#[test]
fn findings_stand_where_the_fault_is() {
    let mut wrong = Vec::new();
    let start = "start:\n  type: trigger.manual\n";
    let web = "\n  type: net.http\n  settings:\n    url: ";
    for (nodes, edges, expected) in [
        (format!("{start}x:\n  type: data.kep"), vec!["start -> x"], vec!["node.unknown 6:11 x type"]),
        (format!("{start}x:{web}js/(item"), vec!["start -> x"], vec!["expression.syntax 8:12 x settings/url"]),
        (format!("{start}x:{web}js/itm.url"), vec!["start -> x"], vec![]),
        (format!("{start}x:{web}js/ctx.itm.url"), vec!["start -> x"], vec!["expression.unknown_root 8:12 x settings/url"]),
        (format!("{start}x:{web}js/ctx.nodes.strat.first"), vec!["start -> x"], vec!["reference.unknown 8:12 x settings/url"]),
        (format!("{start}x:{web}js/ctx.nodes.start.first"), vec!["start -> x"], vec![]),
        (format!("{start}x:{web}js/ctx.nodes.x.first"), vec!["start -> x"], vec!["reference.not_upstream 8:12 x settings/url"]),
        (
            format!("{start}x:{web}js/ctx.state.other\ny:{web}https://a.example\n  as: other"),
            vec!["start -> x", "start -> y"],
            vec!["reference.not_upstream 8:12 x settings/url"],
        ),
        (format!("{start}x:{web}js/ctx.state.other\ny:{web}https://a.example\n  as: other"), vec!["start -> y", "y -> x"], vec![]),
        (format!("{start}x:{web}\"${{start.a}}\""), vec!["start -> x"], vec!["expression.bare_name 8:12 x settings/url"]),
        (format!("{start}x:{web}js/ctx.loop.index"), vec!["start -> x"], vec!["expression.no_loop 8:12 x settings/url"]),
        (format!("{start}x:{web}https://a.example\n  join: zip"), vec!["start -> x"], vec!["join.zip 9:11 x join"]),
        (format!("{start}x:{web}https://a.example\n  join: {{n: 2}}"), vec!["start -> x"], vec!["join.n 9:5 x join"]),
        (format!("{start}x:{web}https://a.example\n  on_error: halt"), vec!["start -> x"], vec!["option.type 9:15 x on_error"]),
        (format!("{start}x:{web}https://a.example\n  on_eror: stop"), vec!["start -> x"], vec!["option.unknown 9:14 x on_eror"]),
        (format!("{start}x:{web}https://a.example\n  follow: true\n  x-own: 1"), vec!["start -> x"], vec!["option.unknown 9:13 x follow"]),
        (format!("{start}x:{web}https://a.example\n  retry: {{tims: 2}}"), vec!["start -> x"], vec!["option.unknown 9:19 x retry/tims"]),
        (format!("{start}x:{web}https://a.example"), vec![], vec!["node.unreachable 5:3 x"]),
        (format!("x:{web}https://a.example"), vec![], vec!["flow.no_trigger -:-"]),
        (format!("{start}x:{web}https://a.example"), vec!["start.ot -> x"], vec!["edge.port 10:5 start.ot -> x.in"]),
        (
            format!("{start}x:{web}https://a.example"),
            vec!["start -> x", "x.error -> x"],
            vec!["cycle.free 5:3 x", "edge.port 11:5 x.error -> x.in"],
        ),
        (format!("{start}x:{web}https://a.example"), vec!["start -> x", "x -> gone"], vec!["edge.dangling 11:5 x.out -> gone.in"]),
    ] {
        let mut expected = expected;
        if nodes.contains("itm.url") && !nodes.contains("ctx.itm") {
            // A plain path with an unknown root is a member of the item.
            expected.clear();
        }
        let said = brief(&found(&yaml(&nodes, &edges)));
        if said != expected {
            wrong.push((nodes, edges, said));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let span = one("net.http", "{url: \"https://${item.a}/${ctx.nope}\"}").remove(0).span;
    assert_eq!(span, Some((20, 28)));
}

#[test]
fn loops_and_cycles() {
    let nodes = "start:\n  type: trigger.manual\nturn:\n  type: logic.loop\na: {type: logic.if}\nb: {type: data.keep, settings: {sql: a}}";
    let codes = |edges: &[&str]| {
        found(&yaml(nodes, edges)).into_iter().map(|f| format!("{} {}", f.code, f.node.or(f.edge).unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(codes(&["start -> turn", "turn.body -> a", "a.true -> turn.back", "turn.done -> b"]), Vec::<String>::new());
    assert_eq!(
        codes(&["start -> turn", "start -> a", "turn.body -> a", "a.true -> turn.back", "turn.done -> b"]),
        ["loop.crossing start.out -> a.in"]
    );
    assert_eq!(
        codes(&["start -> turn", "turn.body -> a", "a.true -> turn.back", "a.false -> b", "turn.done -> b"]),
        ["loop.crossing turn.done -> b.in"]
    );
    assert_eq!(codes(&["start -> a", "a.true -> b", "b -> a", "a.false -> turn"]), ["cycle.free a", "cycle.join b"]);
    assert!(
        codes(&["start -> turn", "turn.body -> a", "a.true -> turn", "turn.done -> b"]).contains(&"loop.crossing a.true -> turn.in".into())
    );
}

#[test]
fn the_flow_itself() {
    let text =
        yaml("start:\n  type: trigger.manual\nx:\n  type: net.http\n  settings: {url: https://a.example, method: POST}", &["start -> x"]);
    assert_eq!(found(&text), []);
    assert_eq!(brief(&found(&format!("{text}durability: run\n"))), ["durability.unsafe 5:3 x"]);
    assert_eq!(brief(&found(&format!("{text}order: ordered\n"))), ["flow.ordered 10:8  order"]);
    assert_eq!(
        brief(&found(&format!("{text}order: sideways\ntimeuot: 5\n"))),
        ["option.type 10:8  order", "option.unknown 11:10  timeuot"]
    );
    assert_eq!(brief(&found(&text.replace("weft: 1", "weft: 9"))), ["format.newer 1:7  weft"]);
    let twice = yaml("start:\n  type: trigger.manual\n  as: a\na:\n  type: logic.if\n", &["start -> a"]);
    assert_eq!(brief(&found(&twice)), ["as.twice 5:9 start as"]);
}

#[test]
fn literal_settings_name_what_they_touch() {
    let named = |kind: &str, settings: &str| -> Vec<(NeedKind, String)> {
        let text = yaml(&format!("x:\n  type: {kind}\n  settings: {settings}"), &[]);
        permissions(&Flow::of(&facts(&text)), &TYPES)
            .into_iter()
            .map(|(need, node)| (need.kind, format!("{node} {}", need.target)))
            .collect()
    };
    let is = |kind, target: &str| (kind, format!("x {target}"));
    assert_eq!(named("net.http", "{url: \"https://A.example:8443/x/${item.id}\"}"), [is(NeedKind::Host, "a.example:8443")]);
    for none in ["{url: js/item.url}", "{url: \"https://${item.host}/\"}", "{also: [\"${item.path}\", js/item.path]}", "{url: 5}", "[]"] {
        assert_eq!(named("net.http", none), [], "{none}");
    }
    assert_eq!(
        named("net.http", "{files: [{path: a.csv}, {path: js/x}], also: [b.csv, a.csv]}"),
        [is(NeedKind::ReadFile, "a.csv"), is(NeedKind::ReadFile, "b.csv")]
    );
    assert_eq!(named("net.http", "{auth: {type: bearer, secret: shop}}"), [is(NeedKind::Secret, "shop")]);
    assert_eq!(named("net.http", "{auth: {type: file, secret: shop}}"), [is(NeedKind::ReadFile, "shop")]);
    assert_eq!(named("net.http", "{auth: {type: none, secret: shop}}"), []);
    assert_eq!(named("data.keep", "{database: {$literal: \"${x}.db\"}}"), [is(NeedKind::Database, "${x}.db")]);
    assert_eq!(named("data.other", "{database: a.db}"), []);

    let secret = |path| is_secret(&TYPES, "net.http", path);
    assert!(secret("settings/auth/secret"));
    assert!(is_secret(&TYPES, "net.http@1", "settings/auth/secret"));
    for no in ["settings/auth", "settings/url", "settings", "auth/secret", "settings/auth/secret/x"] {
        assert!(!secret(no), "{no}");
    }
    assert!(!is_secret(&TYPES, "net.http@2", "settings/auth/secret"));
}

#[test]
fn the_schema_of_the_file_refers_only_to_what_is_there() {
    let schema = flow_schema(&TYPES);
    fn refs<'a>(json: &'a serde_json::Value, out: &mut Vec<&'a str>) {
        match json {
            serde_json::Value::Object(map) => {
                out.extend(map.get("$ref").and_then(|target| target.as_str()));
                map.values().for_each(|value| refs(value, out));
            }
            serde_json::Value::Array(all) => all.iter().for_each(|value| refs(value, out)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    refs(&schema, &mut all);
    assert!(all.len() > 30, "{}", all.len());
    for target in all {
        assert!(schema.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
    let web = &schema["$defs"]["net.http"]["properties"];
    assert_eq!(web["url"]["anyOf"][1]["$ref"], "#/$defs/expression");
    assert_eq!(web["url"]["x-weft-names"], "host");
    assert!(schema["$defs"]["data.keep"]["properties"]["sql"].get("anyOf").is_none(), "a literal field takes no expression");
}

#[test]
fn large_flows_are_checked_fast() {
    let mut nodes = String::from("start:\n  type: trigger.manual\n");
    let mut edges = vec!["start -> n0".to_string()];
    for i in 0..10_000 {
        let first = if i == 0 { "start".into() } else { format!("n{}", i / 2) };
        nodes +=
            &format!("n{i}:\n  type: net.http\n  settings: {{url: \"https://a.example/${{ctx.nodes.{first}.first.id}}\", tmeout: 5}}\n");
        if i > 0 {
            edges.push(format!("n{} -> n{i}", i - 1));
            edges.push(format!("n{} -> n{i}.in", i / 3).replace(".in", ""));
        }
    }
    edges.sort();
    edges.dedup();
    let edges: Vec<&str> = edges.iter().map(String::as_str).collect();
    let flow = Flow::of(&facts(&yaml(&nodes, &edges)));
    let start = Instant::now();
    let findings = check(&flow, &TYPES);
    let took = start.elapsed();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    findings.iter().for_each(|f| *codes.entry(f.code).or_default() += 1);
    assert_eq!(codes, BTreeMap::from([("setting.unknown", 10_000)]));
    // A second where nothing else runs; what looks at every pair of nodes takes minutes.
    assert!(took < Duration::from_secs(40), "{took:?}");
}

#[test]
fn nothing_makes_it_panic() {
    let mut r = Rng(7);
    let kinds = ["trigger.manual", "net.http", "data.keep", "logic.if", "logic.loop", "net.http@2", ""];
    let base = include_str!("../../../tests/sample.flow.yaml");
    let mut checked = 0;
    for _ in 0..1_500 {
        let text = if r.chance(50) {
            let mut text = base.to_string();
            for _ in 0..1 + r.below(4) {
                let at: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
                let (from, to) = (*r.pick(&at), *r.pick(&at));
                match r.below(3) {
                    0 => text.insert_str(from, r.pick::<&str>(&["${", "}", "js/", "ctx.nodes.", "[", "5", ": ", "\n", "$literal"])),
                    1 if from < to && to - from < 40 => text.replace_range(from..to, ""),
                    _ => text = text.replacen("code.javascript", r.pick::<&str>(&kinds), 1),
                }
            }
            text
        } else {
            let count = r.below(8);
            let entry = any_flow(&mut r, count);
            let mut text = crate::format::print_tree(&entry, Format::Yaml);
            for _ in 0..8 {
                text = text.replacen("data.set", r.pick::<&str>(&kinds), 1);
            }
            text
        };
        let Ok(parsed) = parse(&text, Format::Yaml) else { continue };
        checked += 1;
        for finding in check_file(&parsed, &TYPES) {
            assert!(!finding.message.is_empty() && !finding.help.is_empty(), "{finding:?}");
            assert!(finding.severity != Severity::Error || !finding.code.is_empty());
        }
        permissions(&parsed.flow(), &TYPES);
    }
    assert!(checked > 500, "{checked}");
}
