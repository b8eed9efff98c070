//! Names and the typed ids that stand for them: a name is hashed once an event, then compared as a
//! number.

use crate::ids::Id;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use std::sync::Arc;

/// Names in the order in which they came, each there once.
#[derive(Clone, Debug)]
pub struct Names<I> {
    list: Vec<Arc<str>>,
    index: FxHashMap<Arc<str>, u32>,
    id: PhantomData<I>,
}

impl<I: Id> Names<I> {
    pub fn new() -> Self {
        Names { list: Vec::new(), index: FxHashMap::default(), id: PhantomData }
    }

    /// The id of a name that is known.
    pub fn get(&self, name: &str) -> Option<I> {
        self.index.get(name).map(|index| I::from_index(*index as usize))
    }

    /// Adds a name; nothing where it is known.
    pub fn add(&mut self, name: &str) -> Option<I> {
        if self.index.contains_key(name) {
            return None;
        }
        let id = I::from_index(self.list.len());
        let name: Arc<str> = name.into();
        self.index.insert(Arc::clone(&name), self.list.len() as u32);
        self.list.push(name);
        Some(id)
    }

    pub fn name(&self, id: I) -> &str {
        &self.list[id.index()]
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The ids and names, in the order in which they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (I, &str)> {
        self.list.iter().enumerate().map(|(index, name)| (I::from_index(index), &**name))
    }
}

impl<I: Id> Default for Names<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I> PartialEq for Names<I> {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl<'n, I: Id> FromIterator<&'n str> for Names<I> {
    /// Of names that are there twice, the first counts.
    fn from_iter<It: IntoIterator<Item = &'n str>>(names: It) -> Self {
        let mut known = Names::new();
        for name in names {
            known.add(name);
        }
        known
    }
}

/// As a sequence of names, so that equal states have equal bytes.
impl<I> Serialize for Names<I> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.list.iter().map(|name| &**name))
    }
}

impl<'de, I: Id> Deserialize<'de> for Names<I> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list: Vec<String> = Vec::deserialize(from)?;
        Ok(list.iter().map(String::as_str).collect())
    }
}

/// Maps as sequences of pairs, for formats whose keys are text only.
pub(crate) mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(crate) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(crate) fn deserialize<'de, K, V, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        let pairs: Vec<(K, V)> = Vec::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::NodeId;

    #[test]
    fn names_keep_their_ids_through_a_snapshot() {
        let mut names: Names<NodeId> = ["b", "a"].into_iter().collect();
        assert_eq!(names.add("b"), None);
        assert_eq!(names.add("c"), Some(NodeId(2)));
        let text = serde_json::to_string(&names).unwrap();
        assert_eq!(text, r#"["b","a","c"]"#);
        let read: Names<NodeId> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, names);
        assert_eq!((read.get("a"), read.get("d")), (Some(NodeId(1)), None));
        assert_eq!(read.name(NodeId(2)), "c");
    }
}
