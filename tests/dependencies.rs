//! What is linked: licences, one version of everything that matters, one TLS provider (deny.toml).

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every package any of our builds links, the desktop app included.
fn packages() -> Vec<Value> {
    let done = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--locked",
            "--all-features",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .expect("cargo starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).expect("metadata is JSON");
    let used: BTreeSet<&str> =
        metadata["resolve"]["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].as_str().expect("an id")).collect();
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .filter(|package| used.contains(package["id"].as_str().expect("an id")))
        .cloned()
        .collect()
}

fn deny() -> toml_edit::DocumentMut {
    std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml").parse().expect("deny.toml is TOML")
}

fn texts(item: &toml_edit::Item) -> Vec<String> {
    item.as_array().expect("a list").iter().map(|value| value.as_str().expect("text").to_owned()).collect()
}

/// An SPDX expression holds where some way through it is allowed.
fn allowed(expression: &str, allow: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression.split(" AND ").all(|part| part.split(" OR ").any(|licence| allow.contains(licence.trim())))
}

#[test]
fn every_licence_is_permissive() {
    let allow: BTreeSet<String> = texts(&deny()["licenses"]["allow"]).into_iter().collect();
    let wrong: Vec<String> = packages()
        .iter()
        .filter(|package| !allowed(package["license"].as_str().unwrap_or("none"), &allow))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(wrong.is_empty(), "licences that deny.toml does not allow: {wrong:#?}");
    assert!(!allowed("GPL-3.0", &allow) && !allowed("MIT AND AGPL-3.0", &allow) && allowed("MIT OR GPL-2.0", &allow));
}

#[test]
fn one_version_of_what_matters_and_none_of_what_is_banned() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let name = package["name"].as_str().expect("a name").to_owned();
        versions.entry(name).or_default().insert(package["version"].as_str().expect("a version").to_owned());
    }
    let deny = deny();
    for name in texts(&deny["bans"]["single"]) {
        assert_eq!(versions.get(&name).map_or(0, BTreeSet::len), 1, "{name}: {:?}", versions.get(&name));
    }
    for banned in deny["bans"]["deny"].as_array().expect("a list") {
        let name = banned.as_inline_table().and_then(|table| table.get("name")).and_then(|name| name.as_str()).expect("a name");
        assert!(!versions.contains_key(name), "{name} is linked");
    }
    let (loro, sqlite) = (&versions["loro"], &versions["libsqlite3-sys"]);
    assert!(loro.contains("1.17.1"), "the document's format is pinned with {loro:?}");
    assert!(sqlite.iter().all(|version| version.as_str() >= "0.38"), "SQLite 3.53.2 or newer: {sqlite:?}");
}

#[test]
fn everything_comes_from_the_registry() {
    let elsewhere: Vec<String> = packages()
        .iter()
        .filter(|package| package["source"].as_str().is_some_and(|source| !source.starts_with("registry+")))
        .map(|package| package["name"].to_string())
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}
