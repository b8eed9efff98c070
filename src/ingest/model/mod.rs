//! Models: shipped ones by name, the user's own by path, and the resolved form in certificates.

mod raw;
mod read;

pub(crate) use raw::RawModel;

use crate::diagnostics::{Finding, Findings, codes};
use crate::domain::Model;
use crate::ingest::nearest::nearest;
use std::path::Path;

macro_rules! shipped {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../../../models/", $name, ".toml")))),*]
    };
}

/// The shipped models by name: the files in `models/`, of which `balanced` is the default.
const SHIPPED: &[(&str, &str)] = shipped![
    "balanced",
    "cost",
    "fastest",
    "fewest-splits",
    "green",
    "peak",
    "ship-by",
    "stores-last"
];

/// The names of the shipped models.
pub fn shipped_models() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The text of a model and the name of its file.
pub(crate) struct ModelFile {
    pub(crate) file: String,
    pub(crate) text: String,
}

impl ModelFile {
    /// Finds a shipped model by its name, else reads a file.
    pub(crate) fn open(name_or_path: &str) -> Result<ModelFile, Box<Finding>> {
        if let Some((name, text)) = SHIPPED.iter().find(|(name, _)| *name == name_or_path) {
            return Ok(ModelFile { file: format!("models/{name}.toml"), text: (*text).to_owned() });
        }
        let path = Path::new(name_or_path);
        let file = path.file_name().map_or(name_or_path.into(), |name| name.to_string_lossy());
        let text = std::fs::read_to_string(path).map_err(|error| {
            let cause = match error.kind() {
                std::io::ErrorKind::NotFound => "is neither a shipped model nor a file".to_owned(),
                _ => format!("is no shipped model, and as a file cannot be read: {error}"),
            };
            let action = match nearest(name_or_path, shipped_models()) {
                Some(known) => format!("did you mean {known}?"),
                None => {
                    let shipped: Vec<&str> = shipped_models().collect();
                    format!("name a file, or a shipped model: {}", shipped.join(", "))
                }
            };
            Box::new(Finding::new(&codes::E0701, &file, cause, action))
        })?;
        Ok(ModelFile { file: file.into_owned(), text })
    }
}

/// Reads a shipped model by its name, or the user's own by the path of its file.
///
/// `minor_digits` are the decimal places of the wave's currency, in which the model's amounts are
/// given.
///
/// # Errors
/// All findings, each with the line of the file.
pub fn read_model(name_or_path: &str, minor_digits: u32) -> Result<Model, Findings> {
    let mut findings = Findings::default();
    match ModelFile::open(name_or_path) {
        Ok(file) => parse_model(&file.file, &file.text, minor_digits),
        Err(finding) => {
            findings.push(*finding);
            Err(findings)
        }
    }
}

/// Reads the text of a model file; `file` names it in findings.
///
/// # Errors
/// All findings, each with the line of the text.
pub fn parse_model(file: &str, text: &str, minor_digits: u32) -> Result<Model, Findings> {
    let mut findings = Findings::default();
    let model = read::model(file, text, minor_digits, &mut findings);
    findings.sort();
    match model {
        Some(model) if findings.is_empty() => Ok(model),
        _ => Err(findings),
    }
}

/// A model in full, every section with its defaults filled in, as certificates hold it.
pub fn model_to_json(model: &Model, minor_digits: u32) -> serde_json::Value {
    serde_json::to_value(RawModel::new(model, minor_digits)).unwrap_or_default()
}

/// The model that a certificate holds.
///
/// # Errors
/// All findings, where the value is not what [`model_to_json`] makes.
pub fn model_from_json(value: &serde_json::Value, minor_digits: u32) -> Result<Model, Findings> {
    const FILE: &str = "certificate.json";
    // Through the text of a model file, so that both ways in obey the same rules.
    match toml::to_string(value) {
        Ok(text) => parse_model(FILE, &text, minor_digits),
        Err(error) => {
            let mut findings = Findings::default();
            let cause = format!("holds no model: {error}");
            findings.push(Finding::new(&codes::E0702, FILE, cause, "plan the wave again"));
            Err(findings)
        }
    }
}

#[cfg(test)]
mod tests;
