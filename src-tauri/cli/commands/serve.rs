//! `weft serve`: the studio for a browser on this machine, and the flows in use.

use crate::exit::{self, Status};
use crate::host::{Host, Place};
use anyhow::Result;
use std::net::SocketAddr;
use weft_api::types::{Host as HostKind, Nothing, Text};

#[derive(clap::Args)]
pub struct Arguments {
    /// Where the studio listens; only addresses of this machine are allowed.
    #[arg(long, default_value = "127.0.0.1:7777")]
    listen: SocketAddr,
    /// Where webhooks of flows in use listen.
    #[arg(long, default_value = "127.0.0.1:7778")]
    webhooks: SocketAddr,
    /// Print a new link to a running server, and exit.
    #[arg(long)]
    link: bool,
    /// The workspace is the sample: its flows may do what they name.
    #[arg(long, hide = true)]
    sample: bool,
}

pub async fn run(place: Place, given: Arguments) -> Result<Status> {
    let folder = place.find()?;
    for address in [given.listen, given.webhooks] {
        if !address.ip().is_loopback() {
            return Err(weft_server::ServerError::NotLoopback(address).into());
        }
    }
    let host = Host::open(&folder, |options| {
        options.host = HostKind::Server;
        options.resume = !given.link;
        options.sample = given.sample;
    })
    .await?;
    let api = match host {
        Host::Owner(api) if !given.link => api,
        guest @ Host::Guest(_) => {
            // Somebody serves already: a new link to it is what the caller needs.
            let link: Text = guest.call("workspace_link", Nothing {}).await?;
            println!("{}", link.text);
            return Ok(exit::FINISHED);
        }
        Host::Owner(_) => anyhow::bail!("No server has this workspace open. Start one with: weft serve"),
    };
    let socket = weft_server::serve_socket(api.clone(), &api.socket_path()).await?;
    let serving = weft_server::serve(api.clone(), given.listen).await?;
    let webhooks = weft_server::serve_webhooks(api.clone(), given.webhooks).await?;
    eprintln!("The studio for {} is open on this machine. Open it once with:", folder.display());
    println!("{}", serving.link());
    eprintln!("Webhooks of flows in use answer at http://{}. Stop with Ctrl C.", webhooks.address);
    wait_for_the_end().await?;
    drop((webhooks, socket));
    serving.stop().await;
    api.close().await;
    Ok(exit::FINISHED)
}

async fn wait_for_the_end() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
