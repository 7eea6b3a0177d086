use super::*;
use crate::testing::*;
use crate::{Change, Edit, Format, parse};

fn undo_of(done: &[Change], doc: &mut FlowDoc) -> Applied {
    doc.undo(done, NOW).expect("undo")
}

fn check(doc: &FlowDoc) {
    assert_eq!(*doc.view(), Flow::of(doc.facts()), "the view is that of the facts");
    assert_eq!(*doc.facts(), read(&doc.doc), "the facts beside the document are the document");
}

/// Everything each has goes to the other; both must then say the same.
fn sync(a: &mut FlowDoc, b: &mut FlowDoc) {
    let (x, y) = (a.updates_since(&b.seen()).expect("bytes"), b.updates_since(&a.seen()).expect("bytes"));
    a.import(&y).expect("updates");
    b.import(&x).expect("updates");
    assert_eq!(a.text(Format::Yaml), b.text(Format::Yaml), "diverged");
    check(a);
    check(b);
}

/// Lines only in one of two texts, with `+` and `-`.
fn lines(a: &str, b: &str) -> Vec<String> {
    let diff = similar::TextDiff::from_lines(a, b);
    let changed = diff.iter_all_changes().filter(|c| c.tag() != similar::ChangeTag::Equal);
    changed.map(|c| format!("{}{}", c.tag(), c.value().trim_end())).collect()
}

#[test]
fn a_seed_is_the_same_bytes_wherever_and_whenever() {
    let (a, mut b) = (sample(21), sample(22));
    assert_eq!(a.updates_since(&[]).expect("bytes"), b.updates_since(&[]).expect("bytes"));
    assert_eq!(a.text(Format::Yaml), SAMPLE);
    // So two machines that met one file merge without doubling anything.
    let mut a = a;
    a.apply(&[set_name("clean", "A")], NOW).expect("edit");
    b.apply(&[set_name("fetch", "B")], NOW).expect("edit");
    sync(&mut a, &mut b);
    assert_eq!(a.text(Format::Yaml), SAMPLE.replace("name: Clean", "name: A").replace("name: Fetch order", "name: B"));
}

fn set_name(id: &str, name: &str) -> Edit {
    Edit::Set { entity: id.into(), field: "name".into(), value: Some(name.into()) }
}

#[test]
fn snapshot_and_updates_open_as_they_were() {
    let mut doc = sample(1);
    let snapshot = doc.snapshot().expect("bytes");
    let mut r = Rng(4);
    let mut updates = Vec::new();
    for i in 0..60 {
        let changes = random_changes(&doc, &mut r, i);
        let applied = doc.apply_changes(&changes, Policy::Newest, NOW).expect("edit");
        assert_eq!(applied.update.is_empty(), applied.done.is_empty());
        updates.extend((!applied.update.is_empty()).then_some(applied.update));
    }
    let opened = FlowDoc::open(&snapshot, updates.clone(), 2).expect("own bytes");
    assert_eq!(opened.facts(), doc.facts());
    assert!(FlowDoc::open(&snapshot, updates.into_iter().skip(1), 2).is_err(), "a hole in the updates is told");
    assert!(FlowDoc::open(b"rubbish", [], 2).is_err());
}

