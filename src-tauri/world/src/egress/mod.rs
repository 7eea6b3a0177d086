//! The only way to a network, and the only place where a secret is opened.
//!
//! Each hop of a request is a request of its own: its host must have been given to the flow, the address connected to is
//! looked at, and what was meant for another server stays behind.

mod address;
mod answer;
mod clients;
mod mask;
mod request;
mod target;
#[cfg(test)]
mod tests;

pub use address::is_internal;
pub use answer::NoSecrets;
pub use clients::{Resolve, SystemResolver};
pub use target::Target;

use crate::deny::or_cancelled;
use clients::Clients;
use futures_util::future::BoxFuture;
use hyper_util::client::proxy::matcher::Matcher;
use request::{Credential, Parts};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Method, StatusCode, Url};
use std::sync::Arc;
use std::time::Duration;
use weft_node::world::{Blobs, Caller, Egress, HttpBody, HttpRequest, HttpResponse};
use weft_node::{Problem, Result};
use zeroize::Zeroizing;

/// Opens secrets. The vault is the store's; only [`LocalEgress`] asks it.
pub trait Secrets: Send + Sync {
    /// The secret's bytes, if it is meant for this host (`api.example.org`, or `host:port` where the port is not the scheme's own).
    ///
    /// # Errors
    /// Where there is none of that name, or it is not this host's.
    fn open(&self, name: &str, host: &str) -> Result<Zeroizing<Vec<u8>>>;
}

/// Caps of one exchange.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Body kept in memory, decoded, in bytes; more becomes a blob. A request may set its own.
    pub inline: u64,
    /// Body altogether, decoded, in bytes.
    pub total: u64,
    pub headers: u64,
    pub redirects: usize,
    pub connect: Duration,
    /// Longest silence.
    pub idle: Duration,
    /// For everything, where a request does not say.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            inline: 16 << 20,
            total: 2 << 30,
            headers: 64 << 10,
            redirects: 10,
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            time: Duration::from_secs(30),
        }
    }
}

/// [`Egress`] to the real network.
pub struct LocalEgress {
    clients: Clients,
    blobs: Arc<dyn Blobs>,
    secrets: Arc<dyn Secrets>,
    limits: Limits,
}

impl LocalEgress {
    /// With the system's name lookup and the proxies of the environment.
    pub fn new(blobs: Arc<dyn Blobs>, secrets: Arc<dyn Secrets>) -> Self {
        LocalEgress::with(blobs, secrets, Arc::new(SystemResolver), Limits::default(), Matcher::from_env())
    }

    pub fn with(blobs: Arc<dyn Blobs>, secrets: Arc<dyn Secrets>, resolver: Arc<dyn Resolve>, limits: Limits, proxies: Matcher) -> Self {
        let headers = u32::try_from(limits.headers).unwrap_or(u32::MAX);
        LocalEgress { clients: Clients::new(resolver, proxies, limits.connect, headers), blobs, secrets, limits }
    }

    async fn exchange(&self, caller: &Caller, mut request: HttpRequest) -> Result<HttpResponse> {
        let mut url = target::parse_url(&request.url)?;
        let mut method = request::method(&request.method)?;
        let mut headers = request::headers(&request.headers)?;
        let mut body = std::mem::take(&mut request.body);
        let first = Target::of(&url)?;
        first.ask(caller)?;
        let credential = match &request.auth {
            Some(auth) => Some(Credential::open(caller, &*self.secrets, auth, &first)?),
            None => None,
        };
        let mask = credential.as_ref().map(Credential::mask).unwrap_or_default();
        let mut carried = credential.as_ref();
        let mut hops = 0;
        loop {
            let target = Target::of(&url)?;
            target.ask(caller)?;
            let client = self.clients.choose(caller, &target, &url).await?;
            let parts = Parts { method: &method, url: &url, headers: &headers, body: &body, credential: carried };
            let sent = client.execute(request::build(&client, &parts, &self.blobs)?);
            // A long upload is no silence; the time for everything ends it.
            let silence = if matches!(body, HttpBody::Empty | HttpBody::Bytes(_)) { self.limits.idle } else { Duration::MAX };
            let response = match tokio::time::timeout(silence, sent).await {
                Ok(response) => response.map_err(|error| answer::failed(error, &mask, &target))?,
                Err(_) => return Err(answer::timeout(&format!("{} did not answer in time", target.name()))),
            };
            let status = response.status();
            let given = answer::headers(response.headers(), &self.limits, &mask)?;
            let next = if request.follow_redirects { next_url(&url, status, &response)? } else { None };
            let Some(next) = next else {
                let inline = request.inline_limit.unwrap_or(self.limits.inline);
                let body = answer::body(response, &target, inline, &self.limits, &mask, &self.blobs).await?;
                return Ok(HttpResponse { status: status.as_u16(), headers: given, url: mask.text(url.as_str()), body });
            };
            hops += 1;
            if hops > self.limits.redirects {
                return Err(Problem::new(
                    "http.redirects",
                    format!("{} redirects more than {} times.", first.name(), self.limits.redirects),
                )
                .help("Name the address it leads to in the end."));
            }
            if next.origin() != url.origin() {
                carried = None;
                request::keep_harmless(&mut headers);
            }
            if status == StatusCode::SEE_OTHER
                || matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND) && method == Method::POST
            {
                if method != Method::HEAD {
                    method = Method::GET;
                }
                body = HttpBody::Empty;
                headers.remove(CONTENT_TYPE);
            }
            url = next;
        }
    }
}

impl Egress for LocalEgress {
    fn send<'a>(&'a self, caller: &'a Caller, request: HttpRequest) -> BoxFuture<'a, Result<HttpResponse>> {
        let time = request.timeout_ms.map_or(self.limits.time, Duration::from_millis);
        Box::pin(or_cancelled(caller, async move {
            match tokio::time::timeout(time, self.exchange(caller, request)).await {
                Ok(done) => done,
                Err(_) => Err(answer::timeout(&format!("The exchange took longer than {} s", time.as_secs_f32()))),
            }
        }))
    }
}

/// Where a redirect leads; none where the answer is no redirect.
fn next_url(url: &Url, status: StatusCode, response: &reqwest::Response) -> Result<Option<Url>> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let broken = || {
        Problem::new("http.redirects", "The server redirects to something that is no address.").help("Name the right address in the node.")
    };
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| broken())?;
    let next = url.join(location).map_err(|_| broken())?;
    target::accept(next).map(Some)
}
