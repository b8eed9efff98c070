//! What benchmarks of planning share.

use wavewright::domain::{Model, Wave};
use wavewright::generate::{Format, GenerateSettings, generate, write};
use wavewright::ingest::{read_model, read_wave};

/// A generated wave as it is read, with the model `balanced`.
pub fn case(settings: GenerateSettings) -> (Wave, Model) {
    let tables = generate(&settings).expect("the settings are within the limits");
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().join("wave");
    write(&tables, &folder, Format::Parquet).expect("the temporary folder takes the wave");
    let wave = read_wave(&folder).expect("a generated wave is valid").wave;
    let model = read_model("balanced", wave.minor_digits).expect("the model is shipped");
    (wave, model)
}
