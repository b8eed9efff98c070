//! What an order pays for units that stay open.

use crate::options::{Need, OrderOptions, Planner, weighted_open_change, weighted_unfilled};
use crate::solve::states::States;
use crate::units::Objective;

/// The weighted cost of the units of each need that a digit leaves open; without the change of
/// divisible lines, which [`open_changes`] has.
pub fn unfilled_costs(
    planner: &Planner,
    options: &OrderOptions,
    states: &States,
) -> Vec<Vec<Objective>> {
    let (wave, model) = (planner.wave, planner.model);
    options
        .needs
        .iter()
        .enumerate()
        .map(|(index, need)| {
            let whole = states.whole(index);
            (0..=whole)
                .map(|digit| {
                    let open = whole - digit;
                    if open == 0 {
                        return Objective::ZERO;
                    }
                    let cost = |&line: &usize| {
                        let terms = &options.lines[line];
                        let units = if terms.divisible { open as u32 } else { terms.quantity };
                        let unfilled = weighted_unfilled(wave, model, terms.id, units);
                        if terms.divisible {
                            unfilled
                        } else {
                            unfilled + weighted_open_change(wave, model, terms.id)
                        }
                    };
                    need.lines.iter().map(cost).sum()
                })
                .collect()
        })
        .collect()
}

/// By need: the weighted cost of the change of a divisible line, which it pays once if units of
/// it stay open; 0 for lines that stay whole.
pub fn open_changes(planner: &Planner, options: &OrderOptions) -> Vec<Objective> {
    let change = |need: &Need| {
        let lines = need.lines.iter().map(|line| &options.lines[*line]);
        let divisible = lines.filter(|line| line.divisible);
        divisible.map(|l| weighted_open_change(planner.wave, planner.model, l.id)).sum()
    };
    options.needs.iter().map(change).collect()
}

/// By need and digit: what a plan pays at least for what it leaves open, in weighted minor units; the
/// change of a divisible line in proportion.
pub fn left_open(
    states: &States,
    unfilled: &[Vec<Objective>],
    open_changes: &[Objective],
) -> Vec<Vec<f64>> {
    let of_need = |(need, unfilled): (usize, &Vec<Objective>)| {
        let whole = states.whole(need);
        let cost = |(digit, unfilled): (usize, &Objective)| {
            let open = (whole - digit) as f64 / whole as f64;
            unfilled.to_minor() + open_changes[need].to_minor() * open
        };
        unfilled.iter().enumerate().map(cost).collect()
    };
    unfilled.iter().enumerate().map(of_need).collect()
}
