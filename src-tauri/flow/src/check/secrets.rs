//! Values that look like a secret itself: a flow has only its name.

use crate::expr::compiled::literal;
use crate::expr::schema::Place;
use crate::expr::{Parsed, parse};
use crate::facts::path::join;
use crate::finding::Finding;
use crate::view::Node;
use serde_json::Value as Json;
use weft_node::Value;

/// A secret belongs in the secret store.
pub(super) fn check(node: &Node, schema: &Json, out: &mut Vec<Finding>) {
    let mut walk = Walk { node, out };
    walk.place(&node.settings, &Place::root(schema), "settings");
}

struct Walk<'a> {
    node: &'a Node,
    out: &'a mut Vec<Finding>,
}

impl Walk<'_> {
    fn place(&mut self, value: &Value, place: &Place<'_>, field: &str) {
        match value {
            Value::Text(text) => self.text(text, place.is("secret"), field),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.place(item, &place.element(at), &format!("{field}/{at}"));
                }
            }
            Value::Object(map) => match literal(map) {
                Some(kept) => self.place(kept, place, field),
                None => map.iter().for_each(|(key, value)| self.place(value, &place.member(key), &join(field, key))),
            },
            _ => {}
        }
    }

    fn text(&mut self, text: &str, names_secret: bool, field: &str) {
        let is_plain = || matches!(parse(text), Parsed::Plain);
        let is_credential_header = || {
            let begins = |word: &&str| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
            field.to_ascii_lowercase().ends_with("/authorization") && ["bearer ", "basic ", "token "].iter().any(begins)
        };
        let is_no_name = names_secret && !is_secret_name(text);
        let looks = has_mark(text) || ((is_no_name || is_credential_header()) && is_plain());
        if !looks {
            return;
        }
        // The text itself is not repeated.
        let message = if names_secret {
            "this looks like a secret itself, and wants the name of one"
        } else {
            "this looks like a secret in plain text"
        };
        let help = "keep it with `weft secret set NAME --host HOST` and write the name where a setting asks for a secret";
        self.out.push(Finding::error("secret.plain", message, help).on_node(&self.node.id).in_field(field));
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