#[test]
fn three_editors_converge_with_undo_among_them() {
    for seed in 0..8 {
        let mut r = Rng(seed);
        let first = sample(1);
        let mut peers: Vec<FlowDoc> = (0..3).map(|i| fork(&first, 10 + i)).collect();
        let mut logs: Vec<Vec<Vec<Change>>> = vec![vec![]; 3];
        for i in 0..70 {
            let k = r.below(3);
            if r.chance(20) && !logs[k].is_empty() {
                let done = logs[k].pop().expect("not empty");
                undo_of(&done, &mut peers[k]);
            } else {
                let changes = random_changes(&peers[k], &mut r, i * 10 + k);
                logs[k].push(peers[k].apply_changes(&changes, Policy::Newest, NOW).expect("edit").done);
            }
            check(&peers[k]);
            if r.chance(20) {
                let j = (k + 1) % 3;
                let update = peers[k].updates_since(&peers[j].seen()).expect("bytes");
                let before = peers[j].facts().clone();
                let told = peers[j].import(&update).expect("updates");
                assert_eq!(told, crate::diff(&before, peers[j].facts()), "import tells what it changed");
                check(&peers[j]);
            }
        }
        for _ in 0..2 {
            for (k, j) in [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)] {
                let update = peers[k].updates_since(&peers[j].seen()).expect("bytes");
                peers[j].import(&update).expect("updates");
            }
        }
        let text = peers[0].text(Format::Yaml);
        let file = parse(&text, Format::Yaml).expect("own text");
        for peer in &mut peers {
            assert_eq!(peer.text(Format::Yaml), text);
            // What we wrote, read back, is no edit at all.
            for base in [peer.shown(), file.facts.clone()] {
                let applied = peer.file_edit(&base, &file, NOW).expect("own text");
                assert_eq!((applied.done, applied.skipped), (vec![], vec![]), "seed {seed}");
            }
        }
    }
}

#[test]
fn undo_of_everything_after_a_restart_gives_the_same_bytes_and_redo_brings_it_back() {
    for seed in 0..6 {
        let mut r = Rng(100 + seed);
        let mut doc = sample(100);
        let mut log: Vec<String> = Vec::new();
        for i in 0..120 {
            let changes = random_changes(&doc, &mut r, i);
            let done = doc.apply_changes(&changes, Policy::Newest, NOW).expect("edit").done;
            log.push(serde_json::to_string(&done).expect("JSON"));
        }
        let end = doc.text(Format::Yaml);
        let mut doc = FlowDoc::open(&doc.snapshot().expect("bytes"), [], 101).expect("own bytes");
        let mut redo = Vec::new();
        for done in log.iter().rev() {
            let applied = undo_of(&serde_json::from_str::<Vec<Change>>(done).expect("own JSON"), &mut doc);
            assert_eq!(applied.kept, Vec::<String>::new());
            redo.push(applied.done);
        }
        assert_eq!(doc.text(Format::Yaml), SAMPLE, "seed {seed}");
        check(&doc);
        for done in redo.iter().rev() {
            undo_of(done, &mut doc);
        }
        assert_eq!(doc.text(Format::Yaml), end, "seed {seed}");
    }
}

#[test]
fn undo_of_everything_keeps_exactly_what_somebody_else_wrote() {
    for seed in 0..6 {
        let mut r = Rng(200 + seed);
        let mut doc = sample(100);
        let mut other = fork(&doc, 200);
        let when = 20 + r.below(60);
        let mut log = Vec::new();
        for i in 0..100 {
            let changes = random_changes(&doc, &mut r, i);
            log.push(doc.apply_changes(&changes, Policy::Newest, NOW).expect("edit").done);
            if i == when {
                let code = crate::testing::set(&other, Entity::node("clean"), "settings/code", None).before.expect("code");
                let code = code.as_text().expect("text").replace("// one order", "// ONE order");
                let set = |field: &str, value: String| Edit::Set { entity: "clean".into(), field: field.into(), value: Some(value.into()) };
                let edits = [
                    Edit::Set { entity: "store".into(), field: "settings/mode".into(), value: Some("insert".into()) },
                    set("settings/code", code),
                    Edit::AddNode {
                        id: None,
                        kind: "data.log".into(),
                        name: Some("Theirs".into()),
                        settings: weft_node::Value::Null,
                        at: None,
                    },
                ];
                other.apply(&edits, NOW).expect("edit");
                sync(&mut doc, &mut other);
            }
        }
        log.iter().rev().for_each(|done| drop(undo_of(done, &mut doc)));
        let text = doc.text(Format::Yaml);
        let want = SAMPLE
            .replace("mode: upsert\n", "mode: insert\n\n  theirs:\n    type: data.log\n    name: Theirs\n")
            .replace("// one order", "// ONE order");
        assert_eq!(lines(&want, &text), Vec::<String>::new(), "seed {seed}");
        sync(&mut doc, &mut other);
    }
}

