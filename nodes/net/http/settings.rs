//! The settings of an HTTP request.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::world::{HttpAuth, HttpBody, HttpPart, HttpPartBody};
use weft_node::{BlobRef, Item, Map, Problem, Result, Value};

#[derive(Deserialize, JsonSchema)]
pub struct Http {
    /// What to do there.
    #[serde(default)]
    pub method: Method,
    /// The address, beginning with http:// or https://.
    #[schemars(extend("x-weft-names" = "host"))]
    pub url: String,
    /// Added to the address after `?`. A list gives the name several times, null leaves it out.
    #[serde(default)]
    pub query: Map,
    /// Headers of the request. Passwords and tokens belong into the authentication, not here.
    #[serde(default)]
    pub headers: Map,
    /// How the request says who it comes from.
    #[serde(default)]
    pub auth: Auth,
    /// What is sent along.
    #[serde(default)]
    pub body: Body,
    /// What to make of the answer.
    #[serde(default)]
    pub response: Response,
    /// Give status and headers too: the item becomes `{status, headers, body}`.
    #[serde(default)]
    pub full_response: bool,
    /// Pass on answers with a status of 400 and more instead of failing.
    #[serde(default)]
    pub accept_any_status: bool,
    /// Go where the server redirects to.
    #[serde(default = "yes")]
    pub follow_redirects: bool,
    /// Send an `Idempotency-Key` header that stays the same when the step is repeated. Switch it on where the server honours it: then repeating is safe.
    #[serde(default)]
    pub send_idempotency_key: bool,
    /// Seconds the whole exchange may take.
    #[serde(default = "half_a_minute")]
    #[schemars(range(min = 1, max = 3600))]
    pub timeout: f64,
}

fn yes() -> bool {
    true
}

fn half_a_minute() -> f64 {
    30.0
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Auth {
    /// Nobody is named.
    #[default]
    None,
    /// `Authorization: Bearer ...`
    Bearer {
        /// Name of the secret that holds the token.
        #[schemars(extend("x-weft-secret" = true))]
        secret: String,
    },
    /// User name and password.
    Basic {
        user: String,
        /// Name of the secret that holds the password.
        #[schemars(extend("x-weft-secret" = true))]
        secret: String,
    },
    /// A header of its own, like `X-Api-Key`.
    Header {
        name: String,
        /// Name of the secret that holds the value.
        #[schemars(extend("x-weft-secret" = true))]
        secret: String,
    },
    /// A parameter in the address, like `api_key`.
    Query {
        name: String,
        /// Name of the secret that holds the value.
        #[schemars(extend("x-weft-secret" = true))]
        secret: String,
    },
}

impl Auth {
    pub fn door(&self) -> Option<HttpAuth> {
        Some(match self.clone() {
            Auth::None => return None,
            Auth::Bearer { secret } => HttpAuth::Bearer { secret },
            Auth::Basic { user, secret } => HttpAuth::Basic { user, secret },
            Auth::Header { name, secret } => HttpAuth::Header { name, secret },
            Auth::Query { name, secret } => HttpAuth::Query { name, secret },
        })
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// A value as JSON.
    Json { value: Value },
    /// Fields as a web form sends them.
    Form { fields: Map },
    /// Text as it is.
    Text {
        text: String,
        /// Its media type.
        #[serde(default = "plain")]
        media_type: String,
    },
    /// Several parts, with files among them.
    Multipart { parts: Vec<Part> },
    /// The bytes of a file that the item carries.
    Blob {
        /// Name of the file in the item.
        #[serde(default = "data")]
        blob: String,
    },
}

/// A part has a value or a file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    pub name: String,
    /// Text, number or anything else; lists and objects are sent as JSON.
    #[serde(default)]
    pub value: Value,
    /// Name of a file that the item carries, instead of a value.
    #[serde(default)]
    pub blob: Option<String>,
    #[serde(default)]
    pub file_name: Option<String>,
    #[serde(default)]
    pub media_type: Option<String>,
}

fn plain() -> String {
    "text/plain; charset=utf-8".into()
}

/// Name of the one file an item carries, unless it is told otherwise.
pub fn data() -> String {
    "data".into()
}

impl Body {
    /// What goes out, and its media type where it has one.
    pub fn door(&self, item: &Item) -> Result<(HttpBody, Option<String>)> {
        Ok(match self {
            Body::None => (HttpBody::Empty, None),
            Body::Json { value } => (HttpBody::Bytes(value.to_json().into()), Some("application/json".into())),
            Body::Form { fields } => (HttpBody::Bytes(form(fields).into()), Some("application/x-www-form-urlencoded".into())),
            Body::Text { text, media_type } => (HttpBody::Bytes(text.clone().into()), Some(media_type.clone())),
            Body::Blob { blob } => (HttpBody::Blob(file(item, blob)?), None),
            Body::Multipart { parts } => (HttpBody::Multipart(parts.iter().map(|part| part.door(item)).collect::<Result<_>>()?), None),
        })
    }
}

impl Part {
    fn door(&self, item: &Item) -> Result<HttpPart> {
        let body = match &self.blob {
            Some(name) => HttpPartBody::Blob(file(item, name)?),
            None => HttpPartBody::Bytes(self.value.to_text().into()),
        };
        Ok(HttpPart { name: self.name.clone(), file_name: self.file_name.clone(), media_type: self.media_type.clone(), body })
    }
}

fn file(item: &Item, name: &str) -> Result<BlobRef> {
    item.blob(name).cloned().ok_or_else(|| {
        let known = item.blobs.iter().flat_map(|blobs| blobs.keys()).map(String::as_str).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "none".into() } else { known };
        Problem::setting("body", format!("The item carries no file \"{name}\"; it has: {known}.")).help("Name one of its files.")
    })
}

fn form(fields: &Map) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    each(fields, |name, value| {
        out.append_pair(name, value);
    });
    out.finish()
}

/// Every name with its values: a list gives it several times, null leaves it out.
pub fn each(fields: &Map, mut tell: impl FnMut(&str, &str)) {
    for (name, value) in fields.iter() {
        match value {
            Value::Null => {}
            Value::List(values) => values.iter().for_each(|value| tell(name, &value.to_text())),
            one => tell(name, &one.to_text()),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Response {
    /// JSON as values, text as `{text}`, anything else as a file, by what the server says it is.
    #[default]
    Auto,
    /// JSON, whatever the server says.
    Json,
    /// `{text}`, whatever the server says.
    Text,
    /// A file that the item carries.
    Blob,
}
