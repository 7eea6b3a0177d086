//! Builds one request: method, headers, body, and the secret in its place.

use super::mask::Mask;
use super::target::Target;
use crate::deny::ask;
use base64::Engine;
use bytes::Bytes;
use futures_util::stream;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, Method, Request, Url};
use std::sync::Arc;
use weft_node::world::{Blobs, Caller, HttpAuth, HttpBody, HttpPart, HttpPartBody};
use weft_node::{BlobRef, NeedKind, Problem, Result};
use zeroize::Zeroizing;

/// How much of a blob is in memory while it is sent.
const PIECE: u64 = 1 << 20;

/// Headers that the connection itself sets: another's would let one request be read as two.
const OURS: &[&str] =
    &["host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect", "http2-settings"];

/// Headers that may go to whom a redirect names; all others stay with the one they were meant for.
const HARMLESS: &[&str] = &["accept", "accept-language", "content-type", "range", "if-none-match", "if-modified-since", "user-agent"];

pub(super) fn method(text: &str) -> Result<Method> {
    let refuse = || {
        Problem::new("http.method", "The method cannot be used.")
            .field("settings/method")
            .help("Use GET, HEAD, POST, PUT, PATCH or DELETE.")
    };
    match Method::from_bytes(text.to_uppercase().as_bytes()) {
        Ok(Method::CONNECT | Method::TRACE) | Err(_) => Err(refuse()),
        Ok(method) => Ok(method),
    }
}

pub(super) fn headers(given: &[(String, String)]) -> Result<HeaderMap> {
    let refuse = |name: &str, why: &str| {
        let name: String = name.chars().take(60).filter(|c| !c.is_control()).collect();
        Err(Problem::new("http.header", format!("The header {name} {why}.")).field("settings/headers").help("Mend or remove it."))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let Ok(key) = HeaderName::from_bytes(name.as_bytes()) else { return refuse(name, "has a name that no server takes") };
        if OURS.contains(&key.as_str()) || key.as_str().starts_with("proxy-") {
            return refuse(name, "is set by the connection itself");
        }
        let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else {
            return refuse(name, "has a value with line breaks or other signs that cannot be sent");
        };
        headers.append(key, value);
    }
    Ok(headers)
}

/// What is left of the headers for another server.
pub(super) fn keep_harmless(headers: &mut HeaderMap) {
    let kept =
        headers.iter().filter(|(name, _)| HARMLESS.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect();
    *headers = kept;
}

/// A secret, opened for one host, and how it goes out.
pub(super) struct Credential<'a> {
    auth: &'a HttpAuth,
    secret: Zeroizing<Vec<u8>>,
}

impl<'a> Credential<'a> {
    pub fn open(caller: &Caller, secrets: &dyn super::Secrets, auth: &'a HttpAuth, target: &Target) -> Result<Self> {
        ask(caller, NeedKind::Secret, auth.secret())?;
        Ok(Credential { auth, secret: secrets.open(auth.secret(), &target.name())? })
    }

    pub fn mask(&self) -> Mask {
        let user = if let HttpAuth::Basic { user, .. } = self.auth { Some(user.as_str()) } else { None };
        Mask::of(&self.secret, user)
    }

    fn put(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<()> {
        let unusable = || {
            Problem::new("secret.unusable", format!("The secret {} has signs that cannot be sent this way.", self.auth.secret()))
                .help("Set it again, without line breaks.")
        };
        let (name, value) = match self.auth {
            HttpAuth::Bearer { .. } => (AUTHORIZATION, Zeroizing::new([b"Bearer ", self.secret.as_slice()].concat())),
            HttpAuth::Basic { user, .. } => {
                if user.contains(':') {
                    return Err(Problem::new("http.header", "A user name with a colon cannot be sent.")
                        .field("settings/auth/user")
                        .help("Mend it."));
                }
                let both = Zeroizing::new([user.as_bytes(), b":", self.secret.as_slice()].concat());
                let encoded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(&*both));
                (AUTHORIZATION, Zeroizing::new([b"Basic ", encoded.as_bytes()].concat()))
            }
            HttpAuth::Header { name, .. } => {
                let name = headers_name(name)?;
                (name, self.secret.clone())
            }
            HttpAuth::Query { name, .. } => {
                let text = std::str::from_utf8(&self.secret).map_err(|_| unusable())?;
                url.query_pairs_mut().append_pair(name, text);
                return Ok(());
            }
        };
        let mut value = HeaderValue::from_bytes(&value).map_err(|_| unusable())?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    }
}

