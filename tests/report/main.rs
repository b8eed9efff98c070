//! The pages that the program writes: what is in the files, and what a browser makes of them.

#[path = "../cli/program.rs"]
mod program;

mod browser;
mod files;
mod pages;
mod simulate;
mod sweep;
