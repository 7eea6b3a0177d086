//! `weft secret`: keeps secrets for the flows of this user. A value is read from standard input, never from an argument.

use crate::exit::{self, Invalid, Status};
use anyhow::{Result, bail};
use std::io::{IsTerminal, Read, Write};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Keeps a secret; the value is read from standard input.
    Set {
        name: String,
        /// A host it may be sent to; `incoming` for what webhooks ask for.
        #[arg(long = "host", required = true)]
        hosts: Vec<String>,
    },
    /// Names and hosts; never values.
    List,
    Remove {
        name: String,
    },
}

/// Longer ones are files, not secrets.
const MOST_BYTES: u64 = 64 * 1024;

pub fn run(given: Arguments) -> Result<Status> {
    match given.what {
        What::Set { name, hosts } => {
            let mut input = std::io::stdin().lock();
            let mut value = weft_api::secrets::Hidden::default();
            if input.is_terminal() {
                eprint!("The value of {name} (it is shown while you type; pipe it in to avoid that): ");
                std::io::stderr().flush()?;
                std::io::BufRead::read_line(&mut input, value.text())?;
            } else {
                input.take(MOST_BYTES + 1).read_to_string(value.text())?;
            }
            value.trim_line_end();
            if value.text().is_empty() || value.text().len() as u64 > MOST_BYTES {
                bail!(Invalid(format!("A secret has 1 to {MOST_BYTES} bytes.")));
            }
            weft_api::secrets::keep(&name, value, &hosts).map_err(exit::Failed)?;
            eprintln!("{name} is kept for {}.", hosts.join(", "));
        }
        What::List => {
            for secret in weft_api::secrets::names().map_err(exit::Failed)? {
                println!("{:24} {}", secret.name, secret.hosts.join(", "));
            }
        }
        What::Remove { name } => {
            weft_api::secrets::forget(&name).map_err(exit::Failed)?;
        }
    }
    Ok(exit::FINISHED)
}
