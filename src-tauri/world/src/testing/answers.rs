//! HTTP without a network: each request gets an answer that was brought along.

use crate::deny::ask;
use crate::egress::Target;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use weft_node::world::{Caller, Egress, HttpAnswer, HttpAuth, HttpBody, HttpRequest, HttpResponse};
use weft_node::{NeedKind, Problem, Result, Value};

/// One answer, as examples write it. Several for the same request are given one after the other; the last stays.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    #[serde(default = "get")]
    pub method: String,
    /// With its query.
    pub url: String,
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Text as it is; anything else as JSON.
    #[serde(default)]
    pub body: Value,
}

fn get() -> String {
    "GET".into()
}

fn ok() -> u16 {
    200
}

/// A request that was made.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// Empty where the body was no bytes.
    pub body: Bytes,
    pub auth: Option<HttpAuth>,
}

/// [`Egress`] from a list.
#[derive(Default)]
pub struct CannedEgress {
    answers: Mutex<Vec<Answer>>,
    sent: Mutex<Vec<Sent>>,
}

impl CannedEgress {
    pub fn new(answers: Vec<Answer>) -> Self {
        CannedEgress { answers: Mutex::new(answers), sent: Mutex::default() }
    }

    /// What was asked so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, request: &HttpRequest) -> Result<Answer> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |answer: &Answer| answer.method.eq_ignore_ascii_case(&request.method) && answer.url == request.url;
        let first = answers.iter().position(fits).ok_or_else(|| {
            let known = answers.iter().map(|answer| format!("{} {}", answer.method, answer.url)).collect::<Vec<_>>().join(", ");
            Problem::new("http.connect", format!("No answer was brought along for {} {}; there are: {known}.", request.method, request.url))
        })?;
        let more = answers.iter().filter(|answer| fits(answer)).count() > 1;
        Ok(if more { answers.remove(first) } else { answers[first].clone() })
    }
}

impl Egress for CannedEgress {
    fn send<'a>(&'a self, caller: &'a Caller, request: HttpRequest) -> BoxFuture<'a, Result<HttpResponse>> {
        Box::pin(async move {
            let target = Target::parse(&request.url)?;
            target.ask(caller)?;
            if let Some(auth) = &request.auth {
                ask(caller, NeedKind::Secret, auth.secret())?;
            }
            let body = match &request.body {
                HttpBody::Bytes(bytes) => bytes.clone(),
                _ => Bytes::new(),
            };
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(Sent {
                method: request.method.clone(),
                url: request.url.clone(),
                headers: request.headers.clone(),
                body,
                auth: request.auth.clone(),
            });
            let answer = self.answer(&request)?;
            let mut headers: Vec<(String, String)> = answer.headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
            let text = match &answer.body {
                Value::Null => String::new(),
                Value::Text(text) => text.to_string(),
                other => {
                    if !headers.iter().any(|(name, _)| name == "content-type") {
                        headers.push(("content-type".into(), "application/json".into()));
                    }
                    other.to_json()
                }
            };
            Ok(HttpResponse { status: answer.status, headers, url: request.url, body: HttpAnswer::Bytes(text.into()) })
        })
    }
}
