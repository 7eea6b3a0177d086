use super::*;
use std::path::Path;
use std::sync::Arc;
use weft_node::{Batch, Need, NeedKind};
use weft_world::testing::{TestWorld, context};

fn items(json: &str) -> Vec<Item> {
    Value::from_json(json).unwrap().as_list().unwrap().iter().cloned().map(Item::new).collect()
}

async fn write(folder: &Path, name: &str, settings: &str, items: Vec<Item>) -> Result<(Item, String)> {
    let settings = Value::from_json(settings).unwrap().with("path", name.into());
    let node: Write = weft_node::settings::read(settings)?;
    let cx = context(Arc::new(TestWorld::new(folder).unwrap()), [Need::new(NeedKind::WriteFile, name)], Value::Null);
    let item = BatchNode::run(&node, &Input::new(vec![Batch::new(items)]), &cx).await?.ports.remove(0).remove(0);
    Ok((item, std::fs::read_to_string(folder.join(name)).unwrap()))
}

#[tokio::test]
async fn each_format() {
    let folder = tempfile::tempdir().unwrap();
    let rows = r#"[{"a": 1, "b": "x,\"y\""}, {"b": null, "c": [1]}, 5]"#;
    for (name, settings, text) in [
        ("t.csv", "{}", "a,b,c,value\n1,\"x,\"\"y\"\"\",,\n,,[1],\n,,,5\n"),
        ("t.tsv", r#"{"columns": ["c", "a"]}"#, "c\ta\n\t1\n[1]\t\n\t\n"),
        ("u.csv", r#"{"delimiter": ";", "columns": ["a", "b"]}"#, "a;b\n1;\"x,\"\"y\"\"\"\n;\n;\n"),
        ("t.json", "{}", "[\n  {\"a\":1,\"b\":\"x,\\\"y\\\"\"},\n  {\"b\":null,\"c\":[1]},\n  5\n]\n"),
        ("t.jsonl", "{}", "{\"a\":1,\"b\":\"x,\\\"y\\\"\"}\n{\"b\":null,\"c\":[1]}\n5\n"),
        ("t.txt", r#"{"text": {"$each": ["one", "two\n", 3]}}"#, "one\ntwo\n3\n"),
        ("deep/er/t.md", r#"{"text": "same"}"#, "same\nsame\nsame\n"),
    ] {
        let (item, written) = write(folder.path(), name, settings, items(rows)).await.unwrap();
        assert_eq!(written, text, "{name}");
        assert_eq!(item.json.get("items").unwrap().as_i64(), Some(3));
        assert_eq!(item.json.get("bytes").unwrap().as_i64(), Some(text.len() as i64));
        assert_eq!(item.from, Item::default().from_items(0..3).from);
    }
    let (_, report) = write(folder.path(), "r.md", "{}", items(r##"[{"text": "# Report\n"}]"##)).await.unwrap();
    assert_eq!(report, "# Report\n");
    for (name, text) in [("e.csv", ""), ("e.json", "[]\n"), ("e.txt", "")] {
        assert_eq!(write(folder.path(), name, "{}", vec![]).await.unwrap().1, text);
    }
}

#[tokio::test]
async fn adds_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        write(folder.path(), "t.csv", r#"{"append": true}"#, items(r#"[{"a": 1}]"#)).await.unwrap();
    }
    let (_, text) = write(folder.path(), "t.csv", r#"{"append": true}"#, vec![]).await.unwrap();
    assert_eq!(text, "a\n1\n1\n");
    let refused = write(folder.path(), "t.json", r#"{"append": true}"#, vec![]).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("settings/append"));
}

#[tokio::test]
async fn writes_the_file_an_item_carries() {
    let folder = tempfile::tempdir().unwrap();
    let world = Arc::new(TestWorld::new(folder.path()).unwrap());
    let blob = weft_node::world::World::blobs(&*world).put("bytes".into(), "image/png", None).await.unwrap();
    let cx = context(world, [Need::new(NeedKind::WriteFile, "x.png")], Value::Null);
    let node: Write = weft_node::settings::read(Value::object([("path", Value::from("x.png"))])).unwrap();
    let carrying = Item::default().with_blob("data", blob);
    BatchNode::run(&node, &Input::new(vec![vec![carrying].into()]), &cx).await.unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("x.png")).unwrap(), "bytes");
    let told: Write = weft_node::settings::read(Value::from_json(r#"{"path": "x.png", "format": "bytes"}"#).unwrap()).unwrap();
    assert!(BatchNode::run(&told, &Input::new(vec![items("[1, 2]").into()]), &cx).await.is_err());
    assert!(BatchNode::run(&told, &Input::new(vec![items("[1]").into()]), &cx).await.is_err());
}

#[test]
fn what_repeating_does() {
    let class = |text: &str| effect(&Value::from_json(text).unwrap());
    assert_eq!(class("{}"), EffectClass::Idempotent);
    assert_eq!(class(r#"{"append": true}"#), EffectClass::Unsafe);
    assert_eq!(class(r#"{"append": "${item.x}"}"#), EffectClass::Unsafe);
}
