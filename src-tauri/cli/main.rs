//! `weft`: the whole program without a window.
//!
//! Every command speaks the same calls as the studio, either to the workspace it opens itself or, where another
//! program has it open, over that one's local socket.

mod commands;
mod exit;
mod host;
mod output;
mod source;

use clap::{Parser, Subcommand};
use commands::*;
use std::path::PathBuf;
use std::process::ExitCode;

/// Draw workflows, run them on your own machine, share them with the people around you.
#[derive(Parser)]
#[command(name = "weft", version, propagate_version = true, max_term_width = 100)]
struct Arguments {
    /// The workspace folder; else the nearest one above the current folder.
    #[arg(long, short, global = true, env = "WEFT_WORKSPACE")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a flow once and show what came out.
    Run(run::Arguments),
    /// Check flows and show what is wrong with them.
    Validate(validate::Arguments),
    /// Write flow files in their canonical form.
    Fmt(fmt::Arguments),
    /// Compare two flow files: what changed in nodes, edges and settings.
    Diff(diff::Arguments),
    /// Print the JSON Schema of flow files.
    Schema(schema::Arguments),
    /// Serve the studio to a browser on this machine, and listen for the flows in use.
    Serve(serve::Arguments),
    /// Put a flow in use, or take it out with --off.
    Use(in_use::Arguments),
    /// Make a new flow or node.
    New(new::Arguments),
    /// List the node types.
    Nodes(nodes::Arguments),
    /// Look at runs: list, show, cancel, decide.
    Runs(runs::Arguments),
    /// Keep secrets that flows may name: set, list, remove.
    Secret(secret::Arguments),
    /// Show what a flow asks to touch, and allow it.
    Grant(grant::Arguments),
    /// Runs scripts of flows for the program itself.
    #[command(hide = true)]
    Worker,
}

fn main() -> ExitCode {
    // The worker must be tiny and alone: no runtime, no log, no argument parsing beyond the word.
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        weft_api::worker_main();
    }
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("WEFT_LOG").unwrap_or_else(|_| "warn".into()))
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("weft: no threads could be started: {error}.");
            return exit::FAILED.into();
        }
    };
    let done = runtime.block_on(act(arguments));
    // A blocked read of the terminal or a lingering child must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    match done {
        Ok(code) => code.into(),
        Err(error) => {
            output::print_error(&error);
            exit::of(&error).into()
        }
    }
}

async fn act(arguments: Arguments) -> anyhow::Result<exit::Status> {
    let place = host::Place(arguments.workspace);
    match arguments.command {
        Command::Run(given) => run::run(place, given).await,
        Command::Validate(given) => validate::run(place, given),
        Command::Fmt(given) => fmt::run(place, given),
        Command::Diff(given) => diff::run(given),
        Command::Schema(given) => schema::run(given),
        Command::Serve(given) => serve::run(place, given).await,
        Command::Use(given) => in_use::run(place, given).await,
        Command::New(given) => new::run(place, given).await,
        Command::Nodes(given) => nodes::run(given),
        Command::Runs(given) => runs::run(place, given).await,
        Command::Secret(given) => secret::run(given),
        Command::Grant(given) => grant::run(place, given).await,
        Command::Worker => unreachable!("answered before anything else was set up"),
    }
}
