//! The page about the command line, made from the help texts.

use crate::cli::Cli;
use clap::{Command, CommandFactory};
use std::fmt::Write as _;

/// The text of `docs/guide/cli.md`.
pub fn reference() -> String {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut text = "# The command line\n\n\
        What the program says about itself with `--help`. stdout is data, stderr is progress and\n\
        messages.\n"
        .to_owned();
    // Writing to a text cannot fail.
    let _ = write!(text, "\n```text\n{}\n```\n", trimmed(&command.render_long_help().to_string()));
    describe(&mut command, "", &mut text);
    text
}

/// Adds the help of each command below one, and of those below it, under their full names.
fn describe(command: &mut Command, parent: &str, text: &mut String) {
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let name = format!("{parent}{}", sub.get_name());
        let help = sub.render_long_help().to_string();
        // Writing to a text cannot fail.
        let _ = write!(text, "\n## {name}\n\n```text\n{}\n```\n", trimmed(&help));
        describe(sub, &format!("{name} "), text);
    }
}

/// Without spaces at the ends of lines.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}
