//! Field paths: keys joined by `/`. A key's own `/` is `~1`, `~` is `~0`, the empty key `~2`; `~3` stands before a leading `#` or `!`, which are ours.

use std::borrow::Cow;

/// A key as a part of a path.
pub fn escape(key: &str) -> Cow<'_, str> {
    if key.is_empty() {
        // Nothing at all would make the path of its own parent.
        return "~2".into();
    }
    let ours = key.starts_with(['#', '!']);
    if !ours && !key.contains(['~', '/']) {
        return key.into();
    }
    let escaped = key.replace('~', "~0").replace('/', "~1");
    if ours { format!("~3{escaped}").into() } else { escaped.into() }
}

/// The key a part of a path stands for.
pub fn unescape(part: &str) -> String {
    if part == "~2" {
        return String::new();
    }
    part.strip_prefix("~3").unwrap_or(part).replace("~1", "/").replace("~0", "~")
}

/// A path as screens write it, by the rules of JSON pointers, as our own: `settings/#x` is `settings/~3#x`.
pub fn normal(path: &str) -> String {
    path.split('/').map(|part| escape(&unescape(part)).into_owned()).collect::<Vec<_>>().join("/")
}

/// The reverse of [`normal`]: only `~0` and `~1`, as screens read it.
pub fn pointer(path: &str) -> String {
    path.split('/').map(|part| unescape(part).replace('~', "~0").replace('/', "~1")).collect::<Vec<_>>().join("/")
}

/// The path of `key` in the object at `path`.
pub fn join(path: &str, key: &str) -> String {
    if path.is_empty() { escape(key).into_owned() } else { format!("{path}/{}", escape(key)) }
}

/// The path of the enclosing object, and the last part.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether a field is the document's own business: place, remark, key order.
pub fn is_hidden(field: &str) -> bool {
    field.starts_with(['#', '!'])
}
