use super::*;
use crate::testing::*;
use crate::{Entity, FlowDoc, FlowError, Format, words};
use serde_json::json;

fn edits(json: serde_json::Value) -> Vec<Edit> {
    serde_json::from_value(json).expect("edits")
}

fn apply(doc: &mut FlowDoc, json: serde_json::Value) -> crate::Applied {
    doc.apply(&edits(json), NOW).unwrap_or_else(|e| panic!("{e}"))
}

/// Lines of the file that one gesture changed; taken back afterwards, it must be as before.
fn changed(json: serde_json::Value) -> Vec<String> {
    let mut doc = sample(1);
    let applied = apply(&mut doc, json);
    let text = doc.text(Format::Yaml);
    assert_eq!(yaml(&facts(&text)), text, "an edit leaves canonical text");
    let diff = similar::TextDiff::from_lines(SAMPLE, &text);
    let lines = diff
        .iter_all_changes()
        .filter(|c| c.tag() != similar::ChangeTag::Equal)
        .map(|c| format!("{}{}", c.tag(), c.value().trim_end()))
        .collect();
    doc.undo(&applied.done, NOW).expect("undo");
    assert_eq!(doc.text(Format::Yaml), SAMPLE);
    lines
}

#[test]
fn an_edit_changes_only_its_own_lines() {
    assert_eq!(
        changed(json!([{"do": "set", "entity": "clean", "field": "name", "value": "Tidy"}])),
        ["-    name: Clean", "+    name: Tidy"]
    );
    assert_eq!(
        changed(json!([{"do": "set", "entity": "fetch", "field": "settings/timeout", "value": 60}])),
        ["-      timeout: 30", "+      timeout: 60"]
    );
    assert_eq!(
        changed(json!([{"do": "set", "entity": "fetch", "field": "settings/headers/X-Trace", "value": "on"}])),
        ["+        X-Trace: \"on\""]
    );
    assert_eq!(
        changed(json!([{"do": "set", "entity": "clean", "field": "settings/limits/1/over", "value": 7}])),
        ["-          over: 25000.5 # in euro", "+          over: 7 # in euro"]
    );
    assert_eq!(
        changed(json!([{"do": "set", "entity": "clean", "field": "settings/limits/0"}])),
        ["-        - name: big", "-          over: 1000"]
    );
    assert_eq!(
        changed(
            json!([{"do": "set", "entity": "fetch", "field": "settings/headers/Accept"}, {"do": "set", "entity": "fetch", "field": "settings/headers/Authorization"}])
        ),
        ["-      headers:", "-        Accept: application/json", "-        Authorization: shop", "+      headers: {}"]
    );
    assert_eq!(changed(json!([{"do": "set", "entity": "", "field": "config/region"}])), ["-", "-config:", "-  region: eu", "+config: {}"]);
    assert_eq!(
        changed(json!([{"do": "set", "entity": "clean.big -> notify.in", "field": "note"}])),
        ["-  - from: clean.big # in euro", "-    to: notify", "-    note: big orders", "+  - clean.big -> notify # in euro"]
    );
    assert_eq!(
        changed(json!([{"do": "set", "entity": "clean -> store", "field": "note", "value": "rows"}])),
        ["-  - clean -> store", "+  - from: clean", "+    to: store", "+    note: rows"]
    );
    assert_eq!(
        changed(json!([{"do": "move", "to": {"fetch": [250, 10.5], "shop_side": [0, 0]}}])),
        ["-  fetch: [240, 0]", "+  fetch: [250, 10.5]", "-  shop_side: [-40, -60, 500, 180]", "+  shop_side: [0, 0, 500, 180]"]
    );
    assert_eq!(
        changed(json!([{"do": "connect", "from": "notify", "from_port": "out", "to": "store", "to_port": "in"}])),
        ["+  - notify -> store"]
    );
    assert_eq!(changed(json!([{"do": "disconnect", "edge": "fetch.out -> clean.in"}])), ["-  - fetch -> clean"]);
    assert_eq!(
        changed(json!([{"do": "remove", "ids": ["fetch", "why_twice"]}])).iter().filter(|l| l.starts_with('+')).count(),
        0,
        "removing takes lines away, comments of the node included"
    );
}

