//! The store of a state, on SQLite and on PostgreSQL: every test of `both` runs on each.

#[path = "../states/mod.rs"]
mod states;

mod killed;
mod log;
mod parts;
mod places;
mod replans;
mod runs;
mod series;
mod state;
mod writers;
