use super::*;
use std::sync::Arc;
use weft_world::testing::{TestWorld, context};

/// A context in which any code gives this.
fn giving(value: Option<&str>) -> (Context, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let names = value.map_or(Value::Null, |text| Value::object([("script", Value::from_json(text).unwrap())]));
    (context(Arc::new(TestWorld::new(folder.path()).unwrap()), [], names), folder)
}

fn node(mode: &str) -> JavaScript {
    weft_node::settings::read(Value::object([("code", Value::from("return 1")), ("mode", Value::from(mode))])).unwrap()
}

#[tokio::test]
async fn a_list_is_one_value_or_many_items() {
    let (cx, _folder) = giving(Some(r#"[1, {"a": 2}]"#));
    let each = ItemNode::run(&node("each item"), &Item::default(), &cx).await.unwrap();
    assert_eq!((each.ports[0].len(), each.ports[0][0].json.to_json().as_str()), (1, r#"[1,{"a":2}]"#));
    let all = BatchNode::run(&node("all items"), &Input::default(), &cx).await.unwrap();
    assert_eq!(all.ports[0].iter().map(|item| item.json.to_json()).collect::<Vec<_>>(), ["1", r#"{"a":2}"#]);
    assert!(all.ports[0].iter().all(|item| item.from.is_auto()));
}

#[tokio::test]
async fn for_all_items_it_must_be_a_list() {
    let (cx, _folder) = giving(Some("5"));
    let problem = BatchNode::run(&node("all items"), &Input::default(), &cx).await.unwrap_err();
    assert_eq!((problem.code.as_str(), problem.field.as_deref()), ("code.result", Some("settings/code")));
}

#[tokio::test]
async fn errors_name_the_setting() {
    let (cx, _folder) = giving(None);
    let problem = ItemNode::run(&node("each item"), &Item::default(), &cx).await.unwrap_err();
    assert_eq!((problem.code.as_str(), problem.field.as_deref()), ("script.unavailable", Some("settings/code")));
}
