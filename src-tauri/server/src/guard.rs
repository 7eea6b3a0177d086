//! Who may pass: exact Host and Origin, JSON only, a token in `Authorization`.
//!
//! Listening on 127.0.0.1 is no boundary: any page in the browser can send requests there. So a name that merely
//! resolves to us (DNS rebinding), another port's page, and a form post are turned away before a body is read.

use crate::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;

/// The names under which this port is spoken to.
#[derive(Clone, Debug)]
pub struct Names(Vec<String>);

impl Names {
    pub fn of(address: SocketAddr) -> Self {
        let port = address.port();
        Names(vec![format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")])
    }

    fn has(&self, host: &str) -> bool {
        self.0.iter().any(|name| name == host)
    }
}

/// Exact Host on everything; exact Origin and a same-origin fetch wherever the browser says them.
pub async fn names(State(names): State<Names>, request: Request<Body>, next: Next) -> Response {
    match check(&names, request.method(), request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(why) => refuse(StatusCode::FORBIDDEN, "door.wrong_origin", why),
    }
}

fn check(names: &Names, method: &Method, headers: &HeaderMap, uri: &axum::http::Uri) -> Result<(), &'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().map_err(|_| "The Host header is not text.")?,
        _ => return Err("Exactly one Host header is needed."),
    };
    if !names.has(host) || uri.authority().is_some_and(|authority| authority.as_str() != host) {
        return Err("This name is not one of this server's.");
    }
    match headers.get(header::ORIGIN).map(|origin| origin.to_str()) {
        None => {}
        Some(Ok(origin)) if origin == format!("http://{host}") => {}
        Some(_) => return Err("Requests come only from this server's own page."),
    }
    match headers.get("sec-fetch-site").map(|site| site.to_str()) {
        None | Some(Ok("same-origin" | "none")) => Ok(()),
        // A link from elsewhere may open the page, but only the page.
        Some(_) if method == Method::GET && !uri.path().starts_with("/api") => Ok(()),
        Some(_) => Err("Requests come only from this server's own page."),
    }
}

/// A known token, or no further.
pub async fn token(State(shared): State<Shared>, request: Request<Body>, next: Next) -> Response {
    let known = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|token| shared.door.knows(token));
    if known {
        next.run(request).await
    } else {
        refuse(StatusCode::UNAUTHORIZED, "door.closed", "This page has no access yet. Open the link that `weft serve --link` prints.")
    }
}

/// JSON in, or nothing: a form cannot be sent by accident or by another page.
pub async fn json_only(request: Request<Body>, next: Next) -> Response {
    let json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")));
    if json || request.method() != Method::POST {
        next.run(request).await
    } else {
        refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "door.not_json", "Calls are JSON: send Content-Type: application/json.")
    }
}

pub fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "code": code, "message": message, "help": "" }))).into_response()
}
