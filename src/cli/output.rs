//! What goes to stdout, and how much of it.

use crate::cli::failure::Failure;
use serde_json::Value;
use std::io::{ErrorKind, Write, stdout};

/// How results are told; the same for every command.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Output {
    /// Prints the result as JSON, also when the command fails
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// No progress and no remarks on stderr; errors are still told
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
}

impl Output {
    /// Tells something on stderr that is not part of the result.
    pub(super) fn remark(self, text: &str) {
        if !self.quiet {
            tell(text);
        }
    }

    /// Prints a result: as JSON where that is asked for, else as text.
    pub(super) fn result(
        self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json { print_json(&json()) } else { print(&text()) }
    }
}

/// Writes a line to stderr.
pub(super) fn tell(text: &str) {
    // A closed stderr is no reason to stop planning.
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
}

pub(super) fn print_json(value: &Value) -> Result<(), Failure> {
    print(&format!("{value:#}"))
}

/// Writes a text and a line break to stdout.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        // The reader has seen enough, as `head` has.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::internal(format!("stdout cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}
