//! The shape of the source: data flows one way, and what only one module may do, only it does.
//!
//! `docs/design/architecture.md` gives the reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use of the crate; `diagnostics` besides, which serves everyone but
/// `verify`. The modules stand from earlier to later; an arrow that is not here points back or
/// sideways.
const MAY_USE: [(&str, &[&str]); 21] = [
    ("units", &[]),
    ("ids", &["units"]),
    ("time", &["units", "ids"]),
    ("diagnostics", &["units", "ids", "time"]),
    ("domain", &["units", "ids", "time"]),
    ("tables", &["units", "ids", "time", "domain"]),
    ("network", &["units", "ids", "time", "domain"]),
    ("ingest", &["units", "ids", "time", "domain", "tables", "network"]),
    ("generate", &["units", "ids", "time", "domain", "tables", "network"]),
    ("options", &["units", "ids", "time", "domain", "network"]),
    ("solve", &["units", "ids", "time", "domain", "network", "options"]),
    ("plan", &["units", "ids", "time", "domain", "tables", "network", "options", "solve"]),
    ("strategies", &["units", "ids", "time", "domain", "network", "options", "solve", "plan"]),
    ("verify", &["units", "ids", "time", "domain", "network", "plan"]),
    ("analysis", &["units", "ids", "time", "domain", "tables", "network", "options", "plan"]),
    (
        "planning",
        &[
            "units",
            "ids",
            "time",
            "domain",
            "network",
            "options",
            "solve",
            "plan",
            "strategies",
            "verify",
        ],
    ),
    (
        "sweep",
        &[
            "units", "ids", "time", "domain", "ingest", "network", "options", "solve", "plan",
            "verify", "planning",
        ],
    ),
    (
        "orchestrate",
        &[
            "units", "ids", "time", "domain", "tables", "ingest", "network", "options", "solve",
            "plan", "verify", "planning",
        ],
    ),
    ("program", &["units", "ids", "time", "domain", "network", "options", "solve", "plan"]),
    (
        "cli",
        &[
            "units",
            "ids",
            "time",
            "domain",
            "tables",
            "network",
            "ingest",
            "generate",
            "options",
            "solve",
            "plan",
            "strategies",
            "verify",
            "analysis",
            "planning",
            "sweep",
            "orchestrate",
            "program",
        ],
    ),
    ("main", &["cli"]),
];

/// Longest file of the project.
const MAX_LINES: usize = 500;

struct SourceFile {
    /// From the root of the project.
    path: PathBuf,
    /// The top-level module it belongs to.
    module: String,
    text: String,
}

impl SourceFile {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Lines with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(n, l)| (n + 1, l))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, by path.
fn rust_files(folder: &str) -> Vec<SourceFile> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder exists") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source files are text");
                let path = path.strip_prefix(root()).expect("below the root").to_path_buf();
                let first = path.components().nth(1).expect("a file in the folder");
                let module = Path::new(&first).with_extension("").display().to_string();
                files.push(SourceFile { path, module, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!files.is_empty(), "{folder} has no Rust files");
    files
}

/// The modules of the crate that a line of code names after `crate::`.
fn modules_used(line: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (at, start) in line.match_indices("crate::") {
        // `$crate::` in a macro names the crate too; a longer word that ends in `crate` does not.
        if line[..at].ends_with(is_word) {
            continue;
        }
        let rest = &line[at + start.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![rest],
        };
        for name in names {
            let name = name.trim_start();
            let end = name.find(|c| !is_word(c)).unwrap_or(name.len());
            found.push(name[..end].to_string());
        }
    }
    found
}

/// The parts of `a::{b, c}, d}` up to the closing brace: `a::{b, c}` and ` d`.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[start..at]);
                return parts;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[start..]);
    parts
}