#[test]
fn ids_are_made_once_and_follow_everywhere() {
    let mut doc = sample(1);
    let made = apply(
        &mut doc,
        json!([
            {"do": "add_node", "type": "net.http@2", "name": "Fetch", "settings": {"url": "x", "a": null}, "at": [1, 2]},
            {"do": "add_node", "type": "net.http@2", "settings": {}},
            {"do": "add_node", "id": "fetch", "type": "data.set"},
            {"do": "add_block", "type": "note", "fields": {"text": "hi", "dye": "blue"}, "at": [1, 2, 30, 40]},
            {"do": "connect", "from": "fetch_2", "from_port": "out", "to": "http", "to_port": "in"},
        ]),
    )
    .made;
    assert_eq!(made, ["fetch_2", "http", "fetch_3", "note"]);
    apply(&mut doc, json!([{"do": "set", "entity": "fetch_2", "field": "name", "value": "Other name"}]));
    assert!(doc.view().nodes.contains_key("fetch_2"), "renaming what is shown leaves the id");

    let mut doc = sample(1);
    let applied =
        apply(&mut doc, json!([{"do": "change_id", "from": "fetch", "to": "load"}, {"do": "change_id", "from": "clean", "to": "tidy"}]));
    let text = doc.text(Format::Yaml);
    let want = SAMPLE
        .replace("  fetch:", "  load:")
        .replace("-> fetch", "-> load")
        .replace("- fetch", "- load")
        .replace("ctx.nodes.fetch.", "ctx.nodes.load.")
        .replace("  clean:", "  tidy:")
        .replace("-> clean", "-> tidy")
        .replace("- clean", "- tidy")
        .replace("clean.", "tidy.");
    assert_eq!(text, want);
    doc.undo(&applied.done, NOW).expect("undo");
    assert_eq!(doc.text(Format::Yaml), SAMPLE);
}

#[test]
fn new_ids_reach_expressions_and_nothing_else() {
    let mut doc = sample(1);
    let text = json!({
        "a": "${nodes.fetch.first.x} and nodes.fetch, ${ctx.nodes['fetch'].x}, ${x.nodes.fetch}",
        "b": "js/nodes.fetch.items + ctx.state.fetch + ctx.vars[\"fetch\"] + nodes.fetcher + mynodes.fetch",
        "c": {"$literal": "js/ctx.nodes.fetch"},
        "d": "ctx.nodes.fetch.first // code",
        "e": ["js/nodes?.fetch", {"k": "${ctx.nodes.fetch.item}"}],
        "f": "nodes.fetch"
    });
    apply(
        &mut doc,
        json!([{"do": "set", "entity": "store", "field": "settings/t", "value": text}, {"do": "change_id", "from": "fetch", "to": "load"}]),
    );
    let now: serde_json::Value = doc.view().nodes["store"].settings.get("t").expect("there").into();
    assert_eq!(
        now,
        json!({
            "a": "${nodes.load.first.x} and nodes.fetch, ${ctx.nodes['load'].x}, ${x.nodes.fetch}",
            "b": "js/nodes.load.items + ctx.state.load + ctx.vars[\"load\"] + nodes.fetcher + mynodes.fetch",
            "c": {"$literal": "js/ctx.nodes.fetch"},
            "d": "ctx.nodes.load.first // code",
            "e": ["js/nodes?.load", {"k": "${ctx.nodes.load.item}"}],
            "f": "nodes.fetch"
        })
    );
}

