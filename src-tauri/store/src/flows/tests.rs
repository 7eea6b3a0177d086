//! Flows on real folders and a real database: edits, undo over restarts, renames, permissions, pins.

use super::*;
use crate::Options;
use serde_json::json;
use weft_flow::{Edit, Format};
use weft_node::{Item, Need, NeedKind, Value};

/// A workspace in a folder of its own.
pub(crate) struct Here {
    pub folder: tempfile::TempDir,
    pub flows: Option<Flows>,
}

impl Here {
    pub fn new() -> Here {
        let mut here = Here { folder: tempfile::tempdir().expect("a folder"), flows: None };
        here.open();
        here
    }

    pub fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("workspace")
    }

    pub fn open(&mut self) -> &Flows {
        self.flows = None;
        let store = Store::open(self.root(), &Options::default()).expect("the workspace opens");
        self.flows.insert(Flows::open(store, UserFolder::at(self.folder.path().join("user"))).expect("its flows open"))
    }

    pub fn close(&mut self) {
        self.flows = None;
    }

    pub fn flows(&self) -> &Flows {
        self.flows.as_ref().expect("open")
    }

    pub fn file(&self, id: &str) -> std::path::PathBuf {
        self.root().join(ids::new_file(id))
    }

    pub fn read(&self, id: &str) -> String {
        std::fs::read_to_string(self.file(id)).unwrap_or_default()
    }
}

impl std::ops::Deref for Here {
    type Target = Flows;
    fn deref(&self) -> &Flows {
        self.flows()
    }
}

pub(crate) fn by(author: &str, label: &str, edits: Vec<Edit>) -> EditRequest {
    EditRequest { edits, author: author.into(), label: label.into(), ..EditRequest::default() }
}

pub(crate) fn node(name: &str, kind: &str) -> Edit {
    Edit::AddNode { id: None, kind: kind.into(), name: Some(name.into()), settings: Value::Null, at: Some(vec![0.0, 0.0]) }
}

pub(crate) fn set(entity: &str, field: &str, value: impl Into<Value>) -> Edit {
    Edit::Set { entity: entity.into(), field: field.into(), value: Some(value.into()) }
}

fn yaml(flows: &Flows, id: &str) -> String {
    flows.text(id, Format::Yaml).expect("a flow")
}

#[test]
fn an_edit_is_kept_told_and_written() {
    let mut here = Here::new();
    let id = here.new_flow("Orders to table", Some("shop"), "ada").expect("new");
    assert_eq!(id, "shop/orders_to_table");
    let from = here.inner.store.cursor();
    let request = EditRequest { client: Some("window 1".into()), ..by("ada", "Add Fetch", vec![node("Fetch", "net.http")]) };
    let edited = here.edit(&id, request).expect("edited");
    assert_eq!((edited.rev, edited.made), (1, vec!["fetch".to_string()]));
    let told = here.inner.store.readers().now(|db| crate::events::since(db, from.epoch, from, 100)).expect("events");
    let crate::events::Since::Events { events, .. } = told else { panic!("the stream reaches back") };
    let changed = events.iter().find_map(|e| match &e.what {
        crate::events::What::Document { kind, body } if kind == "flow_changed" => Some(body.clone()),
        _ => None,
    });
    let changed = changed.expect("told");
    assert_eq!(
        (&changed["flow"], &changed["rev"], &changed["author"], &changed["client"]),
        (&json!(id), &json!(1), &json!("ada"), &json!("window 1"))
    );
    let changes = changed["changes"].as_array().expect("a list");
    let came = json!({ "entity": "node", "id": "fetch", "field": "", "before": null, "after": { "type": "net.http", "name": "Fetch" } });
    let place = json!({ "entity": "layout", "id": "fetch", "field": "", "before": null, "after": [0, 0] });
    assert_eq!(changes, &vec![came, place]);
    here.flush();
    assert_eq!(here.read(&id), yaml(&here, &id));
    let (text, flow) = (yaml(&here, &id), here.get(&id, "ada").expect("open"));
    assert_eq!((flow.undo.as_deref(), flow.redo, flow.made_here, flow.rev), (Some("Add Fetch"), None, true, 1));
    here.open();
    assert_eq!(yaml(&here, &id), text);
    let again = here.get(&id, "ada").expect("open");
    assert_eq!((again.rev, again.version), (1, flow.version), "the revision goes on over a restart");
    let list = here.list().expect("list");
    assert_eq!((list[0].nodes, list[0].edited_by.as_str(), list[0].drawing.len()), (1, "ada", 1));
}

