//! Connections: which addresses may be connected to is decided where the connection is made.
//!
//! A client shares its connections among callers, so there is one per answer to "where may this go": one that only
//! connects to public addresses, whatever a name server says by then, and one for each set of addresses that was
//! looked at and allowed.

use super::address::is_internal;
use super::target::Target;
use futures_util::future::BoxFuture;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::dns::{Addrs, Name, Resolve as ReqwestResolve, Resolving};
use reqwest::{Client, Proxy, Url, redirect};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use weft_node::world::Caller;
use weft_node::{Problem, Result};

/// Looks names up.
pub trait Resolve: Send + Sync {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's way of looking names up.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// Pinned clients kept at once; beyond that all are made anew.
const MOST_PINNED: usize = 64;

pub(super) struct Clients {
    resolver: Arc<dyn Resolve>,
    proxies: Matcher,
    connect_timeout: Duration,
    most_header_bytes: u32,
    public: OnceLock<Client>,
    others: Mutex<HashMap<Route, Client>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Route {
    Pinned { host: String, addresses: Vec<IpAddr> },
    Proxy { uri: String, authorization: Option<Vec<u8>> },
}

impl Clients {
    pub fn new(resolver: Arc<dyn Resolve>, proxies: Matcher, connect_timeout: Duration, most_header_bytes: u32) -> Self {
        Clients { resolver, proxies, connect_timeout, most_header_bytes, public: OnceLock::new(), others: Mutex::default() }
    }

    /// The client for this target; the caller was given it already.
    pub async fn choose(&self, caller: &Caller, target: &Target, url: &Url) -> Result<Client> {
        if !target.is_loopback()
            && let Some(proxy) = url.as_str().parse().ok().and_then(|uri| self.proxies.intercept(&uri))
        {
            let authorization = proxy.basic_auth().map(|value| value.as_bytes().to_vec());
            return self.other(Route::Proxy { uri: proxy.uri().to_string(), authorization });
        }
        if target.address().is_some() {
            // Named exactly, and connected to as it is written.
            return self.public();
        }
        let host = target.host.to_string();
        if target.is_localhost() {
            return self.other(Route::Pinned { host, addresses: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()] });
        }
        let addresses = self.resolver.resolve(host.clone()).await.map_err(|error| unknown(&host, Some(&error)))?;
        if addresses.is_empty() {
            return Err(unknown(&host, None));
        }
        let mut chosen = target.choose(caller, &addresses)?;
        if chosen.iter().any(|&address| is_internal(address)) {
            chosen.sort_unstable();
            chosen.dedup();
            return self.other(Route::Pinned { host, addresses: chosen });
        }
        self.public()
    }

    fn public(&self) -> Result<Client> {
        if let Some(client) = self.public.get() {
            return Ok(client.clone());
        }
        let client = self.build(|builder| Ok(builder.dns_resolver(Arc::new(PublicOnly(self.resolver.clone())))))?;
        Ok(self.public.get_or_init(|| client).clone())
    }

    fn other(&self, route: Route) -> Result<Client> {
        if let Some(client) = self.others.lock().unwrap_or_else(PoisonError::into_inner).get(&route) {
            return Ok(client.clone());
        }
        let client = self.build(|builder| match &route {
            Route::Pinned { addresses, .. } => Ok(builder.dns_resolver(Arc::new(Pinned(addresses.clone())))),
            Route::Proxy { uri, authorization } => {
                let mut proxy = Proxy::all(uri.as_str())?;
                if let Some(value) = authorization.as_ref().and_then(|bytes| reqwest::header::HeaderValue::from_bytes(bytes).ok()) {
                    proxy = proxy.custom_http_auth(value);
                }
                Ok(builder.proxy(proxy))
            }
        })?;
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if others.len() >= MOST_PINNED {
            others.clear();
        }
        others.insert(route, client.clone());
        Ok(client)
    }

    fn build(&self, route: impl FnOnce(reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder>) -> Result<Client> {
        // Somebody may have installed it before: then that one is used.
        rustls::crypto::ring::default_provider().install_default().ok();
        let builder = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("weftwork/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(8)
            .http1_max_headers(1000)
            .http2_max_header_list_size(self.most_header_bytes);
        route(builder).and_then(reqwest::ClientBuilder::build).map_err(|error| {
            Problem::new("http.failed", format!("The HTTP client could not be made: {}.", error.without_url()))
                .help("Check the system's certificates and proxy settings.")
        })
    }
}

fn unknown(host: &str, error: Option<&io::Error>) -> Problem {
    let why = error.map_or_else(String::new, |error| format!(": {error}"));
    Problem::new("http.connect", format!("The host {host} could not be found{why}."))
        .help("Check its spelling and your connection.")
        .retryable()
}

/// Told by [`PublicOnly`] when a name led inside after all.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to the inside address {0}")]
pub(super) struct Inside(pub IpAddr);

/// Names lead to public addresses or nowhere, at the very moment of connecting.
struct PublicOnly(Arc<dyn Resolve>);

impl ReqwestResolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.0.resolve(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = looking.await?;
            let public: Vec<SocketAddr> = addresses.iter().filter(|&&ip| !is_internal(ip)).map(|&ip| SocketAddr::new(ip, 0)).collect();
            match (public.is_empty(), addresses.first()) {
                (true, Some(&inside)) => Err(Inside(inside).into()),
                _ => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

/// Any name leads to the addresses that were looked at.
struct Pinned(Vec<IpAddr>);

impl ReqwestResolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Vec<SocketAddr> = self.0.iter().map(|&ip| SocketAddr::new(ip, 0)).collect();
        Box::pin(async move { Ok(Box::new(addresses.into_iter()) as Addrs) })
    }
}
