//! The built interface, carried inside the program.

use axum::body::Body;
use axum::http::{Response, StatusCode, Uri, header};

include!(concat!(env!("OUT_DIR"), "/interface.rs"));

/// Scripts only from here; styles may be inline because CodeMirror and Mantine set them at run time.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; \
connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; worker-src 'self'";

/// A file of the interface; any other path is the page itself, which knows its own routes.
pub async fn asset(uri: Uri) -> Response<Body> {
    let wanted = uri.path().trim_start_matches('/');
    let found = FILES.iter().find(|(name, _)| *name == wanted);
    let page = FILES.iter().find(|(name, _)| *name == "index.html");
    let (name, bytes) = match (found, page) {
        (Some(file), _) => *file,
        // A missing script must not answer with a page.
        (None, Some(page)) if !wanted.contains('.') => *page,
        (None, Some(_)) => return answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "no-store", b"Not here.".as_slice()),
        (None, None) => {
            return answer(
                StatusCode::OK,
                "text/plain; charset=utf-8",
                "no-store",
                b"This build carries no interface. Build it first (npm --prefix ui run build), then build weft again.".as_slice(),
            );
        }
    };
    // Names of built files carry their hash; the page does not.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer(StatusCode::OK, media_type(name), cache, bytes)
}

fn answer(status: StatusCode, media_type: &'static str, cache: &'static str, bytes: &'static [u8]) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, media_type)
        .header(header::CACHE_CONTROL, cache)
        .header(header::CONTENT_SECURITY_POLICY, CSP)
        .header(header::REFERRER_POLICY, "no-referrer")
        .body(Body::from(bytes))
        .expect("every part of it is valid")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
