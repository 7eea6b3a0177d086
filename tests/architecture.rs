//! The walls of the house: who may use whom, what a node folder holds, how long a file may be, what stays outside.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn cargo(arguments: &[&str]) -> String {
    let done =
        Command::new(env!("CARGO")).args(arguments).args(["--offline", "--locked"]).current_dir(root()).output().expect("cargo starts");
    assert!(done.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("cargo speaks UTF-8")
}

fn metadata() -> Value {
    serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).expect("metadata is JSON")
}

/// Crate, and the crates of ours it may use. A new line here is a decision (docs/decisions).
const MAY_USE: &[(&str, &[&str])] = &[
    ("weft-node", &[]),
    ("weft-flow", &["weft-node"]),
    ("weft-world", &["weft-node"]),
    ("weft-engine", &["weft-node", "weft-flow"]),
    ("weft-store", &["weft-node", "weft-flow", "weft-engine"]),
    ("weft-api", &["weft-node", "weft-flow", "weft-world", "weft-engine", "weft-store"]),
    ("weft-server", &["weft-node", "weft-api"]),
    ("weftwork", &["weft-node", "weft-api", "weft-server", "weft-nodes"]),
];

#[test]
fn crates_use_only_what_stands_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata()["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let used = dependency["name"].as_str().expect("a name");
            // Tests may look further: what they use does not end up in the program.
            if !used.starts_with("weft") || dependency["kind"] == "dev" {
                continue;
            }
            let may = match name.strip_prefix("weft-nodes") {
                Some("") => used == "weft-node" || used.starts_with("weft-nodes-"),
                Some(_) => used == "weft-node",
                None => allowed.get(name).is_some_and(|list| list.contains(&used)),
            };
            if !may {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the direction: {wrong:?}");
}

#[test]
fn headless_programs_carry_no_window() {
    let tree = cargo(&["tree", "-e", "normal,build", "--prefix", "none", "-p", "weftwork"]);
    for name in ["tauri", "wry", "webkit2gtk", "gtk", "tao"] {
        assert!(!tree.lines().any(|line| line.split_whitespace().next() == Some(name)), "{name} is in the headless build");
    }
}

/// Source files of ours, without what is generated or installed.
fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                if !["target", "node_modules", "dist", "gen", ".git"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) && name != "generated.ts" {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/")
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/")
        || path.starts_with("tests/")
        || path.contains("tests.rs")
        || path.contains(".test.")
        || path.contains("/fixtures/")
        || path.contains("testing")
}

#[test]
fn no_file_is_longer_than_one_subject() {
    let long: Vec<String> = sources(&[".rs", ".ts", ".tsx", ".css"])
        .into_iter()
        .filter(|path| !is_test(&shown(path)))
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).expect("text").lines().count();
            (lines > 600).then(|| format!("{} has {lines} lines", shown(&path)))
        })
        .collect();
    assert!(long.is_empty(), "over 600 lines: {long:?}");
}

#[test]
fn rust_files_say_what_they_are_about() {
    let silent: Vec<String> = sources(&[".rs"])
        .into_iter()
        .filter(|path| !is_test(&shown(path)))
        .filter(|path| !fs::read_to_string(path).expect("text").trim_start().starts_with("//!"))
        .map(|path| shown(&path))
        .collect();
    assert!(silent.is_empty(), "without a first sentence: {silent:?}");
}

#[test]
fn tauri_and_libp2p_stay_in_their_places() {
    let mut wrong = Vec::new();
    for path in sources(&[".ts", ".tsx"]) {
        let name = shown(&path);
        if fs::read_to_string(&path).expect("text").contains("@tauri-apps") && name.starts_with("ui/src/") && name != "ui/src/api/tauri.ts"
        {
            wrong.push(format!("{name} imports Tauri"));
        }
    }
    for path in sources(&[".rs"]) {
        let (name, text) = (shown(&path), fs::read_to_string(&path).expect("text"));
        let code = || text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if code().any(|line| line.contains("tauri::")) && !name.starts_with("src-tauri/desktop/") && !name.starts_with("tests/") {
            wrong.push(format!("{name} knows Tauri"));
        }
        if code().any(|line| line.contains("libp2p::")) && !name.starts_with("src-tauri/mesh/") && !name.starts_with("tests/") {
            wrong.push(format!("{name} speaks libp2p"));
        }
        let opens = code().any(|line| {
            ["std::fs::", "tokio::fs", "std::net::Tcp", "reqwest::", "std::process::Command"].iter().any(|word| line.contains(word))
        });
        let inner =
            ["src-tauri/node/src", "src-tauri/flow/src", "src-tauri/engine/src", "nodes/"].iter().any(|folder| name.starts_with(folder));
        if inner && opens && !is_test(&name) {
            wrong.push(format!("{name} opens the world behind the door"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn features_of_the_interface_meet_at_their_front_doors() {
    let features = ["app", "canvas", "palette", "inspector", "runs", "flows"];
    let mut wrong = Vec::new();
    for path in sources(&[".ts", ".tsx"]) {
        let name = shown(&path);
        let Some(own) = name.strip_prefix("ui/src/").and_then(|rest| rest.split('/').next()) else { continue };
        for line in fs::read_to_string(&path)
            .expect("text")
            .lines()
            .filter(|line| line.contains(" from ") || line.trim_start().starts_with("import"))
        {
            for feature in features.iter().filter(|feature| **feature != own) {
                let inside = format!("../{feature}/");
                if line.contains(&inside) && !line.contains(&format!("../{feature}/index")) && !line.contains(".css") {
                    wrong.push(format!("{name}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports of another feature's inside: {wrong:?}");
}

#[test]
fn node_folders_are_complete_and_known() {
    let mut wrong = Vec::new();
    for pack in fs::read_dir(root().join("nodes")).expect("packs").map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir())
    {
        let pack_name = pack.file_name().expect("a name").to_string_lossy().into_owned();
        let list = fs::read_to_string(pack.join("lib.rs")).expect("a pack has lib.rs");
        let known: BTreeSet<String> = weft_nodes::all().iter().map(|node| node.id.to_owned()).collect();
        for node in fs::read_dir(&pack).expect("nodes").map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()) {
            let name = node.file_name().expect("a name").to_string_lossy().into_owned();
            for file in ["mod.rs", "README.md", "icon.svg", "example.yaml"] {
                let text = fs::read_to_string(node.join(file)).unwrap_or_default();
                if text.trim().is_empty() {
                    wrong.push(format!("nodes/{pack_name}/{name} has no {file}"));
                }
            }
            if !list.contains(&format!("{name}::NODE")) || !known.contains(&format!("{pack_name}.{name}")) {
                wrong.push(format!("nodes/{pack_name}/{name} is not in the list of its pack"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn icons_inherit_their_colour() {
    for node in weft_nodes::all() {
        let icon = node.files.icon;
        assert!(icon.contains(r#"viewBox="0 0 24 24""#) && icon.contains("currentColor"), "{}: 24 x 24 in currentColor", node.id);
        for word in ["<script", "href", "<style", "onload", "#"] {
            assert!(!icon.contains(word), "{}: an icon holds no {word}", node.id);
        }
    }
}
