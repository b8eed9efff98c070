//! Reading a plan folder without its wave: ids stay text, nothing is looked up.
//!
//! For what looks at plans from outside, as a report does, and may not have the wave at hand.

use super::cells::{Cells, finding};
use super::fields::{count, date, float, money, node_load, stock_use, text};
use super::read::{certificate, table};
use super::{CERTIFICATE, codes, columns};
use crate::diagnostics::Findings;
use crate::plan::{AssignmentKind, Certificate, NodeLoad, StockUse};
use crate::time::Day;
use crate::units::Money;
use iso_currency::Currency;
use std::path::Path;

/// The certificate and the tables of a plan, as they stand in its folder.
#[derive(Clone, Debug)]
pub struct PlanRows {
    pub certificate: Certificate,
    /// Decimal places of the currency.
    pub minor_digits: u32,
    pub assignments: Vec<AssignmentRow>,
    pub shipments: Vec<ShipmentRow>,
    pub transfers: Vec<TransferRow>,
    pub unfilled: Vec<UnfilledRow>,
    pub node_load: Vec<LoadRow>,
    pub stock_use: Vec<StockRow>,
    pub returns: Vec<ReturnRow>,
}

/// Units of a line through one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentRow {
    pub order: String,
    pub line: String,
    pub sku: String,
    pub quantity: u32,
    pub kind: AssignmentKind,
    pub source: String,
    /// Empty for a pickup.
    pub service: String,
    pub ship_date: Day,
    pub delivery_date: Day,
    pub days_late: u32,
}

/// What leaves one node for one order on one date.
#[derive(Clone, Debug, PartialEq)]
pub struct ShipmentRow {
    pub order: String,
    pub node: String,
    /// Empty for a pickup.
    pub service: String,
    pub units: u32,
    pub parcels: u32,
    /// Nothing for a pickup.
    pub distance_km: Option<f64>,
    pub freight: Money,
    pub handling: Money,
    pub kg_co2: f64,
}

/// What moves for one order over one lane on one date.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferRow {
    pub order: String,
    pub from: String,
    pub to: String,
    pub units: u32,
    pub freight: Money,
    pub handling: Money,
    pub kg_co2: f64,
}

/// Units of a line that stay open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfilledRow {
    pub order: String,
    pub line: String,
    pub sku: String,
    pub quantity: u32,
    /// Names of reasons, the most binding first.
    pub reasons: Vec<String>,
}

/// Where a return goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnRow {
    pub quantity: u32,
    pub node: String,
    /// Empty where it is brought.
    pub service: String,
    pub freight: Money,
    pub recovered_value: Money,
}

/// Work at a node on a date.
pub type LoadRow = NodeLoad<String>;

/// Stock of an item at a node.
pub type StockRow = StockUse<String, String>;

/// Reads the tables of a plan folder, each from Parquet or, where that is absent, from CSV.
///
/// # Errors
/// All findings about the folder's files, where there are any.
pub fn read_rows(folder: &Path) -> Result<PlanRows, Findings> {
    let mut findings = Findings::default();
    let certificate = certificate(folder, &mut findings);
    let currency = certificate.as_ref().map_or("", |certificate| &certificate.currency);
    let minor_digits = match Currency::from_code(currency).and_then(Currency::exponent) {
        Some(digits) => u32::from(digits),
        None => {
            if certificate.is_some() {
                let cause = format!("the currency {currency:?} does not exist");
                let found = finding(codes::BAD_CERTIFICATE, CERTIFICATE, cause, "plan again");
                findings.push(found);
            }
            2
        }
    };
    let mut read = Reader { folder, places: minor_digits, findings: &mut findings };
    let (assignments, shipments) = (read.assignments(), read.shipments());
    let (transfers, unfilled) = (read.transfers(), read.unfilled());
    let (node_load, stock_use) = (read.node_load(), read.stock_use());
    let returns = read.returns();
    match certificate {
        Some(certificate) if findings.is_empty() => Ok(PlanRows {
            certificate,
            minor_digits,
            assignments,
            shipments,
            transfers,
            unfilled,
            node_load,
            stock_use,
            returns,
        }),
        _ => {
            findings.sort();
            Err(findings)
        }
    }
}

