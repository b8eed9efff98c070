//! The report in a browser: charts are drawn, the controls work, nothing is fetched.

use crate::browser::ask;
use crate::files::plans;
use crate::program::Place;
use serde_json::json;

/// What is drawn, with the number of marks in it.
const DRAWN: &str = r##"
  const marks = (id) => document.querySelectorAll(`#${id} svg .mark-rect path, #${id} svg .mark-line path, #${id} svg .mark-symbol path, #${id} svg .mark-rule line, #${id} svg .mark-shape path`).length;
  return Object.fromEntries([...document.querySelectorAll("figure")].map((figure) => [figure.id, [figure.dataset.drawn ? marks(figure.id) : 0, figure.querySelector(".note").textContent]]));
"##;

/// Tests that every chart of a comparison is drawn, on a desktop and on a phone.
#[test]
fn charts_are_drawn() {
    let place = Place::new();
    plans(&place);
    let args = "report DIR/nothing DIR/best --wave datasets/quickstart --out DIR/r.html";
    assert_eq!(place.run(args).code, 0);
    for width in [1200, 500] {
        let drawn = ask(&place.path("r.html"), width, DRAWN);
        let charts = [
            "waterfall",
            "map",
            "per_order",
            "lateness",
            "unfilled",
            "load",
            "load_node",
            "price_stock",
            "progress",
        ];
        for chart in charts {
            assert!(drawn[chart][0].as_u64() > Some(1), "{chart} at {width}: {drawn}");
        }
        assert_eq!(drawn["price_capacity"], json!([0, "Nothing was scarce."]));
    }
}

/// Tests that a plan on its own, without its wave, has its charts and says why it has no map.
#[test]
fn a_plan_stands_on_its_own() {
    let place = Place::new();
    plans(&place);
    let ran = place.run("report DIR/best --out DIR/r.html");
    assert!(ran.stderr.contains("the page has no map"), "{}", ran.stderr);
    let drawn = ask(&place.path("r.html"), 1200, DRAWN);
    assert!(drawn["cost"][0].as_u64() > Some(1), "{drawn}");
    assert_eq!(drawn["unfilled"], json!([0, "Every unit is served."]));
    assert!(drawn.get("map").is_none() && drawn.get("waterfall").is_none(), "{drawn}");
}

/// Tests that bars of open units are as long as their numbers, whatever share of a plan's they are.
#[test]
fn open_units_are_compared_by_their_number() {
    let place = Place::new();
    plans(&place);
    std::fs::write(place.path("few.toml"), "name = \"few\"\n[costs]\nunfilled_cost = 9.0\n")
        .unwrap();
    let few = "plan datasets/quickstart --model DIR/few.toml --threads 1 --quiet --out DIR/few";
    assert_eq!(place.run(few).code, 0);
    assert_eq!(place.run("report DIR/nothing DIR/few --out DIR/r.html").code, 0);
    let probe = r##"
      const all = (marks) => [...document.querySelectorAll(`#unfilled .role-mark.${marks}`)];
      const widths = all("mark-rect path").map((bar) => bar.getBBox().width);
      const numbers = all("mark-text text").map((text) => Number(text.textContent));
      return { widths: widths.sort((a, b) => a - b), numbers: numbers.sort((a, b) => a - b) };
    "##;
    let found = ask(&place.path("r.html"), 1200, probe);
    let list = |key: &str| -> Vec<f64> {
        found[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let (widths, numbers) = (list("widths"), list("numbers"));
    // All 31 units of one plan, and 8 of the other for two reasons.
    assert_eq!((numbers.iter().sum::<f64>(), numbers.len()), (39.0, 3), "{found}");
    assert_eq!(widths.len(), 3, "{found}");
    let scale = widths[2] / numbers[2];
    for (width, number) in widths.iter().zip(&numbers) {
        assert!((width - scale * number).abs() < 0.5, "{found}");
    }
}

/// Tests that the search finds changed orders by order, node and kind, and says how many.
#[test]
fn changed_orders_can_be_searched() {
    let place = Place::new();
    plans(&place);
    let args = "report DIR/nothing DIR/best --wave datasets/quickstart --out DIR/r.html";
    assert_eq!(place.run(args).code, 0);
    let probe = r##"
      const search = document.getElementById("search");
      const rows = () => [...document.querySelectorAll("#changed tbody tr")].map((row) => row.cells[0].textContent);
      const find = (text) => {
        search.value = text;
        search.dispatchEvent(new Event("input"));
        return [rows(), document.getElementById("changed-count").textContent.includes("match")];
      };
      return { all: find(""), seattle: find("seattle"), vendor: find("VENDOR open"), none: find("atlantis") };
    "##;
    let found = ask(&place.path("r.html"), 1200, probe);
    assert_eq!(found["all"][0].as_array().unwrap().len(), 18, "{found}");
    assert_eq!(found["all"][1], false);
    assert_eq!(found["seattle"], json!([["O08-Seattle"], true]));
    assert_eq!(found["none"], json!([[], true]));
}

/// Tests that another plan can be picked: charts, the node's chart and the table follow.
#[test]
fn another_plan_can_be_picked() {
    let place = Place::new();
    plans(&place);
    let again = "plan datasets/quickstart --model DIR/nothing.toml --threads 1 --out DIR/again -q";
    assert_eq!(place.run(again).code, 0);
    let args = "report DIR/nothing DIR/again DIR/best --wave datasets/quickstart --out DIR/r.html";
    assert_eq!(place.run(args).code, 0);
    let probe = r##"
      const picker = document.getElementById("shown");
      const count = () => document.getElementById("changed-count").textContent;
      const first = [picker.value, count()];
      const node = document.getElementById("node");
      node.selectedIndex = 1;
      const picked = node.value;
      picker.value = "1";
      picker.dispatchEvent(new Event("change"));
      await new Promise((go) => setTimeout(go, 2000));
      return { first, second: count(), node: node.value === picked,
               plans: document.querySelectorAll("#plans .mark-rect path").length };
    "##;
    let told = ask(&place.path("r.html"), 1200, probe);
    assert_eq!(told["first"][0], "2", "the last plan is shown first");
    assert!(told["first"][1].as_str().unwrap().starts_with("18 of 18 orders changed"), "{told}");
    assert_eq!(told["second"], "0 of 18 orders changed.");
    assert_eq!((&told["node"], &told["plans"]), (&json!(true), &json!(3)));
}
