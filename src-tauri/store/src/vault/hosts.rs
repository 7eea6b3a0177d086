//! Which hosts a secret may be sent to.

use crate::Result;
use crate::error::refused;

/// Lower case, each once, in the order given.
pub(super) fn clean(hosts: &[String], most: usize) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    for host in hosts {
        let host = host.trim().to_ascii_lowercase();
        if !is_host_pattern(&host) {
            return Err(refused("secret.bad_host", "this is no host", "write `api.example.org`, `127.0.0.1:8080` or `*.example.org`"));
        }
        if !out.contains(&host) {
            out.push(host);
        }
    }
    if out.is_empty() || out.len() > most {
        return Err(refused("secret.hosts", "a secret needs 1 to 100 hosts it may be sent to", "name them with `--host`"));
    }
    Ok(out)
}

/// `api.example.org`, `127.0.0.1:8080`, `[::1]:8080`, `*.example.org`. A star stands for at least one label, never for a whole domain.
pub fn is_host_pattern(text: &str) -> bool {
    let Some((host, port)) = split_port(text) else {
        return false;
    };
    if port.is_some_and(|p| p.parse::<u16>().map_or(true, |p| p == 0)) {
        return false;
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    match host.strip_prefix("*.") {
        Some(domain) => is_host(domain) && domain.contains('.') && !domain.ends_with(|c: char| c.is_ascii_digit()),
        None => is_host(host),
    }
}

/// Whether a request to `host` fits the pattern. A pattern without a port is for the scheme's own port, and so for a host named without one.
pub(super) fn matches(pattern: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let (Some((pattern, wants)), Some((host, port))) = (split_port(pattern), split_port(&host)) else {
        return false;
    };
    if wants != port {
        return false;
    }
    match pattern.strip_prefix('*') {
        Some(domain) => is_host(host) && host.len() > domain.len() && host.ends_with(domain),
        None => pattern == host,
    }
}

/// Host and port; none where the text is neither.
fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if text.starts_with('[') {
        let end = text.find(']')? + 1;
        let (host, rest) = text.split_at(end);
        return if rest.is_empty() { Some((host, None)) } else { rest.strip_prefix(':').map(|p| (host, Some(p))) };
    }
    match text.split_once(':') {
        Some((_, port)) if port.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

fn is_host(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for good in ["api.example.org", "localhost", "127.0.0.1:8080", "[::1]:80", "*.example.org", "xn--bcher-kva.example"] {
            assert!(is_host_pattern(good), "{good}");
        }
        for bad in
            ["", "*", "*.org", "a.*.org", "https://a.org", "a.org/x", "a b", "a:0", "a:99999", "*.0.0.1", "a..b", "-a.org", "[::1", "::1"]
        {
            assert!(!is_host_pattern(bad), "{bad}");
        }
    }

    #[test]
    fn a_host_fits_only_its_own_pattern() {
        for (pattern, host) in [
            ("api.example.org", "API.example.org"),
            ("api.example.org", "api.example.org."),
            ("*.example.org", "a.b.example.org"),
            ("a.org:81", "a.org:81"),
        ] {
            assert!(matches(pattern, host), "{pattern} {host}");
        }
        for (pattern, host) in [
            ("api.example.org", "evil.org"),
            ("api.example.org", "api.example.org.evil.org"),
            ("*.example.org", "example.org"),
            ("*.example.org", "evilexample.org"),
            ("*.example.org", ".example.org"),
            ("*.example.org", "evil.org/.example.org"),
            ("a.org", "a.org:81"),
            ("a.org:81", "a.org"),
            ("a.org", ""),
        ] {
            assert!(!matches(pattern, host), "{pattern} {host}");
        }
    }
}
