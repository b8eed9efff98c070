//! What was decided before the wave: commitments and exclusions.

use super::Setting;
use super::columns::{counts, flags, some_days, table, texts};
use super::orders::Demand;
use super::random::Random;
use super::sites::Site;
use super::stock::Stock;
use crate::tables::Table;
use crate::time::Day;

struct Commitment {
    line: usize,
    site: usize,
    day: Option<Day>,
    level: &'static str,
    pinned: bool,
}

struct Exclusion {
    line: usize,
    site: usize,
    until: Option<Day>,
}

pub(super) struct Past {
    commitments: Vec<Commitment>,
    exclusions: Vec<Exclusion>,
}

/// Draws the past of some orders: earlier plans sent their lines from the main stock by ground.
pub(super) fn draw(
    setting: &Setting,
    sites: &[Site],
    stock: &Stock,
    demand: &Demand,
    seed: u64,
) -> Past {
    let mut random = Random::new(seed, 6);
    let mut past = Past { commitments: Vec::new(), exclusions: Vec::new() };
    if !setting.regime.moves_goods() {
        return past;
    }
    for order in &demand.orders {
        let fate = random.below(1000);
        if fate < 50 && !order.is_pickup() && !order.hard {
            let level = random.share(&[
                (450, "planned"),
                (250, "released"),
                (200, "picked"),
                (100, "shipped"),
            ]);
            let pinned = level == "planned" && random.chance(200);
            for line in order.lines.clone() {
                let site = stock.holdings[stock.main[demand.lines[line].item]].site;
                let days = sites[site].working_days(setting.today, setting.last_day());
                // An earlier plan may have left the date open.
                let open = level == "released" && random.chance(300);
                let day = days.first().copied().filter(|_| !open);
                past.commitments.push(Commitment { line, site, day, level, pinned });
            }
        } else if fate >= 980 {
            // A short pick or a refusal: not from there again, or not before some day.
            let line = order.lines.start;
            let first = stock.main[demand.lines[line].item];
            let same = |at: &usize| stock.holdings[*at].item == demand.lines[line].item;
            let others: Vec<usize> = (first + 1..stock.holdings.len()).take_while(same).collect();
            if !others.is_empty() {
                let site = stock.holdings[random.pick(&others)].site;
                let until = random.chance(400).then(|| setting.today.plus(3));
                past.exclusions.push(Exclusion { line, site, until });
            }
        }
    }
    past
}

impl Past {
    pub(super) fn commitments(&self, demand: &Demand, sites: &[Site]) -> Table {
        let rows = &self.commitments;
        let line = |row: &Commitment| &demand.lines[row.line];
        table([
            ("order_id", texts(rows, |row| demand.orders[line(row).order].id.as_str())),
            ("line", texts(rows, |row| line(row).number.to_string())),
            ("quantity", counts(rows, |row| line(row).quantity)),
            ("node_id", texts(rows, |row| sites[row.site].id.as_str())),
            ("service", texts(rows, |_| "ground")),
            ("ship_date", some_days(rows, |row| row.day)),
            ("level", texts(rows, |row| row.level)),
            ("pinned", flags(rows, |row| row.pinned)),
        ])
    }

    pub(super) fn exclusions(&self, demand: &Demand, sites: &[Site]) -> Table {
        let rows = &self.exclusions;
        let line = |row: &Exclusion| &demand.lines[row.line];
        table([
            ("order_id", texts(rows, |row| demand.orders[line(row).order].id.as_str())),
            ("line", texts(rows, |row| line(row).number.to_string())),
            ("node_id", texts(rows, |row| sites[row.site].id.as_str())),
            ("until", some_days(rows, |row| row.until)),
        ])
    }
}
