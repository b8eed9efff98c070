//! The map: nodes, flows to where customers are, transfers, and the outline of coasts and borders.

use super::NamedPlan;
use crate::domain::{Journey, Wave};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines of coasts and borders; how they are written says `scripts/outline.js`.
const OUTLINE: &str = include_str!("../../../vendor/outline/outline.json");
/// Units of the outline in a degree.
const PER_DEGREE: f64 = 50.0;
/// Flows drawn: the largest.
const FLOWS: usize = 300;
/// Customers are drawn together in so many cells across the map.
const CELLS: f64 = 36.0;

/// The map of all plans.
#[derive(Debug, Serialize)]
pub(super) struct Map {
    /// Width by height, as drawn.
    aspect: f64,
    /// Lines of longitude and latitude.
    outline: Vec<Vec<[f64; 2]>>,
    plans: Vec<PlanMap>,
}

#[derive(Debug, Serialize)]
struct PlanMap {
    nodes: Vec<NodeMark>,
    flows: Vec<Flow>,
    /// Shipments of flows that are not drawn.
    left_out: u64,
}

#[derive(Debug, Serialize)]
struct NodeMark {
    node: String,
    name: String,
    kind: &'static str,
    lon: f64,
    lat: f64,
    /// Units that leave for customers, or are handed over.
    units: u64,
}

#[derive(Debug, Serialize)]
struct Flow {
    /// `parcels` or `transfers`.
    way: &'static str,
    lon: f64,
    lat: f64,
    lon2: f64,
    lat2: f64,
    count: u64,
    label: String,
}

/// A part of the earth in degrees.
#[derive(Clone, Copy, Debug)]
struct Window {
    west: f64,
    east: f64,
    south: f64,
    north: f64,
}

impl Map {
    pub fn new(wave: &Wave, plans: &[NamedPlan]) -> Map {
        let window = Window::around(wave);
        let places: FxHashMap<&str, (f64, f64)> = wave
            .orders
            .iter()
            .filter_map(|order| match &order.journey {
                Journey::Ship(place) => Some((&*order.id, (place.longitude, place.latitude))),
                Journey::Pickup { .. } => None,
            })
            .collect();
        let plan = |plan: &NamedPlan| PlanMap::new(wave, plan, &places, window);
        let plans = plans.par_iter().map(plan).collect();
        // The frame keeps the scale where neither coasts nor customers lie apart.
        let mut outline = outline(window);
        outline.push(window.frame());
        Map { aspect: window.aspect(), outline, plans }
    }
}

impl Window {
    /// The nodes and customers of a wave with some room around them.
    fn around(wave: &Wave) -> Window {
        let nodes = wave.nodes.iter().map(|node| (node.longitude, node.latitude));
        let customers = wave.orders.iter().filter_map(|order| match &order.journey {
            Journey::Ship(place) => Some((place.longitude, place.latitude)),
            Journey::Pickup { .. } => None,
        });
        let none = Window { west: 180.0, east: -180.0, south: 90.0, north: -90.0 };
        let tight = nodes.chain(customers).fold(none, |window, (lon, lat)| Window {
            west: window.west.min(lon),
            east: window.east.max(lon),
            south: window.south.min(lat),
            north: window.north.max(lat),
        });
        let room = 0.6 + 0.05 * (tight.east - tight.west).max(tight.north - tight.south);
        Window {
            west: (tight.west - room).max(-180.0),
            east: (tight.east + room).min(180.0),
            south: (tight.south - room).max(-80.0),
            north: (tight.north + room).min(80.0),
        }
    }

    fn frame(self) -> Vec<[f64; 2]> {
        let Window { west, east, south, north } = self;
        let corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        corners.map(|corner| corner.map(rounded)).to_vec()
    }

    /// Width by height in Mercator's projection.
    fn aspect(self) -> f64 {
        let y = |latitude: f64| latitude.to_radians().sin().atanh();
        (self.east - self.west).to_radians() / (y(self.north) - y(self.south))
    }

    /// The part of a straight step within the window, after Liang and Barsky (1984), A new concept
    /// and method for line clipping.
    fn clip(self, from: [f64; 2], to: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
        let step = [to[0] - from[0], to[1] - from[1]];
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let edges = [
            (-step[0], from[0] - self.west),
            (step[0], self.east - from[0]),
            (-step[1], from[1] - self.south),
            (step[1], self.north - from[1]),
        ];
        for (p, q) in edges {
            if p == 0.0 {
                if q < 0.0 {
                    return None;
                }
            } else if p < 0.0 {
                enter = enter.max(q / p);
            } else {
                leave = leave.min(q / p);
            }
        }
        let at = |t: f64| [from[0] + t * step[0], from[1] + t * step[1]];
        (enter < leave).then(|| (at(enter), at(leave)))
    }
}

/// The lines of the outline within a window.
fn outline(window: Window) -> Vec<Vec<[f64; 2]>> {
    // The file is part of the program, and a test reads it.
    let lines: Vec<Vec<i32>> = serde_json::from_str(OUTLINE).unwrap_or_default();
    let mut clipped: Vec<Vec<[f64; 2]>> = Vec::new();
    for line in lines {
        let (mut at, mut end) = ([0, 0], None);
        let mut last: Option<[f64; 2]> = None;
        for step in line.chunks_exact(2) {
            at = [at[0] + step[0], at[1] + step[1]];
            let point = at.map(|unit| f64::from(unit) / PER_DEGREE);
            if let Some((a, b)) = last.and_then(|last| window.clip(last, point)) {
                let (a, b) = (a.map(rounded), b.map(rounded));
                match clipped.last_mut().filter(|_| end == Some(a)) {
                    Some(line) => line.push(b),
                    None => clipped.push(vec![a, b]),
                }
                end = Some(b);
            } else {
                end = None;
            }
            last = Some(point);
        }
    }
    clipped
}

