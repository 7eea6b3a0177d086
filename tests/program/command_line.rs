//! The command line as a person uses it: exit statuses, findings with their line, a second process, secrets.

use crate::place::{Place, Served, until};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

const HELLO: &str = "weft: 1
name: Hello

nodes:
  start:
    type: trigger.manual

  hello:
    type: data.set
    settings:
      fields:
        text: Hello ${ctx.request.body.name}

edges:
  - start -> hello
";

/// An endless script: only its worker's death ends it.
const ENDLESS: &str = "weft: 1
name: Endless

nodes:
  start:
    type: trigger.manual

  spin:
    type: code.javascript
    settings:
      code: for (;;) {}

edges:
  - start -> spin
";

#[test]
fn a_run_takes_input_pins_and_a_clock() {
    let place = Place::empty();
    place.flow("hello", HELLO);
    let input = place.workspace().join("in.json");
    std::fs::write(&input, r#"{"name":"Ada"}"#).expect("a file");
    let out = place.json(&["run", "hello", "--input", "in.json", "--output", "json"]);
    assert_eq!(out["out"]["hello"][0]["main"][0][0]["text"], "Hello Ada");
    assert_eq!(out["order"], serde_json::json!(["start", "hello"]));

    std::fs::write(place.workspace().join("pins.json"), r#"{"start":[{"a":1},{"a":2}]}"#).expect("a file");
    let out = place.json(&["run", "hello", "--pin", "pins.json", "--output", "json"]);
    assert_eq!(out["out"]["hello"][0]["main"][0].as_array().map(Vec::len), Some(2));
    assert!(out["out"].get("start").is_none(), "a pinned node has no output of its own");

    place.flow("clock", &HELLO.replace("text: Hello ${ctx.request.body.name}", "at: js/new Date().toISOString()"));
    let out = place.json(&["run", "clock", "--clock", "2026-01-15T10:30:00Z", "--tz", "Europe/Berlin", "--output", "json"]);
    assert_eq!(out["out"]["hello"][0]["main"][0][0]["at"], "2026-01-15T10:30:00.000Z");
}

#[test]
fn exit_statuses_say_what_became_of_it() {
    let place = Place::empty();
    place.flow("hello", HELLO);
    place.expect(0, &["run", "hello"]);
    place.expect(2, &["run", "nowhere"]);
    place.flow("throws", &ENDLESS.replace("for (;;) {}", "throw new Error('no')"));
    place.expect(1, &["run", "throws"]);
    place.flow("broken", "weft: 1\nname: [\n");
    place.expect(2, &["run", "broken"]);
    place.expect(2, &["run", "hello", "--input", "missing.json"]);
    place.expect(2, &["run", "hello", "--clock", "soon"]);
}

#[test]
fn findings_name_line_column_node_field_and_a_remedy() {
    let place = Place::empty();
    place.flow("wrong", &HELLO.replace("data.set", "data.sett").replace("start -> hello", "start -> hallo"));
    let done = place.weft(&["validate"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{said}");
    for part in ["wrong.flow.yaml:9:", "data.sett", "node hello", "hallo", "help:"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn a_run_can_be_cancelled_within_a_second_and_leaves_no_process() {
    let place = Place::empty();
    place.flow("endless", ENDLESS);
    let mut running = place.command(&["run", "endless"]).spawn().expect("weft starts");
    let workers = || {
        // A child belongs to the thread that started it.
        let threads = std::fs::read_dir(format!("/proc/{}/task", running.id())).into_iter().flatten().flatten();
        let children = threads.map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default());
        children.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    until("the script runs", Duration::from_secs(20), || (!workers().is_empty()).then_some(()));
    std::thread::sleep(Duration::from_millis(500));
    let children = workers();
    let begin = Instant::now();
    // SAFETY: the child is ours and still there.
    unsafe { libc::kill(running.id() as i32, libc::SIGINT) };
    let status = running.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    for child in children {
        until("the worker is gone", Duration::from_secs(2), || {
            (!std::path::Path::new(&format!("/proc/{child}/cmdline")).exists()).then_some(())
        });
    }
}

#[test]
fn a_second_process_speaks_to_the_first() {
    let place = Place::empty();
    place.flow("hello", HELLO);
    let mut served = Served::start(&place);
    let socket = place.workspace().join(".weft/socket");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&socket).expect("the socket is there").permissions());
    assert_eq!(mode & 0o777, 0o600);
    let out = place.json(&["run", "hello", "--output", "json"]);
    assert_eq!(out["status"], "finished");
    let link = place.expect(0, &["serve", "--link"]);
    assert!(link.starts_with(&served.origin) && link.contains("#code="), "{link}");
    served.kill();
    // The lock went with the process; the next one owns the workspace.
    place.expect(0, &["run", "hello"]);
    assert_eq!(place.json(&["runs", "list", "--json"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn secrets_come_from_standard_input_and_are_never_shown() {
    let place = Place::empty();
    let canary = "canary-3f9a1c77e2";
    let mut setting =
        place.command(&["secret", "set", "SHOP", "--host", "api.example.org"]).stdin(Stdio::piped()).spawn().expect("weft starts");
    writeln!(setting.stdin.take().expect("piped"), "{canary}").expect("it reads");
    assert!(setting.wait().expect("it ends").success());
    let listed = place.expect(0, &["secret", "list"]);
    assert!(listed.contains("SHOP") && listed.contains("api.example.org") && !listed.contains(canary), "{listed}");
    place.expect(0, &["secret", "remove", "SHOP"]);
    assert!(!place.expect(0, &["secret", "list"]).contains("SHOP"));
    place.expect(1, &["secret", "remove", "SHOP"]);
}

#[test]
fn canonical_files_and_differences() {
    let place = Place::empty();
    place.flow("hello", &HELLO.replace("\n\nnodes:", "\nnodes:"));
    place.expect(1, &["fmt", "--check"]);
    place.expect(0, &["fmt"]);
    place.expect(0, &["fmt", "--check"]);
    place.flow("other", &HELLO.replace("Hello ${", "Good day ${"));
    let words = place.expect(1, &["diff", "flows/hello.flow.yaml", "flows/other.flow.yaml"]);
    assert!(words.contains("text") && !words.contains("start"), "{words}");
    place.expect(0, &["diff", "flows/hello.flow.yaml", "flows/hello.flow.yaml"]);
    let schema: serde_json::Value = serde_json::from_str(&place.expect(0, &["schema"])).expect("JSON");
    assert!(schema["properties"]["nodes"].is_object());
}

#[test]
fn the_kept_schema_is_the_present_one() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/flow.schema.json")).expect("docs/flow.schema.json");
    assert!(
        kept.trim() == Place::empty().expect(0, &["schema"]).trim(),
        "docs/flow.schema.json is not what `weft schema` prints: run ./dev types"
    );
}

#[test]
fn new_flows_and_use() {
    let place = Place::empty();
    assert_eq!(place.expect(0, &["new", "flow", "team/Notify people"]).trim(), "flows/team/notify_people.flow.yaml");
    assert!(place.workspace().join("flows/team/notify_people.flow.yaml").is_file());
    place.expect(0, &["use", "team/notify_people"]);
    let settings = std::fs::read_to_string(place.workspace().join("weft.toml")).expect("weft.toml");
    assert!(settings.contains("team/notify_people"), "{settings}");
    place.expect(0, &["use", "team/notify_people", "--off"]);
    assert!(!std::fs::read_to_string(place.workspace().join("weft.toml")).expect("weft.toml").contains("team/notify_people"));
}

#[test]
fn a_flow_from_elsewhere_asks_once_and_again_when_it_changed() {
    let place = Place::empty();
    let reads = HELLO
        .replace("data.set", "files.read")
        .replace("      fields:\n        text: Hello ${ctx.request.body.name}", "      path: in.csv");
    std::fs::write(place.workspace().join("in.csv"), "a,b\n1,2\n").expect("a file");
    place.flow("reads", &reads);
    place.expect(3, &["run", "reads"]);
    assert!(place.expect(0, &["grant", "reads", "--yes"]).contains("reads in.csv"));
    place.expect(0, &["run", "reads"]);
    place.flow("reads", &reads.replace("in.csv", "other.csv"));
    place.expect(3, &["run", "reads"]);
}
