//! Keys and references: what is there once, and what points at it.

use crate::diagnostics::{Findings, codes};
use crate::ids::{Id, IdVec};
use crate::ingest::read::Rows;
use crate::ingest::spec::Row;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::marker::PhantomData;

/// The keys of a table, each with the index of its first row.
pub(crate) struct Index<'a, I> {
    table: &'static str,
    of: FxHashMap<&'a str, u32>,
    /// Whether keys may be missing because of a finding, so that references cannot be judged.
    is_partial: bool,
    id: PhantomData<I>,
}

impl<'a, I: Id> Index<'a, I> {
    /// Indexes a table by the column that is its key, and finds keys that are there twice.
    pub(crate) fn new<R: Row<'a>>(
        table: &Rows<R>,
        key: impl Fn(&R) -> Option<&'a str>,
        findings: &mut Findings,
    ) -> Index<'a, I> {
        let mut of = FxHashMap::default();
        of.reserve(table.rows.len());
        for (index, row) in table.rows.iter().enumerate() {
            let Some(id) = key(row) else { continue };
            match of.entry(id) {
                Entry::Vacant(slot) => _ = slot.insert(index as u32),
                Entry::Occupied(first) => {
                    let first = table.rows[*first.get() as usize].number();
                    duplicate(table, row, R::SPEC.key[0], id, first, findings);
                }
            }
        }
        Index::from_map(R::SPEC.name, of, table.is_partial)
    }

    /// An index by names that rows share.
    pub(crate) fn from_map(
        table: &'static str,
        of: FxHashMap<&'a str, u32>,
        is_partial: bool,
    ) -> Index<'a, I> {
        Index { table, of, is_partial, id: PhantomData }
    }

    pub(crate) fn get(&self, key: &str) -> Option<I> {
        self.of.get(key).map(|index| I::from_index(*index as usize))
    }

    /// Follows a reference, and finds one that leads nowhere.
    pub(crate) fn follow<'b, R: Row<'b>>(
        &self,
        from: &Rows<R>,
        row: &R,
        column: &str,
        key: Option<&str>,
        findings: &mut Findings,
    ) -> Option<I> {
        let key = key?;
        let found = self.get(key);
        if found.is_none() && !self.is_partial {
            let table = self.table;
            let cause = match self.of.is_empty() {
                true => format!("is not in {table}, which is missing or has no rows"),
                false => format!("is not in {table}"),
            };
            let action = format!("correct it, or add it to {table}");
            let finding = from.finding(&codes::E0302, row, column, cause, action);
            findings.push(finding.value(key));
        }
        found
    }
}

/// The parts that a table makes, by the index of their row; nothing for a row with a finding.
pub(crate) struct Part<'a, I, T> {
    pub(crate) index: Index<'a, I>,
    pub(crate) items: Vec<Option<T>>,
}

impl<I: Id, T> Part<'_, I, T> {
    /// The part with this id, where it could be made.
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.index())?.as_mut()
    }

    /// All parts; nothing where one could not be made.
    pub(crate) fn complete(self) -> Option<IdVec<I, T>> {
        self.items.into_iter().collect::<Option<Vec<T>>>().map(IdVec::from)
    }
}

/// Finds rows with the same key, of several columns. `key` gives what is compared and shown.
pub(crate) fn unique<'a, R: Row<'a>, K: Hash + Eq>(
    table: &Rows<R>,
    key: impl Fn(&R) -> Option<K>,
    show: impl Fn(&K) -> String,
    findings: &mut Findings,
) {
    let mut first = FxHashMap::default();
    for row in &table.rows {
        let Some(key) = key(row) else { continue };
        match first.entry(key) {
            Entry::Vacant(slot) => _ = slot.insert(row.number()),
            Entry::Occupied(slot) => {
                let columns = R::SPEC.key.join(", ");
                duplicate(table, row, &columns, &show(slot.key()), *slot.get(), findings);
            }
        }
    }
}

/// Finds that a row has the key of an earlier one.
pub(crate) fn duplicate<'a, R: Row<'a>>(
    table: &Rows<R>,
    row: &R,
    columns: &str,
    key: &str,
    first: usize,
    findings: &mut Findings,
) {
    let cause = format!("is already the key of row {first}");
    let finding = table.finding(&codes::E0301, row, columns, cause, "keep one of the rows");
    findings.push(finding.value(key));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::NodeId;
    use crate::ingest::rows::{CalendarRow, LaneRow};
    use crate::ingest::rules::fixture::{codes_of, rows};
    use crate::tables::Source;

    #[test]
    fn a_key_is_there_once_and_every_copy_is_found() {
        let source = Source::from_csv(b"calendar,weekdays\na,mon\nb,mon\na,tue\na,wed\n").unwrap();
        let table = rows::<CalendarRow>(&source);
        let mut findings = Findings::default();
        let index: Index<NodeId> = Index::new(&table, |row| row.calendar, &mut findings);
        assert_eq!(codes_of(&findings), ["E0301:3", "E0301:4"]);
        assert_eq!(index.get("b"), Some(NodeId(1)));
    }

    #[test]
    fn references_into_a_partial_table_are_not_judged() {
        let source = Source::from_csv(b"from_node,to_node,transit_days\nA,B,1\n").unwrap();
        let table = rows::<LaneRow>(&source);
        for (is_partial, expected) in [(false, vec!["E0302:1"]), (true, vec![])] {
            let index: Index<NodeId> = Index::from_map("nodes", FxHashMap::default(), is_partial);
            let mut findings = Findings::default();
            let row = &table.rows[0];
            index.follow(&table, row, "from_node", row.from_node, &mut findings);
            assert_eq!(codes_of(&findings), expected);
            let cause = "is not in nodes, which is missing or has no rows";
            assert!(findings.iter().all(|finding| finding.cause == cause));
        }
    }
}
