//! Where states are made and opened, and where that is refused.

use crate::log::{entries, new_store};
use crate::states::StatePlace;
use std::collections::BTreeMap;
use wavewright::orchestrate::store::{Address, Store, StoreError};

crate::on_both!(a_state_is_never_replaced, what_is_no_state_is_refused);

fn a_state_is_never_replaced(place: &StatePlace) {
    new_store(place).append(&entries(0..2)).unwrap();
    let error = Store::create(&place.address(), &BTreeMap::new()).err().unwrap();
    assert!(matches!(error, StoreError::Exists(_)), "{error}");
    assert_eq!(Store::open(&place.address()).unwrap().last_sequence().unwrap(), 2);
}

fn what_is_no_state_is_refused(place: &StatePlace) {
    if place.is_file() {
        let open = || Store::open(&place.address()).err().unwrap();
        assert!(matches!(open(), StoreError::Missing(_)));
        // An empty file is an empty database to SQLite, other files are none.
        for text in ["", "id,quantity\n1,2\n", &"x".repeat(5000)] {
            std::fs::write(place.path("state"), text).unwrap();
            let error = open();
            assert!(matches!(error, StoreError::NotAState(_)), "{text:?}: {error}");
            assert_eq!(std::fs::read_to_string(place.path("state")).unwrap(), text);
            let error = Store::create(&place.address(), &BTreeMap::new()).err().unwrap();
            assert!(matches!(error, StoreError::Exists(_)), "{error}");
        }
    } else {
        let error = Store::open(&place.address()).err().unwrap();
        assert!(matches!(error, StoreError::NotAState(_)), "{error}");
        let elsewhere = Address::parse(&format!("{}_none", place.address)).unwrap();
        let error = Store::open(&elsewhere).err().unwrap();
        assert!(matches!(error, StoreError::Open { .. }), "{error}");
        assert!(error.to_string().contains("does not exist"), "{error}");
    }
}

/// Tests that nothing is left where a state could not be made, and that names are kept.
#[test]
fn a_file_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b%20#?.state");
    let address = Address::File(path.clone());
    drop(Store::create(&address, &BTreeMap::new()).unwrap());
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    assert!(path.is_file());
    assert_eq!(names(), 1);
    assert!(Store::create(&address, &BTreeMap::new()).is_err());
    let nowhere = Address::File(folder.path().join("none/state"));
    assert!(matches!(Store::create(&nowhere, &BTreeMap::new()), Err(StoreError::Io { .. })));
    assert_eq!(names(), 1);
}

/// Tests that several states live beside each other in one database, each in a schema.
#[test]
fn a_schema_of_postgres_has_a_state_of_its_own() {
    let place = StatePlace::postgres();
    new_store(&place).append(&entries(0..2)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::{Connection, Executor};
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&place.address).await.unwrap();
        connection.execute(sqlx::raw_sql("CREATE SCHEMA other")).await.unwrap();
    });
    let url = format!("{}?options[search_path]=other", place.address);
    let other = Address::parse(&url).unwrap();
    assert!(matches!(Store::open(&other), Err(StoreError::NotAState(_))));
    let mut store = Store::create(&other, &BTreeMap::new()).unwrap();
    assert_eq!(store.append(&entries(1..2)).unwrap().last(), 1);
    assert_eq!(Store::open(&place.address()).unwrap().last_sequence().unwrap(), 2);
}
