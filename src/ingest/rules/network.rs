//! Calendars, nodes, their capacity, and lanes.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Calendar, Capacity, CapacityUnit, Lane, Node, NodeKind, ROUTE_MARK};
use crate::ids::{CalendarId, NodeId};
use crate::ingest::read::Rows;
use crate::ingest::rows::{CalendarRow, LaneRow, NodeCapacityRow, NodeRow};
use crate::ingest::rules::keys::{Index, Part, unique};
use crate::ingest::spec::Row;
use crate::time::Day;

/// Calendars: keys.
pub(crate) fn calendars<'a>(
    table: &Rows<CalendarRow<'a>>,
    findings: &mut Findings,
) -> Part<'a, CalendarId, Calendar> {
    let index = Index::new(table, |row| row.calendar, findings);
    let calendar = |row: &CalendarRow| {
        Some(Calendar {
            id: row.calendar?.into(),
            weekdays: row.weekdays?,
            closed: row.closed.clone().unwrap_or_default(),
        })
    };
    Part { index, items: table.rows.iter().map(calendar).collect() }
}

/// Nodes, without capacities and services: keys that plans can join to routes, calendars.
pub(crate) fn nodes<'a>(
    table: &Rows<NodeRow<'a>>,
    calendars: &Index<'_, CalendarId>,
    findings: &mut Findings,
) -> Part<'a, NodeId, Node> {
    let index = Index::new(table, |row| row.node_id, findings);
    let items = table.rows.iter().map(|row| {
        if let Some(id) = row.node_id.filter(|id| id.contains(ROUTE_MARK)) {
            let cause = format!("has {ROUTE_MARK}, which stands between the nodes of a route");
            let action = "rename the node here and wherever it is named";
            let finding = table.finding(&codes::E0405, row, "node_id", cause, action);
            findings.push(finding.value(id));
        }
        let calendar = calendars.follow(table, row, "calendar", row.calendar, findings);
        let kind = row.kind?;
        let by_kind = |kinds: &[NodeKind]| kinds.contains(&kind);
        Some(Node {
            id: row.node_id?.into(),
            kind,
            name: row.name?.into(),
            latitude: row.latitude?,
            longitude: row.longitude?,
            country: row.country?.into(),
            postal_code: row.postal_code?.into(),
            time_zone: row.time_zone.clone()?,
            calendar,
            cutoff: row.cutoff?,
            lead_days: row.lead_days?,
            ships: row.ships?,
            pickup: row.pickup.unwrap_or_else(|| by_kind(&[NodeKind::Store])),
            accepts_returns: row
                .accepts_returns
                .unwrap_or_else(|| by_kind(&[NodeKind::Dc, NodeKind::Store])),
            unlimited_stock: row.unlimited_stock?,
            shipment_cost: row.shipment_cost?,
            line_cost: row.line_cost?,
            unit_cost: row.unit_cost?,
            minute_cost: row.minute_cost?,
            open_cost: row.open_cost?,
            reject_rate: row.reject_rate?,
            tier: row.tier,
            capacities: Vec::new(),
            services: Vec::new(),
        })
    });
    let items = items.collect();
    Part { index, items }
}

/// Adds capacities to their nodes: keys, references.
pub(crate) fn capacities<'a>(
    table: &Rows<NodeCapacityRow<'a>>,
    nodes: &mut Part<'_, NodeId, Node>,
    findings: &mut Findings,
) {
    let key = |row: &NodeCapacityRow<'a>| {
        // A bad date is not an empty one.
        if !row.is_whole() {
            return None;
        }
        Some((row.node_id?, row.date, row.unit?))
    };
    let show = |(node, date, unit): &(&str, Option<Day>, CapacityUnit)| {
        let date = date.map_or_else(|| "every date".to_owned(), |date| date.to_string());
        format!("{node}, {date}, {}", unit.name())
    };
    unique(table, key, show, findings);
    for row in &table.rows {
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let capacity = (|| {
            Some(Capacity {
                date: row.date,
                unit: row.unit?,
                capacity: row.capacity?,
                overload: row.overload?,
                overload_cost: row.overload_cost?,
            })
        })();
        if let (Some(node), Some(capacity)) = (node.and_then(|id| nodes.get_mut(id)), capacity) {
            node.capacities.push(capacity);
        }
    }
}

