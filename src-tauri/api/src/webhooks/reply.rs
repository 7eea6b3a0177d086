//! What a webhook's caller gets.

use super::WebhookReply;
use bytes::Bytes;
use uuid::Uuid;
use weft_engine::Reply;
use weft_node::{Batch, Problem, Value};

pub fn accepted(run: Uuid) -> WebhookReply {
    json(202, &Value::object([("run", Value::from(run.to_string()))]))
}

pub fn error(status: u16, problem: &Problem) -> WebhookReply {
    json(status, &Value::object([("error", Value::from(problem.message.as_str())), ("code", Value::from(problem.code.as_str()))]))
}

pub fn of(reply: Reply, run: Uuid) -> WebhookReply {
    match reply {
        Reply::Respond { settings, items, .. } => respond(&settings, &items),
        Reply::Last(value) => content(200, Vec::new(), &value.unwrap_or_default()),
        Reply::NoResponse => error(500, &Problem::new("no_response", "The run finished and no Respond node answered.")),
        Reply::Failed(problem) => {
            // An error may carry the status a caller should see.
            let status = problem
                .details
                .get("status")
                .and_then(Value::as_i64)
                .and_then(|status| u16::try_from(status).ok())
                .filter(|status| (400..600).contains(status));
            error(status.unwrap_or(500), &problem)
        }
        Reply::Cancelled => error(500, &Problem::new("run.cancelled", format!("Run {run} was cancelled."))),
    }
}

fn respond(settings: &Value, items: &Batch) -> WebhookReply {
    let status = settings
        .get("status")
        .and_then(Value::as_i64)
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (200..600).contains(status));
    let headers = settings.get("headers").and_then(Value::as_object);
    let headers =
        headers.into_iter().flat_map(|map| map.iter()).map(|(name, value)| (name.to_ascii_lowercase(), value.to_text())).collect();
    match settings.get("body") {
        Some(body) => content(status.unwrap_or(200), headers, body),
        None => content(status.unwrap_or(200), headers, &items.flat().unwrap_or_default()),
    }
}

/// Lists and objects as JSON, text as text, unless a header says otherwise.
fn content(status: u16, mut headers: Vec<(String, String)>, body: &Value) -> WebhookReply {
    let (media_type, bytes) = match body {
        Value::Text(text) => ("text/plain; charset=utf-8", text.to_string()),
        Value::Null => ("application/json", "null".to_owned()),
        other => ("application/json", other.to_json()),
    };
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".into(), media_type.into()));
    }
    WebhookReply { status, headers, body: Bytes::from(bytes) }
}

fn json(status: u16, body: &Value) -> WebhookReply {
    content(status, Vec::new(), body)
}
