//! The tables of a state's wave.

use super::demand::{Correction, Demand, Stated, StatedLine};
use super::returns::StatedReturn;
use super::{Network, WaveError};
use crate::domain::{Capacity, CapacityUnit, Level};
use crate::ids::{NodeId, OrderId};
use crate::orchestrate::event::Moment;
use crate::orchestrate::state::{Destination, Node, Order, State, Stock};
use crate::tables::{Column, Table, TableError, write_csv, write_parquet};
use crate::time::Day;
use crate::units::{Decimal, Money};
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
pub(super) fn write(
    network: &Network,
    state: &State,
    demand: &Demand,
    returns: &[StatedReturn<'_>],
    now: Moment,
    folder: &Path,
) -> Result<(), WaveError> {
    for (name, bytes) in &network.files {
        let is_written = name.rsplit_once('.').is_some_and(|(stem, _)| WRITTEN.contains(&stem));
        let is_table = name.ends_with(".csv") || name.ends_with(".parquet");
        if is_table && !is_written {
            std::fs::write(folder.join(name), bytes)?;
        }
    }
    std::fs::write(folder.join("wave.toml"), settings(network, now))?;
    let writer = Writer { network, state, demand, returns, now };
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

fn settings(network: &Network, now: Moment) -> String {
    let mut keys = toml::Table::new();
    keys.insert("name".to_owned(), network.wave.name.as_ref().into());
    keys.insert("now".to_owned(), now.to_string().into());
    keys.insert("currency".to_owned(), network.wave.currency.as_ref().into());
    keys.insert("horizon_days".to_owned(), i64::from(network.wave.horizon_days).into());
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

fn floats<R>(rows: &[R], cell: impl Fn(&R) -> Option<f64>) -> Column {
    Column::Float(rows.iter().map(cell).collect())
}

fn flags<R>(rows: &[R], cell: impl Fn(&R) -> bool) -> Column {
    Column::Bool(rows.iter().map(|row| Some(cell(row))).collect())
}

struct Writer<'w> {
    network: &'w Network,
    state: &'w State,
    demand: &'w Demand,
    returns: &'w [StatedReturn<'w>],
    now: Moment,
}

impl<'w> Writer<'w> {
    fn money<R>(&self, rows: &[R], cell: impl Fn(&R) -> Money) -> Column {
        let values = rows.iter().map(|row| Some(i128::from(cell(row).0))).collect();
        Column::Decimal { places: self.state.minor_digits, values }
    }

    fn node(&self, node: Option<NodeId>) -> &'w str {
        node.map_or("", |node| self.state.node_names.name(node))
    }

    fn order(&self, order: OrderId) -> &'w str {
        self.state.order_names.name(order)
    }

    fn node_capacity(&self) -> Table {
        let mut rows: Vec<(NodeId, Capacity)> = Vec::new();
        for (id, node) in self.state.nodes.enumerate() {
            let known = &self.network.wave.nodes[id].capacities;
            rows.extend(self.capacities(node, known).into_iter().map(|row| (id, row)));
        }
        table([
            ("node_id", texts(&rows, |(node, _)| self.node(Some(*node)))),
            ("date", days(&rows, |(_, row)| row.date)),
            ("unit", texts(&rows, |(_, row)| row.unit.name())),
            ("capacity", decimals(&rows, |(_, row)| row.capacity)),
            ("overload", decimals(&rows, |(_, row)| row.overload)),
            ("overload_cost", self.money(&rows, |(_, row)| row.overload_cost)),
        ])
    }

    /// What a node can do: the rows of the wave, those that events set in their place, and no units
    /// on the dates on which it is closed.
    fn capacities(&self, node: &Node, known: &[Capacity]) -> Vec<Capacity> {
        let mut rows = known.to_vec();
        let mut set = |row: Capacity| match rows
            .iter_mut()
            .find(|known| (known.date, known.unit) == (row.date, row.unit))
        {
            Some(known) => *known = row,
            None => rows.push(row),
        };
        node.capacities.iter().copied().for_each(&mut set);
        // A day more on either side: the date at the node may be another one.
        let today = self.now.date();
        let horizon = self.network.wave.horizon_days as i32;
        let dates = (today.0 - 1..=today.0 + horizon + 1).map(Day);
        for date in dates.filter(|date| node.is_closed(*date)) {
            set(Capacity {
                date: Some(date),
                unit: CapacityUnit::Units,
                capacity: Decimal::ZERO,
                overload: Decimal::ZERO,
                overload_cost: Money::ZERO,
            });
        }
        rows
    }

    fn inventory(&self) -> Table {
        let rows: Vec<_> = self.state.stock.iter().collect();
        let correction = |place| self.demand.stock.get(place).copied().unwrap_or_default();
        let terms = |(node, sku): &(NodeId, _)| self.network.wave.stock_of(*node, *sku);
        let on_hand = |stock: &Stock, more: Correction| stock.on_hand.saturating_add(more.on_hand);
        let reserved =
            |stock: &Stock, more: Correction| stock.reserved.saturating_add(more.reserved);
        table([
            ("node_id", texts(&rows, |((node, _), _)| self.node(Some(*node)))),
            ("sku", texts(&rows, |((_, sku), _)| self.state.sku_names.name(*sku))),
            ("on_hand", counts(&rows, |(place, row)| Some(on_hand(row, correction(place))))),
            ("reserved", counts(&rows, |(place, row)| Some(reserved(row, correction(place))))),
            ("safety_stock", counts(&rows, |(_, row)| Some(row.safety_stock))),
            (
                "opportunity_cost",
                self.money(&rows, |(place, _)| {
                    terms(place).map_or(Money::ZERO, |terms| terms.opportunity_cost)
                }),
            ),
            (
                "restock_value",
                self.money(&rows, |(place, _)| {
                    terms(place).map_or(Money::ZERO, |terms| terms.restock_value)
                }),
            ),
        ])
    }

    fn inbound(&self) -> Table {
        let arrivals = |(place, stock): (&'w (NodeId, _), &'w Stock)| {
            stock.inbound.iter().map(move |(date, units)| (*place, *date, *units))
        };
        let rows: Vec<_> =
            self.state.stock.iter().flat_map(arrivals).filter(|(.., units)| *units > 0).collect();
        table([
            ("node_id", texts(&rows, |((node, _), ..)| self.node(Some(*node)))),
            ("sku", texts(&rows, |((_, sku), ..)| self.state.sku_names.name(*sku))),
            ("date", days(&rows, |(_, date, _)| Some(*date))),
            ("quantity", counts(&rows, |(.., units)| Some(*units))),
        ])
    }

    fn orders(&self) -> Table {
        let rows: Vec<(OrderId, &Order)> =
            self.demand.orders.iter().map(|id| (*id, &self.state.orders[*id])).collect();
        let place = |order: &'w Order| match &order.terms.destination {
            Destination::Ship(place) => Some(place),
            Destination::Pickup { .. } => None,
        };
        let pickup = |order: &Order| match order.terms.destination {
            Destination::Ship(_) => None,
            Destination::Pickup { node, radius_km } => Some((node, radius_km)),
        };
        let instants = rows.iter().map(|(_, order)| Some(order.terms.placed_at.instant)).collect();
        table([
            ("order_id", texts(&rows, |(id, _)| self.order(*id))),
            ("placed_at", Column::Instant(instants)),
            (
                "journey",
                texts(&rows, |(_, order)| if pickup(order).is_some() { "pickup" } else { "ship" }),
            ),
            ("latitude", floats(&rows, |(_, order)| place(order).map(|place| place.latitude))),
            ("longitude", floats(&rows, |(_, order)| place(order).map(|place| place.longitude))),
            ("country", texts(&rows, |(_, order)| place(order).map_or("", |place| &place.country))),
            (
                "postal_code",
                texts(&rows, |(_, order)| place(order).map_or("", |place| &place.postal_code)),
            ),
            ("pickup_node", texts(&rows, |(_, order)| self.node(pickup(order).map(|at| at.0)))),
            ("pickup_radius_km", floats(&rows, |(_, order)| pickup(order).map(|at| at.1))),
            ("ship_by", days(&rows, |(_, order)| order.terms.ship_by)),
            ("deliver_by", days(&rows, |(_, order)| order.terms.deliver_by)),
            (
                "deadline",
                texts(&rows, |(_, order)| match order.terms.deadline {
                    Some(crate::domain::Deadline::Hard) => "hard",
                    Some(crate::domain::Deadline::Soft) => "soft",
                    None => "",
                }),
            ),
            ("weight", decimals(&rows, |(_, order)| order.terms.weight)),
            ("channel", texts(&rows, |(_, order)| &order.terms.channel)),
            ("customer_tier", texts(&rows, |(_, order)| &order.terms.customer_tier)),
            ("ship_complete", flags(&rows, |(_, order)| order.terms.ship_complete)),
            ("max_shipments", counts(&rows, |(_, order)| order.terms.max_shipments)),
            (
                "exchange_of",
                texts(&rows, |(_, order)| order.terms.exchange_of.as_deref().unwrap_or_default()),
            ),
        ])
    }

    fn order_lines(&self) -> Table {
        let rows = &self.demand.lines;
        let line = |row: &StatedLine| &self.state.orders[row.order].lines[row.line as usize];
        table([
            ("order_id", texts(rows, |row| self.order(row.order))),
            ("line", texts(rows, |row| &line(row).name)),
            ("sku", texts(rows, |row| self.state.sku_names.name(line(row).sku))),
            ("quantity", counts(rows, |row| Some(row.quantity))),
            ("unit_price", self.money(rows, |row| line(row).unit_price)),
            ("together", texts(rows, |row| line(row).together.as_deref().unwrap_or_default())),
        ])
    }

    fn commitments(&self) -> Table {
        let of_line = |line: &'w StatedLine| line.commitments.iter().map(move |row| (line, row));
        let rows: Vec<(&StatedLine, &Stated)> =
            self.demand.lines.iter().flat_map(of_line).collect();
        let name =
            |line: &StatedLine| &*self.state.orders[line.order].lines[line.line as usize].name;
        let service =
            |row: &Stated| row.service.map_or("", |service| self.state.service_names.name(service));
        table([
            ("order_id", texts(&rows, |(line, _)| self.order(line.order))),
            ("line", texts(&rows, |(line, _)| name(line))),
            ("quantity", counts(&rows, |(_, row)| Some(row.quantity))),
            ("node_id", texts(&rows, |(_, row)| self.node(Some(row.node)))),
            ("service", texts(&rows, |(_, row)| service(row))),
            ("ship_date", days(&rows, |(_, row)| Some(row.ship_date))),
            ("level", texts(&rows, |(_, row)| Level::name(row.level))),
            ("pinned", flags(&rows, |(_, row)| row.pinned)),
        ])
    }

    fn exclusions(&self) -> Table {
        let of_line = |line: &'w StatedLine| {
            let excluded = &self.state.orders[line.order].lines[line.line as usize].excluded;
            excluded.iter().map(move |(node, until)| (line, *node, *until))
        };
        let rows: Vec<(&StatedLine, NodeId, Option<Day>)> =
            self.demand.lines.iter().flat_map(of_line).collect();
        let name =
            |line: &StatedLine| &*self.state.orders[line.order].lines[line.line as usize].name;
        table([
            ("order_id", texts(&rows, |(line, ..)| self.order(line.order))),
            ("line", texts(&rows, |(line, ..)| name(line))),
            ("node_id", texts(&rows, |(_, node, _)| self.node(Some(*node)))),
            ("until", days(&rows, |(.., until)| *until)),
        ])
    }

    fn returns(&self) -> Table {
        let rows = self.returns;
        let goods = |row: &StatedReturn<'_>| &self.state.returns[row.id];
        table([
            ("return_id", texts(rows, |row| self.state.return_names.name(row.id))),
            ("order_id", texts(rows, |row| row.order.map_or("", |id| self.order(id)))),
            ("sku", texts(rows, |row| self.state.sku_names.name(goods(row).sku))),
            ("quantity", counts(rows, |row| Some(goods(row).quantity - goods(row).received))),
            ("condition", texts(rows, |row| goods(row).condition.name())),
            ("latitude", floats(rows, |row| row.place.map(|place| place.latitude))),
            ("longitude", floats(rows, |row| row.place.map(|place| place.longitude))),
            ("country", texts(rows, |row| row.place.map_or("", |place| &place.country))),
            ("postal_code", texts(rows, |row| row.place.map_or("", |place| &place.postal_code))),
            ("drop_node", texts(rows, |row| self.node(row.drop_node))),
        ])
    }
}
