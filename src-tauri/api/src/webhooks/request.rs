//! A request as expressions see it: `ctx.request`.

use super::WebhookRequest;
use std::collections::BTreeMap;
use weft_node::{Map, Problem, Result, Value};

/// `{body, rawBody, headers, params, query, method, path, url, cookies}`
pub fn value(request: &WebhookRequest, params: &BTreeMap<String, String>) -> Result<Value> {
    let header = |name: &str| request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let raw = String::from_utf8_lossy(&request.body).into_owned();
    let media_type = header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let body = if request.body.is_empty() {
        Value::from(Map::default())
    } else if media_type == "application/json" || media_type.ends_with("+json") {
        Value::from_json_bytes(&request.body)
            .map_err(|error| Problem::new("webhook.body", format!("The body is no valid JSON: {error}.")))?
    } else if media_type == "application/x-www-form-urlencoded" {
        fields(&raw)
    } else {
        Value::from(raw.clone())
    };
    let url = if request.query.is_empty() { request.path.clone() } else { format!("{}?{}", request.path, request.query) };
    Ok(Value::object([
        ("body", body),
        ("rawBody", Value::from(raw)),
        ("headers", joined(&request.headers)),
        ("params", Value::object(params.iter().map(|(name, value)| (name.as_str(), Value::from(value.as_str()))))),
        ("query", fields(&request.query)),
        ("method", Value::from(request.method.as_str())),
        ("path", Value::from(request.path.as_str())),
        ("url", Value::from(url)),
        ("cookies", cookies(header("cookie").unwrap_or_default())),
    ]))
}

/// Headers by name; several of one name are joined, as HTTP says.
fn joined(headers: &[(String, String)]) -> Value {
    let mut map = Map::default();
    for (name, value) in headers {
        let value = match map.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        map.insert(name.as_str(), Value::from(value));
    }
    Value::from(map)
}

/// Names and values of a query or form; a name that comes twice has a list.
fn fields(text: &str) -> Value {
    let mut map = Map::default();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name, true), Value::from(decoded(value, true)));
        let value = match map.get(&name) {
            None => value,
            Some(Value::List(before)) => Value::list(before.iter().cloned().chain([value]).collect()),
            Some(before) => Value::list(vec![before.clone(), value]),
        };
        map.insert(name, value);
    }
    Value::from(map)
}

fn cookies(text: &str) -> Value {
    let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
    Value::object(pairs.map(|(name, value)| (name.to_owned(), Value::from(decoded(value, false)))))
}

/// Percent-decoded; what is no UTF-8 afterwards is shown as what it is not.
pub fn decoded(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) if plus_is_space => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(media_type: &str, body: &str) -> Value {
        let headers = vec![("content-type".into(), media_type.into()), ("cookie".into(), "a=1; b=x%20y".into())];
        let request = WebhookRequest {
            method: "POST".into(),
            path: "/p".into(),
            query: "q=1&q=2&r=a+b".into(),
            headers,
            body: body.to_owned().into(),
        };
        value(&request, &BTreeMap::new()).expect("a request")
    }

    #[test]
    fn bodies_are_read_by_their_type() {
        assert_eq!(seen("application/json; charset=utf-8", r#"{"a":1}"#).at("body.a"), Some(&Value::from(1i64)));
        assert_eq!(seen("application/x-www-form-urlencoded", "a=x%2By&a=2").at("body.a.0"), Some(&Value::from("x+y")));
        assert_eq!(seen("text/plain", "js/1+1").get("body"), Some(&Value::from("js/1+1")));
        assert_eq!(seen("application/json", "").get("body"), Some(&Value::from(Map::default())));
    }

    #[test]
    fn queries_and_cookies_are_decoded() {
        let seen = seen("text/plain", "");
        assert_eq!(seen.at("query.q").map(Value::to_json).as_deref(), Some(r#"["1","2"]"#));
        assert_eq!(seen.at("query.r"), Some(&Value::from("a b")));
        assert_eq!(seen.at("cookies.b"), Some(&Value::from("x y")));
    }
}
