//! A self-contained page: text, data, charts and the library that draws them in one file.
//!
//! The file opens without a network. Charts are Vega-Lite; its bundles lie in `vendor/vega`.

mod parts;

pub(super) use parts::{chart, section, table};

use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const STYLE: &str = include_str!("page.css");
const CHARTS: &str = include_str!("page.js");

macro_rules! vendored {
    ($($name:literal),*) => {
        [$((
            include_str!(concat!("../../../vendor/vega/LICENSE-", $name)),
            include_str!(concat!("../../../vendor/vega/", $name, ".min.js")),
        )),*]
    };
}

/// Licences, which go where the code goes, and code, in the order in which they need each other.
const LIBRARY: [(&str, &str); 3] = vendored!["vega", "vega-lite", "vega-embed"];

/// Puts a page together: `body` is HTML, `data` what `script` finds in the variable `data`, and
/// `specs` the text of a JSON object of Vega-Lite specifications, in the variable `specs`.
///
/// # Errors
/// When `data` has no JSON form.
pub(super) fn html(
    title: &str,
    body: &str,
    data: &impl Serialize,
    specs: &str,
    script: &str,
) -> Result<String, serde_json::Error> {
    let data = in_script(&serde_json::to_string(data)?);
    let mut page = String::with_capacity(1 << 20);
    // Writing to a text cannot fail. No file is asked for, an icon neither.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"generator\" content=\"wavewright {}\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\n",
        env!("CARGO_PKG_VERSION"),
        escape(title),
    );
    for (licence, library) in LIBRARY {
        let _ = writeln!(page, "<script>\n/*!\n{licence}*/\n{}</script>", library.trim_end());
    }
    let _ = write!(
        page,
        "<script type=\"application/json\" id=\"data\">{data}</script>\n<script>\n\"use strict\";\n\
         const data = JSON.parse(document.getElementById(\"data\").textContent);\n\
         const specs = {};\n{CHARTS}{script}</script>\n</body>\n</html>\n",
        specs.trim()
    );
    Ok(page)
}

/// JSON that may stand in a script: nothing in it ends one.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A number with groups of three digits parted by thin spaces, and a real minus sign.
pub fn number(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let (sign, digits) = match text.strip_prefix('-') {
        // What rounds to 0 has no sign.
        Some(rest) if rest.chars().any(|c| c.is_ascii_digit() && c != '0') => ("\u{2212}", rest),
        Some(rest) => ("", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// Why a page was not written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Writes a page: beside its place first, then renamed into it. An earlier file is replaced.
///
/// # Errors
/// When the folder of `path` does not exist, `path` is a folder, or writing fails.
pub fn write_page(page: &str, path: &Path) -> Result<(), PageError> {
    let at = |source| PageError::Io { path: path.to_path_buf(), source };
    let whole = std::path::absolute(path).map_err(at)?;
    let folder = whole.parent().unwrap_or(&whole);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".page.").suffix(".tmp");
    // Temporary files are private; a page is as readable as anything else that the user makes.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(at)?;
    file.write_all(page.as_bytes()).map_err(at)?;
    file.as_file().sync_all().map_err(at)?;
    file.persist(&whole).map_err(|error| at(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_one_file_that_asks_for_no_other() {
        let page = html("A & B", "<p>x</p>", &"</script><b>", "{}", "draw();").unwrap();
        assert!(page.contains("<title>A &amp; B</title>"));
        assert!(page.contains(r#""\u003c/script>\u003cb>""#), "data ends no script");
        for asked in ["src=", "@import", "url(", "sourceMappingURL"] {
            // The library draws pictures where a chart has some; its own code is not the page's.
            let own = LIBRARY
                .iter()
                .fold(page.clone(), |page, (_, library)| page.replace(library.trim_end(), ""));
            assert!(!own.contains(asked), "{asked}");
        }
        for (licence, library) in LIBRARY {
            assert!(page.contains(licence) && !licence.contains("*/"));
            assert!(!library.contains("</script") && !library.contains("sourceMappingURL"));
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(1_234_567.891, 2), "1\u{202f}234\u{202f}567.89");
        assert_eq!(number(-1234.5, 1), "\u{2212}1\u{202f}234.5");
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(999.0, 0), "999");
    }

    #[test]
    fn a_page_replaces_an_earlier_one_and_leaves_nothing_where_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        write_page("one", &path).unwrap();
        write_page("two", &path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert!(write_page("three", &folder.path().join("none/page.html")).is_err());
        std::fs::create_dir(folder.path().join("taken")).unwrap();
        assert!(write_page("four", &folder.path().join("taken")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
