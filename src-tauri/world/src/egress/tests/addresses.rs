//! No spelling of an inside address reaches a server that was not named.

use super::*;
use weft_node::PERMISSION_NEEDED;

/// Host parts that lead to this machine or its network, one way or another.
const SPELLINGS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "127.000.000.001",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[2002:7f00:1::]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "foo.localhost",
    "foo.localhost.",
    "a.b.localhost",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１２７.0.0.1",
    "%31%32%37.0.0.1",
    "127.0.0.1%2e",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "224.0.0.1",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "user@127.0.0.1",
    "example.org@127.0.0.1",
    "example.org\\@127.0.0.1",
    "127.0.0.1#@example.org",
    "ⓛocalhost",
    "loc\tal\nhost",
    "127.0.0.1\u{ad}",
];

/// Public to look at; nothing is ever sent there.
const PUBLIC: &str = "93.184.216.34";

#[tokio::test]
async fn directly_and_by_redirect() {
    assert!(SPELLINGS.len() >= 40);
    let victim = Server::start(|_| Reply::ok("inside")).await;
    let rig = rig();
    for spelling in SPELLINGS {
        // The port stands behind the host, before what may follow it.
        let (host, rest) = spelling.split_once('#').map_or((*spelling, String::new()), |(host, rest)| (host, format!("#{rest}")));
        let url = format!("http://{host}:{}{rest}", victim.port);
        let problem = rig.send(&hosts(["example.org", "127.0.0.1", "localhost"]), get(url.as_str())).await.unwrap_err();
        assert!([PERMISSION_NEEDED, "http.url", "http.connect"].contains(&problem.code.as_str()), "{url}: {problem:?}");
        for hops in [1, 3, 10] {
            let (to, left) = (url.clone(), Mutex::new(hops));
            let redirector = Server::start(move |_| {
                let mut left = left.lock().unwrap();
                *left -= 1;
                if *left > 0 { Reply::redirect(302, "/next") } else { Reply::redirect(302, &to) }
            })
            .await;
            let c = hosts([redirector.name()]);
            let done = rig.send(&c, get(redirector.url("/"))).await;
            assert!(done.is_err(), "{url} after {hops} redirects: {done:?}");
        }
    }
    assert_eq!(victim.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn by_what_a_name_server_says() {
    let victim = Server::start(|_| Reply::ok("inside")).await;
    let rig = rig();
    let name = format!("evil.example:{}", victim.port);
    let url = format!("http://{name}/");
    let c = hosts([name.as_str(), "127.0.0.1", "localhost"]);
    let inside: Vec<IpAddr> = [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "fe80::1",
        "::ffff:0:127.0.0.1",
    ]
    .map(|address| address.parse().unwrap())
    .into();
    for address in &inside {
        rig.names.set("evil.example", vec![vec![*address]]);
        let problem = rig.send(&c, get(url.as_str())).await.unwrap_err();
        assert_eq!(problem.code, PERMISSION_NEEDED, "{address}");
        let wanted = Target::parse(&url).unwrap();
        assert_eq!(problem.details.at("needs.0.target").unwrap().to_text(), wanted.at(*address).name());
        // It changes its mind between our look and the connection.
        rig.names.set("evil.example", vec![vec![PUBLIC.parse().unwrap()], vec![*address]]);
        let problem = rig.send(&c, get(url.as_str())).await.unwrap_err();
        assert_eq!(problem.code, PERMISSION_NEEDED, "{address}, rebound: {problem:?}");
        // A redirect to that name.
        let to = url.clone();
        let redirector = Server::start(move |_| Reply::redirect(307, &to)).await;
        rig.names.set("evil.example", vec![vec![*address]]);
        let problem = rig.send(&hosts([redirector.name(), name.clone()]), get(redirector.url("/"))).await.unwrap_err();
        assert_eq!(problem.code, PERMISSION_NEEDED, "{address}, redirected");
    }
    // Of a mixed answer only what may be connected to is left.
    let mixed = [inside[0], PUBLIC.parse().unwrap()];
    assert_eq!(Target::parse(&url).unwrap().choose(&c, &mixed).unwrap(), mixed[1..]);
    assert!(victim.asked().is_empty());
    rig.names.set("nowhere.example", vec![vec![]]);
    for host in ["nowhere.example", "unknown.example"] {
        let problem = rig.send(&hosts([host]), get(format!("http://{host}/"))).await.unwrap_err();
        assert_eq!((problem.code.as_str(), problem.retryable), ("http.connect", true));
    }
}

#[tokio::test]
async fn what_was_named_is_reached() {
    let server = Server::start(|_| Reply::ok("inside")).await;
    let rig = rig();
    let port = server.port;
    for (url, named) in [
        (server.url("/"), vec![server.name()]),
        (format!("http://127.1:{port}/"), vec![server.name()]),
        (format!("http://localhost:{port}/"), vec![format!("localhost:{port}")]),
        (format!("http://LOCALHOST.:{port}/"), vec![format!("localhost:{port}")]),
        (format!("http://nas.example:{port}/"), vec![format!("nas.example:{port}"), server.name()]),
    ] {
        rig.names.set("nas.example", vec![vec!["127.0.0.1".parse().unwrap()]]);
        let c = hosts(named);
        assert_eq!(bytes(&rig.send(&c, get(url.as_str())).await.unwrap()), b"inside", "{url}");
        // The connection stays open for those who may use it, not for others.
        let other = rig.send(&hosts([format!("nas.example:{port}")]), get(url.as_str())).await;
        assert_eq!(other.unwrap_err().code, PERMISSION_NEEDED, "{url}");
    }
    assert_eq!(server.asked().len(), 5);
    // A host without its port is the scheme's own port only.
    assert_eq!(rig.send(&hosts(["127.0.0.1"]), get(server.url("/"))).await.unwrap_err().code, PERMISSION_NEEDED);
}

#[tokio::test]
async fn through_a_proxy_the_target_must_be_named_too() {
    let proxy = Server::start(|_| Reply::ok("by proxy")).await;
    let server = Server::start(|_| Reply::ok("directly")).await;
    let rig = rig_with(small(), Matcher::builder().all(proxy.url("")).build());
    let c = hosts(["site.example", &server.name()]);
    assert_eq!(bytes(&rig.send(&c, get("http://site.example/a")).await.unwrap()), b"by proxy");
    assert!(proxy.asked()[0].starts_with("GET http://site.example/a HTTP/1.1\r\n"));
    assert_eq!(bytes(&rig.send(&c, get(server.url("/"))).await.unwrap()), b"directly");
    for url in ["http://other.example/", "http://localhost/", "http://169.254.169.254/", "http://10.0.0.1/", "http://127.0.0.1/"] {
        assert_eq!(rig.send(&c, get(url)).await.unwrap_err().code, PERMISSION_NEEDED, "{url}");
    }
    assert_eq!(proxy.asked().len(), 1);
}
