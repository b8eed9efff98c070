//! The rows of each table as they are read, before any rule looks at them.

mod demand;
mod network;
mod services;
mod stock;

pub(crate) use demand::{CommitmentRow, ExclusionRow, OrderLineRow, OrderRow, ReturnRow};
pub(crate) use network::{CalendarRow, LaneRow, NodeCapacityRow, NodeRow};
pub(crate) use services::{NodeServiceRow, RateRow, ServiceRow, ZoneRow};
pub(crate) use stock::{InboundRow, InventoryRow, ItemRow, NodeItemRow};

use crate::ingest::spec::{Row, TableSpec};

/// Every table of the format, in the order of its description.
pub(crate) static TABLES: &[&TableSpec] = &[
    NodeRow::SPEC,
    CalendarRow::SPEC,
    NodeCapacityRow::SPEC,
    ItemRow::SPEC,
    NodeItemRow::SPEC,
    InventoryRow::SPEC,
    InboundRow::SPEC,
    ServiceRow::SPEC,
    NodeServiceRow::SPEC,
    ZoneRow::SPEC,
    RateRow::SPEC,
    LaneRow::SPEC,
    OrderRow::SPEC,
    OrderLineRow::SPEC,
    ReturnRow::SPEC,
    CommitmentRow::SPEC,
    ExclusionRow::SPEC,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::rules::fixture::rows;
    use crate::ingest::spec::Presence;
    use crate::tables::Source;

    /// A value that a required column accepts, by the name of its type.
    fn sample(kind: &str, accepts: &str) -> String {
        let value = match kind {
            "name" => accepts.trim_start_matches("one of ").split(',').next().unwrap(),
            "text" => "a",
            "days" => "daily",
            "date" => "2026-03-02",
            "instant" => "2026-03-02T06:00:00Z",
            _ => "1",
        };
        value.to_owned()
    }

    /// Reads a row of the required columns only; the fixture refuses findings, such as that of a
    /// default that is no value of its column.
    macro_rules! check {
        ($($row:ident),*) => {$({
            let spec = $row::SPEC;
            let required = spec.columns.iter().filter(|c| c.presence == Presence::Required);
            let (names, values): (Vec<_>, Vec<_>) =
                required.map(|c| (c.name, sample(c.kind, &(c.accepts)()))).unzip();
            let text = format!("{}\n{}\n", names.join(","), values.join(","));
            let source = Source::from_csv(text.as_bytes()).unwrap();
            let table = rows::<$row>(&source);
            assert!(table.rows.len() == 1 && table.rows[0].is_whole(), "{}", spec.name);
        })*};
    }

    #[test]
    fn every_table_can_do_with_its_required_columns() {
        check!(
            NodeRow,
            CalendarRow,
            NodeCapacityRow,
            ItemRow,
            NodeItemRow,
            InventoryRow,
            InboundRow,
            ServiceRow,
            NodeServiceRow,
            ZoneRow,
            RateRow,
            LaneRow,
            OrderRow,
            OrderLineRow,
            ReturnRow,
            CommitmentRow,
            ExclusionRow
        );
        assert_eq!(TABLES.len(), 17, "the tables above are all there are");
    }
}
