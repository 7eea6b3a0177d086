//! The workspace: where it lies, who holds it, its settings, secrets and permissions.

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Workspace {
    pub name: String,
    /// The folder, as this machine writes it.
    pub path: String,
    /// Set when this process may only read: the sentence says who holds the workspace, or that its format is newer.
    pub read_only: Option<String>,
    /// Name that edits of this window carry.
    pub author: String,
    pub version: String,
    /// Which host serves: decides nothing but words such as "On this machine".
    pub host: Host,
    /// Where webhooks answer, once a flow that has one is in use: `http://127.0.0.1:7778`.
    pub webhook_origin: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    Desktop,
    Server,
    Cli,
}

/// One permission a flow needs, in the words of the permission panel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Need {
    pub kind: NeedKind,
    /// A host (`api.example.org`, `127.0.0.1:8080`), a workspace path (`data/in.csv`), or a database file.
    pub target: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    Host,
    ReadFile,
    WriteFile,
    Database,
    Secret,
}

/// A permission and whether it is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Permission {
    pub need: Need,
    pub granted: bool,
    /// The node whose settings name it; none where only a run found out.
    pub node: Option<String>,
}

/// A secret by name; its value never leaves the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SecretView {
    pub name: String,
    /// The hosts it may be sent to.
    pub hosts: Vec<String>,
    #[specta(type = specta_typescript::Number)]
    pub changed_at: f64,
}