struct Reader<'a> {
    folder: &'a Path,
    places: u32,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn table<R>(
        &mut self,
        name: &str,
        columns: &[&'static str],
        row: impl FnMut(&mut Cells<'_>) -> Option<R>,
    ) -> Vec<R> {
        table(self.folder, name, columns, self.findings, row)
    }

    fn assignments(&mut self) -> Vec<AssignmentRow> {
        self.table("assignments", &columns::ASSIGNMENTS, |cells| {
            let (order, line) = (text(cells, "order_id"), text(cells, "line"));
            let (sku, quantity) = (text(cells, "sku"), count(cells, "quantity"));
            let kind = cells.choice("kind", &AssignmentKind::ALL, AssignmentKind::name);
            let kind = cells.needed("kind", kind);
            let source = text(cells, "source_node");
            let ship_date = date(cells, "ship_date");
            let delivery_date = date(cells, "delivery_date");
            let days_late = count(cells, "days_late");
            Some(AssignmentRow {
                order: order?,
                line: line?,
                sku: sku?,
                quantity: quantity?,
                kind: kind?,
                source: source?,
                service: cells.text("service"),
                ship_date: ship_date?,
                delivery_date: delivery_date?,
                days_late: days_late?,
            })
        })
    }

    fn shipments(&mut self) -> Vec<ShipmentRow> {
        let places = self.places;
        self.table("shipments", &columns::SHIPMENTS, |cells| {
            let (order, node) = (text(cells, "order_id"), text(cells, "node_id"));
            let (units, parcels) = (count(cells, "units"), count(cells, "parcels"));
            let distance_km = cells.float("distance_km");
            let freight = money(cells, "freight", places);
            let handling = money(cells, "handling", places);
            let kg_co2 = float(cells, "kg_co2");
            Some(ShipmentRow {
                order: order?,
                node: node?,
                service: cells.text("service"),
                units: units?,
                parcels: parcels?,
                distance_km: distance_km?,
                freight: freight?,
                handling: handling?,
                kg_co2: kg_co2?,
            })
        })
    }

    fn transfers(&mut self) -> Vec<TransferRow> {
        let places = self.places;
        self.table("transfers", &columns::TRANSFERS, |cells| {
            let order = text(cells, "order_id");
            let (from, to) = (text(cells, "from_node"), text(cells, "to_node"));
            let units = count(cells, "units");
            let freight = money(cells, "freight", places);
            let handling = money(cells, "handling", places);
            let kg_co2 = float(cells, "kg_co2");
            Some(TransferRow {
                order: order?,
                from: from?,
                to: to?,
                units: units?,
                freight: freight?,
                handling: handling?,
                kg_co2: kg_co2?,
            })
        })
    }

    fn unfilled(&mut self) -> Vec<UnfilledRow> {
        self.table("unfilled", &columns::UNFILLED, |cells| {
            let (order, line) = (text(cells, "order_id"), text(cells, "line"));
            let (sku, quantity) = (text(cells, "sku"), count(cells, "quantity"));
            let reasons = cells.text("reasons");
            Some(UnfilledRow {
                order: order?,
                line: line?,
                sku: sku?,
                quantity: quantity?,
                reasons: reasons.split_whitespace().map(str::to_owned).collect(),
            })
        })
    }

    fn node_load(&mut self) -> Vec<LoadRow> {
        self.table("node_load", &columns::NODE_LOAD, |cells| {
            let node = text(cells, "node_id");
            node_load(cells, node)
        })
    }

    fn stock_use(&mut self) -> Vec<StockRow> {
        self.table("stock_use", &columns::STOCK_USE, |cells| {
            let (node, sku) = (text(cells, "node_id"), text(cells, "sku"));
            stock_use(cells, node, sku)
        })
    }

    fn returns(&mut self) -> Vec<ReturnRow> {
        let places = self.places;
        self.table("returns", &columns::RETURNS, |cells| {
            let (quantity, node) = (count(cells, "quantity"), text(cells, "node_id"));
            let freight = money(cells, "freight", places);
            let recovered_value = money(cells, "recovered_value", places);
            Some(ReturnRow {
                quantity: quantity?,
                node: node?,
                service: cells.text("service"),
                freight: freight?,
                recovered_value: recovered_value?,
            })
        })
    }
}
