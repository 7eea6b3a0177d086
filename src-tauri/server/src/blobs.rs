//! `GET /api/blob/{hash}`: bytes, in ranges, never as something a browser would run.

use crate::Shared;
use crate::guard::refuse;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

/// A range answers with at most this much; ask again for more.
const MOST: u64 = 8 * 1024 * 1024;

pub async fn blob(State(shared): State<Shared>, Path(hash): Path<String>, headers: HeaderMap) -> Response {
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(range);
    let (from, to) = range.unwrap_or((0, None));
    let len = to.map_or(MOST, |to| to.saturating_sub(from).saturating_add(1)).min(MOST);
    match shared.api.blob(&hash, from, len).await {
        Ok((bytes, size)) => {
            let end = from + bytes.len() as u64;
            let whole = from == 0 && end >= size;
            Response::builder()
                .status(if whole { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT })
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .header(header::CONTENT_DISPOSITION, "attachment")
                .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
                .header(header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", end.saturating_sub(1)))
                .body(Body::from(bytes))
                .expect("every part of it is valid")
        }
        Err(problem) => refuse(StatusCode::NOT_FOUND, &problem.code, &problem.message),
    }
}

/// `bytes=10-20`, `bytes=10-`.
fn range(text: &str) -> Option<(u64, Option<u64>)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    Some((from.parse().ok()?, if to.is_empty() { None } else { Some(to.parse().ok()?) }))
}
