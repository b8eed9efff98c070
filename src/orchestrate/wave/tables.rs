//! The tables of a state's wave, as `ingest` reads them.

use super::{Network, WaveError};
use crate::domain::{
    Commitment, Deadline, Exclusion, Journey, Order, OrderLine, Return, Stock, Wave,
};
use crate::ids::{NodeId, OrderId, SkuId};
use crate::orchestrate::event::Moment;
use crate::tables::{Column, Table, TableError, write_csv, write_parquet};
use crate::time::Day;
use crate::units::{Decimal, Money};
use std::collections::BTreeMap;
use std::path::Path;

/// The tables that are written anew; those of the files that the state starts from are not.
const WRITTEN: [&str; 8] = [
    "node_capacity",
    "inventory",
    "inbound",
    "orders",
    "order_lines",
    "commitments",
    "exclusions",
    "returns",
];

/// Writes the wave into an empty folder: in the format of the inventory that the state starts from.
pub(super) fn write(network: &Network, wave: &Wave, folder: &Path) -> Result<(), WaveError> {
    for (name, bytes) in &network.files {
        let is_written = name.rsplit_once('.').is_some_and(|(stem, _)| WRITTEN.contains(&stem));
        let is_table = name.ends_with(".csv") || name.ends_with(".parquet");
        if is_table && !is_written {
            std::fs::write(folder.join(name), bytes)?;
        }
    }
    std::fs::write(folder.join("wave.toml"), settings(wave))?;
    let writer = Writer { wave };
    let tables = [
        writer.node_capacity(),
        writer.inventory(),
        writer.inbound(),
        writer.orders(),
        writer.order_lines(),
        writer.commitments(),
        writer.exclusions(),
        writer.returns(),
    ];
    type Write = fn(&Table, &Path) -> Result<(), TableError>;
    let (extension, write): (_, Write) = match network.files.contains_key("inventory.csv") {
        true => ("csv", write_csv),
        false => ("parquet", write_parquet),
    };
    for (name, table) in WRITTEN.into_iter().zip(tables) {
        let path = folder.join(name).with_extension(extension);
        write(&table, &path).map_err(|source| WaveError::Table { name, source })?;
    }
    Ok(())
}

fn settings(wave: &Wave) -> String {
    let mut keys = toml::Table::new();
    keys.insert("name".to_owned(), wave.name.as_ref().into());
    keys.insert("now".to_owned(), Moment::from(&wave.now).to_string().into());
    keys.insert("currency".to_owned(), wave.currency.as_ref().into());
    keys.insert("horizon_days".to_owned(), i64::from(wave.horizon_days).into());
    keys.to_string()
}

/// A table of named columns.
fn table<const N: usize>(columns: [(&str, Column); N]) -> Table {
    Table { columns: columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect() }
}

/// An empty text is an empty cell.
fn texts<'r, R>(rows: &'r [R], cell: impl Fn(&'r R) -> &'r str) -> Column {
    let cells = rows.iter().map(|row| Some(cell(row).to_owned()).filter(|text| !text.is_empty()));
    Column::Text(cells.collect())
}

fn counts<R>(rows: &[R], cell: impl Fn(&R) -> Option<u32>) -> Column {
    Column::Int(rows.iter().map(|row| cell(row).map(i64::from)).collect())
}

fn days<R>(rows: &[R], cell: impl Fn(&R) -> Option<Day>) -> Column {
    Column::Date(rows.iter().map(cell).collect())
}

fn decimals<R>(rows: &[R], cell: impl Fn(&R) -> Decimal) -> Column {
    let values = rows.iter().map(|row| Some(i128::from(cell(row).0))).collect();
    Column::Decimal { places: Decimal::PLACES, values }
}

fn floats<'r, R>(rows: &'r [R], cell: impl Fn(&'r R) -> Option<f64>) -> Column {
    Column::Float(rows.iter().map(cell).collect())
}

fn flags<R>(rows: &[R], cell: impl Fn(&R) -> bool) -> Column {
    Column::Bool(rows.iter().map(|row| Some(cell(row))).collect())
}

