//! `wave.toml`: what a wave is called, when it is planned, in which currency and how far ahead.

use crate::diagnostics::{Finding, Findings, codes};
use crate::ingest::document::{Document, DocumentCodes, Keys};
use iso_currency::Currency;
use jiff::Zoned;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use schemars::JsonSchema;

/// The name of the file.
pub(crate) const FILE: &str = "wave.toml";

/// The longest horizon, in days.
const MOST_DAYS: u64 = 3_660;

/// The keys of `wave.toml`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "wave.toml")]
#[allow(dead_code, reason = "describes the file; the reader goes key by key to find every fault")]
pub(crate) struct RawSettings {
    /// What the wave is called.
    #[schemars(length(min = 1))]
    name: String,
    /// The instant of planning, RFC 3339 with its offset.
    #[schemars(extend("format" = "date-time"))]
    now: String,
    /// An ISO 4217 code; amounts have at most its minor digits.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    currency: String,
    /// Days after today that a plan may use; 0 means today only.
    #[schemars(range(max = 3660))]
    horizon_days: u32,
}

/// What `wave.toml` says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) now: Zoned,
    pub(crate) currency: String,
    pub(crate) minor_digits: u32,
    pub(crate) horizon_days: u32,
}

/// What could be read of `wave.toml`: the digits of the currency are known before the rest is.
pub(crate) struct PartialSettings {
    pub(crate) minor_digits: Option<u32>,
    pub(crate) settings: Option<Settings>,
}

const CODES: DocumentCodes = DocumentCodes {
    syntax: &codes::E0102,
    unknown: &codes::E0103,
    missing: &codes::E0104,
    value: &codes::E0105,
};

/// Reads the text of `wave.toml`.
pub(crate) fn parse(text: &str, findings: &mut Findings) -> PartialSettings {
    let document = Document::new(FILE, text, &CODES);
    let Some(table) = document.parse(findings) else {
        return PartialSettings { minor_digits: None, settings: None };
    };
    let mut keys = Keys::new(&document, &table, "", findings);
    let name = keys.required("name").and_then(|value| keys.text(&value));
    let now = keys.required("now").and_then(|value| {
        let text = value.as_text();
        let now = text.as_deref().and_then(instant);
        keys.expect(&value, now, "an instant with an offset such as \"2026-11-23T06:00:00-05:00\"")
    });
    let currency = keys.required("currency").and_then(|value| {
        let known = value.as_text().and_then(|text| currency(&text));
        keys.expect(&value, known, "an ISO 4217 code with minor digits such as \"USD\"")
    });
    let horizon = keys.required("horizon_days").and_then(|value| keys.whole(&value, 0..=MOST_DAYS));
    keys.finish();
    let minor_digits = currency.as_ref().map(|(_, digits)| *digits);
    let settings = (|| {
        let (currency, minor_digits) = currency?;
        let (name, now, horizon_days) = (name?, now?, horizon? as u32);
        Some(Settings { name, now, currency, minor_digits, horizon_days })
    })();
    PartialSettings { minor_digits, settings }
}

/// Finding for a folder without the file.
pub(crate) fn missing(what: &str, error: &std::io::Error) -> Finding {
    let cause = match error.kind() {
        std::io::ErrorKind::NotFound => format!("{what} is not there"),
        _ => format!("{what} cannot be read: {error}"),
    };
    let action = "name a folder that holds wave.toml and the tables of a wave";
    Finding::new(&codes::E0101, FILE, cause, action)
}

/// An RFC 3339 instant that keeps its offset as its zone.
fn instant(text: &str) -> Option<Zoned> {
    let pieces = Pieces::parse(text).ok()?;
    let offset = pieces.to_numeric_offset()?;
    let time = pieces.time()?;
    pieces.date().to_datetime(time).to_zoned(TimeZone::fixed(offset)).ok()
}

fn currency(text: &str) -> Option<(String, u32)> {
    let digits = Currency::from_code(text)?.exponent()?;
    Some((text.to_owned(), u32::from(digits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Settings>, Vec<String>) {
        let mut findings = Findings::default();
        let settings = parse(text, &mut findings).settings;
        (settings, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_full_file_is_read_with_its_offset() {
        let (settings, findings) = read(
            "name = \"w\"\nnow = \"2026-11-23T06:00:00-05:00\"\ncurrency = \"JPY\"\nhorizon_days = 0\n",
        );
        assert!(findings.is_empty(), "{findings:?}");
        let settings = settings.unwrap();
        assert_eq!(settings.minor_digits, 0);
        assert_eq!(settings.now.timestamp().to_string(), "2026-11-23T11:00:00Z");
        assert_eq!(settings.now.date().to_string(), "2026-11-23");
        let (toml_date, _) = read(
            "name = \"w\"\nnow = 2026-11-23T06:00:00-05:00\ncurrency = \"JPY\"\nhorizon_days = 0\n",
        );
        assert_eq!(toml_date.unwrap().now, settings.now);
    }

    #[test]
    fn every_fault_is_found_with_its_line() {
        let text =
            "name = 3\nnow = \"2026-11-23T06:00:00\"\ncurency = \"USD\"\nhorizon_days = -1\n";
        let (settings, findings) = read(text);
        assert!(settings.is_none());
        assert_eq!(
            findings,
            [
                "E0105 wave.toml, row 1, column name = \"3\": is not a text (write a text)",
                "E0105 wave.toml, row 2, column now = \"2026-11-23T06:00:00\": is not an instant \
                 with an offset such as \"2026-11-23T06:00:00-05:00\" (write an instant with an \
                 offset such as \"2026-11-23T06:00:00-05:00\")",
                "E0104 wave.toml, column currency: is needed (add the key)",
                "E0105 wave.toml, row 4, column horizon_days = \"-1\": is not a whole number from \
                 0 to 3660 (write a whole number from 0 to 3660)",
                "E0103 wave.toml, row 3, column curency: is not a key here (did you mean \
                 currency?)",
            ]
        );
    }

    #[test]
    fn syntax_errors_have_their_line() {
        let (_, findings) = read("name = \"w\"\nnow = \n");
        assert!(findings[0].starts_with("E0102 wave.toml, row 2"), "{findings:?}");
    }
}
