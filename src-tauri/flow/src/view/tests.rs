use super::*;
use crate::testing::{SAMPLE, facts};
use crate::{Format, parse};

#[test]
fn the_sample_is_typed() {
    let flow = Flow::of(&facts(SAMPLE));
    assert!(flow.findings.is_empty(), "{:?}", flow.findings);
    assert_eq!(
        (flow.name.as_deref(), flow.durability(), flow.error_flow()),
        (Some("Orders to table"), Durability::Step, Some("report_failure"))
    );
    let fetch = &flow.nodes["fetch"];
    assert_eq!((fetch.type_and_version(), fetch.shown_name()), (("net.http", 2), "Fetch order".into()));
    assert_eq!(fetch.retry, Some(Retry { times: 3, base: Duration::from_secs(2), ..Retry::default() }));
    assert_eq!(fetch.settings.at("headers.Accept"), Some(&Value::from("application/json")));
    assert_eq!(flow.nodes["on_order"].shown_name(), "On order");
    assert_eq!(flow.edges[3].id(), "clean.big -> notify.in");
    assert_eq!(flow.edges[3].note.as_deref(), Some("big orders"));
    assert_eq!(flow.blocks["shop_side"].fields.get("members").map(|m| m.to_json()), Some(r#"["on_order","fetch"]"#.into()));
    assert_eq!(flow.layout["shop_side"], Spot { x: -40.0, y: -60.0, size: Some((500.0, 180.0)) });
    let graph = flow.graph();
    assert_eq!((graph.node_count(), graph.edge_count()), (5, 5));
    assert_eq!(flow.nodes.keys().collect::<Vec<_>>(), ["on_order", "fetch", "clean", "notify", "store"]);
}

#[test]
fn what_does_not_fit_is_a_finding_with_its_place() {
    let text = "weft: 1\norder: sometimes\nnodes:\n  a:\n    type: data.set\n    join: maybe\n    retry: {times: -1}\n    timeout: 5 parsecs\n    disabled: off\n  B-c:\n    settings: {}\n  d:\n    type: x\n    disabled: false\nedges:\n  - a -> gone\nblocks:\n  a: {type: note}\n";
    let flow = parse(text, Format::Yaml).expect("a flow").flow();
    let found: Vec<_> = flow.findings.iter().map(|f| (f.code, f.line.unwrap_or(0))).collect();
    let want = [
        ("option.type", 2),
        ("option.type", 6),
        ("option.type", 7),
        ("option.type", 8),
        ("id.form", 10),
        ("node.type", 10),
        ("id.twice", 4),
        ("edge.dangling", 16),
    ];
    assert_eq!(found, want);
    assert_eq!((flow.nodes["a"].disabled, flow.nodes["d"].disabled), (Some(Disabled::Off), None));
    assert!(flow.edges.is_empty(), "a dangling edge is not drawn");
}

#[test]
fn a_newer_format_is_read_only() {
    let flow = Flow::of(&facts("weft: 2\nname: from tomorrow\n"));
    assert_eq!(flow.read_only().map(|f| f.code), Some("format.newer"));
    assert_eq!(Flow::of(&facts("name: x\n")).findings[0].code, "format.missing");
}

#[test]
fn lengths_of_time_have_units() {
    for (value, millis) in [
        (Value::from(2i64), 2000),
        (Value::from(0.5), 500),
        ("500ms".into(), 500),
        ("1.5 s".into(), 1500),
        ("2m".into(), 120_000),
        ("1d".into(), 86_400_000),
    ] {
        assert_eq!(duration(&value), Some(Duration::from_millis(millis)), "{value}");
    }
    for value in [Value::from(-1i64), "5".into(), "x".into(), "1e300d".into(), "5 parsecs".into(), Value::Null] {
        assert_eq!(duration(&value), None, "{value}");
    }
}