/// Applied in order they give the new settings: that is all a screen has.
#[test]
fn changes_are_told_so_that_applying_them_is_enough() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(
        &id,
        by(
            "ada",
            "Add",
            vec![node("B", "data.set"), node("C", "data.set"), set("b", "settings/body", Value::from_json(r#"{"a":1}"#).expect("json"))],
        ),
    )
    .expect("edit");
    let told = |edits: Vec<Edit>| {
        let key = locked(&here.inner.slot(&id).expect("there")).key().expect("a key");
        here.edit(&id, by("ada", "Set", edits)).expect("edit");
        let last = here.inner.store.readers().now(move |db| log::undoable(db, key, "ada")).expect("rows").remove(0);
        summary::told(&last.changes).into_iter().map(|c| (c["id"].clone(), c["field"].clone(), c["after"].clone())).collect::<Vec<_>>()
    };
    let text = told(vec![set("b", "settings/body", "text")]);
    assert_eq!(text, [(json!("b"), json!("settings/body/a"), json!(null)), (json!("b"), json!("settings/body"), json!("text"))]);
    let connect = Edit::Connect { from: "b".into(), from_port: "out".into(), to: "c".into(), to_port: "in".into() };
    assert_eq!(told(vec![connect]), [(json!("b.out -> c.in"), json!(""), json!({}))]);
    let gone = told(vec![Edit::Remove { ids: vec!["c".into()] }]);
    for went in [(json!("c"), json!(""), json!(null)), (json!("b.out -> c.in"), json!(""), json!(null))] {
        assert!(gone.contains(&went), "{gone:?}");
    }
    assert_eq!(gone.len(), 3, "node, edge and position: {gone:?}");
}

#[test]
fn a_refused_gesture_does_nothing() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    let before = yaml(&here, &id);
    let error = here.edit(&id, by("ada", "", vec![node("B", "data.set"), set("nobody", "name", "x")])).expect_err("refused");
    assert_eq!(error.code(), "edit.unknown");
    assert_eq!(yaml(&here, &id), before);
    assert_eq!(here.history(Some(&id), None, 100).expect("history").entries.len(), 1, "only its birth");
    assert_eq!(here.edit("no/such", by("ada", "", vec![])).expect_err("none").code(), "flow.not_found");
}

#[test]
fn undo_takes_back_only_what_is_still_mine() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.set")])).expect("edit");
    here.edit(&id, by("ada", "Change", vec![set("b", "settings/x", 1_i64), set("b", "settings/y", 1_i64)])).expect("edit");
    here.edit(&id, by("dana", "Hers", vec![set("b", "settings/x", 77_i64)])).expect("edit");
    let undone = here.undo(&id, "ada", None).expect("undo");
    assert_eq!(undone.kept.len(), 1, "{:?}", undone.kept);
    let settings = here.view(&id).expect("view").nodes["b"].settings.clone();
    assert_eq!(settings, Value::from_json(r#"{"x":77}"#).expect("json"));
    here.redo(&id, "ada", None).expect("redo");
    let settings = here.view(&id).expect("view").nodes["b"].settings.clone();
    assert_eq!(settings, Value::from_json(r#"{"x":77,"y":1}"#).expect("json"));
    // Another author's undo is another stack.
    assert_eq!(here.get(&id, "dana").expect("open").undo.as_deref(), Some("Hers"));
    here.undo(&id, "ada", None).expect("undo");
    here.edit(&id, by("ada", "New", vec![set("b", "name", "Bee")])).expect("edit");
    assert_eq!(here.get(&id, "ada").expect("open").redo, None, "a new edit ends redo");
    let words: Vec<_> =
        here.history(Some(&id), None, 3).expect("history").entries.into_iter().map(|e| (e.kind, e.author, e.undone)).collect();
    assert_eq!(words[0], ("edit".into(), "ada".into(), false));
    assert_eq!(words[1], ("undo".into(), "ada".into(), false));
}

#[test]
fn typing_is_undone_as_one() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "code.javascript"), set("b", "settings/code", "one\ntwo\n")])).expect("edit");
    let before = yaml(&here, &id);
    for i in 0..5_u32 {
        let seen = here.get(&id, "ada").expect("open").rev;
        let edit = Edit::EditText { entity: "b".into(), field: "settings/code".into(), from: i, to: i, insert: "x".into(), seen };
        here.edit(&id, EditRequest { gesture: Some("typing-1".into()), ..by("ada", "Type", vec![edit]) }).expect("edit");
    }
    assert!(yaml(&here, &id).contains("xxxxxone"));
    assert_eq!(here.history(Some(&id), None, 100).expect("history").entries.len(), 3, "a gesture is one row");
    here.undo(&id, "ada", None).expect("undo");
    assert_eq!(yaml(&here, &id), before);
    here.redo(&id, "ada", None).expect("redo");
    assert!(yaml(&here, &id).contains("xxxxxone"));
    // Somebody else's edit between two of a gesture: still one undo, and theirs stays.
    for (i, author) in ["ada", "dana", "ada"].into_iter().enumerate() {
        let edit = if author == "dana" { set("b", "note", "hers") } else { set("b", "settings/limit", i as i64) };
        here.edit(&id, EditRequest { gesture: Some("g2".into()), ..by(author, "Set", vec![edit]) }).expect("edit");
    }
    here.undo(&id, "ada", None).expect("undo");
    let node = here.view(&id).expect("view").nodes["b"].clone();
    assert_eq!((node.settings.get("limit"), node.note.as_deref()), (None, Some("hers")));
}

