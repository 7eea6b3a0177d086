//! Sends an HTTP request for each item.

mod answer;
mod settings;
#[cfg(test)]
mod tests;

pub use settings::{Auth, Body, Http, Method, Part, Response};

use weft_node::world::HttpRequest;
use weft_node::{Context, EffectClass, Item, ItemNode, NodeType, Outputs, Port, Problem, Result, Value, files, item, schema};

const KEY: &str = "idempotency-key";

impl ItemNode for Http {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        let (body, media_type) = self.body.door(item)?;
        let mut headers = Vec::new();
        settings::each(&self.headers, |name, value| headers.push((name.to_owned(), value.to_owned())));
        let has = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let type_given = has("content-type");
        if self.send_idempotency_key && !has(KEY) {
            headers.push((KEY.into(), cx.idempotency_key()));
        }
        if let Some(media_type) = media_type.filter(|_| !type_given) {
            headers.push(("content-type".into(), media_type));
        }
        let request = HttpRequest {
            method: self.method.name().into(),
            url: self.address()?,
            headers,
            body,
            auth: self.auth.door(),
            timeout_ms: Some((self.timeout.clamp(0.1, 3600.0) * 1000.0) as u64),
            follow_redirects: self.follow_redirects,
            inline_limit: None,
        };
        let answer = cx.world.egress().send(&cx.caller, request).await?;
        answer::outputs(self, item, answer, cx).await
    }
}

impl Http {
    /// The address with the query.
    fn address(&self) -> Result<String> {
        if self.query.is_empty() {
            return Ok(self.url.clone());
        }
        let mut url = url::Url::parse(self.url.trim()).map_err(|error| {
            Problem::setting("url", format!("The address cannot be used: {error}.")).help("Write it like https://example.org/path.")
        })?;
        settings::each(&self.query, |name, value| {
            url.query_pairs_mut().append_pair(name, value);
        });
        Ok(url.into())
    }
}

/// GET and HEAD look; PUT and DELETE may be repeated, and so may what carries a key the server honours.
fn effect(settings: &Value) -> EffectClass {
    let has_key = settings.get("send_idempotency_key").and_then(Value::as_bool) == Some(true)
        || settings
            .get("headers")
            .and_then(Value::as_object)
            .is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case(KEY)));
    match settings.get("method").map_or(Some("GET"), Value::as_str) {
        Some("GET" | "HEAD" | "OPTIONS") => EffectClass::Read,
        Some("PUT" | "DELETE") => EffectClass::Idempotent,
        _ if has_key => EffectClass::Idempotent,
        _ => EffectClass::Unsafe,
    }
}

pub static NODE: NodeType = NodeType {
    id: "net.http",
    version: 1,
    title: "HTTP request",
    summary: "Asks a web server, or sends it something.",
    keywords: &["api", "rest", "fetch", "curl", "web", "url", "download", "post", "get", "webhook"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: weft_node::Body::Item(item::<Http>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect,
    card: &["{method} {url}", "{url}"],
    schema: schema::<Http>,
    files: files!(),
};
