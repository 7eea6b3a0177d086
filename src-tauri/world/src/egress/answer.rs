//! Reads an answer within its caps, and puts what went wrong on the way into words.

use super::clients::Inside;
use super::mask::Mask;
use super::target::Target;
use super::{Limits, Secrets};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::Response;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap};
use std::error::Error as _;
use std::sync::Arc;
use weft_node::world::{Blobs, HttpAnswer};
use weft_node::{Problem, Result};

/// Lower-case names and values as text, masked. More than the cap is an error.
pub(super) fn headers(headers: &HeaderMap, limits: &Limits, mask: &Mask) -> Result<Vec<(String, String)>> {
    let bytes: u64 = headers.iter().map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64).sum();
    if bytes > limits.headers {
        return Err(Problem::new("http.too_large", format!("The answer has {bytes} bytes of headers; {} are the most.", limits.headers))
            .help("The server is broken or hostile."));
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(headers.iter().map(|(name, value)| (name.as_str().to_owned(), mask.text(&text(value.as_bytes())))).collect())
}

/// The body: in memory up to the inline limit, beyond as a blob, never more than the cap; counted after decoding.
pub(super) async fn body(
    mut response: Response,
    target: &Target,
    inline: u64,
    limits: &Limits,
    mask: &Mask,
    blobs: &Arc<dyn Blobs>,
) -> Result<HttpAnswer> {
    let media_type =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/octet-stream").to_owned();
    let file_name = file_name(&response);
    let too_large =
        || Problem::new("http.too_large", format!("The answer is larger than {} bytes.", limits.total)).help("Ask for less, or in pages.");
    if response.content_length().is_some_and(|announced| announced > limits.total) {
        return Err(too_large());
    }
    let mut held = Vec::new();
    let mut begun = Vec::new();
    let mut read = 0;
    let mut ended = false;
    while !ended && begun.len() as u64 <= inline {
        let piece = next(&mut response, limits, mask, target).await?;
        ended = piece.is_none();
        let piece = piece.unwrap_or_default();
        read += piece.len() as u64;
        if read > limits.total {
            return Err(too_large());
        }
        if mask.is_empty() { begun.extend_from_slice(&piece) } else { begun.extend(mask.piece(&mut held, &piece, ended)) }
    }
    if ended && begun.len() as u64 <= inline {
        return Ok(HttpAnswer::Bytes(begun.into()));
    }
    let rest = stream::try_unfold((response, held, read, ended), |(mut response, mut held, mut read, ended)| async move {
        if ended {
            return Ok::<_, Problem>(None);
        }
        let piece = next(&mut response, limits, mask, target).await?;
        let ended = piece.is_none();
        let piece = piece.unwrap_or_default();
        read += piece.len() as u64;
        if read > limits.total {
            return Err(too_large());
        }
        let piece = if mask.is_empty() { piece } else { mask.piece(&mut held, &piece, ended).into() };
        Ok(Some((piece, (response, held, read, ended))))
    });
    let all = stream::once(async move { Ok(Bytes::from(begun)) }).chain(rest);
    Ok(HttpAnswer::Blob(blobs.put_stream(all.boxed(), &media_type, file_name.as_deref()).await?))
}

/// The next piece; silence for too long is an error.
async fn next(response: &mut Response, limits: &Limits, mask: &Mask, target: &Target) -> Result<Option<Bytes>> {
    match tokio::time::timeout(limits.idle, response.chunk()).await {
        Ok(piece) => piece.map_err(|error| failed(error, mask, target)),
        Err(_) => Err(timeout(&format!("{} sent nothing for {} s", target.name(), limits.idle.as_secs_f32()))),
    }
}

/// The name the server gives the file, else the last name of the path; only the last part of either.
fn file_name(response: &Response) -> Option<String> {
    let given = response.headers().get(CONTENT_DISPOSITION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (_, name) = value.split_once("filename=")?;
        let name = name.trim_start();
        Some(match name.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or("").to_owned(),
            None => name.split(';').next().unwrap_or("").trim().to_owned(),
        })
    });
    let name = given.or_else(|| response.url().path_segments()?.next_back().map(str::to_owned))?;
    let name: String = name.rsplit(['/', '\\']).next()?.chars().filter(|c| !c.is_control()).take(200).collect();
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

pub(super) fn timeout(what: &str) -> Problem {
    Problem::new("http.timeout", format!("{what}.")).help("Try again later, or give it more time.").retryable()
}

/// An error of the connection. The address, which may hold a secret, is left out.
pub(super) fn failed(error: reqwest::Error, mask: &Mask, target: &Target) -> Problem {
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut words = String::new();
    let distrusted = distrusts(&error);
    while let Some(inner) = cause {
        if let Some(Inside(address)) = inner.downcast_ref() {
            return target.blocked(*address);
        }
        if let Some(problem) = inner.downcast_ref::<Problem>() {
            return problem.clone();
        }
        words = inner.to_string();
        cause = inner.source();
    }
    let words = mask.text(&if words.is_empty() { error.to_string() } else { words });
    let host = target.name();
    if error.is_timeout() {
        return timeout(&format!("{host} did not answer in time"));
    }
    let words = words.trim_end_matches('.');
    if distrusted {
        return Problem::new("http.certificate", format!("{host} could not prove who it is: {words}."))
            .help("Check the address. A server of your own needs a certificate that this machine trusts.");
    }
    if error.is_connect() {
        return Problem::new("http.connect", format!("No connection to {host}: {words}."))
            .help("Check the address, and whether the server is there.")
            .retryable();
    }
    Problem::new("http.broken", format!("The exchange with {host} broke off: {words}."))
        .help("The server broke off or does not keep to HTTP; try again.")
        .retryable()
}

/// Whether a certificate was the reason, however deep. An I/O error hides what it holds from `source`.
fn distrusts(error: &(dyn std::error::Error + 'static)) -> bool {
    let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
        || held.is_some_and(|held| distrusts(held))
        || error.source().is_some_and(distrusts)
}

/// Nobody's secrets: for hosts without a vault.
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn open(&self, name: &str, _: &str) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        Err(Problem::new("secret.missing", format!("There is no secret {name}.")).help("Set it with: weft secret set NAME --host HOST"))
    }
}
