//! Secrets by name. Values come in and never go out.

use crate::Api;
use crate::types::*;
use std::sync::Arc;
use weft_store::user::UserFolder;
use weft_store::vault::Vault;
use zeroize::{Zeroize, Zeroizing};

/// A secret's value on its way in; forgotten when dropped.
#[derive(Default)]
pub struct Hidden(Zeroizing<String>);

impl Hidden {
    pub fn text(&mut self) -> &mut String {
        &mut self.0
    }

    /// A value that was typed or piped in ends with a line break that is not part of it.
    pub fn trim_line_end(&mut self) {
        let end = self.0.trim_end_matches(['\r', '\n']).len();
        self.0.truncate(end);
    }
}

fn vault() -> Result<Vault, Problem> {
    Ok(Vault::new(UserFolder::find()?))
}

/// Keeps a secret for hosts, without a workspace.
///
/// # Errors
/// Where name or hosts are none, or the folder cannot be written.
pub fn keep(name: &str, value: Hidden, hosts: &[String]) -> Result<(), Problem> {
    Ok(vault()?.set(name, Zeroizing::new(value.0.as_bytes().to_vec()), hosts)?)
}

/// # Errors
/// Where the vault cannot be read.
pub fn names() -> Result<Vec<SecretView>, Problem> {
    Ok(views(&vault()?)?)
}

/// # Errors
/// Where there is none of that name, or the vault cannot be written.
pub fn forget(name: &str) -> Result<(), Problem> {
    gone(&vault()?, name)
}

fn views(vault: &Vault) -> weft_store::Result<Vec<SecretView>> {
    Ok(vault
        .list()?
        .into_iter()
        .map(|info| SecretView { name: info.name, hosts: info.hosts, changed_at: info.changed_at as f64 })
        .collect())
}

fn gone(vault: &Vault, name: &str) -> Result<(), Problem> {
    if vault.remove(name)? {
        return Ok(());
    }
    Err(crate::problem::problem("secret.not_found", format!("There is no secret {name}."), "`weft secret list` shows those there are."))
}

pub(crate) async fn list(api: &Arc<Api>, _: Nothing) -> Result<SecretNames, Problem> {
    api.documents(|documents| Ok(SecretNames { secrets: views(&documents.vault())? })).await
}

pub(crate) async fn set(api: &Arc<Api>, mut new: NewSecret) -> Result<Nothing, Problem> {
    let value = Zeroizing::new(new.value.as_bytes().to_vec());
    new.value.zeroize();
    api.documents(move |documents| documents.vault().set(&new.name, value, &new.hosts)).await?;
    Ok(Nothing {})
}

pub(crate) async fn remove(api: &Arc<Api>, wanted: SecretName) -> Result<Nothing, Problem> {
    let vault = api.documents.vault();
    gone(&vault, &wanted.name)?;
    Ok(Nothing {})
}
