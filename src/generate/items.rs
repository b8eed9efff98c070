//! Items by category, with sizes, prices and how often they are wanted.

use super::columns::{decimals, flags, some_decimals, table, texts};
use super::random::Random;
use crate::tables::Table;

pub(super) struct Item {
    pub(super) sku: String,
    name: String,
    /// Thousandths of a kg.
    grams: i64,
    /// Tenths of a cm, or nothing where nobody measured.
    sides: Option<[i64; 3]>,
    /// Cents.
    pub(super) price: i64,
    pub(super) hazmat: bool,
    ships_alone: bool,
    /// Tenths of a minute of work a unit.
    pub(super) minutes: i64,
    /// How often it is wanted, against the others.
    pub(super) popularity: u64,
}

struct Category {
    name: &'static str,
    /// Of a thousand items.
    share: u64,
    grams: (i64, i64),
    /// Millimetres, from the smallest item to the largest.
    sides: ([i64; 3], [i64; 3]),
    /// Cents.
    price: (i64, i64),
    hazmat_per_mille: u64,
    alone_per_mille: u64,
}

const CATEGORIES: [Category; 9] = [
    Category {
        name: "apparel",
        share: 260,
        grams: (120, 1400),
        sides: ([220, 180, 20], [420, 330, 110]),
        price: (1200, 16_000),
        hazmat_per_mille: 0,
        alone_per_mille: 0,
    },
    Category {
        name: "shoes",
        share: 110,
        grams: (500, 2200),
        sides: ([280, 190, 100], [380, 300, 140]),
        price: (3500, 19_000),
        hazmat_per_mille: 0,
        alone_per_mille: 0,
    },
    Category {
        name: "beauty",
        share: 130,
        grams: (40, 900),
        sides: ([60, 40, 30], [220, 160, 90]),
        price: (500, 9000),
        hazmat_per_mille: 60,
        alone_per_mille: 0,
    },
    Category {
        name: "toys",
        share: 120,
        grams: (150, 3500),
        sides: ([120, 90, 50], [520, 400, 220]),
        price: (800, 12_000),
        hazmat_per_mille: 5,
        alone_per_mille: 10,
    },
    Category {
        name: "kitchen",
        share: 120,
        grams: (250, 9000),
        sides: ([120, 100, 60], [480, 400, 320]),
        price: (900, 24_000),
        hazmat_per_mille: 0,
        alone_per_mille: 20,
    },
    Category {
        name: "electronics",
        share: 110,
        grams: (90, 7000),
        sides: ([110, 70, 30], [620, 420, 240]),
        price: (1500, 70_000),
        hazmat_per_mille: 80,
        alone_per_mille: 40,
    },
    Category {
        name: "sport",
        share: 80,
        grams: (200, 16_000),
        sides: ([150, 100, 50], [1300, 380, 240]),
        price: (1200, 32_000),
        hazmat_per_mille: 10,
        alone_per_mille: 90,
    },
    Category {
        name: "garden",
        share: 50,
        grams: (300, 22_000),
        sides: ([180, 120, 80], [1200, 450, 350]),
        price: (900, 26_000),
        hazmat_per_mille: 40,
        alone_per_mille: 120,
    },
    Category {
        name: "furniture",
        share: 20,
        grams: (4000, 32_000),
        sides: ([500, 350, 120], [1600, 700, 350]),
        price: (5000, 60_000),
        hazmat_per_mille: 0,
        alone_per_mille: 700,
    },
];

/// Draws the items; how often one is wanted falls with its rank as in Zipf's law.
pub(super) fn draw(count: usize, seed: u64) -> Vec<Item> {
    let mut random = Random::new(seed, 1);
    let mut ranks: Vec<u64> = (0..count as u64).collect();
    random.shuffle(&mut ranks);
    let digits = count.to_string().len().max(4);
    let shares = CATEGORIES.each_ref().map(|category| (category.share, category));
    let item = |(index, rank): (usize, u64)| {
        let category = random.share(&shares);
        // Small items are more common than large ones.
        let size = random.between(0, 1000) * random.between(0, 1000) / 1000;
        let within = |(low, high): (i64, i64), size: i64| low + (high - low) * size / 1000;
        let mut about = |size: i64| (size + random.around(-150, 150)).clamp(0, 1000);
        let grams = within(category.grams, about(size));
        let range = |at: usize| (category.sides.0[at], category.sides.1[at]);
        let sides = [0, 1, 2].map(|at| within(range(at), about(size)));
        let price = within(category.price, about(size)) / 100 * 100 + 99;
        Item {
            sku: format!("{}-{:0digits$}", category.name, index + 1),
            name: format!("{} {}", category.name, index + 1),
            grams: grams / 5 * 5,
            sides: (!random.chance(15)).then_some(sides),
            price,
            hazmat: random.chance(category.hazmat_per_mille),
            ships_alone: random.chance(category.alone_per_mille),
            minutes: 4 + grams / 2000 + random.between(0, 4),
            popularity: 1_000_000_000_000 / (rank + 6),
        }
    };
    ranks.into_iter().enumerate().map(item).collect()
}

pub(super) fn items(items: &[Item]) -> Table {
    let side = |at: usize| move |item: &Item| item.sides.map(|sides| sides[at]);
    table([
        ("sku", texts(items, |item| item.sku.as_str())),
        ("name", texts(items, |item| item.name.as_str())),
        ("kg", decimals(items, 3, |item| item.grams)),
        ("length", some_decimals(items, 1, side(0))),
        ("width", some_decimals(items, 1, side(1))),
        ("height", some_decimals(items, 1, side(2))),
        ("value", decimals(items, 2, Item::value)),
        ("hazmat", flags(items, |item| item.hazmat)),
        ("ships_alone", flags(items, |item| item.ships_alone)),
    ])
}

impl Item {
    /// What it cost to buy, in cents.
    pub(super) fn value(&self) -> i64 {
        self.price * 55 / 100
    }
}

#[cfg(test)]
mod tests {
    use super::super::carriers::{MAX_KG, MAX_LENGTH};
    use super::*;

    #[test]
    fn a_few_items_make_most_of_the_demand() {
        let mut weights: Vec<u64> = draw(1000, 5).iter().map(|item| item.popularity).collect();
        weights.sort_unstable_by_key(|weight| std::cmp::Reverse(*weight));
        let total: u64 = weights.iter().sum();
        let top: u64 = weights[..100].iter().sum();
        assert!((500..650).contains(&(top * 1000 / total)), "{}", top * 1000 / total);
    }

    #[test]
    fn every_item_fits_every_service() {
        for item in draw(5000, 9) {
            assert!(item.grams > 0 && item.grams <= MAX_KG * 1000, "{}", item.sku);
            let longest = item.sides.map_or(0, |sides| sides.into_iter().fold(0, i64::max));
            assert!(longest <= MAX_LENGTH * 10, "{}", item.sku);
        }
    }

    #[test]
    fn the_shares_of_the_categories_make_a_thousand() {
        assert_eq!(CATEGORIES.iter().map(|category| category.share).sum::<u64>(), 1000);
    }
}
