//! How permissions and secrets name a host: the same text wherever an address is looked at.

use url::{Host, Url};

/// The host of an address as permissions name it: `api.example.org`, `[::1]`, with its port where that is not the scheme's own.
/// None for what is no address of a web server.
pub fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = match url.host()? {
        // `localhost.` is `localhost`.
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        address => address.to_string(),
    };
    match url.port() {
        _ if host.is_empty() => None,
        Some(port) => Some(format!("{host}:{port}")),
        None => Some(host),
    }
}

/// What a setting that names a host (`x-weft-names: host`) names literally. None for an expression, or where one may still change the host:
/// `https://api.example.org/${id}` names its host, `https://api.example.org${path}` does not.
pub fn host_named(setting: &str) -> Option<String> {
    if setting.starts_with("js/") {
        return None;
    }
    let Some((before, _)) = setting.split_once("${") else { return host_of(setting) };
    let (scheme, rest) = before.split_once("://")?;
    // Where the host ends for every reader of addresses.
    let end = rest.find(['/', '?', '#', '\\'])?;
    host_of(&before[..scheme.len() + 3 + end])
}

#[cfg(test)]
mod tests {
    use super::host_named;

    #[test]
    fn a_setting_names_its_host() {
        for (setting, host) in [
            ("https://API.example.org/a?b", Some("api.example.org")),
            ("https://api.example.org:443/a", Some("api.example.org")),
            ("http://127.1:8080", Some("127.0.0.1:8080")),
            ("http://[::1]:80/", Some("[::1]")),
            ("https://api.example.org/${item.id}", Some("api.example.org")),
            ("https://localhost.", Some("localhost")),
            ("https://api.example.org:8443?q=${item.q}", Some("api.example.org:8443")),
            ("https://api.example.org${item.rest}", None),
            ("https://api.example.org:${port}/", None),
            ("https://${host}/a", None),
            ("${url}", None),
            ("js/item.url", None),
            ("ftp://example.org", None),
            ("nothing", None),
            ("", None),
        ] {
            assert_eq!(host_named(setting).as_deref(), host, "{setting}");
        }
    }
}