#[test]
fn two_hundred_edits_are_undone_after_restarts() {
    let mut here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    let mut random = 7_u64;
    let mut below = move |n: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % n
    };
    let start = yaml(&here, &id);
    let mut texts = vec![start.clone()];
    while texts.len() <= 200 {
        let nodes: Vec<String> = here.view(&id).expect("view").nodes.keys().cloned().collect();
        let pick = |n: u64| nodes[n as usize % nodes.len()].clone();
        let edits = match below(8) {
            _ if nodes.is_empty() => vec![node("First", "data.set")],
            0 => vec![node(&format!("N {}", below(50)), "data.set")],
            1 => vec![Edit::Remove { ids: vec![pick(below(99))] }],
            2 => vec![Edit::Connect { from: pick(below(99)), from_port: "out".into(), to: pick(below(99)), to_port: "in".into() }],
            3 => vec![Edit::Move { to: [(pick(below(99)), vec![below(900) as f64, below(900) as f64])].into() }],
            4 => vec![set(&pick(below(99)), "settings/code", format!("line {}\nline {}\n", below(9), below(9)))],
            5 => vec![set(&pick(below(99)), "settings/list", Value::list((0..below(4)).map(|i| Value::from(i as i64)).collect()))],
            6 => vec![set(&pick(below(99)), "name", format!("Name {}", below(1000)))],
            _ => vec![set("", "description", format!("Text {}", below(1000)))],
        };
        if here.edit(&id, by("ada", "Random", edits)).is_ok() && texts.last() != Some(&yaml(&here, &id)) {
            texts.push(yaml(&here, &id));
        }
    }
    here.open();
    let end = texts.pop().expect("a last text");
    assert_eq!(yaml(&here, &id), end);
    for (i, text) in texts.iter().rev().enumerate() {
        if i == 100 {
            here.open();
        }
        let undone = here.undo(&id, "ada", None).expect("undo");
        assert_eq!(undone.kept, Vec::<String>::new());
        assert_eq!(&yaml(&here, &id), text, "undo {i}");
    }
    assert_eq!(yaml(&here, &id), start);
    here.flush();
    assert_eq!(here.read(&id), start, "the file too");
    here.open();
    for _ in 0..200 {
        here.redo(&id, "ada", None).expect("redo");
    }
    assert_eq!(yaml(&here, &id), end);
}

