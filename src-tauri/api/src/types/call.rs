//! What the calls take, where it is more than one of the shapes beside.

use super::*;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Nothing {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowId {
    pub flow: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NewFlow {
    /// The name people read; the id is made from it.
    pub name: String,
    /// Folder under `flows/`.
    #[serde(default)]
    pub folder: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RenameFlow {
    pub flow: String,
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowEdit {
    pub flow: String,
    pub edits: Vec<Edit>,
    /// The gesture in words, for undo and history: "Add Filter".
    pub label: String,
    /// The window: comes back in the `flow_changed` event, so that it knows its own echo.
    pub client: String,
    /// Edits with the same gesture id within ten seconds are undone as one (typing).
    #[serde(default)]
    pub gesture: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowUndo {
    pub flow: String,
    pub client: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowPage {
    /// All flows where none is named.
    #[serde(default)]
    pub flow: Option<String>,
    #[serde(default)]
    pub page: Page,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowDiff {
    pub flow: String,
    /// Numbers of edits, see `HistoryEntry::seq`; none = now.
    #[serde(default)]
    pub a: Option<String>,
    #[serde(default)]
    pub b: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Changes {
    pub changes: Vec<Change>,
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowPart {
    pub flow: String,
    /// Nodes and blocks.
    pub ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowText {
    pub flow: String,
    /// `yaml` or `json`.
    pub format: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Text {
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FlowUse {
    pub flow: String,
    pub on: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Pin {
    pub flow: String,
    pub node: String,
    /// Item jsons of the first output; none = take the pin away.
    #[serde(default)]
    pub items: Option<Vec<Json>>,
    /// Pin what this run gave instead (all ports).
    #[serde(default)]
    pub run: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Grant {
    pub flow: String,
    pub needs: Vec<Need>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NodeTypes {
    pub types: Vec<NodeTypeView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TypeId {
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RunId {
    pub run: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Decide {
    pub run: String,
    pub step: String,
    pub decision: Decision,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LineageRequest {
    pub run: String,
    pub node: String,
    #[serde(default)]
    pub port: Option<String>,
    /// Position in the node's output over all its steps.
    pub item: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct EventsPage {
    pub events: Vec<Event>,
    /// Ask from here next time.
    pub at: Cursor,
    /// True where more are waiting.
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SecretNames {
    pub secrets: Vec<SecretView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NewSecret {
    pub name: String,
    pub value: String,
    pub hosts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SecretName {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FilePrefix {
    /// Workspace folder, `/`-separated; empty for the top.
    pub folder: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FileNames {
    pub files: Vec<FileName>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FileName {
    pub path: String,
    pub folder: bool,
    #[specta(type = specta_typescript::Number)]
    pub size: f64,
}
