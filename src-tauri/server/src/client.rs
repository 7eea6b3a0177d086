//! Calls to whoever owns the workspace, over its local socket.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::UnixStream;
use weft_api::types::Problem;

/// An owner that does not answer within this is not there.
const PATIENCE: Duration = Duration::from_secs(2);

/// A way to the owner of a workspace. Each call has a connection of its own.
#[derive(Clone, Debug)]
pub struct Client {
    path: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{0}")]
    Problem(ProblemText),
    #[error("The program that has this workspace open does not answer: {0}.")]
    Unreachable(String),
}

/// A problem as the other side told it.
#[derive(Debug)]
pub struct ProblemText(pub Problem);

impl std::fmt::Display for ProblemText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.message)
    }
}

impl Client {
    /// None where nobody answers on the workspace's socket within two seconds.
    pub async fn connect(socket: &Path) -> Option<Client> {
        let client = Client { path: socket.into() };
        let answer = client.call("workspace_get", serde_json::json!({}));
        matches!(tokio::time::timeout(PATIENCE, answer).await, Ok(Ok(_))).then_some(client)
    }

    /// One call, as over HTTP.
    ///
    /// # Errors
    /// The problem the other side tells, or that it is out of reach.
    pub async fn call(&self, name: &str, params: serde_json::Value) -> Result<serde_json::Value, ClientError> {
        let unreachable = |error: &dyn std::fmt::Display| ClientError::Unreachable(error.to_string());
        let stream = UnixStream::connect(&self.path).await.map_err(|error| unreachable(&error))?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(&error))?;
        tokio::spawn(connection);
        let request = Request::post(format!("/api/{name}"))
            .header("host", "weft")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(params.to_string())))
            .expect("every part of it is valid");
        let response = sender.send_request(request).await.map_err(|error| unreachable(&error))?;
        let good = response.status().is_success();
        let body = response.into_body().collect().await.map_err(|error| unreachable(&error))?.to_bytes();
        if good {
            serde_json::from_slice(&body).map_err(|error| unreachable(&error))
        } else {
            let problem = serde_json::from_slice(&body).map_err(|error| unreachable(&error))?;
            Err(ClientError::Problem(ProblemText(problem)))
        }
    }
}
