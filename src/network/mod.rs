//! Distances and routes over the network of a wave.

mod distance;
mod routes;

pub use distance::{EARTH_RADIUS_KM, distance_matrix, haversine_km, node_distance_km};
pub use routes::{Hop, Routes, earliest_arrival, next_departure};