/// The statements of a file on one line each, so that a `use` over several lines is read whole.
fn statements(file: &SourceFile) -> String {
    file.code().map(|(_, line)| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Files whose code has one of some words, without those of the module that may use them.
fn users_of(words: &[&str], allowed: impl Fn(&SourceFile) -> bool) -> Vec<String> {
    let mut users = Vec::new();
    for file in rust_files("src").into_iter().filter(|file| !allowed(file)) {
        for (number, line) in file.code() {
            if words.iter().any(|word| line.contains(word)) {
                users.push(format!("{}:{number}: {}", file.name(), line.trim()));
            }
        }
    }
    users
}

/// Tests that a module uses only modules that come before it.
#[test]
fn data_flows_one_way() {
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut wrong = BTreeSet::new();
    for file in rust_files("src").iter().filter(|file| file.module != "lib") {
        let Some(allowed) = may_use.get(file.module.as_str()) else {
            wrong.insert(format!("{}: {} has no place in the order", file.name(), file.module));
            continue;
        };
        // The program is a crate of its own and names the library by its name.
        let code = statements(file).replace("wavewright::", "crate::");
        for used in modules_used(&code) {
            let own = used == file.module || (used == "diagnostics" && file.module != "verify");
            if may_use.contains_key(used.as_str()) && !own && !allowed.contains(&used.as_str()) {
                wrong.insert(format!("{} uses {used}", file.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point back or sideways: {wrong:#?}");
}

/// Tests that the order itself has no arrow that points back.
#[test]
fn the_order_is_an_order() {
    for (position, (module, allowed)) in MAY_USE.iter().enumerate() {
        for used in *allowed {
            let at = MAY_USE.iter().position(|(name, _)| name == used);
            assert!(at.is_some_and(|at| at < position), "{module} may not use {used}");
        }
    }
}

/// Tests that the reading of `use` lines sees the forms that the code has.
#[test]
fn uses_are_read() {
    assert_eq!(modules_used("use crate::solve::{Control, Stage};"), ["solve"]);
    assert_eq!(modules_used("use crate::{plan::{Plan, io}, verify};"), ["plan", "verify"]);
    assert_eq!(
        modules_used("let x = crate::units::Money(0) + crate::ids::zero();"),
        ["units", "ids"]
    );
    assert_eq!(modules_used("$crate::ingest::cell::read()"), ["ingest"]);
    assert!(modules_used("use other_crate::plan;").is_empty());
}

/// Tests that only the stated modules know the libraries that they are there to hide.
#[test]
fn libraries_stay_where_they_belong() {
    let polars = users_of(&["polars"], |file| file.module == "tables");
    assert!(polars.is_empty(), "only tables names polars: {polars:#?}");
    let solvers = ["highs::", "highs_sys", "good_lp", "microlp"];
    let solvers = users_of(&solvers, |file| file.module == "solve");
    assert!(solvers.is_empty(), "only solve names a solver crate: {solvers:#?}");
    let store = Path::new("src/orchestrate/store");
    let databases = users_of(&["sqlx", "tokio"], |file| file.path.starts_with(store));
    assert!(databases.is_empty(), "only the store names a database: {databases:#?}");
    let terminal = ["clap", "miette", "indicatif", "comfy_table"];
    let terminal = users_of(&terminal, |file| file.module == "cli" || file.module == "main");
    assert!(terminal.is_empty(), "only cli talks to the terminal: {terminal:#?}");
}

/// Tests that the library is silent: only the command line prints or ends the process.
#[test]
fn only_the_command_line_prints() {
    let words = ["println!", "eprintln!", "print!", "eprint!", "dbg!", "process::exit"];
    let printing = users_of(&words, |file| file.module == "cli");
    assert!(printing.is_empty(), "{printing:#?}");
}

/// Tests that unsafe code stays in the one file that speaks to the solver's C interface.
#[test]
fn unsafe_code_is_in_one_place() {
    let solver = Path::new("src/solve/highs.rs");
    let found = users_of(&["unsafe "], |file| file.path == solver);
    assert!(found.is_empty(), "{found:#?}");
}

/// Tests that nothing decides by the wall clock: `now` is part of the wave.
#[test]
fn nothing_asks_what_time_it_is() {
    let words = ["SystemTime::now", "Timestamp::now", "Zoned::now"];
    let asking = users_of(&words, |_| false);
    assert!(asking.is_empty(), "{asking:#?}");
}

/// Tests that every source file says what it is for and is short enough to be read.
#[test]
fn files_open_with_their_purpose_and_are_short() {
    let mut wrong = Vec::new();
    for file in ["src", "tests", "benches"].into_iter().flat_map(rust_files) {
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{} has {lines} lines", file.name()));
        }
        if !file.text.starts_with("//!") {
            wrong.push(format!("{} does not open with //!", file.name()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
