//! From a wave's folder and a model's file to the domain, or to everything that is wrong with them.
//!
//! Files become rows (`read`), whose types are declared once (`rows`); rules turn rows into the
//! parts of a wave and findings (`rules`). Rules never see files.

mod cell;
mod document;
mod folder;
mod model;
mod nearest;
mod pages;
mod read;
mod rows;
mod rules;
mod schema;
mod settings;
mod spec;
mod wave;

pub(crate) use document::{Document, DocumentCodes, Keys};
pub use folder::{digests, wave_digests, wave_files};
pub use model::{
    SettingError, check_setting, model_from_json, model_to_json, numeric_settings, parse_model,
    read_model, shipped_models, with_setting,
};
pub(crate) use nearest::nearest;
pub use pages::{model_page, wave_page};
pub use schema::{model_schema, settings_schema, table_schema};
pub use wave::{Ingested, read_wave};
