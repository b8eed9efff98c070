//! A wave from its folder: the files, the rows, the rules, and in the end the wave or what is
//! wrong with it.

use crate::diagnostics::Findings;
use crate::domain::{ExtraColumn, Wave, WaveParts};
use crate::ids::{IdVec, LineId};
use crate::ingest::cell::Context;
use crate::ingest::folder::{Folder, Opened, Sources};
use crate::ingest::read::Rows;
use crate::ingest::rows::{
    CalendarRow, CommitmentRow, ExclusionRow, InboundRow, InventoryRow, ItemRow, LaneRow,
    NodeCapacityRow, NodeItemRow, NodeRow, NodeServiceRow, OrderLineRow, OrderRow, RateRow,
    ReturnRow, ServiceRow, ZoneRow,
};
use crate::ingest::rules::{self, Names};
use crate::ingest::settings::{self, PartialSettings};
use crate::ingest::spec::Row;
use std::path::Path;

/// A wave and what its user should know about it.
#[derive(Clone, Debug)]
pub struct Ingested {
    pub wave: Wave,
    /// Sorted; none is an error.
    pub warnings: Findings,
}

/// Reads and validates the wave in a folder.
///
/// # Errors
/// All findings, sorted, where one of them is an error; warnings among them.
pub fn read_wave(folder: &Path) -> Result<Ingested, Findings> {
    let mut findings = Findings::default();
    let parts = read_parts(folder, &mut findings);
    findings.sort();
    match parts {
        Some(parts) if !findings.has_errors() => {
            Ok(Ingested { wave: Wave::new(parts), warnings: findings })
        }
        _ => Err(findings),
    }
}

fn read_parts(path: &Path, findings: &mut Findings) -> Option<WaveParts> {
    let folder = Folder::list(path, findings);
    let settings = match &folder.settings {
        Some(text) => settings::parse(text, findings),
        None => PartialSettings { minor_digits: None, settings: None },
    };
    let sources = folder.open(path, findings);
    if !sources.check_limits(findings) {
        return None;
    }
    // Amounts cannot be judged without a currency; rates have the most digits of all.
    let minor_digits = settings.minor_digits.unwrap_or(crate::units::Rate::PLACES);
    let tables = Tables::read(&sources, &Context { minor_digits }, findings);
    validate(settings, &tables, findings)
}

/// The rows of every table.
struct Tables<'a> {
    nodes: Rows<NodeRow<'a>>,
    calendars: Rows<CalendarRow<'a>>,
    node_capacity: Rows<NodeCapacityRow<'a>>,
    items: Rows<ItemRow<'a>>,
    node_items: Rows<NodeItemRow<'a>>,
    inventory: Rows<InventoryRow<'a>>,
    inbound: Rows<InboundRow<'a>>,
    services: Rows<ServiceRow<'a>>,
    node_services: Rows<NodeServiceRow<'a>>,
    zones: Rows<ZoneRow<'a>>,
    rates: Rows<RateRow<'a>>,
    lanes: Rows<LaneRow<'a>>,
    orders: Rows<OrderRow<'a>>,
    order_lines: Rows<OrderLineRow<'a>>,
    returns: Rows<ReturnRow<'a>>,
    commitments: Rows<CommitmentRow<'a>>,
    exclusions: Rows<ExclusionRow<'a>>,
}

