//! The exact method: the wave as a mixed-integer program over shipment columns, solved by HiGHS.
//!
//! The shipments of a whole wave are too many to write down. Prices give a lower bound for every
//! plan with a given shipment; one whose bound lies beyond what is still to be gained cannot
//! matter and stays out. What remains goes into the program, and the proof counts for the whole
//! wave. (Reduced-cost enumeration, as in Baldacci, Christofides and Mingozzi 2008.)

mod best;
mod changed;
mod decided;
mod divided;
mod enumerate;
mod exchange;
mod export;
mod formulation;
mod ground;
mod listener;
mod moved;
mod names;
mod pieces;
mod run;
mod settings;
mod sifted;
mod start;

pub use enumerate::enumerate;
pub use export::{ExportError, Exported, export_program};
pub use formulation::Formulation;
pub use names::Names;
pub use pieces::{Part, Pieces, Shipment};
pub use run::solve_exact;
pub use settings::{Approach, ExactSettings, Outcome, Sifting, Start, Value};
