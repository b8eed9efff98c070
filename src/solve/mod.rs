//! Methods that turn options into decisions, and what they prove.

mod apart;
mod ascent;
pub mod best_shipments;
pub mod column;
pub mod control;
mod cuts;
pub mod exact;
mod exchanges;
mod fingerprint;
mod first_prices;
mod greedy;
mod highs;
mod joint;
mod joint_shipments;
mod known;
mod lanes;
mod master;
mod moved;
mod neighbourhoods;
pub mod order_plan;
mod outcome;
pub mod pricing;
mod primal;
mod recreate;
mod relax;
mod resources;
mod resume;
mod routes;
mod rows;
mod saddle;
mod search;
mod shipments;
mod sift;
mod states;
mod stocks;
mod tables;
mod unfilled;
mod wave_options;

pub use control::{Control, Progress, Stage, resident_memory};
pub use cuts::CutOn;
pub use exact::{
    Approach, ExactSettings, ExportError, Exported, Outcome, Sifting, Start, Value, export_program,
    solve_exact,
};
pub use greedy::Stockroom;
pub use highs::{HighsError, solve_file, version as highs_version};
pub use known::{CutTerm, KnownLeast, KnownPrices, LAST_STEP, NamedCut, OpeningPrice};
pub use outcome::{Proof, Scope, StoppedBy};
pub use relax::{Duals, Relaxation, relax};
pub use resources::{OpeningId, Resource, ResourceId, ResourceKey, Resources, StockRows};
pub use wave_options::{OrderProblem, WaveProblem};
