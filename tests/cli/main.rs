//! The program as its users run it: arguments in; stdout, stderr, exit code and files out.
//!
//! Snapshots are in `snapshots/`; `SNAPSHOTS=overwrite` writes them anew.

mod compare;
mod data;
mod events;
mod export;
mod interrupt;
mod plan;
mod program;
mod replan;
mod usage;
mod verify;
mod views;