#[test]
fn versions_differ_in_words_and_come_back() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.sort"), set("b", "settings/order", "ascending")])).expect("edit");
    let first = here.history(Some(&id), None, 1).expect("history");
    let (a, hash) = (first.entries[0].seq, here.pin_version(&id).expect("pinned"));
    assert_eq!(first.next, Some(a), "there is more");
    here.edit(&id, by("ada", "Change", vec![set("b", "settings/order", "descending")])).expect("edit");
    here.edit(&id, by("ada", "Move", vec![Edit::Move { to: [("b".to_string(), vec![5.0, 5.0])].into() }])).expect("edit");
    let (changes, words) = here.diff(&id, Some(a), None).expect("diff");
    assert_eq!(changes.len(), 2);
    assert!(words.contains("descending"), "{words}");
    let (back, _) = here.diff(&id, None, Some(a)).expect("diff");
    assert_eq!(back, weft_flow::invert(&changes));
    assert_eq!(here.diff(&id, Some(a + 100), None).expect_err("none").code(), "flow.no_version");
    assert_eq!(here.version(&hash).expect("kept").nodes["b"].settings.get("order"), Some(&Value::from("ascending")));
    assert_ne!(here.version_of(&id).expect("hash"), hash);
}

#[test]
fn a_renamed_flow_is_followed_by_its_callers() {
    let mut here = Here::new();
    let id = here.new_flow("Notify", None, "ada").expect("new");
    let caller = here.new_flow("Orders", None, "ada").expect("new");
    let call = vec![node("Call", "logic.call"), set("call", "settings/flow", id.as_str()), set("", "error_flow", id.as_str())];
    here.edit(&caller, by("ada", "Add Call", call)).expect("edit");
    here.put_in_use(&id, true).expect("in use");
    here.rename(&id, "team/notify", "ada", None).expect("renamed");
    assert!(!here.file(&id).exists() && here.file("team/notify").exists());
    assert_eq!(here.get(&id, "ada").expect_err("gone").code(), "flow.not_found");
    let view = here.view(&caller).expect("view");
    assert_eq!((view.nodes["call"].settings.get("flow"), view.error_flow()), (Some(&Value::from("team/notify")), Some("team/notify")));
    assert_eq!(here.settings().expect("settings").0.in_use, ["team/notify"]);
    assert_eq!(here.rename(&caller, "team/notify", "ada", None).expect_err("taken").code(), "flow.taken");
    assert_eq!(here.rename(&caller, "../out", "ada", None).expect_err("bad").code(), "flow.bad_id");
    here.open();
    assert_eq!(here.list().expect("list").len(), 2);
    assert_eq!(here.history(Some("team/notify"), None, 10).expect("history").entries.len(), 1, "its history came with it");
    here.flush();
    assert!(here.read(&caller).contains("flow: team/notify"));
}

#[test]
fn a_removed_flow_lies_in_the_trash_and_comes_back() {
    let mut here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.set")])).expect("edit");
    let text = yaml(&here, &id);
    here.remove(&id).expect("removed");
    assert!(here.list().expect("list").is_empty() && !here.file(&id).exists());
    let trash: Vec<_> = std::fs::read_dir(here.root().join(".weft/trash")).expect("trash").flatten().collect();
    assert_eq!(std::fs::read_to_string(trash[0].path()).expect("kept"), text);
    here.open();
    assert!(here.list().expect("list").is_empty());
    here.restore(&id).expect("restored");
    assert_eq!((here.read(&id), yaml(&here, &id)), (text.clone(), text));
    here.undo(&id, "ada", None).expect("its history came with it");
    assert!(here.view(&id).expect("view").nodes.is_empty());
}

