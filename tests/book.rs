//! The book is whole: its table of contents lists every page, and no link leads nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Markdown file below a folder, without what mdbook built.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() && !path.ends_with("docs/book") {
            pages.extend(self::pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

/// The targets of links within the repository, without their fragments.
fn links(markdown: &str) -> impl Iterator<Item = &str> {
    let targets = markdown.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://"))
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

/// Tests that the table of contents lists every page once, and no page that is not there.
#[test]
fn contents_list_every_page() {
    let docs = root().join("docs");
    let summary = text(&docs.join("SUMMARY.md"));
    let listed: Vec<PathBuf> = links(&summary).map(|link| docs.join(link)).collect();
    let found: BTreeSet<PathBuf> =
        pages(&docs).into_iter().filter(|page| !page.ends_with("SUMMARY.md")).collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), found);
    assert_eq!(listed.len(), found.len(), "a page is listed twice");
}

/// Tests that links of the book stay in the book, where a reader of the built book can follow them.
#[test]
fn links_of_the_book_lead_to_pages() {
    let docs = root().join("docs");
    for page in pages(&docs) {
        for link in links(&text(&page)) {
            let target = plain(&page.with_file_name(link));
            assert!(target.is_file(), "{}: {link} leads nowhere", page.display());
            assert!(target.starts_with(&docs), "{}: {link} leaves the book", page.display());
        }
    }
}

/// Tests that links of the pages outside the book lead somewhere.
#[test]
fn links_of_the_repository_lead_to_files() {
    let mut outside: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)).into();
    for folder in ["models", "datasets", "benches"] {
        outside.extend(pages(&root().join(folder)));
    }
    for page in outside {
        for link in links(&text(&page)) {
            let target = plain(&page.with_file_name(link));
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
        }
    }
}

/// Tests that pages included from outside the book exist.
#[test]
fn included_pages_exist() {
    let mut included = 0;
    for page in pages(&root().join("docs")) {
        for rest in text(&page).split("{{#include ").skip(1) {
            let (target, _) = rest.split_once("}}").expect("an include is closed");
            let target = plain(&page.with_file_name(target));
            assert!(target.is_file(), "{}: {} is missing", page.display(), target.display());
            included += 1;
        }
    }
    assert!(included > 0, "the formulation is included");
}
