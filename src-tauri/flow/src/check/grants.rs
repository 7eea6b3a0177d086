//! What literal settings give a flow: hosts, files, databases, secrets. And values that look like a secret itself.

use super::Known;
use crate::expr::schema::{Place, join};
use crate::expr::{Parsed, Piece, literal, parse};
use crate::finding::Finding;
use weft_node::{Need, NeedKind, Value};

/// One text of a node's settings and what its schema says of it.
struct Named<'a> {
    node: &'a str,
    field: String,
    text: &'a str,
    /// `host`, `read_file` ...
    names: Option<&'a str>,
    is_secret: bool,
}

fn texts<'a>(known: &'a Known<'a>) -> Vec<Named<'a>> {
    let mut out = Vec::new();
    for node in known.flow.nodes.values() {
        let Some(kind) = known.kind(node) else { continue };
        walk(&node.id, &node.settings, &Place::root(known.schema(kind)), "settings".into(), &mut out);
    }
    out
}

fn walk<'a>(node: &'a str, value: &'a Value, place: &Place<'a>, field: String, out: &mut Vec<Named<'a>>) {
    match value {
        Value::Text(text) => out.push(Named { node, field, text, names: place.says("names"), is_secret: place.is("secret") }),
        Value::List(items) => {
            items.iter().enumerate().for_each(|(at, item)| walk(node, item, &place.element(at), format!("{field}/{at}"), out))
        }
        Value::Object(map) => match literal(map) {
            Some(value) => walk(node, value, place, field, out),
            None => map.iter().for_each(|(key, value)| walk(node, value, &place.member(key), join(&field, key), out)),
        },
        _ => {}
    }
}

pub(super) fn permissions(known: &Known<'_>) -> Vec<(Need, String)> {
    let mut out: Vec<(Need, String)> = Vec::new();
    for named in texts(known) {
        let fixed = matches!(parse(named.text), Parsed::Plain).then_some(named.text).filter(|text| !text.is_empty());
        let need = match named.names {
            Some("host") => host(named.text).map(|host| Need::new(NeedKind::Host, host)),
            Some("read_file") => fixed.map(|path| Need::new(NeedKind::ReadFile, path)),
            Some("write_file") => fixed.map(|path| Need::new(NeedKind::WriteFile, path)),
            Some("database") => fixed.map(|path| Need::new(NeedKind::Database, path)),
            _ if named.is_secret => fixed.map(|name| Need::new(NeedKind::Secret, name)),
            _ => None,
        };
        if let Some(need) = need
            && !out.iter().any(|(known, node)| *known == need && node == named.node)
        {
            out.push((need, named.node.to_string()));
        }
    }
    out
}

/// The host of an address, with its port where one is written; only if it stands there before the first expression.
fn host(text: &str) -> Option<String> {
    let fixed = match parse(text) {
        Parsed::Plain => text,
        Parsed::Text(pieces) => match pieces.first() {
            Some(Piece::Text(before)) => &text[..before.len()],
            _ => return None,
        },
        Parsed::Value(_) => return None,
    };
    let (scheme, rest) = fixed.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']);
    // Without an end the expression might go on with it: `https://api.${...}`.
    if end.is_none() && fixed.len() < text.len() {
        return None;
    }
    let authority = &rest[..end.unwrap_or(rest.len())];
    let host = authority.rsplit('@').next()?.to_lowercase();
    let default = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default).unwrap_or(&host).to_string();
    (!host.is_empty() && !host.contains(char::is_whitespace)).then_some(host)
}

/// A secret belongs in the secret store; a flow has its name.
pub(super) fn check(known: &Known<'_>, findings: &mut Vec<Finding>) {
    for named in texts(known) {
        let is_credential_header = named.field.to_ascii_lowercase().ends_with("/authorization")
            && ["bearer ", "basic ", "token "].iter().any(|word| named.text.to_ascii_lowercase().starts_with(word))
            && matches!(parse(named.text), Parsed::Plain);
        let looks = (named.is_secret && !is_secret_name(named.text) && matches!(parse(named.text), Parsed::Plain))
            || has_mark(named.text)
            || is_credential_header;
        if looks {
            // The text itself is not repeated.
            let message = if named.is_secret {
                "this looks like a secret itself, and wants the name of one"
            } else {
                "this looks like a secret in plain text"
            };
            let help = "keep it with `weft secret set NAME --host HOST` and write the name where a setting asks for a secret";
            findings.push(Finding::error("secret.plain", message, help).on_node(named.node).in_field(&named.field));
        }
    }
}

fn is_secret_name(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    plain && text.len() <= 64 && !has_mark(text) && !(text.len() >= 20 && digits >= 4)
}

/// How the tokens of well-known services begin.
fn has_mark(text: &str) -> bool {
    let marks = ["sk-", "sk_live_", "rk_live_", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "AIza", "-----BEGIN "];
    marks.iter().any(|mark| text.trim_start().strip_prefix(mark).is_some_and(|rest| rest.len() >= 10 && !rest.starts_with(' ')))
}
