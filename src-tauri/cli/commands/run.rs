//! `weft run`: one run of one flow, watched to its end.

use super::watch::{self, Seen};
use crate::exit::{self, Invalid, Status};
use crate::host::{Host, Place};
use crate::output;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use weft_api::types::*;

#[derive(clap::Args)]
pub struct Arguments {
    /// The flow: its path under flows/ without the ending, or its file.
    flow: String,
    /// The trigger to start from; else the manual one, else the only one.
    #[arg(long, value_name = "NODE")]
    start: Option<String>,
    /// What the trigger is given (JSON, or text): a file, or - for standard input.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Outputs by node instead of running it: {"node": [json, ...]}.
    #[arg(long, value_name = "FILE")]
    pin: Option<PathBuf>,
    /// The time the flow sees, frozen: 2026-01-15T10:30:00Z.
    #[arg(long, value_name = "TIME")]
    clock: Option<String>,
    /// The time zone the flow sees: Europe/Berlin.
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// How the outcome is printed.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    Text,
    Json,
}

pub async fn run(place: Place, given: Arguments) -> Result<Status> {
    let file = Path::new(&given.flow);
    let folder = if file.is_file() { place.around(file)? } else { place.find()? };
    let flow = flow_id(&folder, &given.flow)?;
    let input = given.input.as_deref().map(read_input).transpose()?;
    let pins = given.pin.as_deref().map(read_pins).transpose()?.unwrap_or_default();
    let clock = given.clock.as_deref().map(read_time).transpose()?;

    let host = Host::open(&folder, |options| {
        options.clock_ms = clock;
        options.time_zone.clone_from(&given.tz);
    })
    .await?;
    if matches!(host, Host::Guest(_)) && (clock.is_some() || given.tz.is_some()) {
        bail!(Invalid("Another program has this workspace open, so its clock is used. Close it, or leave out --clock and --tz.".into()));
    }
    let unfinished = if let Host::Owner(api) = &host { api.unfinished_runs().await } else { 0 };
    if unfinished > 0 {
        eprintln!(
            "weft: {} left unfinished; `weft serve` or the desktop app resumes them.",
            output::count(unfinished, "earlier run is", "earlier runs are")
        );
    }
    let request = RunRequest { flow, start: given.start, mode: RunMode::All, input, pins };
    let begun: RunSummary = host.call("run_start", &request).await?;
    let seen = watch::to_its_end(&host, &begun.id, given.output == Output::Text).await?;
    let status = print(&host, &seen, given.output).await?;
    host.close().await;
    Ok(status)
}

async fn print(host: &Host, seen: &Seen, output: Output) -> Result<Status> {
    let run = &seen.run;
    let status = match run.summary.status {
        RunStatus::Finished => exit::FINISHED,
        RunStatus::Cancelled => exit::CANCELLED,
        RunStatus::Waiting => exit::WAITS,
        _ => exit::FAILED,
    };
    if output == Output::Json {
        let out: Json = host.call("run_output", RunId { run: run.summary.id.clone() }).await?;
        println!("{}", serde_json::to_string_pretty(&out.0)?);
        return Ok(status);
    }
    let took = run
        .summary
        .finished_at
        .zip(run.summary.started_at)
        .map_or_else(String::new, |(to, from)| format!(" in {}", output::duration(to - from)));
    match run.summary.status {
        RunStatus::Finished => eprintln!("Run {} finished{took}.", run.summary.number),
        RunStatus::Cancelled => eprintln!("Run {} was cancelled{took}.", run.summary.number),
        RunStatus::Waiting => {
            eprintln!("Run {} waits for a person:", run.summary.number);
            for attention in &run.decisions {
                eprintln!(
                    "  {} may or may not have done item {} of {}. Decide with: weft runs decide {} {} repeat|fail",
                    attention.node,
                    attention.item + 1,
                    attention.items,
                    run.summary.id,
                    attention.step
                );
            }
        }
        _ => {
            eprintln!("Run {} failed{took}.", run.summary.number);
            if let Some(problem) = &run.summary.problem {
                output::print_error(&crate::exit::Failed(problem.clone()).into());
            }
        }
    }
    Ok(status)
}

/// The id of a flow that was named by id or by file.
pub fn flow_id(workspace: &Path, named: &str) -> Result<String> {
    let file = Path::new(named);
    if !file.is_file() {
        return Ok(named.trim_end_matches(".flow.yaml").trim_end_matches(".flow.json").to_owned());
    }
    let file = file.canonicalize()?;
    let flows = workspace.canonicalize()?.join("flows");
    let inside = file
        .strip_prefix(&flows)
        .map_err(|_| Invalid(format!("{named} does not lie in {}. Move it there, or name its workspace.", flows.display())))?;
    let text = inside.to_string_lossy().replace('\\', "/");
    match [".flow.yaml", ".flow.json", ".yaml", ".json"].iter().find_map(|ending| text.strip_suffix(ending)) {
        Some(id) => Ok(id.to_owned()),
        None => bail!(Invalid(format!("{named} is no flow file: its name ends with .flow.yaml or .flow.json."))),
    }
}

fn read_input(path: &Path) -> Result<Json> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(64 * 1024 * 1024).read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(path).map_err(|error| Invalid(format!("The input {} cannot be read: {error}.", path.display())))?;
    }
    let text = String::from_utf8(bytes).map_err(|_| Invalid("The input is not UTF-8 text.".into()))?;
    // What is no JSON is text: a line of a log is a fine input.
    Ok(Json(serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))))
}

fn read_pins(path: &Path) -> Result<BTreeMap<String, Vec<Json>>> {
    let text = std::fs::read_to_string(path).map_err(|error| Invalid(format!("The pins {} cannot be read: {error}.", path.display())))?;
    serde_json::from_str(&text).map_err(|error| Invalid(format!("{}: {error}. Pins are {{\"node\": [json, ...]}}.", path.display())).into())
}

fn read_time(text: &str) -> Result<i64> {
    weft_api::read_time(text).with_context(|| Invalid(format!("\"{text}\" is no time. Write it as 2026-01-15T10:30:00Z.")))
}
