//! Findings as a person reads them.

use crate::cli::summary;
use crate::diagnostics::{Finding, Findings, Severity};
use std::fmt::Write as _;

/// Findings shown unless all are asked for.
const SHOWN: usize = 50;

/// The findings, each with where, what and what to do, and how many there are.
pub(super) fn render(findings: &Findings, all: bool) -> String {
    let most = if all { usize::MAX } else { SHOWN };
    let mut text = String::new();
    for finding in findings.iter().take(most) {
        text.push_str(&one(finding));
        text.push('\n');
    }
    if findings.len() > most {
        // Writing to a text cannot fail.
        let left = findings.len() - most;
        let _ = writeln!(text, "... and {left} more (check --all shows them)\n");
    }
    text + &count(findings)
}

/// How many errors and warnings there are.
pub(super) fn count(findings: &Findings) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    [summary::count(errors as u64, "error"), summary::count(warnings as u64, "warning")].join(", ")
}

fn one(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = format!("{severity}[{}] {}", finding.code, finding.file);
    // Writing to a text cannot fail.
    if let Some(row) = finding.row {
        let is_toml = finding.file.ends_with(".toml");
        let _ = write!(text, ", {} {row}", if is_toml { "line" } else { "row" });
    }
    if let Some(column) = &finding.column {
        let _ = write!(text, ", {column}");
    }
    if let Some(value) = &finding.value {
        let _ = write!(text, " = {value:?}");
    }
    let _ = writeln!(text, "\n  cause:  {}\n  action: {}", finding.cause, finding.action);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::codes;

    #[test]
    fn the_first_are_shown_and_all_are_counted() {
        let mut findings = Findings::default();
        for row in 1..=60 {
            let finding = Finding::new(&codes::E0206, "orders.csv", "is no number", "write one");
            findings.push(finding.row(row).column("weight").value("x"));
        }
        let few = render(&findings, false);
        assert!(few.contains("error[E0206] orders.csv, row 50, weight = \"x\"\n  cause:  is no"));
        assert!(!few.contains("row 51") && few.contains("and 10 more"), "{few}");
        assert!(few.ends_with("60 errors, 0 warnings"));
        assert!(render(&findings, true).contains("row 60,"));
    }
}
