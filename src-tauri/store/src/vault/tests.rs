//! The vault on real files: who gets a value, and that it is nowhere else.

use super::*;

const CANARY: &str = "canary-7f3e-do-not-tell";

fn vault() -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Vault::new(UserFolder::at(folder.path().join("weftwork")));
    (folder, vault)
}

fn secret(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn hosts(list: &[&str]) -> Vec<String> {
    list.iter().map(|h| h.to_string()).collect()
}

fn refused_with<T>(result: Result<T>, code: &str) -> bool {
    result.is_err_and(|e| e.code() == code)
}

fn rewrite(vault: &Vault, change: impl Fn(String) -> String) {
    let text = std::fs::read_to_string(vault.file()).expect("read");
    let changed = change(text.clone());
    assert_ne!(text, changed, "the test changes something");
    std::fs::write(vault.file(), changed).expect("written");
}

#[test]
fn a_secret_opens_only_for_its_hosts() {
    let (_folder, vault) = vault();
    assert!(vault.list().expect("empty").is_empty());
    vault.set("shop", secret(CANARY), &hosts(&["API.example.org", "*.shop.test"])).expect("set");
    let list = vault.list().expect("list");
    assert_eq!((list[0].name.as_str(), &list[0].hosts), ("shop", &hosts(&["api.example.org", "*.shop.test"])));
    for host in ["api.example.org", "eu.shop.test"] {
        assert_eq!(vault.open("shop", host).expect(host).as_slice(), CANARY.as_bytes());
    }
    for host in ["evil.org", "shop.test", "api.example.org:8080", ""] {
        assert!(refused_with(vault.open("shop", host), "secret.host"), "{host}");
    }
    assert!(refused_with(vault.open("other", "api.example.org"), "secret.not_found"));
    vault.set("shop", secret("second"), &hosts(&["api.example.org"])).expect("replaced");
    assert_eq!(vault.open("shop", "api.example.org").expect("open").as_slice(), b"second");
    assert!(vault.remove("shop").expect("removed"));
    assert!(!vault.remove("shop").expect("gone"));
}

#[test]
fn what_is_no_secret_is_refused() {
    let (_folder, vault) = vault();
    assert!(vault.set("a b", secret("x"), &hosts(&["a.org"])).is_err());
    assert!(vault.set("a", secret(""), &hosts(&["a.org"])).is_err());
    assert!(vault.set("a", secret("x"), &[]).is_err());
    assert!(vault.set("a", secret("x"), &hosts(&["*"])).is_err());
    assert!(vault.set("a", Zeroizing::new(vec![1; MAX_VALUE + 1]), &hosts(&["a.org"])).is_err());
}

#[test]
fn exchanging_hosts_or_names_in_the_file_gives_nothing() {
    let (_folder, vault) = vault();
    vault.set("shop", secret(CANARY), &hosts(&["api.example.org"])).expect("set");
    rewrite(&vault, |text| text.replace("api.example.org", "api.attacker.org"));
    assert!(refused_with(vault.open("shop", "api.attacker.org"), "secret.broken"));
    rewrite(&vault, |text| text.replace("api.attacker.org", "api.example.org").replace("\"shop\"", "\"shop2\""));
    assert!(refused_with(vault.open("shop2", "api.example.org"), "secret.broken"));
    std::fs::write(vault.file(), "{ half").expect("written");
    assert!(refused_with(vault.open("shop", "api.example.org"), "file.unreadable"));
    assert!(vault.set("new", secret("x"), &hosts(&["a.org"])).is_err(), "a broken vault is not overwritten");
}

#[test]
fn the_value_is_in_no_file_debug_output_or_error() {
    let (folder, vault) = vault();
    vault.set("shop", secret(CANARY), &hosts(&["api.example.org"])).expect("set");
    vault.set("shop", secret(&CANARY.repeat(2)), &hosts(&["api.example.org"])).expect("set again");
    let mut said = format!("{vault:?} {:?}", vault.list());
    let errors =
        [vault.open("shop", "evil.org").err(), vault.open(CANARY_FREE, "evil.org").err(), vault.set("b", secret(CANARY), &[]).err()];
    said += &format!("{errors:?}");
    rewrite(&vault, |text| text.replace("api.example.org", "api.attacker.org"));
    let broken = vault.open("shop", "api.attacker.org").expect_err("broken");
    said += &format!("{broken:?} {broken}");
    assert!(!said.contains("canary-7f3e"), "{said}");
    let encoded = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(CANARY)
    };
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path().join("weftwork")).expect("list") {
        let bytes = std::fs::read(entry.expect("entry").path()).expect("read");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("canary-7f3e") && !text.contains(&encoded[..20]));
        files += 1;
    }
    assert_eq!(files, 3, "secrets, key, lock");
}

const CANARY_FREE: &str = "nobody";

#[cfg(unix)]
#[test]
fn key_and_secrets_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, vault) = vault();
    vault.set("shop", secret(CANARY), &hosts(&["a.org"])).expect("set");
    let folder = folder.path().join("weftwork");
    let mode = |name: &str| std::fs::metadata(folder.join(name)).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode("key"), mode("secrets.json"), mode(".")), (0o600, 0o600, 0o700));
    std::fs::set_permissions(folder.join("key"), std::fs::Permissions::from_mode(0o644)).expect("opened");
    assert!(refused_with(vault.open("shop", "a.org"), "secret.key_open"));
}

#[test]
fn writers_take_turns() {
    let (_folder, vault) = vault();
    std::thread::scope(|scope| {
        for i in 0..8 {
            let vault = vault.clone();
            scope.spawn(move || vault.set(&format!("s{i}"), secret("x"), &hosts(&["a.org"])).expect("set"));
        }
    });
    assert_eq!(vault.list().expect("list").len(), 8);
    for i in 0..8 {
        vault.open(&format!("s{i}"), "a.org").expect("one key for all");
    }
}
