//! Whom a request is for: scheme, host and port of an address, as permissions name them.

use super::address::is_internal;
use crate::deny::permission_needed;
use std::net::IpAddr;
use url::{Host, Url};
use weft_node::world::Caller;
use weft_node::{Need, NeedKind, Problem, Result};

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(crate) host: Host,
    port: u16,
    is_default_port: bool,
}

impl Target {
    /// # Errors
    /// `http.url`, where the text is no address of a web server.
    pub fn parse(text: &str) -> Result<Self> {
        Target::of(&parse_url(text)?)
    }

    pub(crate) fn of(url: &Url) -> Result<Self> {
        let host = url.host().ok_or_else(|| refuse("it names no host"))?.to_owned();
        let port = url.port_or_known_default().ok_or_else(|| refuse("it names no port"))?;
        Ok(Target { host, port, is_default_port: url.port().is_none() })
    }

    /// As a permission names it: the host, with its port where that is not the scheme's own.
    pub fn name(&self) -> String {
        if self.is_default_port { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }

    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(v4) => Some(v4.into()),
            Host::Ipv6(v6) => Some(v6.into()),
            Host::Domain(_) => None,
        }
    }

    /// `localhost` and everything under it: this machine, whatever a name server says.
    pub(crate) fn is_localhost(&self) -> bool {
        matches!(&self.host, Host::Domain(name) if name == "localhost" || name.ends_with(".localhost"))
    }

    /// Whether it stays on this machine by its name alone: no proxy is asked for it.
    pub(crate) fn is_loopback(&self) -> bool {
        self.is_localhost() || self.address().is_some_and(|address| address.to_canonical().is_loopback())
    }

    /// The same port at an address that the name leads to.
    pub(super) fn at(&self, address: IpAddr) -> Target {
        let host = match address {
            IpAddr::V4(v4) => Host::Ipv4(v4),
            IpAddr::V6(v6) => Host::Ipv6(v6),
        };
        Target { host, ..self.clone() }
    }

    fn is_given(&self, caller: &Caller) -> bool {
        let given = |target: String| caller.permissions.allows(&Need::new(NeedKind::Host, target));
        given(self.name()) || given(format!("{}:{}", self.host, self.port))
    }

    /// Fails unless the caller's flow was given exactly this.
    ///
    /// # Errors
    /// `permission.needed`.
    pub fn ask(&self, caller: &Caller) -> Result<()> {
        if self.is_given(caller) { Ok(()) } else { Err(permission_needed(&[Need::new(NeedKind::Host, self.name())])) }
    }

    /// Of the addresses a name leads to, those the caller may connect to: public ones, and those inside that were named themselves.
    pub(crate) fn choose(&self, caller: &Caller, addresses: &[IpAddr]) -> Result<Vec<IpAddr>> {
        let chosen: Vec<IpAddr> =
            addresses.iter().copied().filter(|&address| !is_internal(address) || self.at(address).is_given(caller)).collect();
        match (chosen.is_empty(), addresses.first()) {
            (true, Some(&inside)) => Err(self.blocked(inside)),
            _ => Ok(chosen),
        }
    }

    /// The name leads inside, to an address nobody named.
    pub(crate) fn blocked(&self, address: IpAddr) -> Problem {
        let mut problem = permission_needed(&[Need::new(NeedKind::Host, self.at(address).name())]);
        problem.message =
            format!("{} leads to {address}, an address of this machine or its network that this flow was not given.", self.host);
        problem.help = "Allow that address for this flow, if it is meant to go there.".into();
        problem
    }
}

/// Reads an address; the host has one spelling afterwards.
pub(crate) fn parse_url(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim()).map_err(|error| refuse(&format!("{error}")))?;
    accept(url)
}

/// What any address must keep to, also one that a redirect names.
pub(crate) fn accept(mut url: Url) -> Result<Url> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it must begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse(
            "a user name or password in it would be seen by everyone who sees the run; put it into the authentication setting",
        ));
    }
    if url.as_str().len() > 16 << 10 {
        return Err(refuse("it is longer than 16 KiB"));
    }
    // `localhost.` is `localhost`.
    if let Some(Host::Domain(name)) = url.host()
        && name.ends_with('.')
    {
        let bare = name.trim_end_matches('.').to_owned();
        url.set_host(Some(&bare)).map_err(|error| refuse(&format!("{error}")))?;
    }
    url.set_fragment(None);
    Ok(url)
}

/// The address itself is not repeated: it may hold what should not be seen.
fn refuse(why: &str) -> Problem {
    Problem::new("http.url", format!("The address cannot be used: {why}."))
        .field("settings/url")
        .help("Write it like https://example.org/path.")
}

#[cfg(test)]
mod tests {
    use super::Target;
    use weft_node::host_of;

    #[test]
    fn doors_and_permissions_name_hosts_alike() {
        for address in [
            "https://API.example.org/a?b",
            "https://api.example.org:443/a",
            "http://api.example.org:443/a",
            "http://127.1:8080",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]",
            "https://localhost.",
            "http://b\u{fc}cher.example",
            "http://a.example:1/",
        ] {
            assert_eq!(Some(Target::parse(address).unwrap().name()), host_of(address), "{address}");
        }
    }
}
