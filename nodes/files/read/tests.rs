use super::*;
use std::sync::Arc;
use weft_node::{Need, NeedKind};
use weft_world::testing::{TestWorld, context};

async fn read(name: &str, bytes: &[u8], settings: &str) -> Result<Vec<Item>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let settings = Value::from_json(settings).unwrap().with("path", name.into());
    let node: Read = weft_node::settings::read(settings)?;
    let cx = context(Arc::new(TestWorld::new(folder.path()).unwrap()), [Need::new(NeedKind::ReadFile, name)], Value::Null);
    Ok(ItemNode::run(&node, &Item::default(), &cx).await?.ports.remove(0))
}

async fn jsons(name: &str, text: &str, settings: &str) -> String {
    let items = read(name, text.as_bytes(), settings).await.unwrap();
    Value::list(items.into_iter().map(|item| item.json).collect()).to_json()
}

#[tokio::test]
async fn tables() {
    for (text, settings, rows) in [
        ("a,b\n1,x\n2.5,\n", "{}", r#"[{"a":1,"b":"x"},{"a":2.5,"b":null}]"#),
        ("\u{feff}a;b\r\n1;\"x;\"\"y\"\"\"\r\n", "{}", r#"[{"a":1,"b":"x;\"y\""}]"#),
        ("a\tb\n1\t2\n", "{}", r#"[{"a":1,"b":2}]"#),
        ("zip,n\n007,1\n98101,2\n", "{}", r#"[{"zip":"007","n":1},{"zip":"98101","n":2}]"#),
        ("n\n12\nn/a\n", "{}", r#"[{"n":"12"},{"n":"n/a"}]"#),
        ("ok,mixed\nTrue,true\nFALSE,1\n", "{}", r#"[{"ok":true,"mixed":"true"},{"ok":false,"mixed":"1"}]"#),
        ("n\n9007199254740993\n-1e3\n", "{}", r#"[{"n":9007199254740993},{"n":-1000}]"#),
        ("n\n99999999999999999999999\n", "{}", r#"[{"n":"99999999999999999999999"}]"#),
        ("n\n+5\n", "{}", r#"[{"n":"+5"}]"#),
        ("n\nNaN\n", "{}", r#"[{"n":"NaN"}]"#),
        ("a,a,\n1,2,3\n", "{}", r#"[{"a":1,"a_2":2,"column_3":3}]"#),
        ("1,2\n3,4\n", r#"{"csv": {"header": false}}"#, r#"[{"column_1":1,"column_2":2},{"column_1":3,"column_2":4}]"#),
        ("a,b\n1,\n", r#"{"csv": {"types": "text"}}"#, r#"[{"a":"1","b":""}]"#),
        ("a|b\n1|2\n", r#"{"csv": {"delimiter": "|"}}"#, r#"[{"a":1,"b":2}]"#),
        ("a\n\"two\nlines\"\n", "{}", r#"[{"a":"two\nlines"}]"#),
        ("a,b\n", "{}", "[]"),
        ("", "{}", "[]"),
    ] {
        assert_eq!(jsons("t.csv", text, settings).await, rows, "{text:?}");
    }
}

#[tokio::test]
async fn a_broken_line_is_named() {
    let mut text = String::from("a,b,c,d,e,f\n");
    for _ in 2..412 {
        text.push_str("1,2,3,4,5,6\n");
    }
    text.push_str("1,2,3,4,5\n");
    let problem = read("t.csv", text.as_bytes(), "{}").await.unwrap_err();
    assert_eq!(problem.message, "t.csv: line 412 has 5 fields, not 6.");
    let problem = read("t.csv", b"a\n\xff\n", "{}").await.unwrap_err();
    assert_eq!(problem.message, "t.csv: line 2 is no UTF-8 text.");
    let problem = read("t.json", b"{\n  \"a\": 1,\n}", "{}").await.unwrap_err();
    assert!(problem.message.starts_with("t.json: line 3, column 1 is no JSON"), "{}", problem.message);
    let problem = read("t.jsonl", b"1\n\n{\n", "{}").await.unwrap_err();
    assert!(problem.message.starts_with("t.jsonl: line 3"), "{}", problem.message);
    assert!(read("t.json", "[".repeat(1_000_000).as_bytes(), "{}").await.is_err());
    assert_eq!(read("t.csv", b"a", r#"{"csv": {"delimiter": "::"}}"#).await.unwrap_err().field.as_deref(), Some("settings/csv/delimiter"));
}

#[tokio::test]
async fn json_text_and_bytes() {
    assert_eq!(jsons("t.json", r#"[1, {"a": 2}]"#, "{}").await, r#"[1,{"a":2}]"#);
    assert_eq!(jsons("t.json", r#"{"a": [1]}"#, "{}").await, r#"[{"a":[1]}]"#);
    assert_eq!(jsons("t.jsonl", "1\n\n{\"a\":2}\n", "{}").await, r#"[1,{"a":2}]"#);
    assert_eq!(jsons("t.md", "# Hi\n", "{}").await, r##"[{"text":"# Hi\n"}]"##);
    assert_eq!(jsons("t.csv", "a,b", r#"{"format": "text"}"#).await, r#"[{"text":"a,b"}]"#);
    let items = read("t.bin", b"\x00\xff", "{}").await.unwrap();
    assert_eq!(items[0].json.to_json(), r#"{"path":"t.bin","size":2,"media_type":"application/octet-stream"}"#);
    assert_eq!(items[0].blob("data").unwrap().size, 2);
}
