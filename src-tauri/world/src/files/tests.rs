use super::*;
use crate::testing::{MemoryBlobs, caller};
use std::fs;
use std::time::Duration;
use weft_node::{Need, PERMISSION_NEEDED};

struct Rig {
    files: LocalFiles,
    blobs: Arc<MemoryBlobs>,
    /// The workspace lies in `ws` of it; `secret.txt` beside.
    outer: tempfile::TempDir,
}

fn rig() -> Rig {
    let outer = tempfile::tempdir().unwrap();
    fs::write(outer.path().join("secret.txt"), "outside").unwrap();
    let ws = outer.path().join("ws");
    fs::create_dir_all(ws.join(".weft")).unwrap();
    fs::write(ws.join(".weft/db"), "inside").unwrap();
    fs::create_dir(ws.join("data")).unwrap();
    fs::write(ws.join("data/in.csv"), "a,b\n1,2\n").unwrap();
    let blobs = Arc::new(MemoryBlobs::default());
    Rig { files: LocalFiles::open(&ws, blobs.clone()).unwrap(), blobs, outer }
}

/// Allowed to touch this path, however it is spelled.
fn allowed_to(path: &str) -> Caller {
    caller([Need::new(NeedKind::ReadFile, path), Need::new(NeedKind::WriteFile, path)])
}

#[tokio::test]
async fn reads_writes_and_appends() {
    let rig = rig();
    let c = allowed_to("data/new/out.txt");
    assert!(!rig.files.exists(&c, "data/new/out.txt").await.unwrap());
    rig.files.write(&c, "data/new/out.txt", "one\n".into()).await.unwrap();
    rig.files.append(&c, "data/new/out.txt", "two\n".into()).await.unwrap();
    assert!(rig.files.exists(&c, "data/new/out.txt").await.unwrap());
    assert_eq!(rig.files.read_bytes(&c, "data/new/out.txt", 8).await.unwrap(), "one\ntwo\n");
    assert_eq!(rig.files.read_bytes(&c, "data/new/out.txt", 7).await.unwrap_err().code, "file.too_large");
    let blob = rig.files.read(&c, "data/new/out.txt").await.unwrap();
    assert_eq!((blob.size, blob.media_type.as_str(), blob.file_name.as_deref()), (8, "text/plain", Some("out.txt")));
    assert_eq!(rig.blobs.read(&blob).await.unwrap(), "one\ntwo\n");
    rig.files.write(&c, "data/new/out.txt", "three".into()).await.unwrap();
    assert_eq!(fs::read_to_string(rig.outer.path().join("ws/data/new/out.txt")).unwrap(), "three");
    // Nothing temporary stays.
    assert_eq!(fs::read_dir(rig.outer.path().join("ws/data/new")).unwrap().count(), 1);
}

#[tokio::test]
async fn nothing_without_a_permission() {
    let rig = rig();
    let nobody = caller([]);
    let problem = rig.files.read_bytes(&nobody, "data/in.csv", 100).await.unwrap_err();
    assert_eq!(problem.code, PERMISSION_NEEDED);
    assert_eq!(problem.details.at("needs.0.kind").unwrap().as_str(), Some("read_file"));
    assert_eq!(problem.details.at("needs.0.target").unwrap().as_str(), Some("data/in.csv"));
    let reader = caller([Need::new(NeedKind::ReadFile, "data/")]);
    rig.files.read_bytes(&reader, "data/in.csv", 100).await.unwrap();
    assert_eq!(rig.files.write(&reader, "data/in.csv", "x".into()).await.unwrap_err().code, PERMISSION_NEEDED);
}

