//! A real browser: Chromium without a window, which opens a page and answers questions about it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Notes errors and warnings before anything else of a page runs.
const WATCH: &str = r#"<script>
const watched = [];
addEventListener("error", (event) => watched.push(`error: ${event.message}`));
addEventListener("unhandledrejection", (event) => watched.push(`rejected: ${event.reason}`));
for (const level of ["error", "warn"]) console[level] = (...what) => watched.push(`${level}: ${what.join(" ")}`);
</script>"#;

/// Waits for the page to be ready, runs the probe, and leaves its answer in the document.
const PROBE: &str = r#"<script>
(async () => {
  for (let i = 0; i < 2000 && !document.body.dataset.ready; i++) await new Promise((go) => setTimeout(go, 10));
  let answer;
  try { answer = await (async () => { PROBE })(); } catch (error) { watched.push(`probe: ${error.stack}`); }
  const asked = performance.getEntriesByType("resource").map((entry) => entry.name);
  const text = JSON.stringify({
    answer, watched, asked, ready: document.body.dataset.ready ?? null,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  });
  const element = document.createElement("pre");
  element.id = "probe";
  element.textContent = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  document.body.append(element);
})();
</script>"#;

/// The browser of this machine.
fn chromium() -> PathBuf {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return path.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "these tests open pages in Chromium, and there is none: run scripts/browser, or set \
             the variable CHROMIUM to the path of one"
        )
    })
}

/// Opens a page in a window so wide and returns what `probe`, the body of an asynchronous
/// JavaScript function, returns. Fails where the page has an error or a warning, asks for any
/// file, is not ready in the end, or is wider than the window.
pub fn ask(page: &Path, width: u32, probe: &str) -> Value {
    let text = std::fs::read_to_string(page).unwrap();
    let text = text.replacen("<head>", &format!("<head>{WATCH}"), 1);
    // The library in the page has this word too.
    let end = text.rfind("</body>").expect("a page has a body");
    let text = format!("{}{}{}", &text[..end], PROBE.replace("PROBE", probe), &text[end..]);
    let folder = tempfile::tempdir().unwrap();
    let watched = folder.path().join("page.html");
    std::fs::write(&watched, text).unwrap();
    let output = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--virtual-time-budget=60000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--window-size={width},1200"))
        .arg("--dump-dom")
        .arg(format!("file://{}", watched.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    let answer =
        dom.split_once("<pre id=\"probe\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let Some((answer, _)) = answer else {
        panic!("no answer from the page: {}", String::from_utf8_lossy(&output.stderr));
    };
    let answer: Value = serde_json::from_slice(&decoded(answer)).unwrap();
    assert_eq!(answer["watched"], Value::Array(Vec::new()), "{}", page.display());
    assert_eq!(answer["asked"], Value::Array(Vec::new()), "the page asks for files");
    assert_eq!(answer["ready"], "yes", "{}", page.display());
    assert_eq!(answer["overflow"], 0, "the page is wider than {width}");
    answer["answer"].clone()
}

/// The bytes of a base64 text.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        bits = (bits << 6) | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}
