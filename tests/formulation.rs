//! The page that states the formulation and the code that builds it name the same things.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The program and the names of its rows.
fn code() -> String {
    ["formulation", "moved", "divided", "exchange", "names"]
        .map(|file| text(&format!("src/solve/exact/{file}.rs")))
        .concat()
}

fn page() -> String {
    text("models/formulation.md")
}

/// The word that a text starts with: small letters and underscores.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_lowercase() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// Texts of the form `name[indices]` between backticks.
fn labels(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|quoted| {
        let name = word(quoted);
        !name.is_empty() && quoted[name.len()..].starts_with('[') && quoted.ends_with(']')
    })
}

/// The prefixes of the names that rows and columns get: `format!("fill.{...}")`.
fn prefixes_in_code(code: &str) -> BTreeSet<String> {
    let texts = code.split("format!(\"").skip(1);
    texts
        .map(|text| (word(text), text))
        .filter(|(name, text)| !name.is_empty() && text[name.len()..].starts_with('.'))
        .map(|(name, _)| name.to_string())
        .collect()
}

/// The names of the labels that the page defines: those of its tables and headings.
fn names_in_page(page: &str) -> BTreeSet<String> {
    let defining = page.lines().filter(|line| line.starts_with("| `") || line.starts_with("### "));
    defining.flat_map(labels).map(|label| word(label).to_string()).collect()
}

/// Tests that every name of a row or column of the program is defined in the page, and that the page
/// defines no other.
#[test]
fn names_of_rows_and_columns_are_those_of_the_page() {
    let (in_code, in_page) = (prefixes_in_code(&code()), names_in_page(&page()));
    assert!(in_code.contains("ship") && in_code.contains("fill") && in_code.contains("carrier"));
    assert_eq!(in_code, in_page);
}

/// Tests that the label of every function that builds a family, indices and all, is in the page.
#[test]
fn labels_of_families_are_in_the_page() {
    let (code, page) = (code(), page());
    let comments: Vec<&str> =
        code.lines().map(str::trim).filter(|line| line.starts_with("/// `")).collect();
    let labels: Vec<&str> = comments.iter().flat_map(|line| labels(line)).collect();
    assert!(labels.len() >= 10, "{labels:?}");
    for label in labels {
        assert!(page.contains(&format!("`{label}`")), "{label} is not in the page");
    }
}

/// Tests that every family has its equation, tagged with its name.
#[test]
fn every_constraint_of_the_page_has_its_equation() {
    let page = page();
    for section in page.split("\n### ").skip(1) {
        let Some(label) = labels(section.lines().next().unwrap_or_default()).next() else {
            panic!("a heading without a label: {section}")
        };
        let tag = format!("\\tag{{{}}}", word(label).replace('_', "-"));
        assert!(section.contains(&tag), "{label} lacks {tag}");
    }
}

/// Tests that the page lists the limits that the certificate may name, with their numbers.
#[test]
fn limits_are_those_of_the_code() {
    let page = page();
    let code = text("src/solve/wave_options.rs");
    let (_, code) = code.split_once("let limits = [").expect("the named limits are a list");
    let (code, _) = code.split_once("];").expect("that ends");
    let in_code: BTreeSet<&str> =
        code.split("(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let (_, section) = page.split_once("\n## Limits").expect("the page lists the limits");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let in_page: BTreeSet<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    assert!(!in_code.is_empty());
    assert_eq!(in_code, in_page);
    let numbers = [
        ("src/options/bundles.rs", "MAX_NEEDS: usize = 10;", "10 needs"),
        ("src/options/build.rs", "MAX_STATES: usize = 1024;", "1,024"),
        ("src/solve/exact/enumerate.rs", "MAX_MOVED_LINES: usize = 10;", "10 lines"),
    ];
    for (file, in_code, in_page) in numbers {
        assert!(text(file).contains(in_code), "{file} no longer says {in_code}: change the page");
        assert!(page.contains(in_page), "the page does not say {in_page}");
    }
}
