//! `POST /api/{call}`: JSON in, JSON out, a `Problem` where it fails.

use crate::Shared;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use weft_api::types::Problem;

/// Largest call: a flow pasted whole.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

pub async fn call(State(shared): State<Shared>, Path(name): Path<String>, body: Bytes) -> Response {
    let params = if body.is_empty() { Ok(serde_json::json!({})) } else { serde_json::from_slice(&body) };
    let params = match params {
        Ok(params) => params,
        Err(error) => {
            let message = format!("The call {name} is no valid JSON: {error}.");
            return crate::guard::refuse(StatusCode::BAD_REQUEST, "call.invalid", &message);
        }
    };
    match weft_api::call(&shared.api, &name, params).await {
        Ok(given) => Json(given).into_response(),
        Err(problem) => (status(&problem), Json(problem)).into_response(),
    }
}

fn status(problem: &Problem) -> StatusCode {
    match problem.code.as_str() {
        "call.unknown" => StatusCode::NOT_FOUND,
        code if code.ends_with(".not_found") => StatusCode::NOT_FOUND,
        code if code.ends_with(".read_only") => StatusCode::CONFLICT,
        "disk_full" => StatusCode::INSUFFICIENT_STORAGE,
        "queue.full" => StatusCode::TOO_MANY_REQUESTS,
        "internal" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
