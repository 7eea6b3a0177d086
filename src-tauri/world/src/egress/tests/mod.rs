//! Requests against servers on loopback.

mod addresses;
mod credentials;
mod hostile;
mod server;

use super::*;
use crate::testing::{MemoryBlobs, caller};
use server::{Reply, Server};
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Mutex;
use weft_node::world::{HttpAnswer, HttpAuth, HttpPart, HttpPartBody};
use weft_node::{Need, NeedKind};

/// Long enough to be looked for, with signs that each encoding writes differently.
const CANARY: &str = "c4n4ry+\"/key\u{e4}";

struct Vault;

impl Secrets for Vault {
    fn open(&self, name: &str, host: &str) -> Result<Zeroizing<Vec<u8>>> {
        match (name, host) {
            ("shop", _) => Ok(Zeroizing::new(CANARY.as_bytes().to_vec())),
            ("token", _) => Ok(Zeroizing::new(b"t0ken-c4n4ry-0123456789".to_vec())),
            ("elsewhere", _) => Err(Problem::new("secret.host", "The secret is not this host's.")),
            _ => Err(Problem::new("secret.missing", "There is none.")),
        }
    }
}

/// Names lead where the test says; each look-up may answer differently.
#[derive(Default)]
struct Names(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    fn set(&self, host: &str, answers: Vec<Vec<IpAddr>>) {
        self.0.lock().unwrap().insert(host.into(), answers);
    }
}