/// Two decimal places: about a kilometre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 100.0).round() / 100.0
}

/// Customers of a cell that one node serves.
#[derive(Default)]
struct Cell {
    count: u64,
    lon: f64,
    lat: f64,
}

impl PlanMap {
    fn new(
        wave: &Wave,
        plan: &NamedPlan,
        places: &FxHashMap<&str, (f64, f64)>,
        window: Window,
    ) -> PlanMap {
        let nodes: FxHashMap<&str, (f64, f64)> =
            wave.nodes.iter().map(|node| (&*node.id, (node.longitude, node.latitude))).collect();
        let size = ((window.east - window.west) / CELLS).max(0.1);
        let mut units: BTreeMap<&str, u64> = BTreeMap::new();
        let mut cells: BTreeMap<(&str, i64, i64), Cell> = BTreeMap::new();
        for row in &plan.rows.shipments {
            *units.entry(&row.node).or_default() += u64::from(row.units);
            let Some((lon, lat)) = places.get(&*row.order).filter(|_| !row.service.is_empty())
            else {
                continue;
            };
            let place = ((lon / size).floor() as i64, (lat / size).floor() as i64);
            let cell = cells.entry((&row.node, place.0, place.1)).or_default();
            cell.count += 1;
            cell.lon += lon;
            cell.lat += lat;
        }
        let mut flows: Vec<Flow> = Vec::new();
        for ((node, _, _), cell) in cells {
            let Some((lon, lat)) = nodes.get(node) else { continue };
            let mean = |sum: f64| rounded(sum / cell.count as f64);
            flows.push(Flow {
                way: "parcels",
                lon: rounded(*lon),
                lat: rounded(*lat),
                lon2: mean(cell.lon),
                lat2: mean(cell.lat),
                count: cell.count,
                label: format!("{node} to customers"),
            });
        }
        flows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        let left_out = flows.iter().skip(FLOWS).map(|flow| flow.count).sum();
        flows.truncate(FLOWS);
        flows.extend(transfers(plan, &nodes));
        let mark = |node: &crate::domain::Node| NodeMark {
            node: node.id.to_string(),
            name: node.name.to_string(),
            kind: node.kind.name(),
            lon: rounded(node.longitude),
            lat: rounded(node.latitude),
            units: units.get(&*node.id).copied().unwrap_or(0),
        };
        PlanMap { nodes: wave.nodes.iter().map(mark).collect(), flows, left_out }
    }
}

/// Transfers by lane.
fn transfers(plan: &NamedPlan, nodes: &FxHashMap<&str, (f64, f64)>) -> Vec<Flow> {
    let mut lanes: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in &plan.rows.transfers {
        *lanes.entry((&row.from, &row.to)).or_default() += 1;
    }
    let flow = |((from, to), count): ((&str, &str), u64)| {
        let ((lon, lat), (lon2, lat2)) = (nodes.get(from)?, nodes.get(to)?);
        Some(Flow {
            way: "transfers",
            lon: rounded(*lon),
            lat: rounded(*lat),
            lon2: rounded(*lon2),
            lat2: rounded(*lat2),
            count,
            label: format!("{from} to {to}"),
        })
    };
    lanes.into_iter().filter_map(flow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Window = Window { west: -10.0, east: 10.0, south: -10.0, north: 10.0 };

    #[test]
    fn steps_are_cut_at_the_edge() {
        assert_eq!(HERE.clip([-20.0, 0.0], [20.0, 0.0]), Some(([-10.0, 0.0], [10.0, 0.0])));
        assert_eq!(HERE.clip([0.0, 0.0], [5.0, 5.0]), Some(([0.0, 0.0], [5.0, 5.0])));
        assert_eq!(HERE.clip([-20.0, 11.0], [20.0, 11.0]), None);
        assert_eq!(HERE.clip([-20.0, 0.0], [0.0, 20.0 + 1e-9]), None);
    }

    #[test]
    fn a_place_alone_in_the_sea_has_a_frame_of_some_size() {
        let sea = Window { west: -30.6, east: -29.4, south: 29.4, north: 30.6 };
        assert!(outline(sea).is_empty());
        assert_eq!(sea.frame().len(), 5);
        assert!((sea.aspect() - 0.866).abs() < 0.001, "{}", sea.aspect());
    }

    #[test]
    fn the_outline_is_read_and_stays_in_its_window() {
        let states = Window { west: -125.0, east: -66.0, south: 24.0, north: 50.0 };
        let lines = outline(states);
        assert!(lines.len() > 80, "{}", lines.len());
        for [lon, lat] in lines.iter().flatten() {
            assert!((-125.0..=-66.0).contains(lon) && (24.0..=50.0).contains(lat), "{lon} {lat}");
        }
        let europe = Window { west: -5.0, east: 20.0, south: 42.0, north: 56.0 };
        assert!(outline(europe).len() > 20);
        assert!((states.aspect() - 1.778).abs() < 0.001, "{}", states.aspect());
    }
}
