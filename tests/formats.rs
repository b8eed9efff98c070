//! The pages about formats are what the program itself says about them.

use std::path::Path;
use wavewright::ingest::{model_page, wave_page};
use wavewright::orchestrate::event::event_page;

/// Compares a page with the generated one, or writes it anew where `UPDATE` is set.
fn check(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == generated, "{} is out of date: run the tests with UPDATE=1", path.display());
}

#[test]
fn the_page_about_waves_is_up_to_date() {
    check("wave.md", &wave_page());
}

#[test]
fn the_page_about_models_is_up_to_date() {
    check("model.md", &model_page());
}

#[test]
fn the_page_about_events_is_up_to_date() {
    check("events.md", &event_page());
}
