//! Flow ids: paths under `flows/` without the ending, and the files they stand for.

use crate::Result;
use crate::error::refused;
use weft_flow::Format;

/// The folder of all flows.
pub(crate) const FLOWS: &str = "flows";
/// Endings of flow files, the first for new ones.
const ENDINGS: [&str; 3] = [".flow.yaml", ".flow.yml", ".flow.json"];

/// Longest id.
const MAX: usize = 200;

/// The id of a file of the workspace (`flows/team/notify.flow.yaml`); none where it is no flow.
pub(crate) fn of_file(file: &str) -> Option<String> {
    let path = file.strip_prefix(FLOWS)?.strip_prefix('/')?;
    let id = ENDINGS.iter().find_map(|ending| path.strip_suffix(ending))?;
    is_safe(id).then(|| id.to_string())
}

pub(crate) fn new_file(id: &str) -> String {
    format!("{FLOWS}/{id}{}", ENDINGS[0])
}

/// The same file under another id.
pub(crate) fn renamed_file(file: &str, id: &str) -> String {
    let ending = ENDINGS.iter().find(|ending| file.ends_with(*ending)).unwrap_or(&ENDINGS[0]);
    format!("{FLOWS}/{id}{ending}")
}

pub(crate) fn format_of(file: &str) -> Format {
    Format::of_path(file).unwrap_or(Format::Yaml)
}

/// A path that stays inside `flows/` on every system, and that no list hides.
fn is_safe(id: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty()
            && p.len() <= 100
            && !p.starts_with('.')
            && !p.ends_with(['.', ' '])
            && !p.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c))
    };
    id.len() <= MAX && id.split('/').all(part) && id.split('/').count() <= 16
}

/// Checks an id that somebody wished for.
pub(crate) fn check(id: &str) -> Result<()> {
    if is_safe(id) {
        return Ok(());
    }
    Err(refused(
        "flow.bad_id",
        "this is no name for a flow's file",
        "use letters, digits, `_` and `-`, with `/` between folders, at most 200 characters",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_ids() {
        for (file, id) in
            [("flows/a.flow.yaml", Some("a")), ("flows/team/b c.flow.json", Some("team/b c")), ("flows/ü.flow.yml", Some("ü"))]
        {
            assert_eq!(of_file(file).as_deref(), id);
        }
        for file in [
            "a.flow.yaml",
            "flows/a.yaml",
            "flows/.a.flow.yaml",
            "flows/../a.flow.yaml",
            "flows/a/../b.flow.yaml",
            "flows/.flow.yaml",
            "flows/x\\y.flow.yaml",
        ] {
            assert_eq!(of_file(file), None, "{file}");
        }
        for bad in ["", "/a", "a/", "..", "a//b", "a/../b", ".weft/x", "c:x", "a\nb", &"x".repeat(201)] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert_eq!(renamed_file("flows/a.flow.json", "b/c"), "flows/b/c.flow.json");
    }
}