#[test]
fn undo_leaves_alone_what_others_changed_and_says_so() {
    let mut ours = sample(1);
    let mut theirs = fork(&ours, 2);
    let named = ours.apply(&[set_name("clean", "Ours")], NOW).expect("edit").done;
    let add = Edit::AddNode { id: None, kind: "data.set".into(), name: None, settings: weft_node::Value::Null, at: Some(vec![1.0, 2.0]) };
    let added = ours.apply(&[add], NOW).expect("edit");
    sync(&mut ours, &mut theirs);
    theirs.apply(&[set_name("clean", "Theirs"), set_name("set", "Filled in")], NOW).expect("edit");
    sync(&mut ours, &mut theirs);
    let undone = undo_of(&added.done, &mut ours);
    assert_eq!(undone.kept, ["Filled in was kept: changed meanwhile"]);
    assert!(ours.facts().contains_key(&Entity::node("set")));
    let undone = undo_of(&named, &mut ours);
    assert_eq!((undone.kept, undone.done), (vec!["Theirs: name was kept: changed meanwhile".to_string()], vec![]));
    // An edge somebody drew to our new node keeps the node.
    let add = Edit::AddNode { id: Some("mine".into()), kind: "data.set".into(), name: None, settings: weft_node::Value::Null, at: None };
    let added = ours.apply(&[add], NOW).expect("edit");
    sync(&mut ours, &mut theirs);
    let connect = Edit::Connect { from: "store".into(), from_port: "out".into(), to: "mine".into(), to_port: "in".into() };
    theirs.apply(&[connect], NOW).expect("edit");
    sync(&mut ours, &mut theirs);
    assert_eq!(undo_of(&added.done, &mut ours).kept, ["Mine was kept: changed meanwhile"]);
}

#[test]
fn a_deletion_taken_back_brings_comments_and_others_edits() {
    let mut ours = sample(1);
    let mut theirs = fork(&ours, 2);
    let removed = ours.apply(&[Edit::Remove { ids: vec!["fetch".into()] }], NOW).expect("edit");
    assert!(!ours.text(Format::Yaml).contains("two calls a second"), "a node's comments go with it");
    theirs.apply(&[Edit::Set { entity: "fetch".into(), field: "settings/timeout".into(), value: Some(9i64.into()) }], NOW).expect("edit");
    let connect = Edit::Connect { from: "fetch".into(), from_port: "more".into(), to: "store".into(), to_port: "in".into() };
    theirs.apply(&[connect], NOW).expect("edit");
    sync(&mut ours, &mut theirs);
    assert!(!ours.view().nodes.contains_key("fetch") && !ours.text(Format::Yaml).contains("fetch.more"));
    assert!(ours.view().findings.iter().any(|f| f.code == "edge.dangling"), "{:?}", ours.view().findings);
    let undone = undo_of(&removed.done, &mut ours);
    let want = SAMPLE.replace("timeout: 30", "timeout: 9").replace("-> store.rejected\n", "-> store.rejected\n  - fetch.more -> store\n");
    assert_eq!(ours.text(Format::Yaml), want);
    // Redo would leave their edge without its end: the node stays.
    assert_eq!(undo_of(&undone.done, &mut ours).kept, ["Fetch order was kept: changed meanwhile"]);
    assert!(ours.view().nodes.contains_key("fetch"));
}

#[test]
fn old_versions_can_be_read() {
    let mut doc = sample(1);
    let then = doc.frontiers();
    doc.apply(&[Edit::Remove { ids: vec!["fetch".into()] }], NOW).expect("edit");
    let old = doc.facts_at(&then).expect("a version of this document");
    assert_eq!(yaml(&old), SAMPLE);
    let changes = crate::diff(doc.facts(), &old);
    doc.apply_changes(&changes, Policy::Newest, NOW).expect("back");
    assert_eq!(doc.text(Format::Yaml), SAMPLE);
}

