//! Waves made up from a seed: realistic in shape, of any size, the same bytes every time.
//!
//! Orders come from where people live, sites stand near them, parcels cost what parcels cost; stock
//! and capacity follow from the demand as the [`Regime`] asks. Each line of a generated wave, alone,
//! can be served whole by at least one node (the one with the item's main stock).

mod capacity;
mod carriers;
mod columns;
mod items;
mod metros;
mod orders;
mod past;
mod random;
mod returns;
mod sites;
mod stock;

use crate::tables::{Table, TableError, write_csv, write_parquet};
use crate::time::Day;
use crate::units::format_fixed;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is scarce in a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Stock of three times the demand at several nodes, half of the capacity used.
    Plentiful,
    /// Stock for a tenth more than the demand, at few nodes.
    Scarce,
    /// Demand as large as the capacity, tight dates; overload at a price.
    Peak,
    /// Pickups, transfers, hubs, vendors that promise, kits, commitments; some of everything.
    Omnichannel,
}

impl Regime {
    pub const ALL: [Regime; 4] =
        [Regime::Plentiful, Regime::Scarce, Regime::Peak, Regime::Omnichannel];

    pub fn name(self) -> &'static str {
        match self {
            Regime::Plentiful => "plentiful",
            Regime::Scarce => "scarce",
            Regime::Peak => "peak",
            Regime::Omnichannel => "omnichannel",
        }
    }

    pub fn from_name(name: &str) -> Option<Regime> {
        Regime::ALL.into_iter().find(|regime| regime.name() == name)
    }

    /// Whether there are pickups, and lanes for what is not there yet.
    fn moves_goods(self) -> bool {
        self == Regime::Omnichannel
    }

    /// Whether some vendors promise without limit.
    fn vendors_promise(self) -> bool {
        matches!(self, Regime::Plentiful | Regime::Omnichannel)
    }
}

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenerateSettings {
    pub orders: usize,
    /// At least [`GenerateSettings::LEAST_NODES`].
    pub nodes: usize,
    pub skus: usize,
    pub regime: Regime,
    /// For every thousand orders; all other tables are the same with and without them.
    pub returns: u32,
    pub seed: u64,
}

impl GenerateSettings {
    /// One of each kind, and a second distribution centre.
    pub const LEAST_NODES: usize = 5;
    pub const MOST_NODES: usize = 10_000;
    /// Eight lines each would just be the ten million lines of a wave.
    pub const MOST_ORDERS: usize = 1_250_000;
    pub const MOST_SKUS: usize = 1_000_000;
    /// From so many orders on, the tables are Parquet.
    pub const PARQUET_FROM: usize = 20_000;

    /// The usual file format for a wave of this size.
    pub fn format(&self) -> Format {
        if self.orders >= Self::PARQUET_FROM { Format::Parquet } else { Format::Csv }
    }
}

/// The files that the tables of a wave are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
}

/// A wave as tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The text of `wave.toml`.
    pub wave: String,
    /// By name (`orders`), in the order of the wave format; those without rows are left out.
    pub tables: Vec<(&'static str, Table)>,
    /// The text of a README that says how the wave came to be.
    pub readme: String,
}

