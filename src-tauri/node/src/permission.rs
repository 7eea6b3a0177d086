//! What a flow may touch: needs by name, and the set it was given.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One thing of the world a flow wants to touch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Need {
    pub kind: NeedKind,
    /// A host with its port where one is written (`api.example.org`, `127.0.0.1:8080`), a workspace path (`data/in.csv`), a database file, or a secret's name.
    pub target: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    Host,
    ReadFile,
    WriteFile,
    Database,
    Secret,
}

impl Need {
    pub fn new(kind: NeedKind, target: impl Into<String>) -> Self {
        Need { kind, target: target.into() }
    }
}

/// What a flow was given, by what its settings name and by what its user allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(pub BTreeSet<Need>);

impl Permissions {
    pub fn allows(&self, need: &Need) -> bool {
        self.0.contains(need)
            // A folder given ends with a slash and covers what lies in it.
            || (matches!(need.kind, NeedKind::ReadFile | NeedKind::WriteFile)
                && self.0.iter().any(|given| given.kind == need.kind && given.target.ends_with('/') && need.target.starts_with(&given.target)))
    }
}

impl FromIterator<Need> for Permissions {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        Permissions(needs.into_iter().collect())
    }
}
