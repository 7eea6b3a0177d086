//! `weft new`: a flow in the workspace, or a node type in the source tree.

mod node;

use crate::exit::{self, Status};
use crate::host::{Host, Place};
use anyhow::Result;
use std::path::PathBuf;
use weft_api::types::{Flow, NewFlow};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A flow in this workspace; a slash in the name is a folder.
    Flow { name: String },
    /// A workspace: a folder with weft.toml and flows/.
    Workspace { folder: PathBuf },
    /// A node type in Weftwork's source tree: data/slugify. Writes four files and adds two lines.
    Node {
        /// PACK/NAME
        name: String,
        /// The source tree.
        #[arg(long, default_value = ".")]
        tree: PathBuf,
    },
}

pub async fn run(place: Place, given: Arguments) -> Result<Status> {
    match given.what {
        What::Flow { name } => {
            let host = Host::open(&place.find()?, |_| {}).await?;
            let (folder, name) = match name.rsplit_once('/') {
                Some((folder, name)) => (Some(folder.to_owned()), name.to_owned()),
                None => (None, name),
            };
            let flow: Flow = host.call("flow_new", NewFlow { name, folder }).await?;
            println!("flows/{}.flow.yaml", flow.id);
            host.close().await;
        }
        What::Workspace { folder } => {
            if folder.join("weft.toml").exists() {
                anyhow::bail!(crate::exit::Invalid(format!("{} is a workspace already.", folder.display())));
            }
            std::fs::create_dir_all(folder.join("flows"))?;
            let name = folder.file_name().map_or_else(|| "Workspace".into(), |name| name.to_string_lossy().into_owned());
            std::fs::write(
                folder.join("weft.toml"),
                format!("# Settings of this workspace. Every setting has a default; see docs/workspace.md.\n\nname = {name:?}\n"),
            )?;
            println!("{}", folder.display());
        }
        What::Node { name, tree } => node::write(&tree, &name)?,
    }
    Ok(exit::FINISHED)
}