/// Why a wave was not generated.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error("the number of {what} is {value}, but must be from {least} to {most}")]
    OutOfRange { what: &'static str, value: usize, least: usize, most: usize },
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    #[error("{} cannot be written: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the table {name} {source}")]
    Table { name: &'static str, source: TableError },
}

/// The frame of a wave: its regime and its time.
struct Setting {
    regime: Regime,
    /// Six in the morning of a Monday on the east coast: the same date from coast to coast.
    now: Timestamp,
    now_text: &'static str,
    today: Day,
    horizon_days: u32,
}

impl Setting {
    fn new(regime: Regime) -> Setting {
        // A week without holidays; the peak is in the weeks before one.
        let (now_text, today) = match regime {
            Regime::Peak => ("2026-12-07T06:00:00-05:00", 20_794),
            _ => ("2026-10-05T06:00:00-04:00", 20_731),
        };
        let offset: i64 = if regime == Regime::Peak { 5 } else { 4 };
        let seconds = i64::from(today) * 86_400 + (6 + offset) * 3600;
        Setting {
            regime,
            now: Timestamp::constant(seconds, 0),
            now_text,
            today: Day(today),
            horizon_days: 7,
        }
    }

    fn last_day(&self) -> Day {
        self.today.plus(self.horizon_days)
    }
}

/// Generates a wave.
///
/// Takes time and memory in proportion to the orders, items and nodes; the same settings give the
/// same tables on every platform.
///
/// # Errors
/// When a number of the settings is out of its range.
pub fn generate(settings: &GenerateSettings) -> Result<Generated, GenerateError> {
    use GenerateSettings as S;
    in_range("returns for a thousand orders", settings.returns as usize, 0, 1000)?;
    in_range("orders", settings.orders, 1, S::MOST_ORDERS)?;
    in_range("nodes", settings.nodes, S::LEAST_NODES, S::MOST_NODES)?;
    in_range("skus", settings.skus, 1, S::MOST_SKUS)?;
    let setting = Setting::new(settings.regime);
    let (regime, seed) = (settings.regime, settings.seed);

    let metros = metros::metros();
    let items = items::draw(settings.skus, seed);
    let sites = sites::draw(settings.nodes, regime, &metros, seed);
    let stores = sites::stores_by_metro(&sites, &metros);
    let demand = orders::draw(&setting, settings.orders, &metros, &stores, &items, seed);
    let stock = stock::draw(&setting, &sites, &items, &demand, seed);
    let capacities = capacity::draw(&setting, &sites, &stock, &demand, seed);
    let past = past::draw(&setting, &sites, &stock, &demand, seed);
    let returns = returns::draw(settings.returns, &demand, &sites, &metros, seed);

    let mut tables = vec![
        ("nodes", sites::nodes(&sites)),
        ("calendars", sites::calendars()),
        ("node_capacity", capacity::node_capacity(&capacities, &sites, regime)),
        ("items", items::items(&items)),
        ("node_items", stock::node_items(&stock, &sites, &items)),
        ("inventory", stock::inventory(&stock, &sites, &items)),
        ("inbound", stock::inbound(&stock, &sites, &items)),
        ("services", carriers::services()),
        ("node_services", capacity::node_services(&capacities, &sites)),
        ("zones", carriers::zones()),
        ("rates", carriers::rates()),
        ("lanes", if regime.moves_goods() { sites::lanes(&sites) } else { Table::default() }),
        ("orders", orders::orders(&demand.orders, &sites)),
        ("order_lines", orders::order_lines(&demand, &items)),
        ("commitments", past.commitments(&demand, &sites)),
        ("exclusions", past.exclusions(&demand, &sites)),
        ("returns", returns::returns(&returns, &demand, &sites, &items)),
    ];
    tables.retain(|(_, table)| table.height() > 0);
    Ok(Generated {
        wave: wave_toml(settings, &setting),
        tables,
        readme: readme(settings, demand.lines.len()),
    })
}

fn in_range(
    what: &'static str,
    value: usize,
    least: usize,
    most: usize,
) -> Result<(), GenerateError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(GenerateError::OutOfRange { what, value, least, most })
}

fn wave_toml(settings: &GenerateSettings, setting: &Setting) -> String {
    let mut text = String::new();
    let name = settings.regime.name();
    let GenerateSettings { orders, seed, .. } = settings;
    // Writing to a text cannot fail.
    let _ = writeln!(text, "name = \"{name}-{orders}-{seed}\"");
    let _ = writeln!(text, "now = \"{}\"", setting.now_text);
    let _ = writeln!(text, "currency = \"USD\"");
    let _ = writeln!(text, "horizon_days = {}", setting.horizon_days);
    text
}

fn readme(settings: &GenerateSettings, lines: usize) -> String {
    let GenerateSettings { orders, nodes, skus, regime, returns, seed } = settings;
    let regime = regime.name();
    let returns = match *returns {
        0 => String::new(),
        share => format!("--returns {} ", format_fixed(share.into(), 3)),
    };
    format!(
        "# {regime}-{orders}-{seed}\n\
         A generated wave: {orders} orders, {lines} lines, {nodes} nodes, {skus} skus. Made again by\n\n\
         ```\n\
         wavewright generate --orders {orders} --nodes {nodes} --skus {skus} --regime {regime} \
         --seed {seed} {returns}--out DIR\n\
         ```\n"
    )
}

/// Writes a wave as a folder, which appears whole or not at all.
///
/// # Errors
/// When `folder` exists already, or something cannot be written; nothing is left behind then.
pub fn write(wave: &Generated, folder: &Path, format: Format) -> Result<(), GenerateError> {
    if folder.exists() {
        return Err(GenerateError::Exists(folder.to_owned()));
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| GenerateError::Io { path, source }
    };
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent).map_err(failed(parent))?;
    let unfinished =
        tempfile::Builder::new().prefix(".wave-").tempdir_in(parent).map_err(failed(parent))?;
    for (name, text) in [("wave.toml", &wave.wave), ("README.md", &wave.readme)] {
        let path = unfinished.path().join(name);
        std::fs::write(&path, text).map_err(failed(&path))?;
    }
    for (name, table) in &wave.tables {
        let written = match format {
            Format::Csv => write_csv(table, &unfinished.path().join(format!("{name}.csv"))),
            Format::Parquet => {
                write_parquet(table, &unfinished.path().join(format!("{name}.parquet")))
            }
        };
        written.map_err(|source| GenerateError::Table { name, source })?;
    }
    std::fs::rename(unfinished.path(), folder).map_err(failed(folder))?;
    // What would be removed has moved.
    let _ = unfinished.keep();
    Ok(())
}

#[cfg(test)]
mod tests;
