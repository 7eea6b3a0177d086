//! Files of flows with another editor at work: live and while closed, half-written, conflicting, renamed, gone; and crashes.

use super::check::look;
use super::*;
use crate::flows::locked;
use crate::flows::tests::{Here, by, node, set};
use std::path::Path;
use std::time::Instant;
use weft_flow::{Edit, Format};
use weft_node::Value;

const TEXT: &str = "# kept by hand\nweft: 1\nname: Orders\n\nnodes:\n  fetch: # the shop\n    type: net.http\n    settings:\n      url: https://a.org\n      limit: 10\n\n  clean:\n    type: data.filter\n    settings:\n      code: |\n        one\n        two\n\nedges:\n  - fetch -> clean\n\nlayout:\n  fetch: [0, 0]\n  clean: [240, 0]\n";

/// Waits for what the files' thread does.
fn eventually(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(15);
    while !is() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A workspace whose flow `orders` came as a file.
fn with_file() -> Here {
    let mut here = Here::new();
    std::fs::write(here.file("orders"), TEXT).expect("written");
    here.open();
    here
}

fn yaml(here: &Here) -> String {
    here.text("orders", Format::Yaml).expect("a flow")
}

fn setting(here: &Here, node: &str, name: &str) -> Option<Value> {
    here.view("orders").expect("view").nodes.get(node)?.settings.get(name).cloned()
}

fn findings(here: &Here) -> Vec<&'static str> {
    here.get("orders", "ada").expect("open").file_findings.iter().map(|f| f.code).collect()
}

/// Replaces the file as editors do.
fn save(path: &Path, text: &str) {
    let beside = path.with_extension("swp");
    std::fs::write(&beside, text).expect("written");
    std::fs::rename(&beside, path).expect("renamed");
}

#[test]
fn a_file_that_comes_is_a_flow_from_elsewhere() {
    let here = Here::new();
    std::fs::create_dir_all(here.root().join("flows/team/deep")).expect("folders");
    save(&here.file("team/deep/orders"), TEXT);
    std::fs::write(here.root().join("flows/table.flow.json"), r#"{"weft": 1, "nodes": {"a": {"type": "data.set"}}}"#).expect("written");
    eventually("the list", || here.list().expect("list").len() == 2);
    let flow = here.get("team/deep/orders", "ada").expect("open");
    assert_eq!((flow.made_here, flow.flow.nodes.len(), flow.undo), (false, 2, None));
    here.edit("table", by("ada", "Set", vec![set("a", "name", "B")])).expect("edit");
    here.flush();
    let json = std::fs::read_to_string(here.root().join("flows/table.flow.json")).expect("read");
    assert!(json.contains("\"name\": \"B\""), "{json}");
    assert_eq!(here.read("team/deep/orders"), TEXT, "nobody touched it");
}

#[test]
fn edits_of_both_sides_meet_live() {
    let here = with_file();
    here.edit("orders", by("ada", "Set", vec![set("fetch", "settings/url", "https://b.org")])).expect("edit");
    save(&here.file("orders"), &TEXT.replace("limit: 10", "limit: 99 # more").replace("        two", "        two\n        three"));
    eventually("the file's edit", || setting(&here, "fetch", "limit") == Some(Value::from(99_i64)));
    assert_eq!(setting(&here, "fetch", "url"), Some(Value::from("https://b.org")), "the canvas' edit stays");
    eventually("the file", || here.read("orders").contains("https://b.org"));
    let file = here.read("orders");
    assert!(file.contains("limit: 99 # more") && file.contains("# kept by hand") && file.contains("three"), "{file}");
    let entry = here.history(Some("orders"), None, 10).expect("history").entries.into_iter().find(|e| e.kind == "file").expect("a row");
    assert_eq!(entry.author, "file");
    assert!(here.undo("orders", "ada", None).expect("undo").kept.is_empty());
    assert_eq!(
        (setting(&here, "fetch", "url"), setting(&here, "fetch", "limit")),
        (Some(Value::from("https://a.org")), Some(Value::from(99_i64)))
    );
}

#[test]
fn a_foreign_edit_is_not_answered_by_reformatting() {
    let here = with_file();
    let odd = TEXT.replace("limit: 10", "limit:   11").replace("\n\nedges", "\n\n\n\nedges");
    save(&here.file("orders"), &odd);
    eventually("the edit", || setting(&here, "fetch", "limit") == Some(Value::from(11_i64)));
    std::thread::sleep(Duration::from_millis(700));
    here.flush();
    assert_eq!(here.read("orders"), odd);
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.flush();
    assert_eq!(here.read("orders"), yaml(&here), "with the next own edit it is canonical");
}

#[test]
fn both_changed_while_closed() {
    let mut here = with_file();
    here.edit("orders", by("ada", "Set", vec![set("fetch", "settings/url", "https://b.org")])).expect("edit");
    // As after a crash: the document says more than the file, and the file was edited too.
    here.close();
    save(&here.file("orders"), &TEXT.replace("limit: 10", "limit: 99"));
    {
        let db = rusqlite::Connection::open(here.root().join(".weft/weft.db")).expect("the database");
        let text = blake3::hash(TEXT.as_bytes());
        db.execute("UPDATE seen SET is_hash = ?1, is_text = ?2", rusqlite::params![text.as_bytes(), TEXT]).expect("set back");
        db.execute("UPDATE flows SET dirty = 1", []).expect("set back");
    }
    here.open();
    assert_eq!(
        (setting(&here, "fetch", "url"), setting(&here, "fetch", "limit")),
        (Some(Value::from("https://b.org")), Some(Value::from(99_i64)))
    );
    here.flush();
    assert_eq!(here.read("orders"), yaml(&here));
}

#[test]
fn no_beginning_of_a_file_takes_anything_away() {
    let here = with_file();
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.flush();
    let (text, before, path) = (here.read("orders"), yaml(&here), here.file("orders"));
    for end in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
        std::fs::write(&path, &text[..end]).expect("written");
        look(&here.inner, "flows/orders.flow.yaml");
        assert_eq!(yaml(&here), before, "the first {end} bytes");
    }
    std::fs::write(&path, &text).expect("written");
    eventually("the whole file", || findings(&here).is_empty());
    assert_eq!(here.history(Some("orders"), None, 100).expect("history").entries.len(), 2, "and nothing was an edit");
}

