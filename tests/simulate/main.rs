//! Rolling simulation: waves played through events, state and planner, and the command that compares
//! policies.

#[path = "../cli/program.rs"]
mod program;

mod command;
mod play;
