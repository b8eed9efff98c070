//! Reading a plan folder, with all findings at once.

use super::cells::{Cells, finding};
use super::fields::{
    count, date, decimal, float, id, line, money, no_lane, node_load, reasons, route, same_sku,
    stock_use, text,
};
use super::lookup::Lookup;
use super::{CERTIFICATE, codes, columns};
use crate::diagnostics::{Finding, Findings};
use crate::domain::Wave;
use crate::plan::{
    Assignment, AssignmentKind, Certificate, NodeLoad, Plan, PlannedReturn, Shipment, StockUse,
    Transfer, Unfilled,
};
use crate::solve::KnownPrices;
use crate::tables::Source;
use rustc_hash::FxHashMap;
use std::path::Path;

/// What to do about a folder that is no plan.
const NAME_A_PLAN: &str = "name a folder that a plan was written to";

/// Reads the plan in a folder, from its Parquet tables or, where one is absent, from CSV.
///
/// # Errors
/// All findings about the folder's files, where there are any.
pub fn read_plan(wave: &Wave, folder: &Path) -> Result<Plan, Findings> {
    if !folder.is_dir() {
        let mut findings = Findings::default();
        let cause = "the folder of the plan is not there".to_string();
        findings.push(finding(codes::MISSING_FILE, CERTIFICATE, cause, NAME_A_PLAN));
        return Err(findings);
    }
    let mut reader = Reader { wave, folder, ids: Lookup::new(wave), findings: Findings::default() };
    let certificate = reader.certificate();
    let shipments = reader.shipments();
    let plan = Plan {
        assignments: reader.assignments(&shipments),
        transfers: reader.transfers(),
        unfilled: reader.unfilled(),
        node_load: reader.node_load(),
        stock_use: reader.stock_use(),
        returns: reader.returns(),
        prices: KnownPrices::default(),
        shipments,
        certificate: match certificate {
            Some(certificate) => certificate,
            None => return Err(reader.finish()),
        },
    };
    if reader.findings.is_empty() { Ok(plan) } else { Err(reader.finish()) }
}

/// The certificate in a folder; nothing where there are findings about it.
pub(super) fn certificate(folder: &Path, findings: &mut Findings) -> Option<Certificate> {
    let Ok(text) = std::fs::read_to_string(folder.join(CERTIFICATE)) else {
        findings.push(missing(CERTIFICATE));
        return None;
    };
    match serde_json::from_str(&text) {
        Ok(certificate) => Some(certificate),
        Err(error) => {
            let (code, action) = (codes::BAD_CERTIFICATE, "plan again");
            findings.push(finding(code, CERTIFICATE, error.to_string(), action));
            None
        }
    }
}

fn missing(file: &str) -> Finding {
    let cause = "the file is missing".to_string();
    finding(codes::MISSING_FILE, file, cause, NAME_A_PLAN)
}