#[test]
fn typing_that_crossed_lands_where_it_was_meant() {
    let mut doc = sample(1);
    let type_in = |at: u32, insert: &str, seen| Edit::EditText {
        entity: "clean".into(),
        field: "settings/code".into(),
        from: at,
        to: at,
        insert: insert.into(),
        seen,
    };
    let seen = doc.rev();
    doc.apply(&[type_in(3, "HELLO ", seen)], NOW).expect("edit");
    // Counted before the first was there.
    doc.apply(&[type_in(6, "very ", seen)], NOW).expect("edit");
    let now = doc.rev();
    doc.apply(&[type_in(0, "é", now), type_in(1, "ü", now)], NOW).expect("edit");
    let text = doc.text(Format::Yaml);
    assert!(text.contains("éü// HELLO onevery  order in"), "{text}");
    assert!(matches!(doc.apply(&[type_in(0, "x", 99)], NOW), Err(FlowError::Stale { .. })));
    assert!(doc.apply(&[type_in(100_000, "x", doc.rev())], NOW).is_err());
    check(&doc);
}

#[test]
fn a_newer_document_is_read_only() {
    let mut doc = FlowDoc::seed(&facts("weft: 2\nname: from tomorrow\n"), 1).expect("it opens");
    assert!(matches!(doc.apply(&[Edit::Set { entity: String::new(), field: "name".into(), value: None }], NOW), Err(FlowError::Newer(2))));
    let mut doc = sample(1);
    let newer = parse(&SAMPLE.replace("weft: 1", "weft: 3"), Format::Yaml).expect("readable");
    assert!(matches!(doc.file_edit(&facts(SAMPLE), &newer, NOW), Err(FlowError::Newer(3))));
    assert_eq!(doc.text(Format::Yaml), SAMPLE);
}

#[test]
fn a_document_too_large_for_a_file_is_refused_before_anything_changed() {
    let mut doc = sample(1);
    let big = Edit::Set { entity: "fetch".into(), field: "settings/body".into(), value: Some("x".repeat(MAX_DOC).into()) };
    assert!(matches!(doc.apply(&[big], NOW), Err(FlowError::TooLarge(_))));
    assert_eq!((doc.text(Format::Yaml).as_str(), doc.rev()), (SAMPLE, 0));
}

fn file(text: &str) -> crate::Parsed {
    parse(text, Format::Yaml).unwrap_or_else(|f| panic!("{}", f[0]))
}

#[test]
fn a_file_edit_merges_with_the_canvas() {
    // In an editor: a setting, a comment, a line of code, a new node in the middle, an id.
    let edited = SAMPLE
        .replace("timeout: 30", "timeout: 45 # slow on Mondays")
        .replace("l.amount > 0)", "l.amount > 1)")
        .replace("  clean:\n", "  audit:\n    type: data.log\n\n  clean:\n")
        .replace("  notify:\n", "  tell:\n")
        .replace("to: notify", "to: tell")
        .replace("  notify: [", "  tell: [");
    let mut doc = sample(1);
    let set = |id: &str, field: &str, value: weft_node::Value| Edit::Set { entity: id.into(), field: field.into(), value: Some(value) };
    let code = "// one order in, its lines out\nreturn ctx.item.lines\n  .filter(l => l.amount > 0)\n  .map(l => ({ ...l, shop: ctx.item.shop, at: 1 }));\n";
    let canvas = [
        set("fetch", "settings/url", "https://new.example.org".into()),
        set("clean", "settings/code", code.into()),
        set("notify", "settings/wait", true.into()),
    ];
    doc.apply(&canvas, NOW).expect("edit");
    let applied = doc.file_edit(&facts(SAMPLE), &file(&edited), NOW).expect("a flow");
    assert_eq!(applied.renamed, [("notify".to_string(), "tell".to_string())]);
    check(&doc);
    let want = edited
        .replace("https://api.example.org/orders/${ctx.request.body.id}", "https://new.example.org")
        .replace("shop: ctx.item.shop }", "shop: ctx.item.shop, at: 1 }")
        .replace("wait: false", "wait: true");
    assert_eq!(lines(&want, &doc.text(Format::Yaml)), Vec::<String>::new());
    // One undo takes back the file's edit and nothing else.
    undo_of(&applied.done, &mut doc);
    let want = SAMPLE
        .replace("https://api.example.org/orders/${ctx.request.body.id}", "https://new.example.org")
        .replace("shop: ctx.item.shop }", "shop: ctx.item.shop, at: 1 }")
        .replace("wait: false", "wait: true");
    assert_eq!(lines(&want, &doc.text(Format::Yaml)), Vec::<String>::new());
}

