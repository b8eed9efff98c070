//! Great-circle distances.

use crate::domain::Wave;
use crate::ids::{Id, NodeId, OrderId};
use ndarray::Array2;

/// The mean radius of the earth in km.
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// The great-circle distance in km between two points in degrees (haversine).
pub fn haversine_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lat1, lon1) = (from.0.to_radians(), from.1.to_radians());
    let (lat2, lon2) = (to.0.to_radians(), to.1.to_radians());
    let h = ((lat2 - lat1) / 2.0).sin().powi(2)
        + lat1.cos() * lat2.cos() * ((lon2 - lon1) / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
}

/// The distance in km between two nodes.
pub fn node_distance_km(wave: &Wave, a: NodeId, b: NodeId) -> f64 {
    let (a, b) = (&wave.nodes[a], &wave.nodes[b]);
    haversine_km((a.latitude, a.longitude), (b.latitude, b.longitude))
}

/// Distances in km from every node (columns) to the customers of a batch of orders (rows);
/// 0 for an order that is picked up.
pub fn distance_matrix(wave: &Wave, orders: &[OrderId]) -> Array2<f64> {
    Array2::from_shape_fn((orders.len(), wave.nodes.len()), |(row, column)| {
        let node = &wave.nodes[NodeId::from_index(column)];
        wave.destination(orders[row]).map_or(0.0, |place| {
            haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        assert!((haversine_km((0.0, 0.0), (1.0, 0.0)) - 111.195).abs() < 0.001);
        assert_eq!(haversine_km((45.0, 9.0), (45.0, 9.0)), 0.0);
    }
}
