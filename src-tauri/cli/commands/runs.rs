//! `weft runs`: past and present runs, and what becomes of those that wait for a person.

use crate::exit::{self, Invalid, Status};
use crate::host::{Host, Place};
use crate::output;
use anyhow::{Result, bail};
use std::path::PathBuf;
use weft_api::types::*;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// The newest runs.
    List {
        /// Only of this flow.
        flow: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: u32,
        #[arg(long)]
        json: bool,
    },
    /// One run with its steps.
    Show {
        run: String,
        #[arg(long)]
        json: bool,
    },
    /// Stops a run.
    Cancel { run: String },
    /// Says what becomes of a killed step that may or may not have happened.
    Decide {
        run: String,
        step: String,
        #[arg(value_enum)]
        decision: Option<Word>,
        /// It happened, and this is what it gave: a JSON list of items.
        #[arg(long, value_name = "FILE", conflicts_with = "decision")]
        result: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Word {
    Repeat,
    Fail,
}

pub async fn run(place: Place, given: Arguments) -> Result<Status> {
    let host = Host::open(&place.find()?, |_| {}).await?;
    match given.what.unwrap_or(What::List { flow: None, limit: 20, json: false }) {
        What::List { flow, limit, json } => {
            let page = Page { after: None, limit: Some(limit) };
            let list: RunList = host.call("run_list", FlowPage { flow, page }).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&list.runs)?);
            } else {
                for run in &list.runs {
                    println!("{}  {:>5}  {:10}  {}", run.id, run.number, word(run.status), output::clean(&run.flow));
                }
            }
        }
        What::Show { run, json } => {
            let run: Run = host.call("run_get", RunId { run }).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&run)?);
            } else {
                show(&run);
            }
        }
        What::Cancel { run } => {
            host.call::<Nothing>("run_cancel", RunId { run }).await?;
        }
        What::Decide { run, step, decision, result } => {
            let decision = match (decision, result) {
                (Some(Word::Repeat), _) => Decision::Repeat,
                (Some(Word::Fail), _) => Decision::Fail,
                (None, Some(file)) => {
                    let text =
                        std::fs::read_to_string(&file).map_err(|error| Invalid(format!("{} cannot be read: {error}.", file.display())))?;
                    let items = serde_json::from_str(&text)
                        .map_err(|error| Invalid(format!("{}: {error}. It must hold a JSON list of items.", file.display())))?;
                    Decision::Result { items }
                }
                (None, None) => bail!(Invalid("Say repeat, fail, or --result FILE.".into())),
            };
            host.call::<Nothing>("run_decide", Decide { run, step, decision }).await?;
        }
    }
    host.close().await;
    Ok(exit::FINISHED)
}

fn show(run: &Run) {
    println!("Run {} of {}: {}", run.summary.number, output::clean(&run.summary.flow), word(run.summary.status));
    if let Some(problem) = &run.summary.problem {
        println!("  {}", output::clean(&problem.message));
    }
    for node in run.nodes.iter().filter(|node| node.steps > 0) {
        let out: Vec<String> = node.items_out.iter().map(|port| format!("{} {}", port.items, port.port)).collect();
        println!("  {:24} {:>6} in  {}", output::clean(&node.node), node.items_in, out.join(", "));
        if let Some(problem) = &node.problem {
            println!("    {}", output::clean(&problem.message));
        }
        for warning in &node.warnings {
            println!("    {}", output::clean(warning));
        }
    }
    for attention in &run.decisions {
        println!(
            "  {} waits for a decision on step {} (item {} of {})",
            attention.node,
            attention.step,
            attention.item + 1,
            attention.items
        );
    }
}

fn word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "queued",
        RunStatus::Running => "running",
        RunStatus::Waiting => "waits",
        RunStatus::Finished => "finished",
        RunStatus::Failed => "failed",
        RunStatus::Cancelled => "cancelled",
    }
}
