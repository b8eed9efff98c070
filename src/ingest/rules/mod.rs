//! The rules of a wave: from rows to the parts of the domain, one group of rules a file.
//!
//! A rule finds what is wrong and passes on what is right. Parts that could not be made are left
//! out, which only a finding may cause; without errors the parts are complete.

mod commitments;
pub(crate) mod eligibility;
mod keys;
mod network;
mod orders;
pub(crate) mod returns;
mod services;
mod stock;

pub(crate) use commitments::{commitments, exclusions, prices};
pub(crate) use network::{calendars, capacities, lanes, nodes};
pub(crate) use orders::demand;
pub(crate) use returns::returns;
pub(crate) use services::{Names, node_services, rates, services, zones};
pub(crate) use stock::{inbound, inventory, items, node_items};

#[cfg(test)]
pub(crate) mod fixture;