fn headers_name(name: &str) -> Result<HeaderName> {
    let checked = headers(&[(name.to_owned(), String::new())])?;
    let name = checked.keys().next().cloned();
    name.ok_or_else(|| Problem::new("http.header", "The header has no name.").field("settings/auth/name").help("Name it."))
}

pub(super) struct Parts<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    pub headers: &'a HeaderMap,
    pub body: &'a HttpBody,
    pub credential: Option<&'a Credential<'a>>,
}

/// A fresh request from its parts: each hop gets its own.
pub(super) fn build(client: &Client, parts: &Parts<'_>, blobs: &Arc<dyn Blobs>) -> Result<Request> {
    let mut url = parts.url.clone();
    let mut headers = parts.headers.clone();
    if let Some(credential) = parts.credential {
        credential.put(&mut url, &mut headers)?;
    }
    if let HttpBody::Blob(blob) = parts.body {
        headers.insert(CONTENT_LENGTH, blob.size.into());
        if !headers.contains_key(CONTENT_TYPE)
            && let Ok(value) = HeaderValue::from_str(&blob.media_type)
        {
            headers.insert(CONTENT_TYPE, value);
        }
    }
    if let HttpBody::Multipart(_) = parts.body {
        // It names the boundary, which is made anew.
        headers.remove(CONTENT_TYPE);
    }
    let request = client.request(parts.method.clone(), url).headers(headers);
    let request = match parts.body {
        HttpBody::Empty => request,
        HttpBody::Bytes(bytes) => request.body(bytes.clone()),
        HttpBody::Blob(blob) => request.body(stream_of(blob, blobs)),
        HttpBody::Multipart(given) => {
            let mut form = Form::new();
            for given in given {
                form = form.part(given.name.clone(), part(given, blobs)?);
            }
            request.multipart(form)
        }
    };
    request.build().map_err(|error| Problem::new("http.failed", format!("The request could not be made: {}.", error.without_url())))
}

fn part(given: &HttpPart, blobs: &Arc<dyn Blobs>) -> Result<Part> {
    let mut part = match &given.body {
        HttpPartBody::Bytes(bytes) => Part::stream_with_length(bytes.clone(), bytes.len() as u64),
        HttpPartBody::Blob(blob) => Part::stream_with_length(stream_of(blob, blobs), blob.size),
    };
    let blob = if let HttpPartBody::Blob(blob) = &given.body { Some(blob) } else { None };
    if let Some(name) = given.file_name.clone().or_else(|| blob.and_then(|blob| blob.file_name.clone())) {
        part = part.file_name(name);
    }
    if let Some(media) = given.media_type.as_deref().or_else(|| blob.map(|blob| blob.media_type.as_str())) {
        part = part.mime_str(media).map_err(|_| {
            Problem::new("http.body", format!("The part {} has a media type that is none.", given.name))
                .field("settings/body")
                .help("Write one like image/png.")
        })?;
    }
    Ok(part)
}

fn stream_of(blob: &BlobRef, blobs: &Arc<dyn Blobs>) -> Body {
    let state = (blobs.clone(), blob.clone(), 0);
    Body::wrap_stream(stream::try_unfold(state, |(blobs, blob, at)| async move {
        if at >= blob.size {
            return Ok::<_, Problem>(None);
        }
        let piece: Bytes = blobs.read_range(&blob, at, PIECE).await?;
        if piece.is_empty() {
            return Err(Problem::new("blob.missing", "The bytes to send are not all there."));
        }
        let next = at + piece.len() as u64;
        Ok(Some((piece, (blobs, blob, next))))
    }))
}
