//! The real `weft` in a folder of its own: what the tests of the whole program share.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A workspace and a user's folder that nobody else has.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn empty() -> Place {
        let place = Place { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir_all(place.workspace().join("flows")).expect("flows");
        place
    }

    pub fn sample() -> Place {
        let place = Place::empty();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/weather"), &place.workspace());
        place
    }

    pub fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    pub fn flow(&self, id: &str, text: &str) {
        let file = self.workspace().join("flows").join(format!("{id}.flow.yaml"));
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("folders");
        std::fs::write(file, text).expect("a flow");
    }

    /// `weft` in this workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
        command
            .args(arguments)
            .current_dir(self.workspace())
            .env("WEFT_CONFIG_HOME", self.folder.path().join("user"))
            .env_remove("WEFT_WORKSPACE")
            .env("WEFT_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn weft(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("weft starts")
    }

    /// `weft`, which must end like this; gives what it printed.
    pub fn expect(&self, status: i32, arguments: &[&str]) -> String {
        let done = self.weft(arguments);
        let (out, said) = (String::from_utf8_lossy(&done.stdout).into_owned(), String::from_utf8_lossy(&done.stderr).into_owned());
        assert_eq!(done.status.code(), Some(status), "weft {arguments:?}\n{out}\n{said}");
        out
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.expect(0, arguments)).expect("it printed JSON")
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { std::fs::copy(entry.path(), target).map(drop).expect("a file") }
    }
}

/// `weft serve` until dropped.
pub struct Served {
    pub child: Child,
    /// `http://127.0.0.1:PORT`
    pub origin: String,
    pub code: String,
    pub webhooks: String,
}

impl Served {
    pub fn start(place: &Place) -> Served {
        use std::io::{BufRead, BufReader};
        let mut child = place.command(&["serve", "--listen", "127.0.0.1:0", "--webhooks", "127.0.0.1:0"]).spawn().expect("weft starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let (origin, code) = line.trim().split_once("/#code=").unwrap_or_else(|| panic!("no link: {line:?}"));
        let (origin, code) = (origin.to_owned(), code.to_owned());
        let mut said = BufReader::new(child.stderr.take().expect("piped")).lines();
        let webhooks = said
            .find_map(|line| line.ok()?.split("answer at ").nth(1)?.split(". Stop").next().map(str::to_owned))
            .expect("it says where webhooks answer");
        // What it says later must not fill the pipe.
        std::thread::spawn(move || said.for_each(drop));
        Served { child, origin, code, webhooks }
    }

    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ended");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Looks until it is so; fails after the time.
pub fn until<T>(what: &str, most: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < most, "{what}: not within {most:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
