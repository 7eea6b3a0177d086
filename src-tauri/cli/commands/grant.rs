//! `weft grant`: what a flow asks to touch, and the user's word that it may.

use crate::exit::{self, Status};
use crate::host::{Host, Place};
use crate::output;
use anyhow::Result;
use std::io::{BufRead, IsTerminal, Write};
use weft_api::types::*;

#[derive(clap::Args)]
pub struct Arguments {
    flow: String,
    /// Allow without asking.
    #[arg(long)]
    yes: bool,
    /// Something only a run found out: host:api.example.org, read:data/in.csv, write:out.csv, database:shop.db.
    #[arg(long = "also", value_name = "WHAT")]
    also: Vec<String>,
}

pub async fn run(place: Place, given: Arguments) -> Result<Status> {
    let folder = place.find()?;
    let flow = super::run::flow_id(&folder, &given.flow)?;
    let host = Host::open(&folder, |_| {}).await?;
    let open: Flow = host.call("flow_open", FlowId { flow: flow.clone() }).await?;
    let mut needs: Vec<Need> =
        open.permissions.into_iter().filter(|permission| !permission.granted).map(|permission| permission.need).collect();
    for text in &given.also {
        needs.push(read_need(text)?);
    }
    if needs.is_empty() {
        eprintln!("{flow} asks for nothing that it does not have.");
        return Ok(exit::FINISHED);
    }
    for need in &needs {
        println!("{}", words(need));
    }
    if !given.yes {
        if !std::io::stdin().is_terminal() {
            eprintln!("Allow it with --yes.");
            return Ok(exit::WAITS);
        }
        eprint!("Allow this to the present version of {flow}? [y/N] ");
        std::io::stderr().flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if !answer.trim().eq_ignore_ascii_case("y") {
            return Ok(exit::WAITS);
        }
    }
    host.call::<Nothing>("flow_grant", Grant { flow, needs }).await?;
    host.close().await;
    Ok(exit::FINISHED)
}

fn read_need(text: &str) -> Result<Need> {
    let (kind, target) = text.split_once(':').unwrap_or((text, ""));
    let kind = match kind {
        "host" => NeedKind::Host,
        "read" => NeedKind::ReadFile,
        "write" => NeedKind::WriteFile,
        "database" => NeedKind::Database,
        "secret" => NeedKind::Secret,
        _ => anyhow::bail!(crate::exit::Invalid(format!(
            "\"{text}\" is nothing that can be allowed. Write host:NAME, read:PATH, write:PATH, database:PATH or secret:NAME."
        ))),
    };
    Ok(Need { kind, target: target.into() })
}

pub fn words(need: &Need) -> String {
    let target = output::clean(&need.target);
    match need.kind {
        NeedKind::Host => format!("talks to {target}"),
        NeedKind::ReadFile => format!("reads {target}"),
        NeedKind::WriteFile => format!("writes {target}"),
        NeedKind::Database => format!("uses the database {target}"),
        NeedKind::Secret => format!("uses the secret {target}"),
    }
}
