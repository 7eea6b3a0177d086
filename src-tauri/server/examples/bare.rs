//! The baseline of the webhook benchmark: an axum handler that does by hand what the flow does (JSON in, one field set, JSON out).

use axum::{Json, Router, routing::post};
use serde_json::{Value, json};

#[tokio::main]
async fn main() {
    let handler = |Json(body): Json<Value>| async move { Json(json!({ "hello": body["name"] })) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    axum::serve(listener, Router::new().route("/hello", post(handler))).await.expect("it serves");
}
