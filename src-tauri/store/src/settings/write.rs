//! Changes of `weft.toml` that touch their own key alone.

use toml_edit::{Array, DocumentMut, Item, Value};

pub(super) fn use_flow(doc: &mut DocumentMut, flow: &str, on: bool) -> bool {
    let list = list(doc);
    let at = list.iter().position(|v| v.as_str() == Some(flow));
    match (at, on) {
        (None, true) => {
            push(list, flow);
            true
        }
        (Some(at), false) => {
            list.remove(at);
            true
        }
        _ => false,
    }
}

pub(super) fn rename_flow(doc: &mut DocumentMut, from: &str, to: &str) -> bool {
    if doc.get("in_use").is_none() {
        return false;
    }
    let mut changed = false;
    for value in list(doc).iter_mut().filter(|v| v.as_str() == Some(from)) {
        let decor = value.decor().clone();
        *value = Value::from(to);
        *value.decor_mut() = decor;
        changed = true;
    }
    changed
}

/// The list; anything else that stands there is replaced, as it was no list of flows anyway.
fn list(doc: &mut DocumentMut) -> &mut Array {
    if doc.get("in_use").and_then(Item::as_array).is_none() {
        doc["in_use"] = toml_edit::value(Array::new());
    }
    doc["in_use"].as_array_mut().expect("it was made a list just now")
}

/// One flow a line, so that two people's additions merge.
fn push(list: &mut Array, flow: &str) {
    list.push_formatted(Value::from(flow).decorated("\n  ", ""));
    list.set_trailing_comma(true);
    if list.trailing().as_str().is_none_or(|t| !t.contains('\n')) {
        list.set_trailing("\n");
    }
}