#[test]
fn permissions_are_bound_to_the_logic() {
    let mut here = Here::new();
    let id = here.new_flow("Here", None, "ada").expect("new");
    std::fs::write(here.file("there"), "weft: 1\nnodes:\n  get:\n    type: net.http\n    settings:\n      url: https://a.org\n")
        .expect("written");
    here.open();
    let need = Need::new(NeedKind::Host, "a.org");
    let named = |_: &weft_flow::Flow| vec![need.clone()];
    assert!(here.permissions(&id, named).expect("mine").given.allows(&need));
    let there = here.permissions("there", named).expect("theirs");
    assert_eq!((there.made_here, there.given.allows(&need), &there.missing), (false, false, &vec![need.clone()]));
    here.approve("there", std::slice::from_ref(&need), "ada").expect("approved");
    assert!(here.permissions("there", named).expect("theirs").given.allows(&need));
    here.edit("there", by("ada", "Move", vec![Edit::Move { to: [("get".to_string(), vec![9.0, 9.0])].into() }])).expect("edit");
    assert!(here.permissions("there", named).expect("theirs").given.allows(&need), "moving a box asks nobody");
    here.edit("there", by("ada", "Set", vec![set("get", "settings/url", "https://b.org")])).expect("edit");
    assert!(!here.permissions("there", named).expect("theirs").given.allows(&need), "another logic asks again");
    here.undo("there", "ada", None).expect("undo");
    here.open();
    assert!(here.permissions("there", named).expect("theirs").given.allows(&need));
    here.revoke("there").expect("revoked");
    assert!(!here.permissions("there", named).expect("theirs").given.allows(&need));
    here.mark_made_here("there").expect("marked");
    here.open();
    assert!(here.permissions("there", named).expect("mine").given.allows(&need));
}

#[test]
fn a_database_from_elsewhere_gives_no_permission() {
    let mut here = Here::new();
    let id = here.new_flow("Mine", None, "ada").expect("new");
    let need = Need::new(NeedKind::Host, "a.org");
    let named = |_: &weft_flow::Flow| vec![need.clone()];
    here.approve(&id, &[Need::new(NeedKind::Host, "b.org")], "ada").expect("approved");
    assert_eq!(here.permissions(&id, named).expect("mine").given.0.len(), 2);
    // The same folder, database and all, opened by somebody else.
    here.close();
    std::fs::remove_dir_all(here.folder.path().join("user")).expect("another user");
    here.open();
    let grants = here.permissions(&id, named).expect("theirs");
    assert_eq!((grants.made_here, grants.given.0.len(), grants.missing.len()), (false, 0, 1));
}

#[test]
fn who_may_only_read_sees_the_flows() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.set")])).expect("edit");
    std::fs::write(here.root().join("flows/later.flow.yaml"), "weft: 1\n").expect("written");
    let why = Error::ReadOnly { why: "another program holds it.".into() };
    let store = Store::open_reading(here.root(), &Options::default(), why).expect("opens");
    let reader = Flows::open(store, UserFolder::at(here.folder.path().join("user"))).expect("opens");
    assert_eq!(reader.view(&id).expect("view").nodes.len(), 1);
    assert!(reader.get(&id, "ada").expect("open").read_only.is_some());
    assert_eq!(reader.edit(&id, by("ada", "", vec![node("C", "data.set")])).expect_err("refused").code(), "workspace.read_only");
    assert_eq!(reader.new_flow("B", None, "ada").expect_err("refused").code(), "workspace.read_only");
}

#[test]
fn pins_are_kept_outside_the_file() {
    let mut here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.set")])).expect("edit");
    let ports: std::collections::BTreeMap<String, Vec<Item>> = [("out".to_string(), vec![Item::new(Value::from(7_i64))])].into();
    here.set_pin(&id, "b", &ports).expect("pinned");
    assert_eq!(here.set_pin(&id, "nobody", &ports).expect_err("none").code(), "edit.unknown");
    here.open();
    assert_eq!(here.pins(&id).expect("pins")["b"], ports);
    assert_eq!(here.get(&id, "ada").expect("open").pinned, ["b"]);
    here.flush();
    assert!(!here.read(&id).contains('7'));
    here.edit(&id, by("ada", "Remove", vec![Edit::Remove { ids: vec!["b".into()] }])).expect("edit");
    assert!(here.pins(&id).expect("pins").is_empty());
    here.undo(&id, "ada", None).expect("undo");
    assert_eq!(here.pins(&id).expect("pins").len(), 1, "it comes back with its node");
    assert!(here.clear_pin(&id, "b").expect("cleared") && !here.clear_pin(&id, "b").expect("none"));
}

