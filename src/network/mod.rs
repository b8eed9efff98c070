//! Distances, zones and routes over the network of a wave.

mod distance;

pub use distance::haversine_km;
