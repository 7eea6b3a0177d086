use super::*;
use std::sync::Arc;
use weft_node::{Lineage, Need, NeedKind};
use weft_world::testing::{TestWorld, context};

struct Rig {
    cx: Context,
    _folder: tempfile::TempDir,
}

fn rig() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let world = Arc::new(TestWorld::new(folder.path()).unwrap());
    Rig { cx: context(world, [Need::new(NeedKind::Database, "a.db")], Value::Null), _folder: folder }
}

fn node(settings: &str) -> Sqlite {
    weft_node::settings::read(Value::from_json(settings).unwrap().with("database", "a.db".into())).unwrap()
}

fn items(json: &str) -> Vec<Item> {
    Value::from_json(json).unwrap().as_list().unwrap().iter().cloned().map(Item::new).collect()
}

impl Rig {
    async fn each(&self, settings: &str) -> Result<String> {
        Ok(jsons(&ItemNode::run(&node(settings), &Item::default(), &self.cx).await?))
    }

    async fn all(&self, settings: &str, input: &str) -> Result<Outputs> {
        BatchNode::run(&node(settings), &Input::new(vec![items(input).into()]), &self.cx).await
    }
}

fn jsons(outputs: &Outputs) -> String {
    Value::list(outputs.ports[0].iter().map(|item| item.json.clone()).collect()).to_json()
}

