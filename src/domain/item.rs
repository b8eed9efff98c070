//! Items and what differs for them from node to node.

use crate::units::{Decimal, Length, Money, Volume};

/// A stock-keeping unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub sku: Box<str>,
    pub name: Box<str>,
    pub kg: Decimal,
    /// Length, width and height; each where known.
    pub sides: [Option<Length>; 3],
    /// For reports.
    pub value: Money,
    pub hazmat: bool,
    /// Travels one unit a parcel.
    pub ships_alone: bool,
}

impl Item {
    /// The volume of a unit; nothing unless all three sides are known.
    pub fn volume(&self) -> Volume {
        match self.sides {
            [Some(a), Some(b), Some(c)] => Volume(a.0 as i128 * b.0 as i128 * c.0 as i128),
            _ => Volume(0),
        }
    }

    /// The longest of the known sides.
    pub fn longest_side(&self) -> Option<Length> {
        self.sides.into_iter().flatten().max()
    }
}

/// What an item costs and takes at one node, beyond the node's own terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeItem {
    /// Minutes of work per unit.
    pub minutes: Decimal,
    /// Adds to the node's unit cost.
    pub unit_cost: Money,
    /// What a vendor is paid per unit.
    pub purchase_cost: Money,
}