#[test]
fn a_piece_is_copied_without_secrets_and_pasted_under_new_ids() {
    let mut doc = sample(1);
    let ids: Vec<String> = ["fetch", "clean", "shop_side", "notify"].map(String::from).to_vec();
    let text = copy(doc.facts(), &ids, &|kind, field| kind == "net.http@2" && field == "settings/headers/Authorization");
    assert!(!text.contains("Authorization") && text.contains("two calls a second") && !text.contains("store"), "{text}");
    let made = apply(&mut doc, json!([{"do": "paste", "text": text, "at": [1000, 1000]}])).made;
    assert_eq!(made, ["fetch_2", "clean_2", "notify_2", "shop_side_2"]);
    let view = doc.view();
    assert!(view.edges.iter().any(|e| e.id() == "clean_2.big -> notify_2.in" && e.note.as_deref() == Some("big orders")));
    assert_eq!(
        view.nodes["notify_2"].settings.at("with.text").and_then(|v| v.as_str().map(|t| t.contains("ctx.nodes.fetch_2."))),
        Some(true)
    );
    assert_eq!(view.blocks["shop_side_2"].fields.get("members").map(|m| m.to_json()), Some(r#"["on_order","fetch_2"]"#.into()));
    assert_eq!((view.layout["shop_side_2"].x, view.layout["fetch_2"].x, view.layout["notify_2"].y), (1000.0, 1280.0, 1000.0));
    let again = apply(&mut doc, json!([{"do": "paste", "text": text}])).made;
    assert_eq!(again[0], "fetch_3");
    for bad in ["", "weft: 1", "a: [", "nodes:\n  x: 1", "edges:\n  - a -> b"] {
        assert!(matches!(doc.apply(&edits(json!([{"do": "paste", "text": bad}])), NOW), Err(FlowError::BadPaste(_))), "{bad}");
    }
}

#[test]
fn a_gesture_is_carried_out_whole_or_not_at_all() {
    let mut doc = sample(1);
    for bad in [
        json!({"do": "set", "entity": "gone", "field": "name", "value": "x"}),
        json!({"do": "set", "entity": "fetch", "field": "", "value": "x"}),
        json!({"do": "set", "entity": "fetch", "field": "#a/x", "value": "x"}),
        json!({"do": "set", "entity": "fetch", "field": "!", "value": "x"}),
        json!({"do": "set", "entity": "fetch", "field": "/settings", "value": "x"}),
        json!({"do": "set", "entity": "fetch", "field": "settings", "value": 1}),
        json!({"do": "set", "entity": "fetch", "field": "type"}),
        json!({"do": "set", "entity": "fetch", "field": "settings/n", "value": 9007199254740993u64}),
        json!({"do": "set", "entity": "fetch", "field": vec!["a"; 100].join("/"), "value": 1}),
        json!({"do": "set", "entity": "", "field": "weft", "value": 2}),
        json!({"do": "set", "entity": "", "field": "nodes/fetch", "value": {}}),
        json!({"do": "set", "entity": "clean", "field": "settings/limits/9", "value": 1}),
        json!({"do": "connect", "from": "fetch", "from_port": "", "to": "clean", "to_port": "in"}),
        json!({"do": "connect", "from": "fetch", "from_port": "out", "to": "why_twice", "to_port": "in"}),
        json!({"do": "disconnect", "edge": "a -> b"}),
        json!({"do": "move", "to": {"fetch": [1]}}),
        json!({"do": "move", "to": {"gone": [1, 2]}}),
        json!({"do": "change_id", "from": "fetch", "to": "clean"}),
        json!({"do": "change_id", "from": "fetch", "to": "Fetch"}),
        json!({"do": "add_node", "type": " ", "settings": {}}),
        json!({"do": "add_node", "id": "a b", "type": "x", "settings": {}}),
        json!({"do": "add_node", "type": "x", "settings": []}),
        json!({"do": "remove", "ids": ["gone"]}),
        json!({"do": "edit_text", "entity": "fetch", "field": "settings/timeout", "from": 0, "to": 0, "insert": "x", "seen": 0}),
    ] {
        let mut good = edits(json!([{"do": "set", "entity": "clean", "field": "name", "value": "changed"}]));
        good.extend(edits(json!([bad])));
        let error = doc.apply(&good, NOW).expect_err(&bad.to_string());
        assert!(!error.to_string().is_empty());
        assert_eq!((doc.text(Format::Yaml).as_str(), doc.rev()), (SAMPLE, 0), "{bad}");
    }
}

#[test]
fn a_value_becomes_an_object_and_back() {
    let mut doc = sample(1);
    apply(&mut doc, json!([{"do": "set", "entity": "fetch", "field": "settings/timeout/read", "value": 5}]));
    assert_eq!(doc.view().nodes["fetch"].settings.at("timeout").map(|v| v.to_json()), Some(r#"{"read":5}"#.into()));
    apply(
        &mut doc,
        json!([{"do": "set", "entity": "fetch", "field": "settings", "value": {"z": {"b": 1, "a": [1, {"k": null}]}, "y": ""}}]),
    );
    assert_eq!(doc.view().nodes["fetch"].settings.to_json(), r#"{"z":{"b":1,"a":[1,{"k":null}]},"y":""}"#);
    let text = doc.text(Format::Yaml);
    assert_eq!(doc.facts()[&Entity::node("fetch")], facts(&text)[&Entity::node("fetch")], "{text}");
}

#[test]
fn edits_are_told_in_words() {
    let mut doc = sample(1);
    let mut told = |json: serde_json::Value| {
        let done = apply(&mut doc, json).done;
        words(&done, doc.facts())
    };
    assert_eq!(
        told(json!([{"do": "set", "entity": "store", "field": "settings/order", "value": "descending"}])),
        "Store: order is now descending"
    );
    assert_eq!(told(json!([{"do": "set", "entity": "clean", "field": "name", "value": "Tidy"}])), "Clean is now called Tidy");
    assert_eq!(told(json!([{"do": "add_node", "type": "data.sort", "name": "By month", "at": [0, 0]}])), "By month added");
    assert_eq!(
        told(json!([{"do": "connect", "from": "store", "from_port": "out", "to": "by_month", "to_port": "in"}])),
        "Store connected to By month"
    );
    assert_eq!(told(json!([{"do": "move", "to": {"by_month": [9, 9]}}])), "By month moved");
    assert_eq!(told(json!([{"do": "move", "to": {"by_month": [1, 1], "store": [5, 5]}}])), "2 boxes moved");
    assert_eq!(told(json!([{"do": "set", "entity": "fetch", "field": "settings/headers/Accept"}])), "Fetch order: headers Accept removed");
    assert_eq!(told(json!([{"do": "remove", "ids": ["by_month"]}])), "By month removed");
    assert_eq!(told(json!([{"do": "set", "entity": "", "field": "timeout", "value": "5m"}])), "Flow: timeout is now 5m");
    assert_eq!(told(json!([{"do": "set", "entity": "clean", "field": "settings/code", "value": "a\nb"}])), "Tidy: code changed");
}

fn any_edit(doc: &FlowDoc, r: &mut Rng, i: usize) -> serde_json::Value {
    let flow = doc.view();
    let nodes: Vec<&String> = flow.nodes.keys().collect();
    let boxes: Vec<&String> = flow.nodes.keys().chain(flow.blocks.keys()).collect();
    let edges: Vec<String> = flow.edges.iter().map(crate::Edge::id).collect();
    let spot = json!([r.below(900), r.below(90)]);
    if nodes.len() < 3 {
        return json!({"do": "add_node", "type": "data.set", "name": text(r), "settings": {"a": text(r)}, "at": spot});
    }
    let (a, b, any) = (*r.pick(&nodes), *r.pick(&nodes), *r.pick(&boxes));
    let port = r.pick::<&str>(&["out", "in", "big"]).to_string();
    match r.below(11) {
        0 => json!({"do": "add_node", "type": "net.http@2", "name": text(r), "settings": {"x": value(r, 2).data.to_value()}, "at": spot}),
        1 => json!({"do": "add_block", "type": "note", "fields": {"text": text(r), "k": [1, text(r)]}, "at": spot}),
        2 => json!({"do": "remove", "ids": [any, "gone"]}),
        3 => {
            json!({"do": "set", "entity": any, "field": r.pick::<&str>(&["name", "note", "settings/a", "settings/a/b", "settings/list/0"]), "value": text(r)})
        }
        4 => json!({"do": "connect", "from": a, "from_port": port, "to": b, "to_port": "in"}),
        5 if !edges.is_empty() => json!({"do": "disconnect", "edge": r.pick(&edges)}),
        6 if !edges.is_empty() => json!({"do": "set", "entity": r.pick(&edges), "field": "note", "value": text(r)}),
        7 => json!({"do": "move", "to": {any: spot}}),
        8 => json!({"do": "change_id", "from": any, "to": format!("id_{i}")}),
        9 => json!({"do": "edit_text", "entity": a, "field": "settings/code", "from": 0, "to": 0, "insert": text(r), "seen": doc.rev()}),
        _ => json!({"do": "paste", "text": copy(doc.facts(), &[a.clone(), b.clone(), any.clone()], &|_, _| false)}),
    }
}

/// Every kind of edit, one gesture each: canonical text after every one, and undo of all gives the same bytes.
#[test]
fn every_gesture_can_be_taken_back() {
    for seed in 0..8 {
        let mut r = Rng(seed);
        let mut doc = sample(1);
        let mut log = Vec::new();
        for i in 0..60 {
            let gesture = json!([any_edit(&doc, &mut r, i), any_edit(&doc, &mut r, 100 + i)]);
            let before = doc.text(Format::Yaml);
            match doc.apply(&edits(gesture.clone()), NOW) {
                Ok(applied) => log.push(applied.done),
                Err(error) => assert_eq!(doc.text(Format::Yaml), before, "{error}"),
            }
            let text = doc.text(Format::Yaml);
            assert_eq!(yaml(&facts(&text)), text, "{gesture}");
            assert_eq!(*doc.view(), crate::Flow::of(doc.facts()));
        }
        assert!(log.len() > 30, "{} of 60 carried out", log.len());
        for done in log.iter().rev() {
            assert_eq!(doc.undo(done, NOW).expect("undo").kept, Vec::<String>::new());
        }
        assert_eq!(doc.text(Format::Yaml), SAMPLE, "seed {seed}");
    }
}
