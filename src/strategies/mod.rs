//! Strategies: the heuristics that plans are compared with, each a way to plan a whole wave.
//!
//! The rules (`nearest` and the like) work on a [`desk`] straight from the wave; those that weigh
//! complete plans of an order work on the options and prices of `solve`. All answer with decisions
//! that the same ledger prices and the same verifier judges as those of the exact method.

mod balance_load;
mod book;
mod cheapest_line;
mod cheapest_order;
mod desk;
mod fewest_shipments;
mod floor;
mod nearest;
mod place;
mod price_guided;
mod priority;
mod ranked;
mod reevaluate;
mod regret;
mod room;
mod transfer;

use crate::options::{Decision, Planner};
use crate::solve::{
    Control, HighsError, KnownPrices, Outcome, Proof, Scope, StoppedBy, WaveProblem,
};
use desk::Desk;
use std::collections::BTreeMap;

/// A heuristic way to plan a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    Nearest,
    CheapestLine,
    CheapestOrder,
    Priority,
    FewestShipments,
    BalanceLoad,
    Regret,
    Reevaluate,
    PriceGuided,
}

impl Strategy {
    pub const ALL: [Strategy; 9] = [
        Strategy::Nearest,
        Strategy::CheapestLine,
        Strategy::CheapestOrder,
        Strategy::Priority,
        Strategy::FewestShipments,
        Strategy::BalanceLoad,
        Strategy::Regret,
        Strategy::Reevaluate,
        Strategy::PriceGuided,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Strategy::Nearest => "nearest",
            Strategy::CheapestLine => "cheapest-line",
            Strategy::CheapestOrder => "cheapest-order",
            Strategy::Priority => "priority",
            Strategy::FewestShipments => "fewest-shipments",
            Strategy::BalanceLoad => "balance-load",
            Strategy::Regret => "regret",
            Strategy::Reevaluate => "reevaluate",
            Strategy::PriceGuided => "price-guided",
        }
    }

    pub fn from_name(name: &str) -> Option<Strategy> {
        Strategy::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// Plans a wave; without a bound. Where the control says stop, the orders left are open.
    ///
    /// # Errors
    /// When the strategy takes prices from HiGHS and that fails.
    pub fn plan(self, planner: &Planner, control: &Control) -> Result<Outcome, HighsError> {
        let stop = || control.stopped().is_some();
        let by_rule = |serve: fn(&mut Desk<'_>)| {
            let mut desk = Desk::new(planner);
            desk.run(&serve, &stop);
            (desk.decisions, BTreeMap::new())
        };
        let (decisions, limits) = match self {
            Strategy::Nearest => by_rule(nearest::serve),
            Strategy::CheapestLine => {
                let mut desk = Desk::new(planner);
                let terms = cheapest_line::Terms::new(&mut desk);
                desk.run(&|desk| cheapest_line::serve(desk, &terms), &stop);
                (desk.decisions, BTreeMap::new())
            }
            Strategy::Priority => by_rule(priority::serve),
            Strategy::FewestShipments => by_rule(fewest_shipments::serve),
            Strategy::BalanceLoad => by_rule(balance_load::serve),
            Strategy::CheapestOrder
            | Strategy::Regret
            | Strategy::Reevaluate
            | Strategy::PriceGuided => self.plan_orders(planner, control)?,
        };
        Ok(Outcome {
            decisions,
            bound: None,
            proof: Proof::None,
            scope: if limits.is_empty() { Scope::Whole } else { Scope::Pruned },
            limits,
            stopped_by: control.stopped().unwrap_or(StoppedBy::Finished),
            prices: KnownPrices::default(),
            chosen: None,
        })
    }

    /// Plans by complete plans of each order.
    fn plan_orders(
        self,
        planner: &Planner,
        control: &Control,
    ) -> Result<(Vec<Decision>, BTreeMap<String, u64>), HighsError> {
        let stop = || control.stopped().is_some();
        let problem = WaveProblem::new(planner);
        let book = match self {
            Strategy::Regret => regret::plan(&problem, &stop),
            Strategy::Reevaluate => reevaluate::plan(&problem, &stop),
            Strategy::PriceGuided => price_guided::plan(&problem, planner.model, control)?,
            _ => cheapest_order::plan(&problem, &stop),
        };
        Ok((book.decisions(), problem.limits()))
    }
}
