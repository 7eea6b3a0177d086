//! Each fault with its place, flows without faults, and what is given and published.

use crate::check::{check_file, flow_schema, is_secret, permissions};
use crate::finding::{Finding, Severity};
use crate::format::{Format, parse};
use schemars::JsonSchema;
use serde::Deserialize;
use weft_node::{Body, EffectClass, Join, NeedKind, NodeFiles, NodeType, Port, ScopeKind, Trigger, Value, pure, schema};

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "read by its schema only")]
struct Send {
    #[schemars(extend("x-weft-names" = "host"))]
    url: String,
    #[serde(default)]
    times: u32,
    #[serde(default)]
    loud: bool,
    #[serde(default)]
    method: Method,
    #[serde(default)]
    #[schemars(extend("x-weft-secret" = true))]
    credential: Option<String>,
    #[serde(default)]
    #[schemars(extend("x-weft-literal" = true))]
    code: String,
    #[serde(default)]
    parts: Vec<Part>,
    #[serde(default)]
    any: Value,
}

#[derive(Deserialize, JsonSchema, Default)]
enum Method {
    #[default]
    Get,
    Post,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "read by its schema only")]
struct Part {
    field: String,
    #[serde(default)]
    #[schemars(extend("x-weft-names" = "read_file"))]
    file: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

const fn kind(
    id: &'static str,
    inputs: &'static [Port],
    outputs: &'static [Port],
    body: Body,
    schema: fn() -> schemars::Schema,
) -> NodeType {
    let files = NodeFiles { readme: "", icon: "", example: "" };
    NodeType {
        id,
        version: 1,
        title: "",
        summary: "",
        keywords: &[],
        inputs,
        outputs,
        body,
        join: None,
        run_on_empty: false,
        routing: false,
        effect: pure,
        card: &[],
        schema,
        files,
    }
}

fn unsafely(_: &Value) -> EffectClass {
    EffectClass::Unsafe
}

fn refuse(_: Value) -> weft_node::Result<Box<dyn weft_node::DynItemNode>> {
    Err(weft_node::Problem::new("test", "never built"))
}

static START: NodeType = kind("t.start", Port::NONE, Port::OUT, Body::Source(Trigger::Manual), schema::<Nothing>);
static SEND: NodeType = NodeType { effect: unsafely, ..kind("t.send", Port::IN, Port::OUT, Body::Item(refuse), schema::<Send>) };
static LOOP: NodeType = NodeType {
    join: Some(Join::All),
    ..kind(
        "t.loop",
        &[Port::items("in"), Port::items("back")],
        &[Port::items("body"), Port::items("done")],
        Body::Scope(ScopeKind::Loop),
        schema::<Nothing>,
    )
};

const TYPES: &[&NodeType] = &[&START, &SEND, &LOOP];

fn findings(yaml: &str) -> Vec<Finding> {
    let parsed = parse(yaml, Format::Yaml).unwrap_or_else(|error| panic!("{error:?}"));
    check_file(&parsed, TYPES)
}

const HEAD: &str = "weft: 1\nnodes:\n  start:\n    type: t.start\n";

/// One node `a` behind the trigger, with these lines in it.
fn with(lines: &str, edges: &str) -> Vec<Finding> {
    findings(&format!("{HEAD}  a:\n    type: t.send\n{lines}edges:\n  - start -> a\n{edges}"))
}

#[test]
fn a_good_flow_has_no_findings() {
    let settings = "    settings:\n      url: https://x.example/${id}\n      times: js/item.n\n      loud: true\n      method: Post\n      code: ${ not looked at\n      parts:\n        - field: a\n      any: {x: [1]}\n";
    assert_eq!(with(settings, ""), Vec::new());
}

#[test]
fn each_fault_is_told_with_its_place() {
    let set = |lines: &str| format!("    settings:\n      url: https://x.example/\n{lines}");
    for (lines, edges, code, field, line) in [
        ("    settings: {}\n".to_string(), "", "setting.missing", Some("settings/url"), 7),
        (set("      times: many\n"), "", "setting.type", Some("settings/times"), 9),
        (set("      times: -1\n"), "", "setting.range", Some("settings/times"), 9),
        (set("      times: x ${a}\n"), "", "setting.type", Some("settings/times"), 9),
        (set("      loud: \"yes\"\n"), "", "setting.type", Some("settings/loud"), 9),
        (set("      method: Pots\n"), "", "setting.value", Some("settings/method"), 9),
        (set("      tmies: 1\n"), "", "setting.unknown", Some("settings/tmies"), 9),
        (set("      parts:\n        - field: 1\n"), "", "setting.type", Some("settings/parts/0/field"), 10),
        (set("      any: js/(1\n"), "", "expression.syntax", Some("settings/any"), 9),
        (set("      any: ${}\n"), "", "expression.empty", Some("settings/any"), 9),
        (set("      any: js/ctx.itme.x\n"), "", "expression.unknown_root", Some("settings/any"), 9),
        (set("      any: js/ctx.nodes.b.first\n"), "", "reference.unknown", Some("settings/any"), 9),
        (set("      any: js/ctx.nodes.a.first\n"), "", "reference.not_upstream", Some("settings/any"), 9),
        (set("      any: js/foo + 1\n"), "", "expression.unknown_name", Some("settings/any"), 9),
        (set("      credential: sk_live_0123456789abcdef\n"), "", "secret.plain", Some("settings/credential"), 9),
        (set(""), "  - a.error -> a\n", "edge.port", None, 11),
        (set(""), "  - a.outt -> a\n", "edge.port", None, 11),
        (set(""), "  - a -> nowhere\n", "edge.dangling", None, 11),
        (set(""), "  - a -> a\n", "cycle.free", None, 5),
        (format!("{}    on_error: sotp\n", set("")), "", "option.type", Some("on_error"), 9),
        (format!("{}    join: zip\n", set("")), "", "join.zip", Some("join"), 9),
    ] {
        let found = with(&lines, edges);
        let Some(finding) = found.iter().find(|finding| finding.code == code) else { panic!("{code}: {found:?}") };
        assert_eq!(finding.field.as_deref(), field, "{code}");
        assert!(!finding.help.is_empty() && finding.line.is_some(), "{finding:?}");
        if code != "setting.missing" {
            assert_eq!(finding.line, Some(line), "{finding:?}");
        }
    }
}

#[test]
fn types_and_nodes() {
    let found = findings("weft: 1\nnodes:\n  start:\n    type: t.start\n  a:\n    type: t.sned\n  b:\n    type: t.send@2\n");
    let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&"node.unknown") && codes.contains(&"node.version"), "{found:?}");
    assert!(found.iter().any(|f| f.help.contains("did you mean `t.send`")), "{found:?}");
    let found = findings(&format!("{HEAD}  a:\n    type: t.send\n    settings:\n      url: x\n"));
    assert_eq!(found.iter().map(|f| (f.code, f.severity)).collect::<Vec<_>>(), [("node.unreachable", Severity::Warning)]);
    let found = findings(
        "weft: 1\ndurability: run\nnodes:\n  start:\n    type: t.start\n  a:\n    type: t.send\n    settings:\n      url: x\nedges:\n  - start -> a\n",
    );
    assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), ["durability.unsafe"]);
}