/// The rows of a table, each made by `row` from its cells; nothing for a row with findings.
pub(super) fn table<R>(
    folder: &Path,
    name: &str,
    columns: &[&'static str],
    findings: &mut Findings,
    mut row: impl FnMut(&mut Cells<'_>) -> Option<R>,
) -> Vec<R> {
    let (parquet, csv) = (format!("{name}.parquet"), format!("{name}.csv"));
    let file = [&parquet, &csv].into_iter().find(|file| folder.join(file).is_file());
    let Some(file) = file else {
        findings.push(missing(&parquet));
        return Vec::new();
    };
    let source = match Source::open(&folder.join(file)) {
        Ok(source) => source,
        Err(error) => {
            let cause = format!("the file {error}");
            findings.push(finding(codes::UNREADABLE_TABLE, file, cause, "plan again"));
            return Vec::new();
        }
    };
    let cells = Cells::new(file.clone(), source, columns, findings);
    let Some(mut cells) = cells else { return Vec::new() };
    let mut rows = Vec::with_capacity(cells.height());
    for index in 0..cells.height() {
        cells.go_to(index);
        rows.extend(row(&mut cells));
    }
    rows
}

struct Reader<'a> {
    wave: &'a Wave,
    folder: &'a Path,
    ids: Lookup<'a>,
    findings: Findings,
}

impl<'a> Reader<'a> {
    fn finish(mut self) -> Findings {
        self.findings.sort();
        self.findings
    }

    fn certificate(&mut self) -> Option<Certificate> {
        certificate(self.folder, &mut self.findings)
    }

    /// The rows of a table, each made by `row` from its cells; nothing for a row with findings.
    fn table<R>(
        &mut self,
        name: &str,
        columns: &[&'static str],
        mut row: impl FnMut(&mut Cells<'_>, &Lookup<'a>) -> Option<R>,
    ) -> Vec<R> {
        let ids = &self.ids;
        table(self.folder, name, columns, &mut self.findings, |cells| row(cells, ids))
    }

    fn assignments(&mut self, shipments: &[Shipment]) -> Vec<Assignment> {
        let by_id: FxHashMap<&str, usize> =
            shipments.iter().enumerate().map(|(index, row)| (row.id.as_str(), index)).collect();
        let wave = self.wave;
        self.table("assignments", &columns::ASSIGNMENTS, |cells, ids| {
            let line = line(wave, cells, ids);
            let quantity = count(cells, "quantity");
            let kind = cells.choice("kind", &AssignmentKind::ALL, AssignmentKind::name);
            let kind = cells.needed("kind", kind);
            let source = id(cells, "source_node", &ids.nodes);
            let last_node = id(cells, "last_node", &ids.nodes);
            let hops = source.and_then(|source| route(cells, ids, source));
            let release_date = date(cells, "release_date");
            let service = cells.id("service", &ids.services);
            let ship_date = date(cells, "ship_date");
            let delivery_date = date(cells, "delivery_date");
            let days_late = count(cells, "days_late");
            let shipment = id(cells, "shipment_id", &by_id);
            let tier = count(cells, "tier");
            Some(Assignment {
                line: line?,
                quantity: quantity?,
                kind: kind?,
                source: source?,
                hops: hops?,
                last_node: last_node?,
                release_date: release_date?,
                service: service?,
                ship_date: ship_date?,
                delivery_date: delivery_date?,
                days_late: days_late?,
                shipment: shipment?,
                tier: tier?,
            })
        })
    }

    fn shipments(&mut self) -> Vec<Shipment> {
        let places = self.wave.minor_digits;
        self.table("shipments", &columns::SHIPMENTS, |cells, ids| {
            let name = text(cells, "shipment_id");
            let order = id(cells, "order_id", &ids.orders);
            let node = id(cells, "node_id", &ids.nodes);
            let service = cells.id("service", &ids.services);
            let (ship_date, delivery_date) =
                (date(cells, "ship_date"), date(cells, "delivery_date"));
            let (lines, units) = (count(cells, "lines"), count(cells, "units"));
            let parcels = count(cells, "parcels");
            let (kg, billable_kg) = (decimal(cells, "kg"), float(cells, "billable_kg"));
            let zone = cells.id("zone", &ids.zones);
            let distance_km = cells.float("distance_km");
            let (freight, handling) =
                (money(cells, "freight", places), money(cells, "handling", places));
            let kg_co2 = float(cells, "kg_co2");
            Some(Shipment {
                id: name?,
                order: order?,
                node: node?,
                service: service?,
                ship_date: ship_date?,
                delivery_date: delivery_date?,
                lines: lines?,
                units: units?,
                parcels: parcels?,
                kg: kg?,
                billable_kg: billable_kg?,
                zone: zone?,
                distance_km: distance_km?,
                freight: freight?,
                handling: handling?,
                kg_co2: kg_co2?,
            })
        })
    }

    fn transfers(&mut self) -> Vec<Transfer> {
        let places = self.wave.minor_digits;
        self.table("transfers", &columns::TRANSFERS, |cells, ids| {
            let name = text(cells, "transfer_id");
            let order = id(cells, "order_id", &ids.orders);
            let from = id(cells, "from_node", &ids.nodes);
            let to = id(cells, "to_node", &ids.nodes);
            let lane = from.zip(to).and_then(|(from, to)| {
                let lane = ids.lane(from, to);
                if lane.is_none() {
                    let value = cells.text("to_node");
                    no_lane(cells, "to_node", &value);
                }
                lane
            });
            let (departs, arrives) = (date(cells, "departs"), date(cells, "arrives"));
            let (lines, units) = (count(cells, "lines"), count(cells, "units"));
            let kg = decimal(cells, "kg");
            let (freight, handling) =
                (money(cells, "freight", places), money(cells, "handling", places));
            let kg_co2 = float(cells, "kg_co2");
            Some(Transfer {
                id: name?,
                order: order?,
                lane: lane?,
                departs: departs?,
                arrives: arrives?,
                lines: lines?,
                units: units?,
                kg: kg?,
                freight: freight?,
                handling: handling?,
                kg_co2: kg_co2?,
            })
        })
    }

    fn unfilled(&mut self) -> Vec<Unfilled> {
        let wave = self.wave;
        self.table("unfilled", &columns::UNFILLED, |cells, ids| {
            let line = line(wave, cells, ids);
            let quantity = count(cells, "quantity");
            let reasons = reasons(cells);
            let cheapest_fix = cells.text("cheapest_fix");
            Some(Unfilled { line: line?, quantity: quantity?, reasons: reasons?, cheapest_fix })
        })
    }

    fn node_load(&mut self) -> Vec<NodeLoad> {
        self.table("node_load", &columns::NODE_LOAD, |cells, ids| {
            let node = id(cells, "node_id", &ids.nodes);
            node_load(cells, node)
        })
    }

    fn stock_use(&mut self) -> Vec<StockUse> {
        self.table("stock_use", &columns::STOCK_USE, |cells, ids| {
            let node = id(cells, "node_id", &ids.nodes);
            let sku = id(cells, "sku", &ids.skus);
            stock_use(cells, node, sku)
        })
    }

    fn returns(&mut self) -> Vec<PlannedReturn> {
        let (wave, places) = (self.wave, self.wave.minor_digits);
        self.table("returns", &columns::RETURNS, |cells, ids| {
            let one = id(cells, "return_id", &ids.returns);
            if let Some(one) = one {
                same_sku(wave, cells, wave.returns[one].sku);
            }
            let quantity = count(cells, "quantity");
            let node = id(cells, "node_id", &ids.nodes);
            let service = cells.id("service", &ids.services);
            let freight = money(cells, "freight", places);
            let recovered_value = money(cells, "recovered_value", places);
            Some(PlannedReturn {
                id: one?,
                quantity: quantity?,
                node: node?,
                service: service?,
                freight: freight?,
                recovered_value: recovered_value?,
            })
        })
    }
}