#[tokio::test]
async fn for_each_item() {
    let rig = rig();
    assert_eq!(rig.each(r#"{"sql": "create table t (a, b)"}"#).await.unwrap(), r#"[{"changes":0}]"#);
    assert_eq!(rig.each(r#"{"sql": "insert into t values (?, ?)", "parameters": [1, "'; --"]}"#).await.unwrap(), r#"[{"changes":1}]"#);
    assert_eq!(
        rig.each(r#"{"sql": "insert into t values (:a, @b)", "parameters": {"a": 2, "@b": null}}"#).await.unwrap(),
        r#"[{"changes":1}]"#
    );
    assert_eq!(rig.each(r#"{"sql": "insert into t values (3, 3) returning a"}"#).await.unwrap(), r#"[{"a":3}]"#);
    assert_eq!(rig.each(r#"{"sql": "select * from t where a < 3"}"#).await.unwrap(), r#"[{"a":1,"b":"'; --"},{"a":2,"b":null}]"#);
    assert_eq!(rig.each(r#"{"sql": "select * from t where a > 9"}"#).await.unwrap(), "[]");
    assert_eq!(rig.each("{}").await.unwrap_err().field.as_deref(), Some("settings/sql"));
}

#[tokio::test]
async fn for_all_items() {
    let rig = rig();
    rig.each(r#"{"sql": "create table t (a unique)"}"#).await.unwrap();
    let insert =
        |values: &str| format!(r#"{{"mode": "all items", "sql": "insert into t values (:a)", "parameters": {{"$each": [{values}]}}}}"#);
    let done = rig.all(&insert(r#"{"a": 1}, {"a": 2}"#), "[1, 2]").await.unwrap();
    assert_eq!(jsons(&done), r#"[{"changes":1},{"changes":1}]"#);
    // The second fails, so the first did not happen either.
    assert!(rig.all(&insert(r#"{"a": 7}, {"a": 1}"#), "[7, 1]").await.is_err());
    let found = rig
        .all(r#"{"mode": "all items", "sql": "select a from t where a >= ?", "parameters": {"$each": [[1], [2]]}}"#, "[1, 2]")
        .await
        .unwrap();
    assert_eq!(jsons(&found), r#"[{"a":1},{"a":2},{"a":2}]"#);
    let from: Vec<_> = found.ports[0].iter().map(|item| item.from.clone()).collect();
    let one = |at| Item::default().from_items([at]).from;
    assert_eq!(from, [one(0), one(0), one(1)]);
    let once = rig.all(r#"{"mode": "all items", "sql": "select count(*) as n from t"}"#, "[1, 2, 3]").await.unwrap();
    assert_eq!(jsons(&once), r#"[{"n":2}]"#);
    assert!(matches!(&once.ports[0][0].from, Lineage::From(pairs) if pairs.len() == 3));
}

#[tokio::test]
async fn items_become_a_table() {
    let rig = rig();
    let write = |rest: &str| format!(r#"{{"do": "write table", "mode": "all items", "table": "odd \"name"{rest}}}"#);
    let rows = r#"[{"id": 9007199254740993, "x": 1.5, "text": "it's", "ok": true, "drop table": [1]}, {"id": 2, "X": 2, "more": null}]"#;
    assert_eq!(jsons(&rig.all(&write(""), rows).await.unwrap()), r#"[{"changes":2}]"#);
    let select = r#"{"sql": "select * from \"odd \"\"name\" order by id"}"#;
    let first = r#"{"id":2,"x":2,"text":null,"ok":null,"drop table":null,"more":null}"#;
    let second = r#"{"id":9007199254740993,"x":1.5,"text":"it's","ok":1,"drop table":"[1]","more":null}"#;
    assert_eq!(rig.each(select).await.unwrap(), format!("[{first},{second}]"));
    rig.all(&write(""), r#"[{"id": 1}]"#).await.unwrap();
    assert_eq!(rig.each(r#"{"sql": "select count(*) as n from \"odd \"\"name\""}"#).await.unwrap(), r#"[{"n":3}]"#);
    for _ in 0..2 {
        rig.all(&write(r#", "if_exists": "replace""#), r#"[{"a": "x"}, {"a": "y"}]"#).await.unwrap();
        assert_eq!(rig.each(r#"{"sql": "select * from \"odd \"\"name\""}"#).await.unwrap(), r#"[{"a":"x"},{"a":"y"}]"#);
    }
    // A field the table does not have: nothing is written.
    assert_eq!(rig.all(&write(""), r#"[{"a": "z"}, {"b": 1}]"#).await.unwrap_err().code, "sql.failed");
    assert_eq!(rig.all(&write(""), "[5]").await.unwrap_err().item, Some(0));
    assert_eq!(rig.all(r#"{"do": "write table"}"#, "[{}]").await.unwrap_err().field.as_deref(), Some("settings/table"));
    let each =
        ItemNode::run(&node(r#"{"do": "write table", "table": "t", "if_exists": "replace"}"#), &items(r#"[{"a": 1}]"#)[0], &rig.cx).await;
    assert_eq!(each.unwrap_err().field.as_deref(), Some("settings/if_exists"));
}

#[tokio::test]
async fn many_rows_go_in_pieces() {
    let rig = rig();
    let text = "x".repeat(1 << 20);
    let rows =
        (0..20).map(|n| Item::new(Value::object([("n", Value::from(n as i64)), ("text", Value::from(text.as_str()))]))).collect::<Vec<_>>();
    let settings = node(r#"{"do": "write table", "mode": "all items", "table": "t"}"#);
    BatchNode::run(&settings, &Input::new(vec![rows.into()]), &rig.cx).await.unwrap();
    assert_eq!(rig.each(r#"{"sql": "select count(*) as n, sum(length(text)) as l from t"}"#).await.unwrap(), r#"[{"n":20,"l":20971520}]"#);
}

#[test]
fn what_repeating_does() {
    let class = |text: &str| effect(&Value::from_json(text).unwrap());
    assert_eq!(class(r#"{"sql": "select 1"}"#), EffectClass::Read);
    assert_eq!(class(r#"{"sql": "update t set a = 1"}"#), EffectClass::Unsafe);
    assert_eq!(class(r#"{"do": "write table", "if_exists": "replace"}"#), EffectClass::Idempotent);
    assert_eq!(class(r#"{"do": "write table"}"#), EffectClass::Unsafe);
    assert_eq!(class(r#"{"do": "${x}", "sql": "select 1"}"#), EffectClass::Unsafe);
}
