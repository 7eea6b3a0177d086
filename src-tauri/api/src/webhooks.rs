//! Requests that start flows in use: matched by path, checked, run, answered (SEMANTICS 12).

mod reply;
mod request;

use crate::Api;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use weft_engine::StartRun;
use weft_engine::journal::ReplyMode;
use weft_node::{Problem, Value};

/// A request as a listener took it from the wire.
#[derive(Clone, Debug)]
pub struct WebhookRequest {
    pub method: String,
    /// `/orders/north`
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// Lower-case names, in their order.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

#[derive(Clone, Debug)]
pub struct WebhookReply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// A reply takes at most this long; the run goes on.
const PATIENCE: Duration = Duration::from_secs(30);
const TYPE: &str = "trigger.webhook";

/// A webhook trigger of a flow in use.
struct Endpoint {
    flow: String,
    node: String,
    settings: Value,
    params: BTreeMap<String, String>,
    /// Literal parts before the first parameter: the more, the better it fits.
    literal: usize,
}

impl Api {
    /// Whether any flow in use listens for requests.
    pub async fn webhooks_in_use(self: &Arc<Self>) -> bool {
        let found = self.documents(|documents| {
            let (settings, _) = documents.settings()?;
            Ok(settings.in_use.iter().any(|flow| documents.view(flow).is_ok_and(|view| view.nodes.values().any(|node| node.kind == TYPE))))
        });
        found.await.unwrap_or(false)
    }

    /// Answers one request.
    pub async fn webhook(self: &Arc<Self>, request: WebhookRequest) -> WebhookReply {
        match self.answer(request).await {
            Ok(reply) => reply,
            Err((status, problem)) => reply::error(status, &problem),
        }
    }

    async fn answer(self: &Arc<Self>, request: WebhookRequest) -> Result<WebhookReply, (u16, Problem)> {
        let internal = |problem: crate::types::Problem| (500, Problem::new(problem.code, problem.message));
        let path = request.path.clone();
        let endpoints = self.documents(move |documents| Ok(matching(documents, &path))).await.map_err(internal)?;
        if endpoints.is_empty() {
            return Err((
                404,
                Problem::new("webhook.not_found", "No flow in use listens here.")
                    .help("Put the flow in use, and look at the path of its webhook."),
            ));
        }
        let endpoint = endpoints
            .into_iter()
            .find(|endpoint| methods(&endpoint.settings).iter().any(|method| method == &request.method))
            .ok_or_else(|| (405, Problem::new("webhook.method", format!("{} is not answered here.", request.method))))?;
        let most = endpoint.settings.get("max_bytes").and_then(Value::as_i64).unwrap_or(16 << 20).max(0) as usize;
        if request.body.len() > most {
            return Err((413, Problem::new("webhook.too_large", format!("The body is larger than {most} bytes."))));
        }
        self.check_secret(&endpoint, &request)?;
        let seen = request::value(&request, &endpoint.params).map_err(|problem| (400, problem))?;

        let flow_id = endpoint.flow.clone();
        let prepared = self.prepared(&flow_id).await.map_err(internal)?;
        let mode = match endpoint.settings.get("reply").and_then(Value::as_str) {
            Some("now") => ReplyMode::Now,
            Some("node") => ReplyMode::Node,
            Some("last") => ReplyMode::Last,
            _ => ReplyMode::Auto,
        };
        let start = StartRun { start: Some(endpoint.node), trigger: "webhook".into(), request: seen, reply: mode, ..prepared };
        let handle = self.engine.start(start).await.map_err(|problem| (if problem.code == "queue.full" { 429 } else { 500 }, problem))?;
        if mode == ReplyMode::Now {
            return Ok(reply::accepted(handle.id));
        }
        let run = handle.id;
        match tokio::time::timeout(PATIENCE, handle.reply).await {
            Ok(Ok(given)) => Ok(reply::of(given, run)),
            Ok(Err(_)) => Err((500, Problem::new("no_response", "The run ended without an answer."))),
            Err(_) => Err((504, Problem::new("webhook.timeout", "The flow has not answered within 30 seconds; it goes on."))),
        }
    }

    fn check_secret(&self, endpoint: &Endpoint, request: &WebhookRequest) -> Result<(), (u16, Problem)> {
        let Some(secret) = endpoint.settings.get("secret").filter(|secret| !secret.is_null()) else { return Ok(()) };
        let header = secret.get("header").and_then(Value::as_str).unwrap_or("X-Webhook-Secret").to_ascii_lowercase();
        let name = secret.get("secret").and_then(Value::as_str).unwrap_or_default();
        let wanted = self.documents.vault().open(name, "incoming").map_err(|error| {
            tracing::warn!(%error, flow = %endpoint.flow, "a webhook's secret cannot be opened");
            (500, Problem::new("webhook.secret", "The secret of this webhook is not there."))
        })?;
        let given = request.headers.iter().find(|(name, _)| *name == header).map(|(_, value)| value.as_bytes()).unwrap_or_default();
        // Hashes are compared, so the time it takes tells nothing about the secret.
        if blake3::hash(given) == blake3::hash(&wanted) {
            Ok(())
        } else {
            Err((401, Problem::new("webhook.denied", "The request does not carry this webhook's secret.")))
        }
    }
}

fn methods(settings: &Value) -> Vec<String> {
    match settings.get("methods").and_then(Value::as_list) {
        Some(list) if !list.is_empty() => list.iter().map(Value::to_text).collect(),
        _ => vec!["POST".into()],
    }
}

/// Endpoints that fit a path, the most literal first.
fn matching(documents: &weft_store::Flows, path: &str) -> Vec<Endpoint> {
    let Ok((settings, _)) = documents.settings() else { return Vec::new() };
    let mut found = Vec::new();
    for flow in settings.in_use {
        let Ok(view) = documents.view(&flow) else { continue };
        for (id, node) in view.nodes.iter().filter(|(_, node)| node.kind == TYPE && node.disabled.is_none()) {
            let pattern = node.settings.get("path").map(Value::to_text).unwrap_or_default();
            if let Some((params, literal)) = fits(&pattern, path) {
                found.push(Endpoint { flow: flow.clone(), node: id.clone(), settings: node.settings.clone(), params, literal });
            }
        }
    }
    found.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.literal));
    found
}

/// Parameters of a path, where it fits the pattern part by part.
fn fits(pattern: &str, path: &str) -> Option<(BTreeMap<String, String>, usize)> {
    let parts = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (pattern, path) = (parts(pattern), parts(path));
    if pattern.len() != path.len() {
        return None;
    }
    let mut params = BTreeMap::new();
    let mut literal = 0;
    for (wanted, given) in pattern.iter().zip(&path) {
        let given = request::decoded(given, false);
        match wanted.strip_prefix(':') {
            Some(name) => {
                params.insert(name.to_owned(), given);
            }
            None if *wanted == given => literal += 1,
            None => return None,
        }
    }
    Some((params, literal))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn paths_fit_part_by_part() {
        let (params, literal) = fits("orders/:shop", "/orders/north%20side/").expect("it fits");
        assert_eq!((params["shop"].as_str(), literal), ("north side", 1));
        assert!(fits("orders/:shop", "/orders").is_none());
        assert!(fits("orders", "/Orders").is_none());
        assert_eq!(fits("", "/").map(|(params, literal)| (params.len(), literal)), Some((0, 0)));
    }
}
