//! Where a state is: a file, or a PostgreSQL database.

use crate::orchestrate::store::StoreError;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A file of SQLite, or a database of PostgreSQL.
///
/// Shown without the password and without the settings after the question mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    File(PathBuf),
    /// A URL as PostgreSQL's own programs take it.
    Postgres(PostgresUrl),
}

/// The URL of a database; its text holds the password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    url: String,
    shown: String,
}

impl Address {
    /// Reads the address of a state: `postgres://...` or `postgresql://...`, else a path.
    ///
    /// # Errors
    /// [`StoreError::Address`] where the text is empty, a URL of another kind, or a URL of
    /// PostgreSQL that cannot be read.
    pub fn parse(text: &str) -> Result<Address, StoreError> {
        let bad =
            |cause: &str| StoreError::Address { address: text.to_owned(), cause: cause.to_owned() };
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => {
                // The text is not repeated: it may hold a password.
                let options = PgConnectOptions::from_str(text).map_err(|error| {
                    let cause = format!("the URL cannot be read: {error}");
                    StoreError::Address { address: "postgres://".to_owned(), cause }
                })?;
                let (host, port) = (options.get_host(), options.get_port());
                let database = options.get_database().unwrap_or(options.get_username());
                let shown = format!("postgres://{host}:{port}/{database}");
                Ok(Address::Postgres(PostgresUrl { url: text.to_owned(), shown }))
            }
            Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Err(bad("is neither a file nor a URL of PostgreSQL"))
            }
            _ if text.is_empty() => Err(bad("the address of a state is empty")),
            _ => Ok(Address::File(PathBuf::from(text))),
        }
    }
}

impl PostgresUrl {
    pub(super) fn as_str(&self) -> &str {
        &self.url
    }
}

/// The URL by which the library opens a file that is there.
///
/// # Errors
/// Where the path does not exist or is not UTF-8.
pub(super) fn file_url(path: &Path) -> std::io::Result<String> {
    let path = path.canonicalize()?;
    let text = path.to_str().ok_or_else(|| std::io::Error::other("the path is not UTF-8"))?;
    let mut url = "sqlite:".to_owned();
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' => url.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => url.push(byte.into()),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url.push_str("?mode=rw");
    Ok(url)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::File(path) => path.display().fmt(f),
            Address::Postgres(url) => f.write_str(&url.shown),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_files_or_urls_of_postgres() {
        assert_eq!(Address::parse("a/b.sqlite").unwrap().to_string(), "a/b.sqlite");
        let url = Address::parse("postgres://me:secret@db.example:6432/oms?sslmode=require");
        let url = url.unwrap();
        assert_eq!(url.to_string(), "postgres://db.example:6432/oms");
        assert!(!format!("{url:?}").contains("secret"), "{url:?}");
        for text in ["", "mysql://a/b", "sqlite://a", "postgres://me:secret@host:port/x"] {
            let error = Address::parse(text).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn every_character_of_a_path_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a 50%41 ?#ü.state");
        std::fs::write(&path, "").unwrap();
        let url = file_url(&path).unwrap();
        assert!(url.ends_with("/a%2050%2541%20%3F%23%C3%BC.state?mode=rw"), "{url}");
        assert!(file_url(&folder.path().join("none")).is_err());
    }
}