impl<'a> Tables<'a> {
    fn read(sources: &'a Sources, context: &Context, findings: &mut Findings) -> Tables<'a> {
        fn rows<'a, R: Row<'a>>(
            sources: &'a Sources,
            context: &Context,
            findings: &mut Findings,
        ) -> Rows<R> {
            match sources.get(R::SPEC.name) {
                Opened::Source(file, source) => Rows::read(source, file, context, findings),
                Opened::Absent => Rows::absent(false),
                Opened::Unreadable => Rows::absent(true),
            }
        }
        Tables {
            nodes: rows(sources, context, findings),
            calendars: rows(sources, context, findings),
            node_capacity: rows(sources, context, findings),
            items: rows(sources, context, findings),
            node_items: rows(sources, context, findings),
            inventory: rows(sources, context, findings),
            inbound: rows(sources, context, findings),
            services: rows(sources, context, findings),
            node_services: rows(sources, context, findings),
            zones: rows(sources, context, findings),
            rates: rows(sources, context, findings),
            lanes: rows(sources, context, findings),
            orders: rows(sources, context, findings),
            order_lines: rows(sources, context, findings),
            returns: rows(sources, context, findings),
            commitments: rows(sources, context, findings),
            exclusions: rows(sources, context, findings),
        }
    }
}

/// Applies every rule to the rows, and makes the parts of the wave where none finds an error.
fn validate(
    settings: PartialSettings,
    tables: &Tables<'_>,
    findings: &mut Findings,
) -> Option<WaveParts> {
    let calendars = rules::calendars(&tables.calendars, findings);
    let mut nodes = rules::nodes(&tables.nodes, &calendars.index, findings);
    rules::capacities(&tables.node_capacity, &mut nodes, findings);
    let items = rules::items(&tables.items, findings);
    let node_items = rules::node_items(&tables.node_items, &nodes, &items.index, findings);
    let mut stock = rules::inventory(&tables.inventory, &nodes, &items.index, findings);
    let is_partial = tables.inventory.is_partial;
    rules::inbound(&tables.inbound, &nodes, &items.index, is_partial, &mut stock, findings);
    let mut zone_names = Names::new();
    let zones = rules::zones(&tables.zones, &mut zone_names, findings);
    let rates = rules::rates(&tables.rates, &mut zone_names, findings);
    let services = rules::services(&tables.services, &zones, &rates, &zone_names, findings);
    rules::node_services(&tables.node_services, &mut nodes, &services, findings);
    let lanes = rules::lanes(&tables.lanes, &nodes.index, findings);
    let now = settings.settings.as_ref().map(|settings| &settings.now);
    let (orders, lines) = (&tables.orders, &tables.order_lines);
    let demand = rules::demand(orders, lines, &nodes.index, &items.index, now, findings);
    let commitments = rules::commitments(&tables.commitments, &demand, &nodes, &services, findings);
    let exclusions = rules::exclusions(&tables.exclusions, &demand, &nodes, findings);
    let returns =
        rules::returns(&tables.returns, &demand.orders.index, &nodes, &items.index, findings);
    if findings.has_errors() {
        return None;
    }
    let settings = settings.settings?;
    let parts = WaveParts {
        name: settings.name.into(),
        now: settings.now,
        currency: settings.currency.into(),
        minor_digits: settings.minor_digits,
        horizon_days: settings.horizon_days,
        calendars: calendars.complete()?,
        nodes: nodes.complete()?,
        items: items.complete()?,
        node_items,
        stock,
        zone_names: zone_names.into_names(),
        zone_tables: zones.tables,
        rate_cards: rates.cards,
        services: services.complete()?,
        lanes: complete(lanes)?.into(),
        orders: demand.orders.complete()?,
        lines: complete(demand.lines)?.into(),
        commitments: complete(commitments)?,
        exclusions: complete(exclusions)?,
        returns: complete(returns)?.into(),
        order_extras: orders.extras.clone(),
        line_extras: by_line(&lines.extras, &demand.row_of),
    };
    // What needs zones and prices is judged on the finished parts.
    rules::prices(&parts, &tables.commitments, findings);
    rules::eligibility::warn(&parts, orders, lines, &demand.row_of, findings);
    rules::returns::warn(&parts, &tables.returns, findings);
    Some(parts)
}

/// All parts; nothing where one could not be made.
fn complete<T>(parts: Vec<Option<T>>) -> Option<Vec<T>> {
    parts.into_iter().collect()
}

/// Puts columns of `order_lines` into the sequence of the wave's lines.
fn by_line(extras: &[ExtraColumn], row_of: &IdVec<LineId, u32>) -> Vec<ExtraColumn> {
    let sorted = extras.iter().map(|column| ExtraColumn {
        name: column.name.clone(),
        values: row_of.iter().map(|row| column.values[*row as usize].clone()).collect(),
    });
    sorted.collect()
}
