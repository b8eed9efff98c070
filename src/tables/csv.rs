//! The shape of a CSV file, checked before it is parsed: UTF-8, quotes and equally long rows.
//!
//! A data-frame library stops at the first bad row and does not always say which one it is; here
//! every bad row is found by its number.

use crate::tables::{RaggedRow, TableError};

/// What comes before the text of some files.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A CSV text whose rows all have the cells of its header.
pub(super) struct Shape<'a> {
    pub(super) header: Vec<String>,
    /// The text without byte order mark and without empty lines at its end.
    pub(super) text: &'a [u8],
    pub(super) rows: usize,
}

/// Checks the text of a CSV file.
///
/// # Errors
/// When it has no header, is not UTF-8, has a quotation mark out of place, or ragged rows.
pub(super) fn check(bytes: &[u8]) -> Result<Shape<'_>, TableError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    let bytes = &bytes[..end.map_or(0, |last| last + 1)];
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        TableError::NotUtf8 { row: data_row(before.iter().filter(|byte| **byte == b'\n').count()) }
    })?;
    if text.is_empty() {
        return Err(TableError::NoHeader);
    }
    let header = header_of(text)?;
    let mut ragged = Vec::new();
    let (mut at, mut record) = (0, 0);
    while at < bytes.len() {
        let (cells, next) =
            skip_record(bytes, at).ok_or(TableError::Quotes { row: data_row(record) })?;
        if record > 0 && cells != header.len() {
            ragged.push(RaggedRow { row: record, cells });
        }
        at = next;
        record += 1;
    }
    if !ragged.is_empty() {
        return Err(TableError::Ragged { expected: header.len(), rows: ragged });
    }
    Ok(Shape { header, text: bytes, rows: record - 1 })
}

/// The number of a data row from that of a record; nothing for the header.
fn data_row(record: usize) -> Option<usize> {
    (record > 0).then_some(record)
}

/// Steps over the record that starts at `at`: its number of cells and where the next one starts.
/// Nothing when a quotation mark is out of place.
fn skip_record(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut cells = 1;
    loop {
        at = skip_cell(bytes, at)?;
        match bytes.get(at) {
            Some(b',') => cells += 1,
            _ => return Some((cells, at + 1)),
        }
        at += 1;
    }
}

/// The position of the comma, line feed or end after the cell that starts at `at`.
fn skip_cell(bytes: &[u8], mut at: usize) -> Option<usize> {
    if bytes.get(at) == Some(&b'"') {
        at += 1;
        loop {
            match (bytes.get(at)?, bytes.get(at + 1)) {
                (b'"', Some(b'"')) => at += 2,
                (b'"', Some(b'\r')) if bytes.get(at + 2) == Some(&b'\n') => return Some(at + 2),
                (b'"', Some(b',' | b'\n') | None) => return Some(at + 1),
                (b'"', Some(_)) => return None,
                _ => at += 1,
            }
        }
    }
    loop {
        match bytes.get(at) {
            Some(b',' | b'\n') | None => return Some(at),
            Some(b'"') => return None,
            Some(_) => at += 1,
        }
    }
}

fn header_of(text: &str) -> Result<Vec<String>, TableError> {
    let mut names = Vec::new();
    let mut at = 0;
    loop {
        let end = skip_cell(text.as_bytes(), at).ok_or(TableError::Quotes { row: None })?;
        let cell = text[at..end].trim_end_matches('\r');
        let name = match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => cell.to_owned(),
        };
        if names.contains(&name) {
            return Err(TableError::DuplicateColumn(name));
        }
        names.push(name);
        if text.as_bytes().get(end) != Some(&b',') {
            return Ok(names);
        }
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_line_ends_and_a_byte_order_mark_are_understood() {
        let shape =
            check(b"\xEF\xBB\xBFa,\"b\"\r\n\"1,\n2\",\"say \"\"x\"\"\"\r\n3,\r\n\r\n").unwrap();
        assert_eq!(shape.header, ["a", "b"]);
        assert_eq!(shape.rows, 2);
    }

    #[test]
    fn every_ragged_row_is_named() {
        let error = check(b"a,b\n1,2\n1\n1,2,3\n\n1,2\n").map(|_| ()).unwrap_err();
        let TableError::Ragged { expected: 2, rows } = error else { panic!("{error}") };
        let rows: Vec<_> = rows.iter().map(|row| (row.row, row.cells)).collect();
        assert_eq!(rows, [(2, 1), (3, 3), (4, 1)]);
    }

    #[test]
    fn bad_text_and_quotes_are_found_by_row() {
        let failure = |bytes: &[u8]| check(bytes).map(|_| ()).unwrap_err().to_string();
        assert_eq!(failure(b"a\nx\n\xFF\n"), "is not UTF-8 text at row 2");
        assert_eq!(failure(b"a\n\"x\n"), "has a quotation mark out of place at row 1");
        assert_eq!(failure(b"a\nx\"y\n"), "has a quotation mark out of place at row 1");
        assert_eq!(failure(b"\n"), "has no header row");
        assert_eq!(failure(b"a,a\n"), "has the column \"a\" more than once");
    }
}