#[test]
fn an_unfinished_file_is_asked_about_and_never_overwritten() {
    let here = with_file();
    let half = &TEXT[..TEXT.find("  clean:").expect("there")];
    save(&here.file("orders"), half);
    eventually("the question", || findings(&here) == ["file.unfinished"]);
    here.edit("orders", by("ada", "Set", vec![set("clean", "name", "C")])).expect("canvas edits go on");
    here.flush();
    assert_eq!(here.read("orders"), half);
    let kept = here.take_document("orders").expect("the document holds").expect("a copy");
    assert!(kept.starts_with("flows/orders.flow.yaml.conflict-"), "{kept}");
    assert_eq!(std::fs::read_to_string(here.root().join(&kept)).expect("read"), half);
    assert_eq!((here.read("orders"), findings(&here)), (yaml(&here), vec![]));
    // The other choice: the file holds.
    let text = here.read("orders");
    let half = text[..text.find("  clean:").expect("there")].trim_end().to_string() + "\n";
    save(&here.file("orders"), &half);
    eventually("the question", || findings(&here) == ["file.unfinished"]);
    here.take_file("orders").expect("the file holds");
    assert!(!here.view("orders").expect("view").nodes.contains_key("clean") && findings(&here).is_empty());
}

#[test]
fn what_does_not_parse_is_shown_and_left_alone() {
    let here = with_file();
    let broken = TEXT.replace("limit: 10", "limit: [10");
    save(&here.file("orders"), &broken);
    eventually("a finding", || !findings(&here).is_empty());
    let finding = here.get("orders", "ada").expect("open").file_findings[0].clone();
    assert!(finding.line.is_some_and(|line| (10..=13).contains(&line)), "{finding:?}");
    assert!(here.list().expect("list")[0].broken.is_some());
    here.edit("orders", by("ada", "Set", vec![set("fetch", "settings/url", "https://b.org")])).expect("edit");
    std::thread::sleep(Duration::from_millis(900));
    here.flush();
    assert_eq!(here.read("orders"), broken);
    save(&here.file("orders"), &TEXT.replace("limit: 10", "limit: 12"));
    eventually("both", || here.read("orders").contains("https://b.org") && here.read("orders").contains("limit: 12"));
    assert!(findings(&here).is_empty());
}

