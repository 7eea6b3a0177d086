use super::*;
use crate::testing::caller;
use weft_node::{CANCELLED, Need, PERMISSION_NEEDED, Value};

struct Rig {
    sql: LocalSql,
    caller: Caller,
    folder: tempfile::TempDir,
}

fn rig() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    Rig { sql: LocalSql::open(folder.path()).unwrap(), caller: caller([Need::new(NeedKind::Database, "data/a.db")]), folder }
}

impl Rig {
    async fn run_with(&self, sql: &str, parameters: Vec<SqlParameters>) -> Result<Vec<SqlRows>> {
        let query = SqlQuery { database: "data/a.db".into(), sql: sql.into(), parameters, ..SqlQuery::default() };
        self.sql.query(&self.caller, query).await
    }

    async fn run(&self, sql: &str) -> Result<SqlRows> {
        Ok(self.run_with(sql, vec![SqlParameters::Positional(vec![])]).await?.remove(0))
    }

    async fn rows(&self, sql: &str) -> String {
        Value::list(self.run(sql).await.unwrap().rows).to_json()
    }
}

fn json(text: &str) -> Value {
    Value::from_json(text).unwrap()
}

#[tokio::test]
async fn values_go_in_and_come_out_exactly() {
    let rig = rig();
    let made = rig.run("create table t (n, v); insert into t values (1, null)").await.unwrap();
    assert_eq!((made.changes, made.rows.len()), (1, 0));
    let values =
        r#"[[2, 9007199254740993], [3, -9223372036854775808], [4, 1.5], [5, "it's; drop table t"], [6, true], [7, {"a": [1]}], [8, 5.0]]"#;
    let parameters = json(values).as_list().unwrap().iter().map(|row| SqlParameters::Positional(row.as_list().unwrap().to_vec())).collect();
    let done = rig.run_with("insert into t values (?, ?)", parameters).await.unwrap();
    assert_eq!(done.iter().map(|rows| rows.changes).sum::<u64>(), 7);
    assert_eq!(
        rig.rows("select v from t order by n").await,
        r#"[{"v":null},{"v":9007199254740993},{"v":-9223372036854775808},{"v":1.5},{"v":"it's; drop table t"},{"v":1},{"v":"{\"a\":[1]}"},{"v":5}]"#
    );
    assert_eq!(rig.rows("select 9e999 as inf, 1 as a, 2 as a, 'x' as b").await, r#"[{"inf":null,"a":1,"a_2":2,"b":"x"}]"#);
    let bytes = rig.run("select x'00ff' as b").await.unwrap();
    assert_eq!((bytes.rows[0].to_json().as_str(), bytes.warnings.len()), (r#"{"b":"AP8="}"#, 1));
    let too_large = rig.run_with("select ?", vec![SqlParameters::Positional(vec![Value::from(u64::MAX)])]).await;
    assert_eq!(too_large.unwrap_err().code, "sql.parameters");
}

#[tokio::test]
async fn parameters_by_name_and_their_mistakes() {
    let rig = rig();
    rig.run("create table t (a)").await.unwrap();
    let named =
        |names: &str| SqlParameters::Named(json(names).as_object().unwrap().iter().map(|(k, v)| (k.to_string(), v.clone())).collect());
    let both =
        rig.run_with("select :a + @b + $a as s", vec![named(r#"{"a": 1, "b": 2}"#), named(r#"{"a": 10, "b": 20, "c": 0}"#)]).await.unwrap();
    assert_eq!(both.iter().map(|rows| rows.rows[0].to_json()).collect::<String>(), r#"{"s":4}{"s":40}"#);
    for (sql, parameters) in [
        ("select ?, ?", SqlParameters::Positional(vec![Value::Null])),
        ("select ?", SqlParameters::Positional(vec![Value::Null, Value::Null])),
        ("select :x", named(r#"{"y": 1}"#)),
        ("select ?", named(r#"{"y": 1}"#)),
    ] {
        assert_eq!(rig.run_with(sql, vec![parameters]).await.unwrap_err().code, "sql.parameters", "{sql}");
    }
}

#[tokio::test]
async fn all_or_nothing() {
    let rig = rig();
    rig.run("create table t (a unique)").await.unwrap();
    assert_eq!(rig.run("insert into t values (1); insert into t values (1)").await.unwrap_err().code, "sql.failed");
    let lists = [1, 2, 1].map(|n: i64| SqlParameters::Positional(vec![n.into()])).into();
    assert!(rig.run_with("insert into t values (?)", lists).await.is_err());
    assert_eq!(rig.rows("select count(*) as n from t").await, r#"[{"n":0}]"#);
}

#[tokio::test]
async fn what_flows_may_not_do() {
    let rig = rig();
    std::fs::create_dir(rig.folder.path().join(".weft")).unwrap();
    rig.run("create table t (a); insert into t values ('kept')").await.unwrap();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("x.db");
    let target = target.to_str().unwrap();
    for sql in [
        format!("attach '{target}' as x"),
        format!("ATTACH DATABASE '{target}' AS x; create table x.t (a)"),
        format!("attach 'file:{target}?mode=rwc' as x"),
        "attach ':memory:' as x".into(),
        "attach '.weft/weft.db' as x".into(),
        "detach main".into(),
        format!("vacuum into '{target}'"),
        "vacuum".into(),
        "select load_extension('/tmp/x.so')".into(),
        "select fts3_tokenizer('simple')".into(),
        "select fts3_tokenizer('simple', x'0000')".into(),
        "select readfile('/etc/passwd')".into(),
        format!("select writefile('{target}', 'x')"),
        "select edit('x')".into(),
        "pragma writable_schema = on".into(),
        "pragma writable_schema = 1; update sqlite_master set sql = 'x'".into(),
        "update sqlite_master set sql = 'x'".into(),
        "delete from sqlite_schema".into(),
        "insert into sqlite_master values ('table', 'x', 'x', 2, 'create table x (a)')".into(),
        "pragma journal_mode = off".into(),
        "pragma journal_mode = wal".into(),
        "pragma synchronous = off".into(),
        "pragma user_version = 5".into(),
        "pragma user_version(5)".into(),
        "pragma temp_store_directory = '/tmp'".into(),
        "pragma data_store_directory = '/tmp'".into(),
        "pragma locking_mode = exclusive".into(),
        "pragma trusted_schema = on".into(),
        "pragma hard_heap_limit = 1000".into(),
        "pragma mmap_size = 1000000".into(),
        "pragma main.journal_mode(delete)".into(),
        "begin".into(),
        "commit".into(),
        "commit; attach ':memory:' as x".into(),
        "rollback".into(),
        "end".into(),
        "savepoint x".into(),
        "release x".into(),
        "create virtual table v using dbstat".into(),
        "create virtual table v using csv(filename='/etc/passwd')".into(),
        "create virtual table v using fts3(tokenize=simple)".into(),
        "select * from pragma_journal_mode('off')".into(),
        format!("select {}1", "not ".repeat(2000)),
        format!("select 1 {}", "union select 1 ".repeat(200)),
        format!("select 'a' like '{}'", "%_".repeat(2000)),
        "select zeroblob(1000000000)".into(),
        "select hex(zeroblob(40000000))".into(),
        "".into(),
        "-- nothing".into(),
        ";;".into(),
        "selec 1".into(),
        "select * from nowhere".into(),
        "select 1; garbage".into(),
    ] {
        let done = rig.run(&sql).await;
        assert!(done.is_err(), "{}", &sql[..sql.len().min(100)]);
    }
    assert_eq!(outside.path().read_dir().unwrap().count(), 0);
    assert_eq!(rig.folder.path().join(".weft").read_dir().unwrap().count(), 0);
    assert_eq!(rig.rows("select * from t").await, r#"[{"a":"kept"}]"#);
    assert_eq!(rig.rows("pragma user_version").await, r#"[{"user_version":0}]"#);
    assert_eq!(rig.run("pragma table_info(t)").await.unwrap().rows.len(), 1);
    rig.run("create virtual table v using fts5(a)").await.unwrap();
    assert_eq!(rig.run("attach ':memory:' as x").await.unwrap_err().code, "sql.forbidden");
}

#[tokio::test]
async fn text_is_never_sql() {
    let rig = rig();
    rig.run("create table t (name)").await.unwrap();
    let corpus = [
        "'; drop table t; --",
        "' or '1'='1",
        "\" or 1=1 --",
        "1; attach 'x' as y",
        "') union select sql from sqlite_master --",
        "\\'; delete from t",
        "%' or 1 --",
        "'||(select 1)||'",
        "\u{2019} or 1=1",
        "/* */ or 1",
        "x'; update t set name = 'y",
        "NULL",
        "?1",
        ":name",
        "\0'; drop table t",
    ];
    let lists: Vec<_> = corpus.iter().map(|text| SqlParameters::Positional(vec![Value::from(*text)])).collect();
    rig.run_with("insert into t values (?)", lists.clone()).await.unwrap();
    let found = rig.run_with("select name from t where name = ?", lists).await.unwrap();
    for (text, rows) in corpus.iter().zip(found) {
        assert_eq!(rows.rows.len(), 1, "{text}");
        assert_eq!(rows.rows[0].get("name").unwrap().as_str(), Some(*text));
    }
}

const ENDLESS: &str = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c";

#[tokio::test]
async fn endless_sql_is_stopped() {
    let rig = rig();
    rig.run("create table t (a)").await.unwrap();
    for sql in [
        ENDLESS.to_owned(),
        format!("insert into t values (1); {ENDLESS}"),
        "create table u as with recursive c(x) as (select 1 union all select x + 1 from c) select * from c".into(),
    ] {
        let began = Instant::now();
        let query = SqlQuery {
            database: "data/a.db".into(),
            sql,
            parameters: vec![SqlParameters::Positional(vec![])],
            timeout_ms: Some(200),
            max_rows: None,
        };
        assert_eq!(rig.sql.query(&rig.caller, query).await.unwrap_err().code, "sql.timeout");
        assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
    }
    assert_eq!(rig.rows("select count(*) as n from t").await, r#"[{"n":0}]"#);
    let stop = rig.caller.cancel.clone();
    let began = Instant::now();
    let (done, ()) = tokio::join!(rig.run(ENDLESS), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.cancel();
    });
    assert_eq!(done.unwrap_err().code, CANCELLED);
    assert!(began.elapsed() < Duration::from_millis(700));
}

#[tokio::test]
async fn rows_are_capped() {
    let rig = rig();
    rig.run("create table t (a)").await.unwrap();
    let query = |max_rows| SqlQuery {
        database: "data/a.db".into(),
        sql: "with recursive c(x) as (select 1 union all select x + 1 from c limit 10) select * from c".into(),
        parameters: vec![SqlParameters::Positional(vec![])],
        timeout_ms: None,
        max_rows: Some(max_rows),
    };
    assert_eq!(rig.sql.query(&rig.caller, query(10)).await.unwrap()[0].rows.len(), 10);
    assert_eq!(rig.sql.query(&rig.caller, query(9)).await.unwrap_err().code, "sql.too_many_rows");
}

#[tokio::test]
async fn only_named_files_of_the_workspace() {
    let rig = rig();
    let open = async |path: &str, sql: &str, named: bool| {
        let c = caller(named.then(|| Need::new(NeedKind::Database, path)));
        let query =
            SqlQuery { database: path.into(), sql: sql.into(), parameters: vec![SqlParameters::Positional(vec![])], ..SqlQuery::default() };
        rig.sql.query(&c, query).await.map_err(|problem| problem.code)
    };
    assert_eq!(open("other.db", "select 1", false).await.unwrap_err(), PERMISSION_NEEDED);
    assert_eq!(open("none.db", "select 1", true).await.unwrap_err(), "file.missing");
    assert!(!rig.folder.path().join("none.db").exists());
    for path in [".weft/weft.db", "../x.db", "/tmp/x.db", ":memory:", "file:x.db?mode=memory", "", "data/../.weft/weft.db"] {
        assert_eq!(open(path, "create table t (a)", true).await.unwrap_err(), "file.path", "{path}");
    }
    #[cfg(unix)]
    {
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), rig.folder.path().join("out")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("x.db"), rig.folder.path().join("link.db")).unwrap();
        for path in ["out/x.db", "link.db"] {
            assert_eq!(open(path, "create table t (a)", true).await.unwrap_err(), "file.link", "{path}");
        }
        assert_eq!(outside.path().read_dir().unwrap().count(), 0);
    }
    std::fs::write(rig.folder.path().join("text.db"), "no database, but long enough to be looked at as if it were one".repeat(20)).unwrap();
    assert_eq!(open("text.db", "select * from t", true).await.unwrap_err(), "sql.failed");
}
