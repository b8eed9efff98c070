//! Places for states, for tests that run on both databases.

mod server;

use std::path::PathBuf;
use tempfile::TempDir;
use wavewright::orchestrate::store::Address;

/// A place for a state, in one of the databases, where there is none yet.
pub struct StatePlace {
    /// As `--state` takes it.
    pub address: String,
    folder: TempDir,
    is_file: bool,
}

impl StatePlace {
    /// A file in a temporary folder.
    pub fn sqlite() -> StatePlace {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("state").to_str().unwrap().to_owned();
        StatePlace { address, folder, is_file: true }
    }

    /// A new database of a server that runs as long as the tests.
    pub fn postgres() -> StatePlace {
        let folder = tempfile::tempdir().unwrap();
        StatePlace { address: server::new_database(), folder, is_file: false }
    }

    pub fn address(&self) -> Address {
        Address::parse(&self.address).unwrap()
    }

    /// A path in a temporary folder of its own.
    #[allow(dead_code, reason = "not every program of tests writes files")]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[allow(dead_code, reason = "not every program of tests looks at files")]
    pub fn is_file(&self) -> bool {
        self.is_file
    }
}

/// Makes of functions that take a [`StatePlace`] a test for each database: `sqlite::name` and
/// `postgres::name`.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&$crate::states::StatePlace::sqlite()) })*
        }
        mod postgres {
            $(#[test] fn $name() { super::$name(&$crate::states::StatePlace::postgres()) })*
        }
    };
}