#[test]
fn conflict_markers_hold_back() {
    let mut here = with_file();
    let both = TEXT.replace("      limit: 10\n", "<<<<<<< ours\n      limit: 10\n=======\n      limit: 20\n>>>>>>> theirs\n");
    save(&here.file("orders"), &both);
    eventually("a finding", || findings(&here) == ["file.conflict"]);
    here.open();
    assert_eq!(findings(&here), ["file.conflict"], "also after opening");
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.flush();
    assert_eq!(here.read("orders"), both);
    assert_eq!(setting(&here, "fetch", "limit"), Some(Value::from(10_i64)));
}

#[test]
fn a_broken_file_is_listed_until_it_is_mended() {
    let here = Here::new();
    save(&here.file("orders"), "weft: 1\nnodes: [\n");
    eventually("the row", || here.list().expect("list").first().is_some_and(|row| row.broken.is_some()));
    assert_eq!(here.get("orders", "ada").expect_err("broken").code(), "flow.broken");
    assert_eq!(here.edit("orders", by("ada", "", vec![node("a", "b.c")])).expect_err("broken").code(), "flow.broken");
    save(&here.file("orders"), TEXT);
    eventually("the flow", || here.get("orders", "ada").is_ok());
    std::fs::write(here.file("odd"), b"weft: 1\nname: \xff\n").expect("written");
    eventually("the other", || here.list().expect("list").len() == 2);
    std::fs::remove_file(here.file("odd")).expect("removed");
    eventually("its end", || here.list().expect("list").len() == 1);
}

#[test]
fn a_renamed_file_takes_its_history_along() {
    let here = with_file();
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.flush();
    here.put_in_use("orders", true).expect("in use");
    std::fs::create_dir_all(here.root().join("flows/shop")).expect("folder");
    std::fs::rename(here.file("orders"), here.file("shop/all")).expect("renamed");
    eventually("the new name", || here.get("shop/all", "ada").is_ok());
    assert_eq!(here.get("shop/all", "ada").expect("open").undo.as_deref(), Some("Set"));
    assert_eq!((here.list().expect("list").len(), here.settings().expect("settings").0.in_use), (1, vec!["shop/all".to_string()]));
    std::fs::rename(here.root().join("flows/shop"), here.root().join("flows/store")).expect("renamed");
    eventually("the new folder", || here.get("store/all", "ada").is_ok_and(|f| f.undo.is_some()));
}

#[test]
fn a_file_renamed_while_closed_is_still_the_same_flow() {
    let mut here = with_file();
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.close();
    std::fs::rename(here.file("orders"), here.file("other")).expect("renamed");
    here.open();
    assert_eq!(here.list().expect("list").len(), 1);
    here.undo("other", "ada", None).expect("undo");
    assert_eq!(here.text("other", Format::Yaml).expect("text"), TEXT);
}

#[test]
fn a_vanished_file_goes_to_the_trash_after_a_while() {
    let here = with_file();
    let text = yaml(&here);
    std::fs::remove_file(here.file("orders")).expect("removed");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(here.list().expect("list").len(), 1, "it may turn up again");
    eventually("its end", || here.list().expect("list").is_empty());
    let trash: Vec<_> = std::fs::read_dir(here.root().join(".weft/trash")).expect("trash").flatten().collect();
    assert_eq!(std::fs::read_to_string(trash[0].path()).expect("kept"), text);
    here.restore("orders").expect("restored");
    assert_eq!(here.read("orders"), text);
}

#[test]
fn a_vanished_file_with_unwritten_edits_is_written_again() {
    let here = with_file();
    std::fs::remove_file(here.file("orders")).expect("removed");
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    eventually("the file", || here.read("orders").contains("name: F"));
    assert_eq!(here.read("orders"), yaml(&here));
}