fn raw(here: &Here, sql: &str) {
    rusqlite::Connection::open(here.root().join(".weft/weft.db")).and_then(|db| db.execute_batch(sql)).expect("SQL");
}

#[test]
fn an_edit_that_could_not_be_kept_did_not_happen() {
    let mut here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.set")])).expect("edit");
    let (before, rev) = (yaml(&here, &id), here.get(&id, "ada").expect("open").rev);
    raw(&here, "CREATE TRIGGER no_more BEFORE INSERT ON edits BEGIN SELECT RAISE(ABORT, 'no more'); END");
    here.edit(&id, by("ada", "Lost", vec![node("C", "data.set")])).expect_err("refused");
    here.undo(&id, "ada", None).expect_err("refused");
    assert_eq!(yaml(&here, &id), before);
    raw(&here, "DROP TRIGGER no_more");
    let edited = here.edit(&id, by("ada", "Kept", vec![node("D", "data.set")])).expect("edit");
    assert!(edited.rev > rev, "screens hear a new revision");
    let after = yaml(&here, &id);
    here.open();
    assert_eq!(yaml(&here, &id), after);
    here.undo(&id, "ada", None).expect("undo");
    assert_eq!(yaml(&here, &id), before);
}

#[test]
fn the_log_keeps_ten_thousand_entries_and_the_document_opens_from_a_snapshot() {
    let mut here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("ada", "Add B", vec![node("B", "data.set")])).expect("edit");
    raw(
        &here,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)
         INSERT INTO edits (flow, rev, author, device, at, kind, label, words, changes, state) SELECT 1, 1, 'old', '', 0, 'edit', '', '', '[]', 'done' FROM n",
    );
    for i in 0..210_i64 {
        here.edit(&id, by("ada", "Set", vec![set("b", "settings/x", i)])).expect("edit");
    }
    let counts = |here: &Here| {
        let count = |sql: &'static str| {
            here.inner.store.readers().now(move |db| Ok(db.query_row(sql, [], |row| row.get::<_, i64>(0))?)).expect("a number")
        };
        (count("SELECT count(*) FROM edits"), count("SELECT count(*) FROM updates"))
    };
    let (edits, updates) = counts(&here);
    assert!((10_000..10_200).contains(&edits) && updates < 200, "{edits} {updates}");
    let text = yaml(&here, &id);
    here.open();
    assert_eq!(yaml(&here, &id), text);
    for i in (0..209_i64).rev() {
        here.undo(&id, "ada", None).expect("undo");
        assert_eq!(here.view(&id).expect("view").nodes["b"].settings.get("x"), Some(&Value::from(i)));
    }
}

#[test]
fn an_undo_that_finds_everything_changed_leaves_the_stack() {
    let here = Here::new();
    let id = here.new_flow("A", None, "ada").expect("new");
    here.edit(&id, by("dana", "Add B", vec![node("B", "data.set"), set("b", "settings/x", 0_i64)])).expect("edit");
    here.edit(&id, by("ada", "Set", vec![set("b", "settings/x", 1_i64)])).expect("edit");
    here.edit(&id, by("dana", "Set", vec![set("b", "settings/x", 2_i64)])).expect("edit");
    assert_eq!(here.undo(&id, "ada", None).expect("undo").kept.len(), 1);
    let flow = here.get(&id, "ada").expect("open");
    assert_eq!((flow.undo, flow.redo), (None, None));
    assert_eq!(here.undo(&id, "ada", None).expect("nothing left").kept, Vec::<String>::new());
}
