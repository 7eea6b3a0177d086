use super::answer::retry_after;
use super::*;
use std::sync::Arc;
use weft_node::{Need, NeedKind};
use weft_world::testing::{Answer, TestWorld, context};

struct Rig {
    world: Arc<TestWorld>,
    _folder: tempfile::TempDir,
}

fn rig(answers: &str) -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let answers: Vec<Answer> = serde_json::from_str(answers).unwrap();
    Rig { world: Arc::new(TestWorld::new(folder.path()).unwrap().with_answers(answers)), _folder: folder }
}

impl Rig {
    async fn run_on(&self, settings: &str, item: Item) -> Result<Item> {
        let node: Http = weft_node::settings::read(Value::from_json(settings).unwrap())?;
        let needs = [Need::new(NeedKind::Host, "api.example.org"), Need::new(NeedKind::Secret, "shop")];
        let cx = context(self.world.clone(), needs, Value::Null);
        Ok(ItemNode::run(&node, &item, &cx).await?.ports.remove(0).remove(0))
    }

    async fn run(&self, settings: &str) -> Result<Item> {
        self.run_on(settings, Item::default()).await
    }
}

#[tokio::test]
async fn each_kind_of_answer() {
    let rig = rig(r#"[
        {"url": "https://api.example.org/json", "body": [1, {"a": 2}]},
        {"url": "https://api.example.org/said", "headers": {"Content-Type": "application/problem+json; charset=utf-8"}, "body": "{\"a\": 1}"},
        {"url": "https://api.example.org/text", "headers": {"Content-Type": "text/html"}, "body": "<p>"},
        {"url": "https://api.example.org/bare", "body": "just text"},
        {"url": "https://api.example.org/a/x.png?s=1", "headers": {"Content-Type": "image/png"}, "body": "png"},
        {"url": "https://api.example.org/empty", "status": 204}
    ]"#);
    for (settings, json) in [
        (r#"{"url": "https://api.example.org/json"}"#, r#"[1,{"a":2}]"#),
        (r#"{"url": "https://api.example.org/said"}"#, r#"{"a":1}"#),
        (r#"{"url": "https://api.example.org/text"}"#, r#"{"text":"<p>"}"#),
        (r#"{"url": "https://api.example.org/bare"}"#, r#"{"text":"just text"}"#),
        (r#"{"url": "https://api.example.org/json", "response": "text"}"#, r#"{"text":"[1,{\"a\":2}]"}"#),
        (r#"{"url": "https://api.example.org/empty"}"#, "{}"),
        (r#"{"url": "https://api.example.org/empty", "full_response": true}"#, r#"{"status":204,"headers":{},"body":{}}"#),
    ] {
        assert_eq!(rig.run(settings).await.unwrap().json.to_json(), json, "{settings}");
    }
    let image = rig.run(r#"{"url": "https://api.example.org/a/x.png", "query": {"s": 1, "none": null}}"#).await.unwrap();
    assert_eq!(image.json.to_json(), r#"{"size":3,"media_type":"image/png","file_name":"x.png"}"#);
    assert_eq!(image.blob("data").unwrap().size, 3);
    assert_eq!(rig.run(r#"{"url": "https://api.example.org/bare", "response": "json"}"#).await.unwrap_err().code, "http.body");
}

#[tokio::test]
async fn each_kind_of_body_and_authentication() {
    let rig = rig(r#"[{"method": "POST", "url": "https://api.example.org/"}]"#);
    let url = r#""method": "POST", "url": "https://api.example.org/""#;
    for (rest, media_type, body) in [
        (r#""body": {"type": "json", "value": {"a": [1]}}"#, "application/json", r#"{"a":[1]}"#),
        (r#""body": {"type": "form", "fields": {"a": "x y", "b": [1, 2]}}"#, "application/x-www-form-urlencoded", "a=x+y&b=1&b=2"),
        (r#""body": {"type": "text", "text": "hi"}"#, "text/plain; charset=utf-8", "hi"),
        (r#""body": {"type": "text", "text": "hi"}, "headers": {"Content-Type": "text/css"}"#, "text/css", "hi"),
        (r#""auth": {"type": "basic", "user": "me", "secret": "shop"}, "headers": {"Content-Type": "x/y"}"#, "x/y", ""),
    ] {
        rig.run(&format!("{{{url}, {rest}}}")).await.unwrap();
        let sent = rig.world.egress.sent().pop().unwrap();
        let types: Vec<_> =
            sent.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.as_str()).collect();
        assert_eq!((types, &sent.body[..]), (vec![media_type], body.as_bytes()), "{rest}");
        assert_eq!(sent.auth.is_some(), rest.contains("auth"));
    }
    let missing = rig.run(&format!(r#"{{{url}, "body": {{"type": "blob"}}}}"#)).await.unwrap_err();
    assert_eq!(missing.field.as_deref(), Some("settings/body"));
    rig.run(&format!(r#"{{{url}, "send_idempotency_key": true}}"#)).await.unwrap();
    assert!(rig.world.egress.sent().pop().unwrap().headers.iter().any(|(name, value)| name == KEY && value.len() == 64));
}

#[tokio::test]
async fn statuses_become_errors_unless_told() {
    let rig = rig(r#"[
        {"url": "https://api.example.org/busy", "status": 429, "headers": {"Retry-After": "7"}, "body": "slow down\u001b[31m"},
        {"url": "https://api.example.org/gone", "status": 404}
    ]"#);
    let busy = rig.run(r#"{"url": "https://api.example.org/busy"}"#).await.unwrap_err();
    assert_eq!((busy.code.as_str(), busy.retryable, busy.retry_after_ms), ("http.status", true, Some(7000)));
    assert_eq!(busy.details.get("body").unwrap().as_str(), Some("slow down[31m"));
    let gone = rig.run(r#"{"url": "https://api.example.org/gone"}"#).await.unwrap_err();
    assert_eq!((gone.retryable, gone.details.get("status").unwrap().as_i64()), (false, Some(404)));
    assert!(rig.run(r#"{"url": "https://api.example.org/gone", "accept_any_status": true}"#).await.is_ok());
    let elsewhere = rig.run(r#"{"url": "https://other.example.org/"}"#).await.unwrap_err();
    assert_eq!(elsewhere.code, weft_node::PERMISSION_NEEDED);
}

#[test]
fn waits_are_seconds_or_dates() {
    let now = 1_767_323_045_000;
    assert_eq!(retry_after("120", now), Some(120_000));
    assert_eq!(retry_after("Fri, 02 Jan 2026 03:05:05 GMT", now), Some(60_000));
    assert_eq!(retry_after("Fri, 02 Jan 2015 03:05:05 GMT", now), Some(0));
    assert_eq!(retry_after("4000000000", now), Some(24 * 3_600_000));
    assert_eq!(retry_after("soon", now), None);
}

#[test]
fn what_repeating_does() {
    let class = |text: &str| effect(&Value::from_json(text).unwrap());
    assert_eq!(class(r#"{"url": "x"}"#), EffectClass::Read);
    assert_eq!(class(r#"{"method": "HEAD"}"#), EffectClass::Read);
    assert_eq!(class(r#"{"method": "PUT"}"#), EffectClass::Idempotent);
    assert_eq!(class(r#"{"method": "POST"}"#), EffectClass::Unsafe);
    assert_eq!(class(r#"{"method": "PATCH", "headers": {"Idempotency-Key": "x"}}"#), EffectClass::Idempotent);
    assert_eq!(class(r#"{"method": "POST", "send_idempotency_key": true}"#), EffectClass::Idempotent);
    assert_eq!(class(r#"{"method": "${item.method}"}"#), EffectClass::Unsafe);
    assert_eq!(class(r#"{"method": null}"#), EffectClass::Unsafe);
}
