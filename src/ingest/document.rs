//! TOML files read key by key, so that every fault is found and has its line.

use crate::diagnostics::{Code, Finding, Findings};
use crate::ingest::nearest::nearest;
use crate::units::parse_fixed;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The codes of what may be wrong with a kind of file.
pub(crate) struct DocumentCodes {
    pub(crate) syntax: &'static Code,
    pub(crate) unknown: &'static Code,
    pub(crate) missing: &'static Code,
    pub(crate) value: &'static Code,
}

/// The text of a TOML file.
pub(crate) struct Document<'t> {
    file: &'t str,
    text: &'t str,
    codes: &'static DocumentCodes,
}

impl<'t> Document<'t> {
    pub(crate) fn new(file: &'t str, text: &'t str, codes: &'static DocumentCodes) -> Document<'t> {
        Document { file, text, codes }
    }

    /// The table of the file; nothing where its syntax is wrong.
    pub(crate) fn parse(&self, findings: &mut Findings) -> Option<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let cause = format!("is not valid TOML: {}", error.message());
            let finding = Finding::new(self.codes.syntax, self.file, cause, "correct the syntax");
            findings.push(match error.span() {
                Some(span) => finding.row(self.line(span.start)),
                None => finding,
            });
        }
        errors.is_empty().then(|| table.into_inner())
    }

    /// The line of a byte, from 1.
    fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// A value with its key and place.
pub(crate) struct Entry<'d, 't> {
    key: String,
    value: &'d Spanned<DeValue<'t>>,
}

impl Entry<'_, '_> {
    /// A text, or a date and time as its text.
    pub(crate) fn as_text(&self) -> Option<String> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Datetime(time) => Some(time.to_string()),
            _ => None,
        }
    }

    /// A number as its decimal text.
    fn as_number(&self) -> Option<String> {
        match self.value.get_ref() {
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            DeValue::Integer(number) => {
                i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n.to_string())
            }
            _ => None,
        }
    }

    /// Texts in lists in a list.
    pub(crate) fn as_text_lists(&self) -> Option<Vec<Vec<String>>> {
        let lists = self.value.get_ref().as_array()?.iter().map(|list| {
            let texts = list.get_ref().as_array()?.iter();
            texts.map(|text| text.get_ref().as_str().map(str::to_owned)).collect()
        });
        lists.collect()
    }
}

/// The keys of one table of a document; those that are never asked for are unknown.
pub(crate) struct Keys<'d, 't, 'f> {
    document: &'d Document<'t>,
    table: &'d DeTable<'t>,
    /// What the keys are called in findings: `costs.` before those of the section `costs`.
    prefix: String,
    known: Vec<&'static str>,
    findings: &'f mut Findings,
}

impl<'d, 't, 'f> Keys<'d, 't, 'f> {
    pub(crate) fn new(
        document: &'d Document<'t>,
        table: &'d DeTable<'t>,
        prefix: &str,
        findings: &'f mut Findings,
    ) -> Keys<'d, 't, 'f> {
        Keys { document, table, prefix: prefix.to_owned(), known: Vec::new(), findings }
    }

    /// The value of a key that may be absent.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<Entry<'d, 't>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        Some(Entry { key: format!("{}{key}", self.prefix), value })
    }

    /// The value of a key that must be there.
    pub(crate) fn required(&mut self, key: &'static str) -> Option<Entry<'d, 't>> {
        let entry = self.optional(key);
        if entry.is_none() {
            let codes = self.document.codes;
            let finding =
                Finding::new(codes.missing, self.document.file, "is needed", "add the key");
            self.findings.push(finding.column(format!("{}{key}", self.prefix)));
        }
        entry
    }

    /// The table under a key, empty where it is absent.
    pub(crate) fn section(&mut self, key: &'static str) -> Option<&'d DeTable<'t>> {
        let entry = self.optional(key)?;
        let table = entry.value.get_ref().as_table();
        self.expect(&entry, table, &format!("a section [{key}]"))
    }

    pub(crate) fn text(&mut self, entry: &Entry<'d, 't>) -> Option<String> {
        let text = entry.value.get_ref().as_str().filter(|text| !text.is_empty());
        self.expect(entry, text.map(str::to_owned), "a text")
    }

    pub(crate) fn truth(&mut self, entry: &Entry<'d, 't>) -> Option<bool> {
        self.expect(entry, entry.value.get_ref().as_bool(), "true or false")
    }

    pub(crate) fn whole(
        &mut self,
        entry: &Entry<'d, 't>,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let is_float = matches!(entry.value.get_ref(), DeValue::Float(_));
        let number = entry.as_number().filter(|_| !is_float).and_then(|text| text.parse().ok());
        let accepts = match *range.end() {
            u64::MAX => format!("a whole number from {}", range.start()),
            end => format!("a whole number from {} to {end}", range.start()),
        };
        self.expect(entry, number.filter(|number| range.contains(number)), &accepts)
    }

    /// A number as an integer with implied decimal places.
    pub(crate) fn fixed(
        &mut self,
        entry: &Entry<'d, 't>,
        places: u32,
        range: RangeInclusive<i64>,
        accepts: &str,
    ) -> Option<i64> {
        let number = entry.as_number().and_then(|text| parse_fixed(&text, places).ok());
        self.expect(entry, number.filter(|number| range.contains(number)), accepts)
    }

    pub(crate) fn double(
        &mut self,
        entry: &Entry<'d, 't>,
        range: RangeInclusive<f64>,
        accepts: &str,
    ) -> Option<f64> {
        let number = entry.as_number().and_then(|text| text.parse().ok());
        self.expect(entry, number.filter(|number| range.contains(number)), accepts)
    }

    /// Passes a value on, or finds that the entry is not what was asked for.
    pub(crate) fn expect<T>(
        &mut self,
        entry: &Entry<'d, 't>,
        value: Option<T>,
        accepts: &str,
    ) -> Option<T> {
        if value.is_none() {
            let document = self.document;
            let (cause, action) = (format!("is not {accepts}"), format!("write {accepts}"));
            let shown =
                entry.as_text().unwrap_or_else(|| document.text[entry.value.span()].to_owned());
            let finding = Finding::new(document.codes.value, document.file, cause, action)
                .row(document.line(entry.value.span().start))
                .column(entry.key.as_str())
                .value(shown);
            self.findings.push(finding);
        }
        value
    }

    /// Finds the keys that nobody asked for.
    pub(crate) fn finish(self) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let action = match nearest(name, self.known.iter().copied()) {
                Some(known) => format!("did you mean {known}?"),
                None => format!("remove it; the keys are {}", self.known.join(", ")),
            };
            let document = self.document;
            let cause = "is not a key here";
            let finding = Finding::new(document.codes.unknown, document.file, cause, action)
                .row(document.line(key.span().start))
                .column(format!("{}{name}", self.prefix));
            self.findings.push(finding);
        }
    }
}
