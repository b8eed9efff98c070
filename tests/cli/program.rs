//! Running the program in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A temporary folder in which the program runs; arguments with `DIR` mean it.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wavewright"));
        let folder = self.0.path().to_str().unwrap();
        command.args(args.split(' ').map(|arg| arg.replace("DIR", folder)));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().stdin(Stdio::null());
        command
    }

    /// Runs with arguments that are parted by spaces.
    pub fn run(&self, args: &str) -> Ran {
        self.ran(self.command(args).output().unwrap())
    }

    pub fn ran(&self, output: std::process::Output) -> Ran {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            text.replace(self.0.path().to_str().unwrap(), "DIR")
        };
        let code = output.status.code().expect("the program ends by itself");
        Ran { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The names of everything in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        names(self.0.path())
    }
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub const STORES: &str =
    "datasets/golden/three-stores --model datasets/golden/three-stores/model.toml";