struct Writer<'w> {
    wave: &'w Wave,
}

impl<'w> Writer<'w> {
    fn money<R>(&self, rows: &[R], cell: impl Fn(&R) -> Money) -> Column {
        let values = rows.iter().map(|row| Some(i128::from(cell(row).0))).collect();
        Column::Decimal { places: self.wave.minor_digits, values }
    }

    fn node(&self, node: Option<NodeId>) -> &'w str {
        node.map_or("", |node| &self.wave.nodes[node].id)
    }

    fn order(&self, order: OrderId) -> &'w str {
        &self.wave.orders[order].id
    }

    fn sku(&self, sku: SkuId) -> &'w str {
        &self.wave.items[sku].sku
    }

    fn node_capacity(&self) -> Table {
        let of_node = |(id, node): (NodeId, &'w crate::domain::Node)| {
            node.capacities.iter().map(move |row| (id, row))
        };
        let rows: Vec<_> = self.wave.nodes.enumerate().flat_map(of_node).collect();
        table([
            ("node_id", texts(&rows, |(node, _)| self.node(Some(*node)))),
            ("date", days(&rows, |(_, row)| row.date)),
            ("unit", texts(&rows, |(_, row)| row.unit.name())),
            ("capacity", decimals(&rows, |(_, row)| row.capacity)),
            ("overload", decimals(&rows, |(_, row)| row.overload)),
            ("overload_cost", self.money(&rows, |(_, row)| row.overload_cost)),
        ])
    }

    /// Stock by node and item.
    fn stock(&self) -> Vec<((NodeId, SkuId), &'w Stock)> {
        let rows: BTreeMap<_, _> = self.wave.stock.iter().map(|(key, row)| (*key, row)).collect();
        rows.into_iter().collect()
    }

    fn inventory(&self) -> Table {
        let rows = self.stock();
        table([
            ("node_id", texts(&rows, |((node, _), _)| self.node(Some(*node)))),
            ("sku", texts(&rows, |((_, sku), _)| self.sku(*sku))),
            ("on_hand", counts(&rows, |(_, row)| Some(row.on_hand))),
            ("reserved", counts(&rows, |(_, row)| Some(row.reserved))),
            ("safety_stock", counts(&rows, |(_, row)| Some(row.safety_stock))),
            ("opportunity_cost", self.money(&rows, |(_, row)| row.opportunity_cost)),
            ("restock_value", self.money(&rows, |(_, row)| row.restock_value)),
        ])
    }

    fn inbound(&self) -> Table {
        let stock = self.stock();
        let arrivals = |(place, stock): &((NodeId, SkuId), &'w Stock)| {
            let place = *place;
            stock.inbound.iter().map(move |(date, units)| (place, *date, *units))
        };
        let rows: Vec<_> = stock.iter().flat_map(arrivals).collect();
        table([
            ("node_id", texts(&rows, |((node, _), ..)| self.node(Some(*node)))),
            ("sku", texts(&rows, |((_, sku), ..)| self.sku(*sku))),
            ("date", days(&rows, |(_, date, _)| Some(*date))),
            ("quantity", counts(&rows, |(.., units)| Some(*units))),
        ])
    }

    fn orders(&self) -> Table {
        let rows = self.wave.orders.as_slice();
        let place = |order: &'w Order| match &order.journey {
            Journey::Ship(place) => Some(place),
            Journey::Pickup { .. } => None,
        };
        let pickup = |order: &Order| match order.journey {
            Journey::Ship(_) => None,
            Journey::Pickup { node, radius_km } => Some((node, radius_km)),
        };
        let instants = rows.iter().map(|order| Some(order.placed_at)).collect();
        table([
            ("order_id", texts(rows, |order| &order.id)),
            ("placed_at", Column::Instant(instants)),
            (
                "journey",
                texts(rows, |order| if pickup(order).is_some() { "pickup" } else { "ship" }),
            ),
            ("latitude", floats(rows, |order| Some(place(order)?.latitude))),
            ("longitude", floats(rows, |order| Some(place(order)?.longitude))),
            ("country", texts(rows, |order| place(order).map_or("", |place| &place.country))),
            (
                "postal_code",
                texts(rows, |order| place(order).map_or("", |place| &place.postal_code)),
            ),
            ("pickup_node", texts(rows, |order| self.node(pickup(order).map(|at| at.0)))),
            ("pickup_radius_km", floats(rows, |order| pickup(order).map(|at| at.1))),
            ("ship_by", days(rows, |order| order.ship_by)),
            ("deliver_by", days(rows, |order| order.deliver_by)),
            (
                "deadline",
                texts(rows, |order| match order.deadline {
                    Some(Deadline::Hard) => "hard",
                    Some(Deadline::Soft) => "soft",
                    None => "",
                }),
            ),
            ("weight", decimals(rows, |order| order.weight)),
            ("channel", texts(rows, |order| &order.channel)),
            ("customer_tier", texts(rows, |order| &order.customer_tier)),
            ("ship_complete", flags(rows, |order| order.ship_complete)),
            ("max_shipments", counts(rows, |order| order.max_shipments)),
            ("exchange_of", texts(rows, |order| order.exchange_of.as_deref().unwrap_or_default())),
        ])
    }

    fn order_lines(&self) -> Table {
        let rows = self.wave.lines.as_slice();
        table([
            ("order_id", texts(rows, |line: &OrderLine| self.order(line.order))),
            ("line", texts(rows, |line| &line.line)),
            ("sku", texts(rows, |line| self.sku(line.sku))),
            ("quantity", counts(rows, |line| Some(line.quantity))),
            ("unit_price", self.money(rows, |line| line.unit_price)),
            ("together", texts(rows, |line| line.together.as_deref().unwrap_or_default())),
        ])
    }

    fn commitments(&self) -> Table {
        let rows = &self.wave.commitments;
        let line = |row: &Commitment| &self.wave.lines[row.line];
        let service =
            |row: &Commitment| row.service.map_or("", |service| &*self.wave.services[service].id);
        table([
            ("order_id", texts(rows, |row| self.order(line(row).order))),
            ("line", texts(rows, |row| &line(row).line)),
            ("quantity", counts(rows, |row| Some(row.quantity))),
            ("node_id", texts(rows, |row| self.node(Some(row.node)))),
            ("service", texts(rows, service)),
            ("ship_date", days(rows, |row| row.ship_date)),
            ("level", texts(rows, |row| row.level.name())),
            ("pinned", flags(rows, |row| row.pinned)),
        ])
    }

    fn exclusions(&self) -> Table {
        let rows = &self.wave.exclusions;
        let line = |row: &Exclusion| row.line.map_or("", |line| &*self.wave.lines[line].line);
        table([
            ("order_id", texts(rows, |row| self.order(row.order))),
            ("line", texts(rows, line)),
            ("node_id", texts(rows, |row| self.node(Some(row.node)))),
            ("until", days(rows, |row| Some(row.until).filter(|until| *until != Day::NEVER))),
        ])
    }

    fn returns(&self) -> Table {
        let rows = self.wave.returns.as_slice();
        let place = |row: &'w Return| row.place.as_ref();
        table([
            ("return_id", texts(rows, |row| &row.id)),
            ("order_id", texts(rows, |row| row.order.map_or("", |id| self.order(id)))),
            ("sku", texts(rows, |row| self.sku(row.sku))),
            ("quantity", counts(rows, |row| Some(row.quantity))),
            ("condition", texts(rows, |row| row.condition.name())),
            ("latitude", floats(rows, |row| Some(place(row)?.latitude))),
            ("longitude", floats(rows, |row| Some(place(row)?.longitude))),
            ("country", texts(rows, |row| place(row).map_or("", |place| &place.country))),
            ("postal_code", texts(rows, |row| place(row).map_or("", |place| &place.postal_code))),
            ("drop_node", texts(rows, |row| self.node(row.drop_node))),
        ])
    }
}
