// What every page shares: how charts look and how they are drawn.

// Okabe and Ito's colours, which colour-blind readers can tell apart.
const COLOUR = {
  ink: "#1b1e23", soft: "#5b636e", line: "#d9dde2", grey: "#9aa1aa", blue: "#0072b2", sky: "#56b4e9",
  green: "#009e73", orange: "#e69f00", vermilion: "#d55e00", purple: "#cc79a7",
};

const CONFIG = {
  background: null,
  font: "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif",
  view: { stroke: null },
  axis: {
    domain: false, ticks: false, gridColor: "#e8eaed", labelColor: COLOUR.soft, titleColor: COLOUR.soft,
    labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelPadding: 6, labelLimit: 220,
  },
  axisY: { titleAngle: 0, titleAlign: "left", titleAnchor: "end", titleY: -8, titleX: 0 },
  legend: { labelColor: COLOUR.ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", titleColor: COLOUR.soft },
  text: { fontSize: 12, color: COLOUR.ink },
  bar: { color: COLOUR.blue },
  range: { category: [COLOUR.grey, COLOUR.blue, COLOUR.vermilion, COLOUR.green, COLOUR.orange, COLOUR.purple, COLOUR.sky] },
};

// As the tables have numbers.
const FORMAT = { decimal: ".", thousands: "\u202f", grouping: [3], currency: ["", ""], percent: "\u00a0%" };

const amountFormat = `,.${data.places}f`;
const figure = (id) => document.getElementById(id);
const note = (id, text) => { figure(id).querySelector(".note").textContent = text; };

/// Draws a chart of `specs` with its rows; says `empty` in its place where there are none.
async function draw(id, values, { empty = "", change = (spec) => spec, shown = id } = {}) {
  const place = figure(shown).querySelector(".chart");
  if (values.length === 0) {
    place.textContent = "";
    note(shown, empty);
    delete figure(shown).dataset.drawn;
    return;
  }
  note(shown, "");
  const spec = change(structuredClone(specs[id]), values, place.clientWidth);
  spec.data = { values };
  spec.width = "container";
  // A height of its own fits any width, where a step would not.
  const bands = new Set(values.map((row) => row.name)).size;
  if (spec.height.step) spec.height = spec.height.step * bands;
  await vegaEmbed(place, spec, { renderer: "svg", actions: false, config: CONFIG, formatLocale: FORMAT, tooltip: { theme: "light" } });
  figure(shown).dataset.drawn = values.length;
}

/// The end of a scale that leaves room for labels beside the bars of a chart so wide.
function ceiling(low, high, width) {
  const label = 84;
  const bars = Math.max(60, width - 150 - label);
  return high + (label / bars) * (high - low || 1);
}

/// Leaves room for the labels at the ends of the bars of the first layer.
function room(field) {
  return (spec, values, width) => {
    const all = values.map((row) => row[field]);
    const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
    Object.assign(spec.layer[0].encoding.x.scale, { domainMin: low, domainMax: ceiling(low, high, width) });
    return spec;
  };
}

/// A number as the tables have it.
function number(value, places) {
  const text = Math.abs(value).toFixed(places);
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (fraction ? `.${fraction}` : "");
  return (value < 0 && Number(text) !== 0 ? "\u2212" : "") + grouped;
}

/// Runs once all is drawn; a test waits for the mark that it leaves.
function ready(drawing) {
  drawing.then(
    () => { document.body.dataset.ready = "yes"; },
    (error) => { document.body.dataset.ready = "no"; console.error(error.stack ?? error); },
  );
}
