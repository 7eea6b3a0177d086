//! Whose workspace it is: opened here, or spoken to over the socket of the program that has it open.

use crate::exit::{Failed, Invalid};
use anyhow::{Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weft_api::types::Host as HostKind;
use weft_api::{Api, OpenError, Options};
use weft_server::{Client, ClientError};

/// `--workspace`, or nothing.
pub struct Place(pub Option<PathBuf>);

impl Place {
    /// The workspace folder: named, or the nearest above that looks like one.
    pub fn find(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.0 {
            if !folder.is_dir() {
                bail!(Invalid(format!("{} is no folder. Name a workspace folder with --workspace.", folder.display())));
            }
            return Ok(folder.canonicalize()?);
        }
        let here = std::env::current_dir()?;
        match here.ancestors().find(|folder| is_workspace(folder)) {
            Some(folder) => Ok(folder.to_path_buf()),
            None => bail!(Invalid(format!(
                "{} is in no workspace. Name one with --workspace, or make one: a folder with flows/ or weft.toml in it.",
                here.display()
            ))),
        }
    }

    /// The workspace a file lies in, where none was named.
    pub fn around(&self, file: &Path) -> Result<PathBuf> {
        if self.0.is_none()
            && let Ok(file) = file.canonicalize()
            && let Some(folder) = file.ancestors().skip(1).find(|folder| is_workspace(folder))
        {
            return Ok(folder.to_path_buf());
        }
        self.find()
    }
}

fn is_workspace(folder: &Path) -> bool {
    folder.join("weft.toml").is_file() || folder.join("flows").is_dir() || folder.join(".weft").is_dir()
}

/// One way to make calls.
pub enum Host {
    Owner(Arc<Api>),
    Guest(Client),
}

impl Host {
    /// Opens the workspace, or speaks to its owner; read-only where that one does not answer within two seconds.
    pub async fn open(folder: &Path, change: impl FnOnce(&mut Options)) -> Result<Host> {
        let mut options = Options::new(folder, HostKind::Cli, weft_nodes::all());
        change(&mut options);
        match Api::open(options.clone()).await {
            Ok(api) => Ok(Host::Owner(api)),
            Err(OpenError::Held { by, socket }) => {
                if let Some(client) = Client::connect(&socket).await {
                    return Ok(Host::Guest(client));
                }
                eprintln!("weft: {by} has this workspace open and does not answer; it can only be read.");
                options.read_only = true;
                Ok(Host::Owner(Api::open(options).await?))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub async fn call<T: DeserializeOwned>(&self, name: &str, params: impl Serialize) -> Result<T> {
        let params = serde_json::to_value(params)?;
        let given = match self {
            Host::Owner(api) => weft_api::call(api, name, params).await.map_err(Failed)?,
            Host::Guest(client) => client.call(name, params).await.map_err(|error| match error {
                ClientError::Problem(problem) => anyhow::Error::from(Failed(problem.0)),
                other => other.into(),
            })?,
        };
        Ok(serde_json::from_value(given)?)
    }

    /// Lets open files and commits come to their end.
    pub async fn close(self) {
        if let Host::Owner(api) = self {
            api.close().await;
        }
    }
}
