//! Servers that are slow, huge, broken or mean are let go in time, within the caps.

use super::*;
use std::time::Instant;

async fn against(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Result<HttpResponse>, Duration, Rig) {
    let server = Server::start(reply).await;
    let (rig, c) = (rig(), hosts([server.name()]));
    let began = Instant::now();
    let done = rig.send(&c, HttpRequest { timeout_ms: Some(1000), ..get(server.url("/")) }).await;
    (done, began.elapsed(), rig)
}

fn head(rest: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{rest}\r\n").into_bytes()
}

#[tokio::test]
async fn the_slow_and_the_endless() {
    type Behaviour = fn(&str) -> Reply;
    let behaviours: &[(&str, Behaviour, &[&str])] = &[
        ("never answers", |_| Reply::Silence(vec![]), &["http.timeout"]),
        ("half a status line", |_| Reply::Silence(b"HTTP/1.1 20".to_vec()), &["http.timeout"]),
        ("headers drip", |_| Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"a".to_vec(), Duration::from_millis(30)), &["http.timeout"]),
        ("body never comes", |_| Reply::Silence(head("Content-Length: 5\r\n")), &["http.timeout"]),
        ("body drips", |_| Reply::Endless(head("Content-Length: 5000\r\n"), b"a".to_vec(), Duration::from_millis(30)), &["http.timeout"]),
        (
            "endless events",
            |_| Reply::Endless(head("Content-Type: text/event-stream\r\n"), b"data: x\n\n".to_vec(), Duration::from_millis(30)),
            &["http.timeout"],
        ),
        ("endless body", |_| Reply::Endless(head(""), vec![b'x'; 64 << 10], Duration::ZERO), &["http.too_large"]),
        (
            "endless chunks",
            |_| Reply::Endless(head("Transfer-Encoding: chunked\r\n"), b"4\r\nabcd\r\n".repeat(1000), Duration::ZERO),
            &["http.too_large", "http.timeout"],
        ),
        ("announces the moon", |_| Reply::Silence(head("Content-Length: 99999999999999\r\n")), &["http.too_large"]),
        (
            "endless headers",
            |_| Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-A: b\r\n".repeat(1000), Duration::ZERO),
            &["http.broken", "http.too_large"],
        ),
        (
            "an endless header",
            |_| Reply::Endless(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec(), vec![b'x'; 64 << 10], Duration::ZERO),
            &["http.broken", "http.too_large"],
        ),
        ("many headers", |_| Reply::Bytes(head(&"X-A: b\r\n".repeat(5000))), &["http.broken", "http.too_large"]),
        ("headers of 100 KiB", |_| Reply::Bytes(head(&format!("X-A: {}\r\n", "x".repeat(100 << 10)))), &["http.too_large", "http.broken"]),
        (
            "endless 100s",
            |_| Reply::Endless(vec![], b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), Duration::from_millis(1)),
            &["http.timeout", "http.broken"],
        ),
        ("redirects to itself", |_| Reply::redirect(302, "/"), &["http.redirects"]),
        ("redirects on and on", |_| Reply::redirect(307, "./x/y"), &["http.redirects"]),
        ("redirects to a file", |_| Reply::redirect(302, "file:///etc/passwd"), &["http.url"]),
        ("redirects with a name", |_| Reply::redirect(302, "http://me:pw@127.0.0.1/"), &["http.url"]),
        ("breaks off", |_| Reply::Bytes([head("Content-Length: 500\r\n"), b"half".to_vec()].concat()), &["http.broken"]),
        ("breaks off a chunk", |_| Reply::text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"), &["http.broken"]),
        (
            "a chunk of no size",
            |_| Reply::text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"),
            &["http.broken"],
        ),
        ("two lengths", |_| Reply::text("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nabcde"), &["http.broken"]),
        ("hangs up", |_| Reply::Bytes(vec![]), &["http.broken", "http.connect"]),
        ("no HTTP", |_| Reply::text("SSH-2.0-OpenSSH_9.2\r\n"), &["http.broken"]),
        ("zeros", |_| Reply::Bytes(vec![0; 5000]), &["http.broken"]),
        (
            "no gzip",
            |_| Reply::Bytes([head("Content-Encoding: gzip\r\nContent-Length: 4\r\n"), b"nope".to_vec()].concat()),
            &["http.broken"],
        ),
    ];
    for (name, behaviour, codes) in behaviours {
        let (done, took, _) = against(*behaviour).await;
        let problem = done.err().unwrap_or_else(|| panic!("{name} was taken for an answer"));
        assert!(codes.contains(&problem.code.as_str()), "{name}: {problem:?}");
        assert!(took < Duration::from_millis(2000), "{name} took {took:?}");
        assert!(problem.message.len() < 400 && !problem.message.chars().any(char::is_control), "{name}: {problem:?}");
    }
}

