//! What is done about exceptions as they are raised: `exceptions.toml` in the folder of the wave
//! that a state starts from.

use crate::diagnostics::{Finding, Findings, codes};
use crate::ingest::{Document, DocumentCodes, Keys};
use crate::orchestrate::state::exception::{Action, Cause};
use crate::units::{Decimal, Money, round_half_up};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file.
pub const RULES_FILE: &str = "exceptions.toml";

const CODES: DocumentCodes = DocumentCodes {
    syntax: &codes::E0809,
    unknown: &codes::E0809,
    missing: &codes::E0809,
    value: &codes::E0809,
};

/// The rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExceptionRules {
    /// How far a price may be from the list, as a share of the list's price.
    pub tolerance_share: Decimal,
    /// How far a price may be from the list at least.
    pub tolerance: Money,
    /// What is done about each cause.
    actions: [Action; Cause::ALL.len()],
}

impl Default for ExceptionRules {
    /// Prices agree to the minor unit. Wrong prices hold the order; units that a node cannot provide are
    /// open again; the rest is for people.
    fn default() -> ExceptionRules {
        ExceptionRules {
            tolerance_share: Decimal::ZERO,
            tolerance: Money::ZERO,
            actions: Cause::ALL.map(|cause| match cause {
                Cause::PriceMismatch => Action::Hold,
                Cause::ShortPick | Cause::VendorReject | Cause::NodeOutage => Action::Release,
                _ => Action::Escalate,
            }),
        }
    }
}

impl ExceptionRules {
    pub fn action(&self, cause: Cause) -> Action {
        self.actions[cause as usize]
    }

    pub fn set_action(&mut self, cause: Cause, action: Action) {
        self.actions[cause as usize] = action;
    }

    /// Whether a price is within the tolerance of the list's.
    pub fn tolerates(&self, price: Money, list: Money) -> bool {
        let product = i128::from(self.tolerance_share.0) * i128::from(list.0);
        let share = round_half_up(product, i128::from(Decimal::SCALE));
        (price - list).0.abs() <= share.max(self.tolerance.0)
    }

    /// Reads the rules in a folder; the defaults where it has none.
    ///
    /// # Errors
    /// All findings.
    pub fn read(folder: &Path, minor_digits: u32) -> Result<ExceptionRules, Findings> {
        match std::fs::read_to_string(folder.join(RULES_FILE)) {
            Ok(text) => ExceptionRules::parse(&text, minor_digits),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(ExceptionRules::default())
            }
            Err(error) => {
                let cause = format!("cannot be read: {error}");
                let mut findings = Findings::default();
                let action = "correct the file, or leave it out for the defaults";
                findings.push(Finding::new(&codes::E0809, RULES_FILE, cause, action));
                Err(findings)
            }
        }
    }

    /// Reads the text of the file. Every key may be absent.
    ///
    /// # Errors
    /// All findings.
    pub fn parse(text: &str, minor_digits: u32) -> Result<ExceptionRules, Findings> {
        let mut findings = Findings::default();
        let mut rules = ExceptionRules::default();
        let document = Document::new(RULES_FILE, text, &CODES);
        if let Some(table) = document.parse(&mut findings) {
            let mut keys = Keys::new(&document, &table, "", &mut findings);
            if let Some(entry) = keys.optional("price_tolerance") {
                let most = 1_000_000_000 * 10_i64.pow(minor_digits);
                let accepts = format!(
                    "an amount of money from 0 to 1000000000 with at most {minor_digits} decimal places"
                );
                if let Some(value) = keys.fixed(&entry, minor_digits, 0..=most, &accepts) {
                    rules.tolerance = Money(value);
                }
            }
            if let Some(entry) = keys.optional("price_tolerance_share") {
                let accepts = "a share from 0 to 1 (0.05 is 5 %)";
                let range = 0..=Decimal::SCALE;
                if let Some(value) = keys.fixed(&entry, Decimal::PLACES, range, accepts) {
                    rules.tolerance_share = Decimal(value);
                }
            }
            for cause in Cause::ALL {
                let Some(entry) = keys.optional(cause.name()) else { continue };
                let text = entry.as_text();
                let action = Action::ALL.into_iter().find(|a| Some(a.name()) == text.as_deref());
                if let Some(action) = keys.expect(&entry, action, "one of release, hold, escalate")
                {
                    rules.set_action(cause, action);
                }
            }
            keys.finish();
        }
        if findings.is_empty() { Ok(rules) } else { Err(findings) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_every_fault_is_found() {
        let text = "price_tolerance = 0.50\nprice_tolerance_share = 0.1\nshort_pick = \"hold\"\n";
        let rules = ExceptionRules::parse(text, 2).unwrap();
        assert_eq!(rules.action(Cause::ShortPick), Action::Hold);
        assert_eq!(rules.action(Cause::VendorReject), Action::Release);
        // The wider of the two counts: 10 % of 10.00, and 0.50.
        assert!(
            rules.tolerates(Money(1100), Money(1000)) && !rules.tolerates(Money(1101), Money(1000))
        );
        assert!(rules.tolerates(Money(150), Money(100)) && !rules.tolerates(Money(49), Money(100)));

        let text = "price_tolerance = 0.505\nshort_pick = \"wait\"\nshortpick = \"hold\"\n";
        let findings = ExceptionRules::parse(text, 2).unwrap_err();
        let columns: Vec<_> = findings.iter().map(|f| f.column.clone().unwrap()).collect();
        assert_eq!(columns, ["price_tolerance", "short_pick", "shortpick"], "{findings}");
    }

    #[test]
    fn prices_agree_to_the_minor_unit_unless_the_rules_say_otherwise() {
        let rules = ExceptionRules::default();
        assert!(
            rules.tolerates(Money(100), Money(100)) && !rules.tolerates(Money(101), Money(100))
        );
    }
}
