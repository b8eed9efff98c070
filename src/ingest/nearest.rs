//! The nearest of the known names, for suggestions.

/// The known name that a mistyped one most likely means; nothing where none is near.
pub(crate) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&text, name);
    let (name, distance) = known
        .into_iter()
        .map(|name| (name, distance(name)))
        .min_by_key(|(_, distance)| *distance)?;
    // Half the name may differ: a suggestion costs nothing where it is wrong.
    (distance * 2 <= name.len().max(2)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn typing_errors_are_forgiven_and_strangers_are_not() {
        let known = ["node_id", "latitude", "longitude"];
        assert_eq!(nearest("lattitude", known), Some("latitude"));
        assert_eq!(nearest("Node_ID", known), Some("node_id"));
        assert_eq!(nearest("colour", known), None);
    }
}