/// Lanes: keys, references, no lane back to its start.
pub(crate) fn lanes<'a>(
    table: &Rows<LaneRow<'a>>,
    nodes: &Index<'_, NodeId>,
    findings: &mut Findings,
) -> Vec<Option<Lane>> {
    let key = |row: &LaneRow<'a>| Some((row.from_node?, row.to_node?));
    unique(table, key, |(from, to)| format!("{from}, {to}"), findings);
    let lanes = table.rows.iter().map(|row| {
        let from = nodes.follow(table, row, "from_node", row.from_node, findings);
        let to = nodes.follow(table, row, "to_node", row.to_node, findings);
        if let (Some(from), Some(to)) = (row.from_node, row.to_node)
            && from == to
        {
            let cause = "is also where the lane starts";
            let finding = table.finding(
                &codes::E0503,
                row,
                "to_node",
                cause,
                "name another node, or remove the row",
            );
            findings.push(finding.value(to));
        }
        Some(Lane {
            from: from?,
            to: to?,
            transit_days: row.transit_days?,
            shipment_cost: row.shipment_cost?,
            cost_per_kg: row.cost_per_kg?,
            operates: row.operates?,
            kg_co2_per_kg: row.kg_co2_per_kg?,
        })
    });
    lanes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::rules::fixture::{codes_of, rows};
    use crate::tables::Source;

    const NODES: &[u8] = b"node_id,kind,latitude,longitude,calendar,pickup\n\
        D,dc,1,1,c,\nS,store,1,1,,\nT,store,1,1,missing,false\n";

    #[test]
    fn what_a_node_does_follows_from_its_kind_unless_said() {
        let calendars_file = Source::from_csv(b"calendar,weekdays\nc,mon-fri\n").unwrap();
        let nodes_file = Source::from_csv(NODES).unwrap();
        let mut findings = Findings::default();
        let calendars = calendars(&rows(&calendars_file), &mut findings);
        let nodes = nodes(&rows(&nodes_file), &calendars.index, &mut findings);
        assert_eq!(codes_of(&findings), ["E0302:3"]);
        let pickup: Vec<bool> = nodes.items.iter().flatten().map(|node| node.pickup).collect();
        assert_eq!(pickup, [false, true, false]);
        assert_eq!(nodes.items[0].as_ref().unwrap().calendar, Some(CalendarId(0)));
    }

    #[test]
    fn a_node_id_can_stand_in_a_route() {
        let file = b"node_id,kind,latitude,longitude\nA>B,dc,1,1\nA-B,dc,1,1\n>,store,1,1\n";
        let source = Source::from_csv(file).unwrap();
        let mut findings = Findings::default();
        let calendars = calendars(&Rows::absent(false), &mut findings);
        nodes(&rows(&source), &calendars.index, &mut findings);
        assert_eq!(codes_of(&findings), ["E0405:1", "E0405:3"]);
    }

    #[test]
    fn capacity_is_given_once_a_node_date_and_unit() {
        let nodes_file = Source::from_csv(b"node_id,kind,latitude,longitude\nD,dc,1,1\n").unwrap();
        let file = Source::from_csv(
            b"node_id,date,unit,capacity\nD,,units,5\nD,2026-11-23,units,6\nD,,lines,7\nD,,units,8\nE,,units,1\n",
        )
        .unwrap();
        let mut findings = Findings::default();
        let calendars = calendars(&Rows::absent(false), &mut findings);
        let mut nodes = nodes(&rows(&nodes_file), &calendars.index, &mut findings);
        capacities(&rows(&file), &mut nodes, &mut findings);
        assert_eq!(codes_of(&findings), ["E0301:4", "E0302:5"]);
    }

    #[test]
    fn a_lane_joins_two_nodes() {
        let nodes_file =
            Source::from_csv(b"node_id,kind,latitude,longitude\nD,dc,1,1\nE,hub,1,1\n").unwrap();
        let file =
            Source::from_csv(b"from_node,to_node,transit_days\nD,E,1\nD,D,1\nD,E,2\nD,X,1\n")
                .unwrap();
        let mut findings = Findings::default();
        let calendars = calendars(&Rows::absent(false), &mut findings);
        let nodes = nodes(&rows(&nodes_file), &calendars.index, &mut findings);
        let lanes = lanes(&rows(&file), &nodes.index, &mut findings);
        assert_eq!(codes_of(&findings), ["E0301:3", "E0503:2", "E0302:4"]);
        assert_eq!(lanes[0].as_ref().unwrap().to, NodeId(1));
    }
}