/// A gzip stream of zeros: one literal, then matches of 258 bytes in 13 bits each.
fn gzip_bomb(matches: usize) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut buffer, mut filled) = (0_u32, 0);
    let mut put = |bits: &[u8]| {
        for bit in bits {
            buffer |= u32::from(*bit) << filled;
            filled += 1;
            if filled == 8 {
                out.push(buffer as u8);
                (buffer, filled) = (0, 0);
            }
        }
    };
    // The last block, with the fixed code; the literal 0.
    put(&[1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
    for _ in 0..matches {
        put(&[1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    put(&[0; 7]);
    put(&[0; 7]);
    out.extend([0; 8]);
    out
}

/// 64 MiB of zeros in Brotli.
const BROTLI_BOMB: &str = "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffcbffff3ffc1300715800a07bff07";

#[tokio::test]
async fn bombs_are_counted_while_they_unfold() {
    let brotli: Vec<u8> = (0..BROTLI_BOMB.len()).step_by(2).map(|at| u8::from_str_radix(&BROTLI_BOMB[at..at + 2], 16).unwrap()).collect();
    let gzip = gzip_bomb(400_000);
    assert!(gzip.len() < 1 << 20);
    for (encoding, bomb) in [("gzip", gzip), ("br", brotli)] {
        let answer = [head(&format!("Content-Encoding: {encoding}\r\nContent-Length: {}\r\n", bomb.len())), bomb].concat();
        let (done, took, _) = against(move |_| Reply::Bytes(answer.clone())).await;
        assert_eq!(done.unwrap_err().code, "http.too_large", "{encoding}");
        assert!(took < Duration::from_millis(1500), "{encoding}: {took:?}");
    }
}

#[tokio::test]
async fn a_large_answer_becomes_a_blob() {
    let body: String = (0..40_000).map(|n| format!("{n:09}\n")).collect();
    let sent = body.clone();
    let answer = move |_: &str| {
        Reply::text(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"../x/all.csv\"\r\n\r\n{sent}"
        ))
    };
    let (done, _, rig) = against(answer).await;
    let HttpAnswer::Blob(blob) = done.unwrap().body else { panic!("in memory") };
    assert_eq!((blob.media_type.as_str(), blob.file_name.as_deref()), ("text/csv", Some("all.csv")));
    assert_eq!(rig.blobs.read(&blob).await.unwrap(), body);
}

#[tokio::test]
async fn a_stopped_run_lets_go_at_once() {
    for reply in [Reply::Silence as fn(Vec<u8>) -> Reply, |_| Reply::Endless(head(""), b"x".to_vec(), Duration::from_millis(10))] {
        let server = Server::start(move |_| reply(vec![])).await;
        let (rig, c) = (rig(), hosts([server.name()]));
        let began = Instant::now();
        let (done, ()) = tokio::join!(rig.send(&c, get(server.url("/"))), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            c.cancel.cancel();
        });
        assert_eq!(done.unwrap_err().code, weft_node::CANCELLED);
        assert!(began.elapsed() < Duration::from_millis(300));
    }
}

#[tokio::test]
async fn nobody_there() {
    let port = Server::start(|_| Reply::ok("")).await.port;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let rig = rig();
    let problem = rig.send(&hosts([format!("127.0.0.1:{port}")]), get(format!("http://127.0.0.1:{port}/"))).await.unwrap_err();
    assert_eq!((problem.code.as_str(), problem.retryable), ("http.connect", true));
}

#[tokio::test]
async fn https_needs_a_server_that_speaks_it() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = listener.local_addr().unwrap().to_string();
    let heard = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.ok();
        String::from_utf8_lossy(&heard).into_owned()
    });
    let (rig, c) = (rig(), hosts([name.as_str()]));
    let auth = Some(HttpAuth::Bearer { secret: "token".into() });
    let problem = rig.send(&c, HttpRequest { auth, ..get(format!("https://{name}/")) }).await.unwrap_err();
    assert_eq!(problem.code, "http.connect");
    // A greeting of TLS came, and no request.
    assert!(!heard.await.unwrap().contains("c4n4ry"));
}
