//! A secret goes to its own host and nowhere else, and comes back from nowhere.

use super::*;
use base64::Engine;

fn ways(secret: &str) -> Vec<HttpAuth> {
    let secret = || secret.to_owned();
    vec![
        HttpAuth::Bearer { secret: secret() },
        HttpAuth::Basic { user: "me".into(), secret: secret() },
        HttpAuth::Header { name: "X-Api-Key".into(), secret: secret() },
        HttpAuth::Query { name: "api_key".into(), secret: secret() },
    ]
}

/// Whether any spelling of a secret stands in a text.
fn shows(text: &str) -> bool {
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let url = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    [CANARY, "t0ken-c4n4ry-0123456789"].iter().any(|secret| {
        let json = serde_json::to_string(secret).unwrap();
        let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
        let basic = base64(format!("me:{secret}").as_bytes());
        [secret.to_string(), base64(secret.as_bytes()), basic, url(secret), json[1..json.len() - 1].to_owned(), hex]
            .iter()
            .any(|spelling| text.contains(spelling))
    })
}

#[tokio::test]
async fn it_arrives() {
    let server = Server::start(|_| Reply::ok("")).await;
    let (rig, c) = (rig(), hosts([server.name()]));
    for auth in ways("token") {
        rig.send(&c, HttpRequest { auth: Some(auth), ..get(server.url("/x?a=b")) }).await.unwrap();
    }
    let asked = server.asked();
    let basic = base64::engine::general_purpose::STANDARD.encode("me:t0ken-c4n4ry-0123456789");
    for (asked, part) in asked.iter().zip([
        "authorization: Bearer t0ken-c4n4ry-0123456789\r\n",
        &format!("authorization: Basic {basic}\r\n"),
        "x-api-key: t0ken-c4n4ry-0123456789\r\n",
        "GET /x?a=b&api_key=t0ken-c4n4ry-0123456789 HTTP",
    ]) {
        assert!(asked.contains(part), "{asked}");
    }
    for (secret, code) in [("missing", weft_node::PERMISSION_NEEDED), ("elsewhere", "secret.host")] {
        let auth = Some(HttpAuth::Bearer { secret: secret.into() });
        assert_eq!(rig.send(&c, HttpRequest { auth, ..get(server.url("/")) }).await.unwrap_err().code, code);
    }
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn no_redirect_takes_it_along() {
    for status in [301, 302, 303, 307, 308] {
        for auth in ways("token") {
            let other = Server::start(|_| Reply::ok("")).await;
            let to = other.url("/there");
            let server =
                Server::start(
                    move |asked| if asked.contains(" /first") { Reply::redirect(status, "/second") } else { Reply::redirect(status, &to) },
                )
                .await;
            let (rig, c) = (rig(), hosts([server.name(), other.name()]));
            let headers = [("Cookie", "mine"), ("X-Token", "typed in"), ("Authorization", "typed too"), ("Accept", "text/css")];
            let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            if !matches!(auth, HttpAuth::Header { .. } | HttpAuth::Query { .. }) {
                headers.retain(|(name, _)| name != "Authorization");
            }
            let answer = rig.send(&c, HttpRequest { auth: Some(auth.clone()), headers, ..get(server.url("/first")) }).await.unwrap();
            // On the same server it stays.
            assert!(server.asked().iter().all(|asked| shows(asked) && asked.contains("x-token")), "{status} {auth:?}");
            let asked = other.asked().remove(0);
            assert!(!shows(&asked) && asked.contains("accept: text/css"), "{asked}");
            for dropped in ["authorization", "cookie", "x-token", "x-api-key", "api_key", "typed"] {
                assert!(!asked.contains(dropped), "{status} {auth:?}: {asked}");
            }
            assert!(!shows(&format!("{answer:?}")));
        }
    }
}

#[test]
fn another_scheme_is_another_server() {
    let origin = |text: &str| target::parse_url(text).unwrap().origin();
    assert_ne!(origin("http://a.example/"), origin("https://a.example/"));
    assert_ne!(origin("https://a.example/"), origin("https://b.a.example/"));
    assert_ne!(origin("https://a.example/"), origin("https://a.example:8443/"));
    assert_eq!(origin("https://a.example/"), origin("https://A.example.:443/x"));
}

#[tokio::test]
async fn nothing_that_comes_back_shows_it() {
    type Behaviour = fn(&str) -> Reply;
    let behaviours: &[(&str, Behaviour)] = &[
        ("echo", Reply::ok),
        ("echo as header", |asked| {
            let line = asked.lines().next().unwrap_or("").to_owned();
            let auth = asked.lines().find(|line| line.contains("uthorization") || line.contains("api-key")).unwrap_or("").to_owned();
            Reply::text(format!("HTTP/1.1 200 OK\r\nX-Line: {line}\r\nX-Auth: {auth}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
        }),
        ("redirect with it", |asked| {
            let path = asked.split(' ').nth(1).unwrap_or("/").to_owned();
            if path.starts_with("/again") { Reply::ok(asked) } else { Reply::redirect(302, &format!("/again{path}")) }
        }),
        ("redirect elsewhere with it", |asked| {
            Reply::redirect(302, &format!("http://other.example{}", asked.split(' ').nth(1).unwrap_or("/")))
        }),
        ("redirect to nonsense", |asked| Reply::redirect(302, &format!("http://[{}", asked.split(' ').nth(1).unwrap_or("/")))),
        ("fail with it", |asked| {
            Reply::text(format!("HTTP/1.1 500 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{asked}", asked.len()))
        }),
        ("break off", |asked| Reply::text(format!("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{asked}"))),
        ("no HTTP", |asked| Reply::text(asked.to_owned())),
        ("bad header", |asked| Reply::text(format!("HTTP/1.1 200 OK\r\nX Y: {asked}\r\n\r\n"))),
        ("silence", |_| Reply::Silence(Vec::new())),
        ("a long answer", |asked| Reply::ok(&asked.repeat(700))),
    ];
    for (name, behaviour) in behaviours {
        let server = Server::start(*behaviour).await;
        let (rig, c) = (rig(), hosts([server.name()]));
        for auth in ways("token").into_iter().chain(ways("shop")) {
            let request = HttpRequest { auth: Some(auth.clone()), ..get(server.url("/p?q=1")) };
            let done = rig.send(&c, request).await;
            if let Ok(HttpResponse { body: HttpAnswer::Blob(blob), .. }) = &done {
                let kept = rig.blobs.read(blob).await.unwrap();
                assert!(!shows(&String::from_utf8_lossy(&kept)), "{name}, {auth:?}");
                assert!(kept.len() > 64 << 10);
            }
            let told = match &done {
                Ok(answer) => {
                    format!("{answer:?} {}", String::from_utf8_lossy(if let HttpAnswer::Bytes(bytes) = &answer.body { bytes } else { b"" }))
                }
                Err(problem) => format!("{problem:?} {problem} {}", serde_json::to_string(problem).unwrap()),
            };
            assert!(!shows(&told), "{name}, {auth:?}: {told}");
        }
        assert!(server.asked().iter().any(|asked| shows(asked)), "{name}: it was never sent");
    }
}
