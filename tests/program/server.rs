//! The server's doors: who is let in, what webhooks answer, what a second visit sees.

use crate::place::{Place, Served};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// One request as it is, so that a test may say things no client would.
fn ask(origin: &str, head: &str, body: &str) -> (u16, String, String) {
    let address = origin.strip_prefix("http://").expect("http");
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let head = head.replace("HOST", address);
    write!(stream, "{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).expect("it takes the request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    (status, head.to_ascii_lowercase(), body.to_owned())
}

const JSON: &str = "Content-Type: application/json";

fn token(served: &Served) -> String {
    let (status, _, body) =
        ask(&served.origin, &format!("POST /api/door HTTP/1.1\r\nHost: HOST\r\n{JSON}"), &json!({ "code": served.code }).to_string());
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<Value>(&body).expect("JSON")["token"].as_str().expect("a token").to_owned()
}

#[test]
fn only_a_token_that_was_fetched_with_the_link_opens_the_door() {
    let place = Place::sample();
    let served = Served::start(&place);
    let list = |extra: &str| ask(&served.origin, &format!("POST /api/flow_list HTTP/1.1\r\nHost: HOST\r\n{JSON}{extra}"), "{}").0;
    assert_eq!(list(""), 401);
    assert_eq!(list("\r\nAuthorization: Bearer guess"), 401);
    let token = token(&served);
    assert_eq!(list(&format!("\r\nAuthorization: Bearer {token}")), 200);
    // A link works once.
    let (status, _, _) =
        ask(&served.origin, &format!("POST /api/door HTTP/1.1\r\nHost: HOST\r\n{JSON}"), &json!({ "code": served.code }).to_string());
    assert_eq!(status, 401);
}

#[test]
fn other_names_other_pages_and_forms_are_turned_away() {
    let place = Place::sample();
    let served = Served::start(&place);
    let token = token(&served);
    let address = served.origin.strip_prefix("http://").expect("http");
    let port = address.rsplit(':').next().expect("a port");
    let call = |host: &str, extra: &str| {
        let head = format!("POST /api/flow_list HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{extra}");
        ask(&served.origin, &head, "{}").0
    };
    assert_eq!(call(address, JSON), 200);
    assert_eq!(call(&format!("localhost:{port}"), JSON), 200);
    let wrong = [
        "evil.example",
        "127.0.0.1",
        &format!("127.0.0.1.evil.example:{port}"),
        &format!("localhost.:{port}"),
        &format!("LOCALHOST:{port}"),
        &format!("127.0.0.1:{}", 1),
    ]
    .map(str::to_owned);
    for host in wrong {
        assert_eq!(call(&host, JSON), 403, "Host {host}");
    }
    assert_eq!(call(address, &format!("{JSON}\r\nHost: evil.example")), 403, "two Host headers");
    for origin in ["http://evil.example".to_owned(), "null".to_owned(), format!("https://{address}"), "http://127.0.0.1:1".to_owned()] {
        assert_eq!(call(address, &format!("{JSON}\r\nOrigin: {origin}")), 403, "Origin {origin}");
    }
    assert_eq!(call(address, &format!("{JSON}\r\nOrigin: http://{address}")), 200);
    assert_eq!(call(address, &format!("{JSON}\r\nSec-Fetch-Site: cross-site")), 403);
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(call(address, &format!("Content-Type: {media_type}")), 415, "{media_type}");
    }
    assert!(!place.weft(&["serve", "--listen", "0.0.0.0:0"]).status.success());
}

#[test]
fn the_page_carries_a_strict_policy() {
    let place = Place::sample();
    let served = Served::start(&place);
    let (status, head, _) = ask(&served.origin, "GET / HTTP/1.1\r\nHost: HOST", "");
    assert_eq!(status, 200);
    let policy = head.lines().find(|line| line.starts_with("content-security-policy:")).expect("a policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("'unsafe-eval'"), "{policy}");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).expect("script-src");
    assert!(!scripts.contains("unsafe-inline") && !scripts.contains("data:") && !scripts.contains("blob:"), "{scripts}");
}

#[test]
fn webhooks_of_flows_in_use_answer_on_an_origin_of_their_own() {
    let place = Place::empty();
    place.flow("orders", ORDERS);
    place.expect(0, &["use", "orders"]);
    let served = Served::start(&place);
    assert_ne!(served.webhooks, served.origin);
    let post = |path: &str, body: &str| ask(&served.webhooks, &format!("POST {path} HTTP/1.1\r\nHost: HOST\r\n{JSON}"), body);
    let (status, head, body) = post("/orders/north", r#"{"name":"Ada","total":5}"#);
    assert_eq!((status, body.as_str()), (201, r#"{"thanks":"Ada","shop":"north"}"#), "{head}");
    assert!(head.contains("content-type: application/json") && head.contains("content-security-policy: sandbox"), "{head}");
    assert_eq!(post("/nowhere", "{}").0, 404);
    assert_eq!(post("/orders/north", "{").0, 400);
    assert_eq!(ask(&served.webhooks, "GET /orders/north HTTP/1.1\r\nHost: HOST", "").0, 405);
    // The studio's calls are not there.
    assert_eq!(post("/api/flow_list", "{}").0, 404);
    let runs = place.json(&["runs", "list", "--json"]);
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "only what fits starts a run: {runs}");
    assert_eq!(runs[0]["trigger"], "webhook");
}

const ORDERS: &str = "weft: 1
name: Orders

nodes:
  on_order:
    type: trigger.webhook
    settings:
      path: orders/:shop

  answer:
    type: logic.respond
    settings:
      status: 201
      body:
        thanks: ${ctx.request.body.name}
        shop: ${ctx.request.params.shop}

edges:
  - on_order -> answer
";