fn looped(edges: &str) -> Vec<&'static str> {
    let node = |id: &str, url: &str| format!("  {id}:\n    type: t.send\n    settings:\n      url: {url}\n");
    let nodes =
        [node("before", "x"), node("a", "js/nodes.before.first"), node("b", "js/nodes.a.item.x"), node("after", "js/nodes.loop.items")]
            .concat();
    findings(&format!("{HEAD}  loop:\n    type: t.loop\n{nodes}edges:\n  - start -> before\n  - before -> loop\n  - loop.body -> a\n  - a -> b\n  - b -> loop.back\n  - loop.done -> after\n{edges}"))
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn loops_keep_to_themselves() {
    assert_eq!(looped(""), Vec::<&str>::new());
    assert_eq!(looped("  - before -> b\n"), ["loop.crossing"]);
    assert_eq!(looped("  - b -> after\n"), ["loop.crossing"]);
    assert!(looped("  - b -> loop\n").contains(&"loop.crossing"));
}

#[test]
fn literal_settings_are_permissions() {
    let lines = "    settings:\n      url: https://API.example:8443/x/${id}\n      credential: shop\n      parts:\n        - {field: a, file: data/in.csv}\n        - {field: b, file: js/item.x}\n";
    let parsed = parse(&format!("{HEAD}  a:\n    type: t.send\n{lines}"), Format::Yaml).expect("a flow");
    let mut needs: Vec<_> = permissions(&parsed.flow(), TYPES).into_iter().map(|(need, node)| (need.kind, need.target, node)).collect();
    needs.sort();
    let need = |kind, target: &str| (kind, target.to_string(), "a".to_string());
    assert_eq!(needs, [need(NeedKind::Host, "api.example:8443"), need(NeedKind::ReadFile, "data/in.csv"), need(NeedKind::Secret, "shop")]);
    for url in ["js/item.url", "https://api.${x}/", "https://api${x}", "ftp://x/", "x"] {
        let lines = format!("    settings:\n      url: {url}\n");
        let parsed = parse(&format!("{HEAD}  a:\n    type: t.send\n{lines}"), Format::Yaml).expect("a flow");
        assert_eq!(permissions(&parsed.flow(), TYPES), Vec::new(), "{url}");
    }
    assert!(
        is_secret(TYPES, "t.send", "settings/credential")
            && !is_secret(TYPES, "t.send", "settings/url")
            && !is_secret(TYPES, "t.nope", "settings/x")
    );
}

#[test]
fn the_published_schema_takes_values_and_expressions() {
    let schema = flow_schema(TYPES);
    let field = |name: &str| schema.pointer(&format!("/$defs/t.send/properties/{name}")).cloned().unwrap_or_default();
    assert_eq!(field("times").pointer("/anyOf/0/type"), Some(&"integer".into()));
    assert_eq!(field("times").pointer("/anyOf/1/$ref"), Some(&"#/$defs/expression".into()));
    assert_eq!(field("code").get("anyOf"), None);
    // Every reference leads somewhere.
    let text = schema.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(schema.pointer(reference).is_some(), "{reference}");
    }
}
