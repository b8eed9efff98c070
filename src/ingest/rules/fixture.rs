//! Rows for tests of rules, from text.

use crate::diagnostics::Findings;
use crate::ingest::cell::Context;
use crate::ingest::read::Rows;
use crate::ingest::spec::Row;
use crate::tables::Source;

/// The rows of a table that has no findings of its own.
pub(crate) fn rows<'a, R: Row<'a>>(source: &'a Source) -> Rows<R> {
    let mut findings = Findings::default();
    let file = format!("{}.csv", R::SPEC.name);
    let rows = Rows::read(source, &file, &Context { minor_digits: 2 }, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    rows
}

/// `CODE:ROW` of each finding.
pub(crate) fn codes_of(findings: &Findings) -> Vec<String> {
    findings.iter().map(|f| format!("{}:{}", f.code, f.row.unwrap_or_default())).collect()
}
