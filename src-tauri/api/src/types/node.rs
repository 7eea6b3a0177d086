//! Node types as the palette, the cards and the inspector see them. A new node needs no TypeScript.

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NodeTypeView {
    /// `data.filter`, and `data.filter@2` from its version 2 on.
    pub id: String,
    pub title: String,
    /// One sentence for palette and quick-add.
    pub summary: String,
    /// The pack, which is the family: trigger, logic, data, code, net, files, database. Decides the dye.
    pub group: String,
    /// Words by which the palette finds it besides its title.
    pub keywords: Vec<String>,
    pub inputs: Vec<PortView>,
    /// Without `error`, which a node gets by `on_error: port`.
    pub outputs: Vec<PortView>,
    /// The 24 x 24 drawing, `currentColor`, as SVG text.
    pub icon: String,
    /// JSON Schema of the settings; every field may also be an expression unless it says `literal`.
    pub schema: Json,
    /// How the one deciding setting reads on the card, see `docs/write-a-node.md`: `{field}` templates, first that fills wins.
    pub card: Vec<String>,
    pub trigger: bool,
    /// `pure`, `read`, `idempotent` or `unsafe` with default settings.
    pub effect: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PortView {
    pub name: String,
    /// What stands beside it on a card with several.
    pub label: String,
    pub shape: PortShape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PortShape {
    Item,
    File,
    Value,
    Signal,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NodeHelp {
    /// The node's README, Markdown.
    pub readme: String,
    /// The example flow, YAML.
    pub example: String,
}
