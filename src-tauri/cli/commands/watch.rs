//! Watching a run to its end: progress on a terminal, Ctrl C cancels it.

use crate::host::Host;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;
use weft_api::types::*;

pub struct Seen {
    pub run: Run,
}

/// Between two looks; the calls are cheap, and it works the same over the socket.
const LOOK: Duration = Duration::from_millis(40);

/// Waits until the run has ended or waits for a person.
pub async fn to_its_end(host: &Host, run: &str, show: bool) -> Result<Seen> {
    let id = RunId { run: run.to_owned() };
    let mut bars = Bars::new(show && std::io::stderr().is_terminal());
    let mut wait = Duration::from_millis(5);
    let mut cancelled = false;
    loop {
        let seen: Run = host.call("run_get", &id).await?;
        bars.show(&seen);
        match seen.summary.status {
            RunStatus::Finished | RunStatus::Failed | RunStatus::Cancelled => {
                bars.end();
                return Ok(Seen { run: seen });
            }
            RunStatus::Waiting if !seen.decisions.is_empty() => {
                bars.end();
                return Ok(Seen { run: seen });
            }
            _ => {}
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(LOOK),
            asked = tokio::signal::ctrl_c(), if !cancelled => {
                asked?;
                cancelled = true;
                host.call::<Nothing>("run_cancel", &id).await?;
            }
        }
    }
}

/// One line a node, only for people.
struct Bars {
    lines: Option<indicatif::MultiProgress>,
    by_node: BTreeMap<String, ProgressBar>,
}

impl Bars {
    fn new(show: bool) -> Self {
        Bars { lines: show.then(indicatif::MultiProgress::new), by_node: BTreeMap::new() }
    }

    fn show(&mut self, run: &Run) {
        let Some(lines) = &self.lines else { return };
        for node in &run.nodes {
            if matches!(node.status, StepStatus::Skipped) {
                continue;
            }
            let bar = self.by_node.entry(node.node.clone()).or_insert_with(|| {
                let bar = lines.add(ProgressBar::new_spinner());
                bar.set_style(ProgressStyle::with_template("  {prefix:24!} {msg}").expect("the template is valid"));
                bar.set_prefix(crate::output::clean(&node.node));
                bar
            });
            bar.set_message(words(node));
        }
    }

    fn end(&self) {
        for bar in self.by_node.values() {
            bar.abandon();
        }
    }
}

fn words(node: &NodeRun) -> String {
    let items: u32 = node.items_out.iter().map(|port| port.items).sum();
    let took =
        node.finished_at.zip(node.started_at).map_or_else(String::new, |(to, from)| format!(", {}", crate::output::duration(to - from)));
    match node.status {
        StepStatus::Running => node.progress.map_or_else(|| "running".into(), |(done, of)| format!("{done} of {of}")),
        StepStatus::Finished => format!("{}{took}", crate::output::count(items, "item", "items")),
        StepStatus::Pinned => format!("{}, pinned", crate::output::count(items, "item", "items")),
        StepStatus::Failed => "stopped".into(),
        StepStatus::NeedsDecision => "waits for a decision".into(),
        StepStatus::Waiting => "waits".into(),
        StepStatus::Queued => "queued".into(),
        StepStatus::Cancelled => "cancelled".into(),
        StepStatus::Skipped => String::new(),
    }
}
