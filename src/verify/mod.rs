//! Recomputes a plan from the wave: every rule, every derived column and every cost.
//!
//! Nothing here is shared with the code that makes plans beyond the types of the domain, so that a
//! mistake there does not hide itself. The decisions are the options of the assignments and the
//! unfilled units; everything else in a plan follows from them and is compared.

mod certificate;
mod ids;
mod load;
mod option;
mod order;
mod parcel;
mod part;
mod release;
mod returns;
mod shipment;
mod stock;
mod terms;
mod tier;
mod transfer;
mod unfilled;
mod violation;

pub use violation::{Violation, ViolationKind};

use crate::domain::{Costs, Model, Wave};
use crate::ids::{NodeId, ServiceId};
use crate::plan::Plan;
use crate::time::Day;
use crate::units::{Money, Objective, format_fixed};
use part::Rows;
use release::Load;
use rustc_hash::FxHashMap;
use shipment::{Parcels, Shipments};
use stock::Taken;
use tier::Tiers;
use transfer::Transfers;

/// What the verifier found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// In the order of the checks: orders one after the other, then what they share, then the
    /// certificate.
    pub violations: Vec<Violation>,
    /// Recomputed, in minor units; all 0 where the rows could not be followed: an id does not exist,
    /// or a row is about more units than were ordered.
    pub costs: Costs,
    /// The weighted sum of `costs`.
    pub objective: Objective,
}

impl Verification {
    /// Whether the plan is feasible and says the truth.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}

/// What a plan is judged by.
#[derive(Clone, Copy)]
struct Context<'a> {
    wave: &'a Wave,
    model: &'a Model,
    plan: &'a Plan,
}

impl Context<'_> {
    /// An amount as text in the wave's currency.
    fn money(&self, amount: Money) -> String {
        format_fixed(i128::from(amount.0), self.wave.minor_digits)
    }
}

/// What adds up over the orders.
#[derive(Default)]
struct Tally {
    violations: Vec<Violation>,
    costs: Costs,
    loads: FxHashMap<(NodeId, Day), Load>,
    carriers: FxHashMap<(NodeId, ServiceId, Day), Parcels>,
    taken: Vec<Taken>,
}

/// Whether two inexact numbers are the same for all purposes.
fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

/// Verifies a plan against the wave and the model that it was made for.
///
/// Takes time in proportion to the plan's rows, but for sorting and for the search of escalation
/// by deadline.
pub fn verify(wave: &Wave, model: &Model, plan: &Plan) -> Verification {
    let context = Context { wave, model, plan };
    let violations = ids::check(context);
    if !violations.is_empty() {
        return Verification { violations, costs: Costs::default(), objective: Objective::ZERO };
    }
    let mut tally = Tally::default();
    let rows = Rows::new(context);
    let mut shipments = Shipments::new(context);
    let mut transfers = Transfers::new(context);
    let mut tiers = Tiers::new(context);
    for order in wave.orders.ids() {
        let parts = rows.parts(context, order, &mut tally.violations);
        for part in &parts {
            option::check(context, part, &mut tally.violations);
            tally.taken.push(Taken::by(part));
        }
        order::check(context, &rows, order, &parts, &mut tally.violations);
        shipments.check(context, &mut tally, &parts);
        transfers.check(context, &mut tally, &parts);
        terms::add(context, &mut tally.costs, &mut tiers, &rows, order, &parts);
    }
    unfilled::check(context, &mut tally.violations);
    shipments.finish(context, &mut tally);
    transfers.finish(context, &mut tally);
    ids::duplicates(context, &mut tally.violations);
    shipment::check_carriers(context, &mut tally);
    load::check(context, &mut tally);
    stock::check(context, &mut tally);
    returns::check(context, &mut tally);
    certificate::check(context, &mut tally);
    let objective = tally.costs.objective(model);
    Verification { violations: tally.violations, costs: tally.costs, objective }
}
