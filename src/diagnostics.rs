//! Findings about input: all of them at once, each with where, what and what to do.

use serde::Serialize;
use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input is used as it is; the user should know.
    Warning,
}

/// A kind of finding. Its page is `docs/errors/ID.md`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    pub id: &'static str,
    pub severity: Severity,
    /// What such findings have in common.
    pub title: &'static str,
}

macro_rules! codes {
    ($($id:ident $severity:ident $title:literal;)*) => {
        /// Every code, by its id.
        pub mod codes {
            use super::{Code, Severity};
            $(
                #[doc = $title]
                pub static $id: Code =
                    Code { id: stringify!($id), severity: Severity::$severity, title: $title };
            )*
        }

        /// Every code, by rising id: errors, then warnings.
        pub static REGISTRY: &[&Code] = &[$(&codes::$id),*];
    };
}

codes! {
    E0101 Error "The folder is not a wave";
    E0102 Error "wave.toml is not valid TOML";
    E0103 Error "wave.toml has an unknown key";
    E0104 Error "wave.toml lacks a key";
    E0105 Error "wave.toml has a value that cannot be used";
    E0106 Error "A required table is missing";
    E0107 Error "A table is there as CSV and as Parquet";
    E0108 Error "A table is unknown";
    E0109 Error "A file cannot be read as a table";
    E0110 Error "A CSV file is not UTF-8 text";
    E0111 Error "A row has too many or too few cells";
    E0112 Error "The wave is too large";
    E0201 Error "A required column is missing";
    E0202 Error "A column is unknown";
    E0203 Error "A column is there more than once";
    E0204 Error "A column has the wrong type";
    E0205 Error "A required cell is empty";
    E0206 Error "A value is not of its column's type";
    E0207 Error "A value has more decimal places than can be kept";
    E0208 Error "A value is none of the known names";
    E0301 Error "A key is there more than once";
    E0302 Error "A reference leads nowhere";
    E0401 Error "A value is out of range";
    E0402 Error "A row does not say where the customer is served";
    E0403 Error "A hub has stock";
    E0404 Error "The node of a return does not accept returns";
    E0405 Error "A node id has the mark of routes";
    E0501 Error "A zone row has not exactly one of max_km and prefixes";
    E0502 Error "Zone rows contradict each other";
    E0503 Error "A lane leads back to its start";
    E0601 Error "A frozen commitment has no ship date";
    E0602 Error "A frozen commitment of a shipped order has no service";
    E0603 Error "A frozen commitment cannot be priced";
    E0604 Error "Commitments exceed the line's quantity";
    E0605 Error "A frozen commitment of a pickup order has a service";
    E0606 Error "A commitment names a hub as its source";
    E0701 Error "The model cannot be read";
    E0702 Error "The model is not valid TOML";
    E0703 Error "The model has an unknown key";
    E0704 Error "The model has a value that cannot be used";
    E0801 Error "The events cannot be read";
    E0802 Error "A line is not a JSON object";
    E0803 Error "An event lacks a field";
    E0804 Error "An event has an unknown field";
    E0805 Error "An event is of an unknown kind";
    E0806 Error "A field of an event has a value that cannot be used";
    E0807 Error "Two events have the same id";
    E0808 Error "An event contradicts itself";
    E0809 Error "The rules for exceptions cannot be used";
    W0401 Warning "An order is to be shipped after it is to be delivered";
    W0402 Warning "An order is placed after now";
    W0403 Warning "An order wishes for a date that is past";
    W0404 Warning "No node is eligible";
    W0405 Warning "An order has no lines";
    W0406 Warning "A purchase cost is at a node that is no vendor";
    W0407 Warning "No node can take a return";
    W0501 Warning "A zone has no price";
}

/// One thing that is wrong, or noteworthy, in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The code that its page in the docs is named after, such as `E0201`.
    pub code: &'static str,
    pub severity: Severity,
    /// The file, relative to its folder.
    pub file: String,
    /// The data row from 1, without the header; the line of a TOML file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub action: String,
}

impl Finding {
    /// A finding about a file as a whole: what is wrong with it and what to do.
    pub fn new(
        code: &'static Code,
        file: &str,
        cause: impl Into<String>,
        action: impl Into<String>,
    ) -> Finding {
        Finding {
            code: code.id,
            severity: code.severity,
            file: file.to_owned(),
            row: None,
            column: None,
            value: None,
            cause: cause.into(),
            action: action.into(),
        }
    }

    /// Names the data row, or the line of a TOML file, from 1.
    #[must_use]
    pub fn row(mut self, row: usize) -> Finding {
        self.row = Some(row);
        self
    }

    /// Names the column, or the key of a TOML file.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Finding {
        self.column = Some(column.into());
        self
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Finding {
        self.value = Some(value.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        if let Some(value) = &self.value {
            write!(f, " = {value:?}")?;
        }
        write!(f, ": {} ({})", self.cause, self.action)
    }
}

/// Findings in the order of file, row and column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub fn extend(&mut self, other: Findings) {
        self.0.extend(other.0);
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The findings with their files named as those of a folder among several.
    pub fn within(mut self, folder: &str) -> Findings {
        for finding in &mut self.0 {
            finding.file = format!("{folder}/{}", finding.file);
        }
        self
    }

    /// Sorts errors before warnings, then by file, row, column and code.
    pub fn sort(&mut self) {
        fn key(f: &Finding) -> impl Ord + '_ {
            (f.severity, &f.file, f.row, &f.column, f.code, &f.value)
        }
        self.0.sort_by(|a, b| key(a).cmp(&key(b)));
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(finding, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_tell_the_severity() {
        assert!(REGISTRY.is_sorted_by(|a, b| a.id < b.id));
        for code in REGISTRY {
            let letter = if code.severity == Severity::Error { 'E' } else { 'W' };
            assert!(code.id.starts_with(letter), "{}", code.id);
        }
    }

    #[test]
    fn findings_are_sorted_by_severity_then_place() {
        let finding = |code, file, row| Finding::new(code, file, "", "").row(row);
        let mut findings = Findings::default();
        findings.push(finding(&codes::W0402, "a.csv", 1));
        findings.push(finding(&codes::E0206, "b.csv", 2));
        findings.push(finding(&codes::E0206, "b.csv", 1));
        findings.sort();
        let order: Vec<_> = findings.iter().map(|finding| (finding.code, finding.row)).collect();
        assert_eq!(order, [("E0206", Some(1)), ("E0206", Some(2)), ("W0402", Some(1))]);
        assert!(findings.has_errors());
    }

    #[test]
    fn a_finding_reads_as_a_sentence() {
        let finding = Finding::new(&codes::E0206, "nodes.csv", "is not a number", "write 1.5")
            .row(3)
            .column("latitude")
            .value("north");
        let text =
            "E0206 nodes.csv, row 3, column latitude = \"north\": is not a number (write 1.5)";
        assert_eq!(finding.to_string(), text);
    }
}
