//! How the program ends: the exit codes, their meanings, and the text about them.

use std::fmt::Write as _;

/// How the program ended; the exit code tells scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Internal,
    Usage,
    BadData,
    GapOpen,
    NoPlan,
    Violations,
    Interrupted,
}

impl Exit {
    pub const ALL: [Exit; 8] = [
        Exit::Done,
        Exit::Internal,
        Exit::Usage,
        Exit::BadData,
        Exit::GapOpen,
        Exit::NoPlan,
        Exit::Violations,
        Exit::Interrupted,
    ];

    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Internal => 1,
            Exit::Usage => 2,
            Exit::BadData => 3,
            Exit::GapOpen => 4,
            Exit::NoPlan => 5,
            Exit::Violations => 6,
            Exit::Interrupted => 130,
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "done; a plan is within the gap asked for",
            Exit::Internal => "internal error, or the system refused something",
            Exit::Usage => "bad usage: the arguments cannot be used",
            Exit::BadData => "bad data: the input has findings that are errors",
            Exit::GapOpen => "a verified plan is written, but its gap is still open",
            Exit::NoPlan => "no plan is possible: the solver ended without one",
            Exit::Violations => "the plan verified has violations",
            Exit::Interrupted => "interrupted twice: ended at once, nothing half-written",
        }
    }
}

/// The exit codes as a list for help texts.
pub(super) fn help() -> String {
    let mut text = "Exit codes:\n".to_owned();
    for exit in Exit::ALL {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{:>5}  {}", exit.code(), exit.meaning());
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_listed() {
        let codes: Vec<u8> = Exit::ALL.into_iter().map(Exit::code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for exit in Exit::ALL {
            assert!(help().contains(exit.meaning()));
        }
    }
}
