//! The page of `simulate`.

use crate::browser::ask;
use crate::program::Place;
use serde_json::json;

/// Tests that every chart is drawn with a mark for each policy and strategy, with one seed and with
/// several.
#[test]
fn policies_are_drawn() {
    let place = Place::new();
    let args = "simulate datasets/quickstart --strategy nearest --strategy cheapest-order --quiet";
    let probe = r##"
      const figures = [...document.querySelectorAll("figure")];
      return figures.map((figure) => [figure.id, figure.dataset.drawn ?? null]);
    "##;
    for (folder, seeds) in [("one", "1"), ("more", "1,2,3")] {
        let ran = place.run(&format!("{args} --seeds {seeds} --out DIR/{folder}"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for width in [1200, 500] {
            let drawn = ask(&place.path(folder).join("simulation.html"), width, probe);
            let drawn = drawn.as_array().unwrap();
            let names: Vec<_> = drawn.iter().map(|figure| figure[0].clone()).collect();
            assert_eq!(names, ["value", "splits", "speed", "late", "changed", "costs"]);
            for figure in &drawn[..5] {
                assert_eq!(figure[1], json!("8"), "{figure}");
            }
            assert_ne!(drawn[5][1], json!(null));
        }
    }
}
