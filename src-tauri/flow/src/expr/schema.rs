//! What a settings schema says of a place: walks JSON Schema along the settings, through `$ref` and alternatives.

use serde_json::Value as Json;

/// Deepest chain of `$ref` and alternatives that is followed.
const MAX_STEPS: usize = 16;

/// A place in a schema: all alternatives that may describe the value there.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    root: &'a Json,
    here: Vec<&'a Json>,
}

impl<'a> Place<'a> {
    /// The place of the settings object itself.
    pub fn root(schema: &'a Json) -> Self {
        Place::of(schema, vec![schema])
    }

    /// The place that one of its schemas describes.
    pub(crate) fn under(root: &'a Json, schema: &'a Json) -> Self {
        Place::of(root, vec![schema])
    }

    fn of(root: &'a Json, found: Vec<&'a Json>) -> Self {
        let mut here = Vec::new();
        for schema in found {
            expand(root, schema, MAX_STEPS, &mut here);
        }
        Place { root, here }
    }

    /// The alternatives, without `$ref`, `anyOf`, `oneOf` and `allOf`.
    pub fn alternatives(&self) -> &[&'a Json] {
        &self.here
    }

    /// Whether nothing is known of this place.
    pub fn is_unknown(&self) -> bool {
        self.here.is_empty()
    }

    /// A member of an object here.
    #[must_use]
    pub fn member(&self, key: &str) -> Place<'a> {
        let found = self.here.iter().filter_map(|schema| {
            let own = schema.get("properties").and_then(|properties| properties.get(key));
            own.or_else(|| schema.get("additionalProperties").filter(|more| more.is_object()))
        });
        Place::of(self.root, found.collect())
    }

    /// An element of a list here.
    #[must_use]
    pub fn element(&self, at: usize) -> Place<'a> {
        let found = self.here.iter().filter_map(|schema| {
            let own = schema.get("prefixItems").and_then(|items| items.get(at));
            own.or_else(|| schema.get("items").filter(|items| items.is_object()))
        });
        Place::of(self.root, found.collect())
    }

    /// Whether `x-weft-<key>` is true here.
    pub fn is(&self, key: &str) -> bool {
        self.text_or_flag(key).is_some_and(|found| *found == Json::Bool(true))
    }

    /// The text of `x-weft-<key>`.
    pub fn says(&self, key: &str) -> Option<&'a str> {
        self.text_or_flag(key).and_then(Json::as_str)
    }

    fn text_or_flag(&self, key: &str) -> Option<&'a Json> {
        let key = format!("x-weft-{key}");
        self.here.iter().find_map(|schema| schema.get(&key))
    }
}

/// A schema and everything it refers to, the marks of the outer ones with it.
fn expand<'a>(root: &'a Json, schema: &'a Json, left: usize, out: &mut Vec<&'a Json>) {
    if left == 0 || !schema.is_object() || out.iter().any(|seen| std::ptr::eq(*seen, schema)) {
        return;
    }
    out.push(schema);
    if let Some(target) = schema.get("$ref").and_then(Json::as_str).and_then(|at| at.strip_prefix('#')).and_then(|at| root.pointer(at)) {
        expand(root, target, left - 1, out);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        for alternative in schema.get(key).and_then(Json::as_array).into_iter().flatten() {
            expand(root, alternative, left - 1, out);
        }
    }
}

/// The path of a member: keys joined by `/`, escaped as in every field path of the document.
pub(crate) fn join(path: &str, key: &str) -> String {
    let key = if key.is_empty() { "~2".to_string() } else { key.replace('~', "~0").replace('/', "~1") };
    if path.is_empty() { key } else { format!("{path}/{key}") }
}