/// Every spelling of a way out, each with the permission of its own name.
fn payloads() -> Vec<String> {
    let mut paths: Vec<String> = [
        "",
        ".",
        "..",
        "/",
        "//",
        "../secret.txt",
        "data/../../secret.txt",
        "data/../../../secret.txt",
        "./../secret.txt",
        "data/./in.csv",
        "data//in.csv",
        "data/",
        "/etc/passwd",
        "//etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "..\\secret.txt",
        "data\\..\\..\\secret.txt",
        "C:\\Windows\\win.ini",
        "C:/Windows/win.ini",
        "c:",
        "file:///etc/passwd",
        "\\\\server\\share\\x",
        "data/in.csv\0.png",
        "\0",
        "data/in.csv\n",
        "a\rb",
        "\u{1b}[31mx",
        ".weft",
        ".weft/db",
        ".weft/./db",
        ".WEFT/db",
        ".Weft/db",
        ".weft./db",
        ".weft /db",
        "data/../.weft/db",
        "data/.weft/x",
        ".we\u{200c}ft/db",
        ".weft\u{200b}/db",
        "\u{feff}.weft/db",
        "WEFT~1/db",
        "weft~1/db",
        "weft~12/db",
        "CON",
        "con",
        "NUL.txt",
        "data/aux",
        "COM1",
        "com9.csv",
        "LPT1.csv",
        "COM¹",
        "CONIN$",
        "PRN.",
        "name.",
        "name ",
        " name",
        "data/name. ",
        "a:b",
        "in.csv::$DATA",
        "data:stream",
        "~/../../etc/passwd\\",
        "\u{202e}txt.exe",
        "x\u{2066}y",
        "\u{ad}",
        "a/../b",
        "a/..",
        "../..",
        "...//..//secret.txt",
        "....//",
        "data/..",
        "data/../",
        "link_out/secret.txt",
        "link_file",
        "link_abs/passwd",
        "link_weft/db",
        "link_deep/db",
        "link_loop",
        "link_dangling",
        "link_dangling/x",
        "data/link_up/secret.txt",
        "data/link_up/ws/.weft/db",
        "link_chain/secret.txt",
        "pipe",
        "socket",
        "data",
        "link_dev",
        "data/in.csv/x",
    ]
    .map(str::to_owned)
    .into();
    for depth in 1..=12 {
        paths.push(format!("{}etc/passwd", "../".repeat(depth)));
        paths.push(format!("data/{}secret.txt", "../".repeat(depth)));
        paths.push(format!("{}secret.txt", "..\\".repeat(depth)));
    }
    paths.push("x".repeat(256));
    paths.push("a/".repeat(600) + "a");
    paths
}

#[cfg(unix)]
#[tokio::test]
async fn no_path_leads_out() {
    use std::os::unix::fs::symlink;
    let rig = rig();
    let ws = rig.outer.path().join("ws");
    symlink("..", ws.join("link_out")).unwrap();
    symlink("../secret.txt", ws.join("link_file")).unwrap();
    symlink("/etc", ws.join("link_abs")).unwrap();
    symlink(".weft", ws.join("link_weft")).unwrap();
    symlink("data/../.weft", ws.join("link_deep")).unwrap();
    symlink("link_loop", ws.join("link_loop")).unwrap();
    symlink("data/not_there", ws.join("link_dangling")).unwrap();
    symlink("../..", ws.join("data/link_up")).unwrap();
    symlink("link_out", ws.join("link_chain")).unwrap();
    symlink("/dev/zero", ws.join("link_dev")).unwrap();
    let pipe = std::ffi::CString::new(ws.join("pipe").to_str().unwrap()).unwrap();
    // SAFETY: a path that ends with a zero, and a mode.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    let _socket = std::os::unix::net::UnixListener::bind(ws.join("socket")).unwrap();
    let payloads = payloads();
    assert!(payloads.len() >= 100, "{}", payloads.len());
    for path in &payloads {
        let c = allowed_to(path);
        let each = async {
            let read = rig.files.read_bytes(&c, path, 1 << 20).await.map(|bytes| format!("{bytes:?}"));
            let blob = rig.files.read(&c, path).await.map(|blob| format!("{blob:?}"));
            let write = rig.files.write(&c, path, "written".into()).await.map(|()| String::new());
            let append = rig.files.append(&c, path, "appended".into()).await.map(|()| String::new());
            [read, blob, write, append]
        };
        let all = tokio::time::timeout(Duration::from_secs(5), each).await.unwrap_or_else(|_| panic!("{path:?} hangs"));
        for (way, done) in ["read", "blob", "write", "append"].iter().zip(all) {
            assert!(done.is_err(), "{way} of {path:?} gave {done:?}");
        }
        assert_eq!(fs::read_to_string(rig.outer.path().join("secret.txt")).unwrap(), "outside", "{path:?}");
        assert_eq!(fs::read_to_string(ws.join(".weft/db")).unwrap(), "inside", "{path:?}");
    }
    // What is spelled oddly but names a file here does just that.
    for odd in ["..%2Fsecret.txt", "..;/x", "%2e%2e/x", "data/ä ö.csv", "100%.csv", ".hidden"] {
        let c = allowed_to(odd);
        rig.files.write(&c, odd, "fine".into()).await.unwrap();
        assert_eq!(fs::read_to_string(ws.join(odd)).unwrap(), "fine", "{odd}");
    }
    // A link that stays inside is followed.
    symlink("data", ws.join("link_in")).unwrap();
    let c = allowed_to("link_in/in.csv");
    rig.files.write(&c, "link_in/in.csv", "through".into()).await.unwrap();
    assert_eq!(fs::read_to_string(ws.join("data/in.csv")).unwrap(), "through");
}

#[tokio::test]
async fn a_stopped_run_touches_nothing() {
    let rig = rig();
    let c = allowed_to("data/out.txt");
    c.cancel.cancel();
    assert_eq!(rig.files.write(&c, "data/out.txt", "x".into()).await.unwrap_err().code, weft_node::CANCELLED);
    assert!(!rig.outer.path().join("ws/data/out.txt").exists());
}