impl Resolve for Names {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut names = self.0.lock().unwrap();
        let answer = names.get_mut(&host).map(|answers| if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() });
        Box::pin(async move { answer.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}

struct Rig {
    egress: LocalEgress,
    blobs: Arc<MemoryBlobs>,
    names: Arc<Names>,
}

fn small() -> Limits {
    Limits {
        inline: 64 << 10,
        total: 1 << 20,
        connect: Duration::from_millis(500),
        idle: Duration::from_millis(400),
        time: Duration::from_secs(5),
        ..Limits::default()
    }
}

fn rig_with(limits: Limits, proxies: Matcher) -> Rig {
    let (blobs, names) = (Arc::new(MemoryBlobs::default()), Arc::new(Names::default()));
    Rig { egress: LocalEgress::with(blobs.clone(), Arc::new(Vault), names.clone(), limits, proxies), blobs, names }
}

fn rig() -> Rig {
    rig_with(small(), Matcher::builder().build())
}

fn hosts(names: impl IntoIterator<Item = impl Into<String>>) -> Caller {
    let secrets = ["shop", "token", "elsewhere"].map(|name| Need::new(NeedKind::Secret, name));
    caller(names.into_iter().map(|name| Need::new(NeedKind::Host, name)).chain(secrets))
}

fn get(url: impl Into<String>) -> HttpRequest {
    HttpRequest { method: "GET".into(), url: url.into(), follow_redirects: true, ..HttpRequest::default() }
}

impl Rig {
    async fn send(&self, caller: &Caller, request: HttpRequest) -> Result<HttpResponse> {
        self.egress.send(caller, request).await
    }
}

fn bytes(answer: &HttpResponse) -> &[u8] {
    match &answer.body {
        HttpAnswer::Bytes(bytes) => bytes,
        HttpAnswer::Blob(_) => panic!("a blob"),
    }
}

#[tokio::test]
async fn a_request_arrives_as_it_was_meant() {
    let server =
        Server::start(|_| Reply::text("HTTP/1.1 201 Made\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")).await;
    let rig = rig();
    let c = hosts([server.name()]);
    let request = HttpRequest {
        method: "post".into(),
        headers: vec![("X-Mine".into(), "yes".into()), ("X-Mine".into(), "twice".into())],
        body: HttpBody::Bytes("hello".into()),
        ..get(server.url("/a?b=c#part"))
    };
    let answer = rig.send(&c, request).await.unwrap();
    assert_eq!((answer.status, bytes(&answer)), (201, &b"ok"[..]));
    assert_eq!(answer.url, server.url("/a?b=c"));
    assert_eq!(answer.headers.iter().filter(|(name, _)| name == "x-a").map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("POST /a?b=c HTTP/1.1\r\n") && asked.ends_with("\r\n\r\nhello"), "{asked}");
    assert!(asked.contains("x-mine: yes\r\nx-mine: twice\r\n") && asked.contains("user-agent: weftwork/"), "{asked}");

    let blob = rig.blobs.put("the bytes".into(), "image/png", Some("a.png")).await.unwrap();
    let parts = vec![
        HttpPart { name: "plain".into(), file_name: None, media_type: None, body: HttpPartBody::Bytes("value".into()) },
        HttpPart { name: "file".into(), file_name: None, media_type: None, body: HttpPartBody::Blob(blob.clone()) },
    ];
    rig.send(&c, HttpRequest { method: "POST".into(), body: HttpBody::Multipart(parts), ..get(server.url("/")) }).await.unwrap();
    let asked = server.asked().remove(1);
    assert!(
        asked.contains("name=\"plain\"\r\n\r\nvalue\r\n")
            && asked.contains("filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nthe bytes\r\n"),
        "{asked}"
    );
    rig.send(&c, HttpRequest { method: "PUT".into(), body: HttpBody::Blob(blob), ..get(server.url("/")) }).await.unwrap();
    let asked = server.asked().remove(2);
    assert!(
        asked.contains("content-type: image/png\r\n") && asked.contains("content-length: 9\r\n") && asked.ends_with("\r\n\r\nthe bytes"),
        "{asked}"
    );
}

#[tokio::test]
async fn requests_that_are_refused() {
    let server = Server::start(|_| Reply::ok("")).await;
    let rig = rig();
    let c = hosts([server.name()]);
    for url in [
        "",
        "nothing",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1",
        "javascript:alert(1)",
        "http://",
        "http://a b/",
        "http://user:pw@127.0.0.1/",
        "http://user@127.0.0.1/",
    ] {
        assert_eq!(rig.send(&c, get(url)).await.unwrap_err().code, "http.url", "{url}");
    }
    for (name, value) in [
        ("Host", "evil"),
        ("Content-Length", "3"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"),
        ("Proxy-Authorization", "x"),
        ("TE", "x"),
        ("X-A", "a\r\nHost: evil"),
        ("X-A", "a\nb"),
        ("X-A", "a\0"),
        ("X A", "b"),
        ("", "b"),
        ("X-A: b\r\nX-B", "c"),
    ] {
        let request = HttpRequest { headers: vec![(name.into(), value.into())], ..get(server.url("/")) };
        assert_eq!(rig.send(&c, request).await.unwrap_err().code, "http.header", "{name}: {value}");
    }
    for method in ["CONNECT", "TRACE", "GET /x HTTP/1.1\r\nA:", ""] {
        assert_eq!(rig.send(&c, HttpRequest { method: method.into(), ..get(server.url("/")) }).await.unwrap_err().code, "http.method");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn redirects_change_what_they_should() {
    for (status, method, then, body) in [
        (301, "POST", "GET", ""),
        (302, "POST", "GET", ""),
        (303, "POST", "GET", ""),
        (303, "PUT", "GET", ""),
        (303, "HEAD", "HEAD", ""),
        (302, "PUT", "PUT", "body"),
        (307, "POST", "POST", "body"),
        (308, "POST", "POST", "body"),
    ] {
        let server =
            Server::start(move |asked| if asked.contains(" /first ") { Reply::redirect(status, "second") } else { Reply::ok("") }).await;
        let request = HttpRequest { method: method.into(), body: HttpBody::Bytes("body".into()), ..get(server.url("/first")) };
        let (rig, c) = (rig(), hosts([server.name()]));
        let answer = rig.send(&c, request.clone()).await.unwrap();
        assert_eq!(answer.url, server.url("/second"));
        let asked = server.asked().remove(1);
        assert!(
            asked.starts_with(&format!("{then} /second ")) && asked.ends_with(&format!("\r\n\r\n{body}")),
            "{status} {method}: {asked}"
        );
        let answer = rig.send(&c, HttpRequest { follow_redirects: false, ..request }).await.unwrap();
        assert_eq!(answer.status, status);
    }
}
