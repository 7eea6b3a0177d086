//! `weft use`: puts a flow in use, or takes it out.

use crate::exit::{self, Status};
use crate::host::{Host, Place};
use anyhow::Result;
use weft_api::types::{FlowUse, Nothing};

#[derive(clap::Args)]
pub struct Arguments {
    flow: String,
    /// Take it out of use.
    #[arg(long)]
    off: bool,
}

pub async fn run(place: Place, given: Arguments) -> Result<Status> {
    let folder = place.find()?;
    let flow = super::run::flow_id(&folder, &given.flow)?;
    let host = Host::open(&folder, |_| {}).await?;
    host.call::<Nothing>("flow_use", FlowUse { flow: flow.clone(), on: !given.off }).await?;
    if given.off {
        eprintln!("{flow} is no longer in use.");
    } else {
        eprintln!("{flow} is in use: its triggers listen while `weft serve` or the desktop app runs.");
    }
    host.close().await;
    Ok(exit::FINISHED)
}
