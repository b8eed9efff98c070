//! What a table is made of: the description that drives parsing, suggestions, the machine-readable
//! schema and the format page.
//!
//! Each table is declared once, by the `rows!` macro: its name, columns, types, defaults and
//! documentation, and with them the type of its rows.

/// A table of the wave format.
#[derive(Debug)]
pub(crate) struct TableSpec {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    /// The columns that make a row unique; empty where rows may repeat.
    pub(crate) key: &'static [&'static str],
    pub(crate) doc: &'static str,
    pub(crate) columns: &'static [ColumnSpec],
}

/// A column of a table.
#[derive(Debug)]
pub(crate) struct ColumnSpec {
    pub(crate) name: &'static str,
    /// The name of the cells' type.
    pub(crate) kind: &'static str,
    /// What the cells accept, in words.
    pub(crate) accepts: fn() -> String,
    /// Whether a column of a file may hold the type.
    pub(crate) fits: fn(&crate::tables::Kind) -> bool,
    pub(crate) presence: Presence,
    pub(crate) doc: &'static str,
}

/// What an empty cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is a finding.
    Required,
    /// The same as this text.
    Default(&'static str),
    /// What the words say.
    Optional(&'static str),
}

impl TableSpec {
    pub(crate) fn column_names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }
}

/// A row of a table: its cells, each nothing where it is empty and has no default, or where it
/// has a finding already.
pub(crate) trait Row<'a>: Sized + Send {
    const SPEC: &'static TableSpec;

    /// Reads a row (from 0).
    fn read(cells: &mut crate::ingest::read::RowReader<'a, '_>) -> Self;

    /// The data row, from 1.
    fn number(&self) -> usize;

    /// Whether every cell could be read; where not, rules about the row as a whole pass it over.
    fn is_whole(&self) -> bool;
}

/// Declares tables: their rows' types and their descriptions.
macro_rules! rows {
    ($(
        #[doc = $table_doc:literal]
        $row:ident: $table:literal $need:ident key[$($key:literal),*] {
            $($column:ident: $kind:ident $presence:ident $(($default:literal))?, $doc:literal;)*
        }
    )*) => {$(
        #[doc = $table_doc]
        #[derive(Debug)]
        pub(crate) struct $row<'a> {
            pub(crate) number: usize,
            pub(crate) whole: bool,
            $(pub(crate) $column: Option<<$crate::ingest::cell::$kind as $crate::ingest::cell::CellType>::Value<'a>>,)*
        }

        impl<'a> $crate::ingest::spec::Row<'a> for $row<'a> {
            const SPEC: &'static $crate::ingest::spec::TableSpec = &$crate::ingest::spec::TableSpec {
                name: $table,
                required: $crate::ingest::spec::need!($need),
                key: &[$($key),*],
                doc: $table_doc,
                columns: &[$($crate::ingest::spec::ColumnSpec {
                    name: stringify!($column),
                    kind: <$crate::ingest::cell::$kind as $crate::ingest::cell::CellType>::NAME,
                    accepts: <$crate::ingest::cell::$kind as $crate::ingest::cell::CellType>::accepts,
                    fits: <$crate::ingest::cell::$kind as $crate::ingest::cell::CellType>::fits,
                    presence: $crate::ingest::spec::presence!($presence $($default)?),
                    doc: $doc,
                }),*],
            };

            fn read(cells: &mut $crate::ingest::read::RowReader<'a, '_>) -> Self {
                // The cells are read in the order of the columns, which the reader counts.
                $(let $column = cells.next::<$crate::ingest::cell::$kind>();)*
                $row { number: cells.number(), whole: cells.is_whole(), $($column),* }
            }

            fn number(&self) -> usize {
                self.number
            }

            fn is_whole(&self) -> bool {
                self.whole
            }
        }
    )*};
}

macro_rules! need {
    (required) => {
        true
    };
    (optional) => {
        false
    };
}

macro_rules! presence {
    (required) => {
        $crate::ingest::spec::Presence::Required
    };
    (default $text:literal) => {
        $crate::ingest::spec::Presence::Default($text)
    };
    (optional $words:literal) => {
        $crate::ingest::spec::Presence::Optional($words)
    };
}

pub(crate) use {need, presence, rows};