#[test]
fn a_file_edit_changes_only_its_own_lines() {
    for (from, to) in [
        ("  - clean -> store\n", ""),
        ("      mode: upsert\n", "      mode: insert\n      extra:\n        - 1\n        - x\n"),
        ("# Owner: Dana.", "# Owner: Eve."),
        ("name: Clean\n", "name: Clean # now\n"),
        ("durability: step\n", "durability: run\nx-new: 1\n"),
    ] {
        let mut doc = sample(1);
        let text = SAMPLE.replace(from, to);
        let applied = doc.file_edit(&facts(SAMPLE), &file(&text), NOW).expect("a flow");
        assert_eq!(lines(&text, &doc.text(Format::Yaml)), Vec::<String>::new());
        check(&doc);
        undo_of(&applied.done, &mut doc);
        assert_eq!(doc.text(Format::Yaml), SAMPLE);
    }
}

#[test]
fn what_a_file_overrules_is_told() {
    let mut doc = sample(1);
    let set = |id: &str, field: &str, value: i64| Edit::Set { entity: id.into(), field: field.into(), value: Some(value.into()) };
    doc.apply(&[set("fetch", "settings/timeout", 60), set("store", "settings/limit", 5)], NOW).expect("edit");
    let gone = SAMPLE
        .replace("timeout: 30", "timeout: 45")
        .replace("  store:\n    type: database.sqlite\n    settings:\n      table: orders\n      mode: upsert\n\n", "");
    let applied = doc.file_edit(&facts(SAMPLE), &file(&gone), NOW).expect("a flow");
    let told: Vec<String> = applied.overruled.iter().map(|c| crate::words(std::slice::from_ref(c), doc.facts())).collect();
    assert_eq!(told, ["Store removed", "Fetch order: timeout is now 45"]);
    assert_eq!(applied.overruled[1].before, Some(Data::Int(60)));
    // Taking the file's edit back brings back what it overruled.
    undo_of(&applied.done, &mut doc);
    assert_eq!(doc.view().nodes["store"].settings.get("limit"), Some(&5i64.into()));
    assert_eq!(doc.view().nodes["fetch"].settings.get("timeout"), Some(&60i64.into()));
}

#[test]
fn a_json_file_says_nothing_about_comments() {
    let mut doc = sample(1);
    let base = doc.shown();
    let json = print(&base, Format::Json).replace("\"timeout\": 30", "\"timeout\": 31").replace("25000.5", "3");
    let applied = doc.file_edit(&base, &parse(&json, Format::Json).expect("JSON"), NOW).expect("a flow");
    assert_eq!(applied.done.len(), 2, "{:?}", applied.done);
    let want = SAMPLE
        .replace("timeout: 30", "timeout: 31")
        .replace("25000.5 # in euro", "3")
        .replace("        # the accountant asked for this one\n", "");
    assert_eq!(doc.text(Format::Yaml), want);
}

/// Random edits in file and document at once: no scalar edit is lost unless the other side wrote the same field or removed the node.
#[test]
fn random_file_edits_merge() {
    for seed in 0..30 {
        let mut r = Rng(seed);
        let base = sample(1);
        let (mut doc, mut editor) = (fork(&base, 2), fork(&base, 3));
        for i in 0..8 {
            let changes = random_changes(&doc, &mut r, 1000 + i);
            doc.apply_changes(&changes, Policy::Newest, NOW).expect("edit");
            let changes = random_changes(&editor, &mut r, 2000 + i);
            editor.apply_changes(&changes, Policy::Newest, NOW).expect("edit");
        }
        let (before, said) = (facts(SAMPLE), file(&editor.text(Format::Yaml)));
        let held = doc.facts().clone();
        let applied = doc.file_edit(&before, &said, NOW).expect("a flow");
        check(&doc);
        for change in crate::diff(&before, &said.facts) {
            let scalar = !matches!(&change.after, Some(Data::List(_)))
                && change.after.as_ref().and_then(Data::as_text).is_none_or(|t| !t.contains('\n'));
            let renamed = applied.renamed.iter().any(|(from, to)| [from, to].contains(&&change.entity.id))
                || change.entity.kind == Kind::Layout
                || change.entity.kind == Kind::Edge;
            if change.field.starts_with(['!', '#']) || !scalar || renamed {
                continue;
            }
            let gone = before.contains_key(&change.entity) && !held.contains_key(&change.entity);
            let there = doc.facts().get(&change.entity).and_then(|f| f.get(&change.field)) == change.after.as_ref();
            assert!(there || gone, "seed {seed}: {change:?}");
        }
        file(&doc.text(Format::Yaml));
    }
}

