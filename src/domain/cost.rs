//! The cost terms of a plan and a sum of each.

use crate::domain::Model;
use crate::units::{Money, Objective};
use std::ops::{AddAssign, Index, IndexMut};

macro_rules! cost_keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// A cost term; its name is the key in models and certificates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CostKey {
            $($(#[$doc])* $variant),*
        }

        impl CostKey {
            pub const ALL: [CostKey; [$($name),*].len()] = [$(CostKey::$variant),*];

            pub fn name(self) -> &'static str {
                match self {
                    $(CostKey::$variant => $name),*
                }
            }

            pub fn from_name(name: &str) -> Option<CostKey> {
                CostKey::ALL.into_iter().find(|key| key.name() == name)
            }
        }
    };
}

cost_keys! {
    /// What carriers ask for parcels.
    ParcelFreight = "parcel_freight",
    /// What lanes cost.
    TransferFreight = "transfer_freight",
    /// Work at the nodes.
    Handling = "handling",
    /// What vendors are paid.
    ItemPurchase = "item_purchase",
    /// What using this stock forgoes (positive) or rescues (negative).
    InventoryOpportunity = "inventory_opportunity",
    /// The risk that the source rejects the line.
    RejectionRisk = "rejection_risk",
    /// Sourcing from a later tier.
    Tier = "tier",
    /// Every shipment of an order after its first.
    Split = "split",
    /// Days beyond the dates of the order.
    Lateness = "lateness",
    /// Units that stay open.
    Unfilled = "unfilled",
    /// Work above capacity.
    Overload = "overload",
    /// Opening a node for a day.
    NodeOpening = "node_opening",
    /// Priced emissions.
    Carbon = "carbon",
    /// Departing from an earlier plan.
    Change = "change",
    /// Reverse freight and inspection less the value recovered.
    Returns = "returns",
}

/// An amount for each cost term, unweighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs([Money; CostKey::ALL.len()]);

impl Costs {
    pub fn iter(&self) -> impl Iterator<Item = (CostKey, Money)> + '_ {
        CostKey::ALL.into_iter().map(|key| (key, self[key]))
    }

    /// The objective: each term times its weight in the model, not rounded.
    pub fn objective(&self, model: &Model) -> Objective {
        self.iter().map(|(key, amount)| Objective::weighted(model.weight(key), amount)).sum()
    }
}

impl Index<CostKey> for Costs {
    type Output = Money;
    fn index(&self, key: CostKey) -> &Money {
        &self.0[key as usize]
    }
}

impl IndexMut<CostKey> for Costs {
    fn index_mut(&mut self, key: CostKey) -> &mut Money {
        &mut self.0[key as usize]
    }
}

impl AddAssign for Costs {
    fn add_assign(&mut self, other: Costs) {
        for key in CostKey::ALL {
            self[key] += other[key];
        }
    }
}
