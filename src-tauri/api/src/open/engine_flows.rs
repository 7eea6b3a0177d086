//! Flows as the engine asks for them: the version a run began with, and what a called flow is now.

use futures_util::future::BoxFuture;
use std::sync::Arc;
use weft_flow::Flow;
use weft_node::{NodeType, Permissions, Problem, Result};
use weft_store::Flows;

pub struct EngineFlows {
    pub documents: Flows,
    pub types: Vec<&'static NodeType>,
}

impl weft_engine::Flows for EngineFlows {
    fn version(&self, hash: &str) -> BoxFuture<'_, Result<Arc<Flow>>> {
        let (documents, hash) = (self.documents.clone(), hash.to_owned());
        Box::pin(async move { off_thread(move || documents.version(&hash).map_err(Problem::from)).await })
    }

    fn current(&self, id: &str) -> BoxFuture<'_, Result<(String, Arc<Flow>, Arc<Permissions>)>> {
        let (documents, types, id) = (self.documents.clone(), self.types.clone(), id.to_owned());
        Box::pin(async move {
            off_thread(move || {
                let hash = documents.pin_version(&id)?;
                let given = documents.permissions(&id, |flow| crate::flows::named(flow, &types))?.given;
                Ok((hash, documents.view(&id)?, Arc::new(given)))
            })
            .await
        })
    }
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::new("internal", format!("Reading the flow stopped: {error}.")))?
}