#[test]
fn hostile_flows_live_in_the_document_as_in_the_file() {
    let mut r = Rng(9);
    for i in 0..150 {
        let (facts, _) = crate::facts::flatten(&crate::testing::flow(&mut r, 3)).expect("a flow");
        let doc = FlowDoc::seed(&facts, 1).expect("a flow");
        assert_eq!(crate::diff(doc.facts(), &facts), [], "flow {i}");
        check(&doc);
        assert_eq!(doc.text(Format::Yaml), yaml(&facts));
        let opened = FlowDoc::open(&doc.snapshot().expect("bytes"), [], 2).expect("own bytes");
        assert_eq!(opened.facts(), doc.facts());
    }
}

#[test]
fn hostile_settings_leave_a_flow_that_reads_the_same() {
    for seed in 0..20 {
        let mut r = Rng(300 + seed);
        let mut doc = sample(1);
        let mut log = Vec::new();
        for _ in 0..40 {
            let parts: Vec<String> = (0..1 + r.below(3)).map(|_| crate::facts::path::escape(&text(&mut r)).into_owned()).collect();
            let field = format!("settings/{}", parts.join("/"));
            let value = r.chance(75).then(|| value(&mut r, 1).data.to_value());
            let entity = r.pick::<&str>(&["fetch", "clean", "store"]).to_string();
            let edit = Edit::Set { entity, field, value };
            if let Ok(applied) = doc.apply(std::slice::from_ref(&edit), NOW) {
                log.push(applied.done);
            }
            check(&doc);
            let text = doc.text(Format::Yaml);
            let again = facts(&text);
            assert_eq!(yaml(&again), text, "{edit:?}");
            let visible = |facts: &Facts| -> Vec<(Entity, Fields)> {
                let own =
                    |f: &Fields| f.iter().filter(|(k, _)| !crate::facts::path::is_hidden(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
                facts.iter().map(|(e, f)| (e.clone(), own(f))).collect()
            };
            assert_eq!(visible(&again), visible(doc.facts()), "{edit:?}");
        }
        log.iter().rev().for_each(|done| assert!(undo_of(done, &mut doc).kept.is_empty()));
        assert_eq!(doc.text(Format::Yaml), SAMPLE, "seed {seed}");
    }
}

/// The pinned CRDT changes only together with these bytes: documents and seeds of older programs must open and be the same.
#[test]
fn stored_documents_of_older_programs_open() {
    let stored = include_bytes!("../../tests/sample.loro");
    let doc = FlowDoc::open(stored, [], 7).expect("stored bytes");
    assert_eq!(doc.text(Format::Yaml), SAMPLE.replace("name: Clean\n", "name: Stored\n").replace("timeout: 30", "timeout: 31"));
    assert_eq!(yaml(&doc.facts_at(&sample(1).frontiers()).expect("its seed")), SAMPLE, "the seed has the same id everywhere");
}

#[test]
fn a_trimmed_document_still_takes_back_a_removal() {
    let mut doc = sample(1);
    let removed = doc.apply(&[Edit::Remove { ids: vec!["fetch".into()] }], NOW).expect("edit");
    doc.apply(&[set_name("clean", "later")], NOW).expect("edit");
    let bytes = doc.trimmed(&doc.frontiers()).expect("bytes");
    let mut doc = FlowDoc::open(&bytes, [], 2).expect("own bytes");
    undo_of(&removed.done, &mut doc);
    assert_eq!(doc.text(Format::Yaml), SAMPLE.replace("name: Clean", "name: later"));
    check(&doc);
}
