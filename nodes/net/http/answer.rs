//! What becomes of the answer: the item, or the error.

use super::settings::{Http, Response, data};
use weft_node::world::{HttpAnswer, HttpResponse};
use weft_node::{Context, Item, Outputs, Problem, Result, Value};

/// Most of an error's body that is shown, in bytes.
const SHOWN: usize = 2 << 10;
/// Largest answer that is made into values or text, in bytes.
const MOST_VALUES: u64 = 64 << 20;
/// A server that asks for more is not waited for that long.
const LONGEST_WAIT_MS: i64 = 24 * 3_600_000;

pub async fn outputs(settings: &Http, item: &Item, answer: HttpResponse, cx: &Context) -> Result<Outputs> {
    if answer.status >= 400 && !settings.accept_any_status {
        return Err(failed(&answer, cx.world.clock().now_ms()));
    }
    let media_type = header(&answer, "content-type").unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let kind = match settings.response {
        Response::Auto if media_type == "application/json" || media_type.ends_with("+json") => Response::Json,
        Response::Auto if is_text(&media_type) => Response::Text,
        // Without a type it is text where it reads as text.
        Response::Auto
            if media_type.is_empty() && matches!(&answer.body, HttpAnswer::Bytes(bytes) if std::str::from_utf8(bytes).is_ok()) =>
        {
            Response::Text
        }
        Response::Auto => Response::Blob,
        told => told,
    };
    let bare = Item { blobs: None, ..item.clone() };
    let (body, blob) = match (kind, &answer.body) {
        (_, HttpAnswer::Bytes(bytes)) if bytes.is_empty() => (Value::from(weft_node::Map::default()), None),
        (Response::Blob | Response::Auto, body) => {
            let blob = match body {
                HttpAnswer::Blob(blob) => blob.clone(),
                HttpAnswer::Bytes(bytes) => {
                    let media_type = if media_type.is_empty() { "application/octet-stream" } else { &media_type };
                    let name = answer.url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).filter(|name| !name.is_empty());
                    cx.world.blobs().put(bytes.clone(), media_type, name).await?
                }
            };
            let json = Value::object([
                ("size", Value::from(blob.size)),
                ("media_type", Value::from(blob.media_type.as_str())),
                ("file_name", blob.file_name.as_deref().map_or(Value::Null, Value::from)),
            ]);
            (json, Some(blob))
        }
        (kind, body) => {
            let bytes = match body {
                HttpAnswer::Bytes(bytes) => bytes.clone(),
                HttpAnswer::Blob(blob) => cx.blob(blob, MOST_VALUES).await?,
            };
            let value = if kind == Response::Json {
                Value::from_json_bytes(strip_mark(&bytes)).map_err(|error| {
                    Problem::new("http.body", format!("The answer is no JSON: {error}."))
                        .help("Take the answer as text or as a file, or look at what the server sends.")
                        .details(Value::object([("body", Value::from(excerpt(&bytes)))]))
                })?
            } else {
                Value::object([("text", Value::from(&*String::from_utf8_lossy(strip_mark(&bytes))))])
            };
            (value, None)
        }
    };
    let json = if settings.full_response {
        Value::object([("status", Value::from(i64::from(answer.status))), ("headers", headers(&answer)), ("body", body)])
    } else {
        body
    };
    let item = bare.with_json(json);
    Ok(Outputs::one(match blob {
        Some(blob) => item.with_blob(data(), blob),
        None => item,
    }))
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || media_type.ends_with("+xml") && media_type != "image/svg+xml"
        || matches!(
            media_type,
            "application/xml"
                | "application/javascript"
                | "application/x-ndjson"
                | "application/yaml"
                | "application/x-www-form-urlencoded"
        )
}

fn header<'a>(answer: &'a HttpResponse, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// By name; a name that comes several times has its values joined, as HTTP says.
fn headers(answer: &HttpResponse) -> Value {
    let mut all = weft_node::Map::default();
    for (name, value) in &answer.headers {
        let joined = match all.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        all.insert(name.as_str(), joined.into());
    }
    all.into()
}

fn strip_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned();
    text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect()
}

fn failed(answer: &HttpResponse, now_ms: i64) -> Problem {
    let status = answer.status;
    let help = match status {
        401 | 403 => "Check the authentication: the secret, and what it is allowed to do.",
        404 | 410 => "Check the address.",
        408 | 425 | 429 | 500..=599 => "Try again later: let the node retry.",
        _ => "Look at what the server says about it.",
    };
    let mut details = vec![("status", Value::from(i64::from(status))), ("headers", headers(answer))];
    if let HttpAnswer::Bytes(bytes) = &answer.body
        && !bytes.is_empty()
    {
        details.push(("body", excerpt(bytes).into()));
    }
    let mut problem =
        Problem::new("http.status", format!("The server answered with status {status}.")).help(help).details(Value::object(details));
    problem.retryable = matches!(status, 408 | 425 | 429 | 500..=599);
    problem.retry_after_ms = header(answer, "retry-after").and_then(|text| retry_after(text, now_ms));
    problem
}

/// Seconds, or a date.
pub fn retry_after(text: &str, now_ms: i64) -> Option<u64> {
    let text = text.trim();
    let wait = match text.parse::<u32>() {
        Ok(seconds) => i64::from(seconds) * 1000,
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond() - now_ms,
    };
    u64::try_from(wait.clamp(0, LONGEST_WAIT_MS)).ok()
}