#[test]
fn own_writes_come_within_a_second_and_not_too_often() {
    let here = with_file();
    let (mut texts, path, begin) = (Vec::new(), here.file("orders"), Instant::now());
    let mut i = 0_i64;
    while begin.elapsed() < Duration::from_millis(2_600) {
        here.edit("orders", by("ada", "Set", vec![set("fetch", "settings/limit", i)])).expect("edit");
        i += 1;
        let text = std::fs::read_to_string(&path).expect("always whole");
        if texts.last().is_none_or(|(_, last)| *last != text) {
            texts.push((Instant::now(), text));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!((4..=7).contains(&texts.len()), "{} texts", texts.len());
    assert!(texts.windows(2).skip(1).all(|w| w[1].0 - w[0].0 < Duration::from_secs(1)));
    eventually("the last edit", || here.read("orders") == yaml(&here));
}

#[test]
fn canvas_and_file_at_the_same_time_lose_nothing() {
    let here = with_file();
    let path = here.file("orders");
    std::thread::scope(|scope| {
        for author in ["ada", "dana"] {
            let flows = here.flows().clone();
            scope.spawn(move || {
                for i in 0..40_i64 {
                    flows.edit("orders", by(author, "Set", vec![set("fetch", &format!("settings/{author}_{i}"), i)])).expect("edit");
                    std::thread::sleep(Duration::from_millis(25));
                }
            });
        }
        scope.spawn(|| {
            for i in 0..6 {
                // Only what was written wholly is replaced, and only if nobody wrote between: an editor asks its user then.
                let text = std::fs::read_to_string(&path).expect("read");
                save(&path, &text.replace("name: Orders\n", &format!("name: Orders\nx_{i}: {i}\n")));
                std::thread::sleep(Duration::from_millis(230));
            }
        });
    });
    eventually("quiet", || {
        std::thread::sleep(Duration::from_millis(400));
        here.flush();
        here.read("orders") == yaml(&here)
    });
    let settings = here.view("orders").expect("view").nodes["fetch"].settings.clone();
    for author in ["ada", "dana"] {
        for i in 0..40_i64 {
            assert_eq!(settings.get(&format!("{author}_{i}")), Some(&Value::from(i)), "{author} {i}");
        }
    }
    let own = here.view("orders").expect("view").settings.clone();
    assert!((0..6).all(|i| own.get(&format!("x_{i}")).is_some()), "{own:?}");
}

#[test]
fn a_crash_between_the_marks_is_told_from_an_edit() {
    let mut here = with_file();
    let mark = |here: &Here, next: &str| {
        let db = rusqlite::Connection::open(here.root().join(".weft/weft.db")).expect("the database");
        let hash = blake3::hash(next.as_bytes());
        db.execute("UPDATE seen SET next_hash = ?1, next_text = ?2", rusqlite::params![hash.as_bytes(), next]).expect("marked");
        db.execute("UPDATE flows SET dirty = 1", []).expect("marked");
    };
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    let rows = here.history(Some("orders"), None, 100).expect("history").entries.len();
    here.flush();
    let new = here.read("orders");
    // Marked, not renamed: the file still says `is`.
    here.close();
    mark(&here, &new.replace("name: F", "name: G"));
    here.open();
    here.flush();
    assert_eq!((here.read("orders"), here.history(Some("orders"), None, 100).expect("history").entries.len()), (new.clone(), rows));
    // Renamed, not recorded: the file says `next`.
    here.close();
    let next = new.replace("limit: 10", "limit:  10");
    mark(&here, &next);
    std::fs::write(here.file("orders"), &next).expect("written");
    here.open();
    assert_eq!(here.history(Some("orders"), None, 100).expect("history").entries.len(), rows, "it was our own write");
    here.flush();
    assert_eq!(here.read("orders"), yaml(&here));
    // Neither: somebody else.
    here.close();
    mark(&here, &next);
    std::fs::write(here.file("orders"), new.replace("limit: 10", "limit: 77")).expect("written");
    here.open();
    assert_eq!(setting(&here, "fetch", "limit"), Some(Value::from(77_i64)));
}

#[test]
fn an_id_changed_in_the_file_is_followed() {
    let here = with_file();
    here.edit("orders", by("ada", "Set", vec![set("clean", "note", "mine")])).expect("edit");
    here.flush();
    let text = here.read("orders").replace("  clean:\n", "  tidy:\n").replace("-> clean", "-> tidy").replace("  clean: [", "  tidy: [");
    save(&here.file("orders"), &text);
    eventually("the new id", || here.view("orders").expect("view").nodes.contains_key("tidy"));
    let view = here.view("orders").expect("view");
    assert_eq!((view.nodes["tidy"].note.as_deref(), view.edges[0].to.as_str()), (Some("mine"), "tidy"));
}

#[test]
fn a_newer_format_is_left_alone() {
    let here = with_file();
    let newer = TEXT.replace("weft: 1", "weft: 99");
    save(&here.file("orders"), &newer);
    eventually("a finding", || !findings(&here).is_empty());
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.flush();
    assert_eq!(here.read("orders"), newer);
    save(&here.file("future"), &newer);
    eventually("the other", || here.get("future", "ada").is_ok_and(|flow| flow.read_only.is_some()));
    assert!(here.edit("future", by("ada", "", vec![Edit::Remove { ids: vec!["fetch".into()] }])).is_err());
}

/// Root may write anywhere, so the test runs itself as somebody else.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_refuses_edits() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    // SAFETY: it only asks.
    let root = unsafe { libc::geteuid() } == 0;
    if root {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("opened");
        let copy = folder.path().join("tests");
        std::fs::copy(std::env::current_exe().expect("this program"), &copy).expect("copied");
        let name = "files::tests::a_folder_that_cannot_be_written_refuses_edits";
        let mut command = std::process::Command::new(copy);
        command.args(["--exact", name]).env("TMPDIR", folder.path()).current_dir(folder.path()).uid(65_534).gid(65_534);
        let out = command.output().expect("run");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
        assert!(String::from_utf8_lossy(&out.stdout).contains("1 passed"));
        return;
    }
    let here = with_file();
    let (flows, before) = (here.root().join("flows"), yaml(&here));
    std::fs::set_permissions(&flows, std::fs::Permissions::from_mode(0o555)).expect("closed");
    let refused = here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect_err("refused");
    assert_eq!((refused.code(), yaml(&here)), ("flow.read_only", before));
    assert!(here.get("orders", "ada").expect("open").read_only.is_some());
    std::fs::set_permissions(&flows, std::fs::Permissions::from_mode(0o755)).expect("opened");
    here.edit("orders", by("ada", "Set", vec![set("fetch", "name", "F")])).expect("edit");
    here.flush();
    assert_eq!(here.read("orders"), yaml(&here));
    assert_eq!(locked(&here.inner.slot("orders").expect("there")).file, "flows/orders.flow.yaml");
}

/// The test runs itself as the program that is killed; what it said was done has to be there.
#[cfg(unix)]
#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    use std::io::{BufRead, BufReader};
    const WORKSPACE: &str = "WEFT_TEST_KILLED_WORKSPACE";
    if let Some(folder) = std::env::var_os(WORKSPACE) {
        let folder = std::path::PathBuf::from(folder);
        let store = crate::Store::open(folder.join("workspace"), &crate::Options::default()).expect("opens");
        let flows = crate::Flows::open(store, crate::user::UserFolder::at(folder.join("user"))).expect("opens");
        let round = std::process::id();
        for i in 0_i64.. {
            flows.edit("orders", by("ada", "Set", vec![set("fetch", &format!("settings/r{round}_{i}"), i)])).expect("edit");
            println!("\nacknowledged r{round}_{i}");
        }
    }
    let mut here = with_file();
    here.close();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..12_u64 {
        let mut command = std::process::Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "--nocapture", "files::tests::killed_at_any_moment_nothing_acknowledged_is_lost"]);
        let mut child = command.env(WORKSPACE, here.folder.path()).stdout(std::process::Stdio::piped()).spawn().expect("run");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut killer = Some(child);
        let mut seen = 0;
        for line in lines {
            let Ok(line) = line else { break };
            let Some(name) = line.strip_prefix("acknowledged ") else { continue };
            acknowledged.push(name.to_string());
            seen += 1;
            // Some rounds end among writes of the file, which begin 200 ms after the first edit.
            if seen == 5
                && let Some(mut child) = killer.take()
            {
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(17 + round * 53));
                    child.kill().and_then(|()| child.wait()).expect("killed");
                });
            }
        }
        here.open();
        let settings = here.view("orders").expect("view").nodes["fetch"].settings.clone();
        let lost: Vec<_> = acknowledged.iter().filter(|name| settings.get(name).is_none()).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        here.flush();
        assert_eq!(here.read("orders"), yaml(&here), "round {round}");
        assert!(findings(&here).is_empty());
        here.close();
    }
    assert!(acknowledged.len() >= 60);
    here.open();
    let rows = here.history(Some("orders"), None, 1_000).expect("history").entries;
    assert!(rows.iter().all(|row| row.kind != "file"), "no write of ours was taken for somebody else's");
}
