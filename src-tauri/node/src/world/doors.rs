//! HTTP, files, SQL, blobs, clock, log.

use super::Caller;
use crate::{BlobRef, Result, Value};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

/// Bytes as they come.
pub type ByteStream<'a> = BoxStream<'a, Result<Bytes>>;

/// HTTP requests. The only way to a network, and the only place where a secret is opened.
pub trait Egress: Send + Sync {
    /// Sends one request and reads the answer. Follows redirects (10), checks the connected address on every hop,
    /// caps time and size. A status of 400 and more is an answer here, not an error.
    fn send<'a>(&'a self, caller: &'a Caller, request: HttpRequest) -> BoxFuture<'a, Result<HttpResponse>>;
}

#[derive(Clone, Debug, Default)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: HttpBody,
    /// How a secret travels; it is opened only if the host is one of the secret's.
    pub auth: Option<HttpAuth>,
    /// Milliseconds for the whole exchange; none = 30 s.
    pub timeout_ms: Option<u64>,
    pub follow_redirects: bool,
    /// Answers over this many bytes become a blob instead of bytes in memory; none = 16 MiB.
    pub inline_limit: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub enum HttpBody {
    #[default]
    Empty,
    Bytes(Bytes),
    Blob(BlobRef),
    Multipart(Vec<HttpPart>),
}

#[derive(Clone, Debug)]
pub struct HttpPart {
    pub name: String,
    pub file_name: Option<String>,
    pub media_type: Option<String>,
    pub body: HttpPartBody,
}

#[derive(Clone, Debug)]
pub enum HttpPartBody {
    Bytes(Bytes),
    Blob(BlobRef),
}

/// Where the named secret goes. The name is not secret; the value never leaves the egress path.
#[derive(Clone, Debug)]
pub enum HttpAuth {
    /// `Authorization: Bearer <secret>`
    Bearer {
        secret: String,
    },
    /// The secret is the password.
    Basic {
        user: String,
        secret: String,
    },
    Header {
        name: String,
        secret: String,
    },
    Query {
        name: String,
        secret: String,
    },
}

impl HttpAuth {
    /// Name of the secret.
    pub fn secret(&self) -> &str {
        match self {
            HttpAuth::Bearer { secret }
            | HttpAuth::Basic { secret, .. }
            | HttpAuth::Header { secret, .. }
            | HttpAuth::Query { secret, .. } => secret,
        }
    }
}

#[derive(Clone, Debug)]
pub struct HttpResponse {
    pub status: u16,
    /// Lower-case names, in the order they came.
    pub headers: Vec<(String, String)>,
    /// After redirects; never with a secret in it.
    pub url: String,
    pub body: HttpAnswer,
}

#[derive(Clone, Debug)]
pub enum HttpAnswer {
    Bytes(Bytes),
    Blob(BlobRef),
}

/// Files of the workspace. Paths are relative, `/`-separated, and never leave the workspace or enter `.weft/`.
pub trait Files: Send + Sync {
    /// The whole file, as a blob (it is copied into the blob store and hashed on the way).
    fn read<'a>(&'a self, caller: &'a Caller, path: &'a str) -> BoxFuture<'a, Result<BlobRef>>;
    /// The whole file in memory; more than `limit` bytes is an error.
    fn read_bytes<'a>(&'a self, caller: &'a Caller, path: &'a str, limit: u64) -> BoxFuture<'a, Result<Bytes>>;
    /// Replaces the file (temporary file, fsync, rename); folders are made.
    fn write<'a>(&'a self, caller: &'a Caller, path: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<()>>;
    /// Adds to the end (made where it is missing), fsynced.
    fn append<'a>(&'a self, caller: &'a Caller, path: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<()>>;
    fn exists<'a>(&'a self, caller: &'a Caller, path: &'a str) -> BoxFuture<'a, Result<bool>>;
}

/// SQL on database files of the workspace; never under `.weft/`.
pub trait Sql: Send + Sync {
    /// Runs the statements of `sql` in one transaction, once for each list of parameters, and gives the rows of the last statement for each.
    /// No ATTACH, no extensions, no PRAGMA that writes; `timeout_ms` none = 30 s; `max_rows` none = 100,000.
    fn query<'a>(&'a self, caller: &'a Caller, query: SqlQuery) -> BoxFuture<'a, Result<Vec<SqlRows>>>;
}

#[derive(Clone, Debug, Default)]
pub struct SqlQuery {
    /// Workspace path of the database file; made where it is missing and the SQL writes.
    pub database: String,
    pub sql: String,
    /// Bound by position or by name, once per element; one empty element runs it once without parameters.
    pub parameters: Vec<SqlParameters>,
    pub timeout_ms: Option<u64>,
    pub max_rows: Option<usize>,
}

#[derive(Clone, Debug)]
pub enum SqlParameters {
    Positional(Vec<Value>),
    /// Names without `:`, `@` or `$`.
    Named(Vec<(String, Value)>),
}

#[derive(Clone, Debug, Default)]
pub struct SqlRows {
    /// Objects, columns in their order.
    pub rows: Vec<Value>,
    /// Rows changed by all statements together.
    pub changes: u64,
    /// For the person who looks at the step: bytes that became base64 text, and the like.
    pub warnings: Vec<String>,
}

/// The blob store: bytes by content.
pub trait Blobs: Send + Sync {
    /// Keeps bytes; durable (file and folder fsynced) when it returns.
    fn put<'a>(&'a self, bytes: Bytes, media_type: &'a str, file_name: Option<&'a str>) -> BoxFuture<'a, Result<BlobRef>>;
    /// Keeps what a stream gives, without holding it all in memory; an error of the stream keeps nothing.
    /// What is written here is the way of stores without a disk; others write as it comes.
    fn put_stream<'a>(
        &'a self,
        mut bytes: ByteStream<'a>,
        media_type: &'a str,
        file_name: Option<&'a str>,
    ) -> BoxFuture<'a, Result<BlobRef>> {
        Box::pin(async move {
            let mut all = BytesMut::new();
            while let Some(chunk) = bytes.try_next().await? {
                all.extend_from_slice(&chunk);
            }
            self.put(all.freeze(), media_type, file_name).await
        })
    }
    fn read<'a>(&'a self, blob: &'a BlobRef) -> BoxFuture<'a, Result<Bytes>>;
    /// A range of it: at most `len` bytes from `from`.
    fn read_range<'a>(&'a self, blob: &'a BlobRef, from: u64, len: u64) -> BoxFuture<'a, Result<Bytes>>;
}

/// The time. A frozen one in tests and under `weft run --clock`.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64;
    /// Completes when the clock shows this time or a later one.
    fn until<'a>(&'a self, at_ms: i64) -> BoxFuture<'a, ()>;
    /// The zone of the person at the machine, or the one of `--tz`.
    fn time_zone(&self) -> String;
}

/// What a node wants a person to read later. Shown with the step; never a secret.
pub trait Log: Send + Sync {
    fn say(&self, caller: &Caller, text: &str);
}
