// The page of a sweep: every measure over the first setting, a line for each value of the second.

const [first, second] = data.settings;
const MEASURES = {
  paid: { field: "paid", title: data.currency, format: amountFormat },
  splits: { field: "shipments_per_order", title: "shipments per order", format: ",.3f" },
  late: { field: "days_late", title: "days late", format: ",d" },
  served: { field: "fill_rate", title: "share of units served", format: ".1%" },
  changed: { field: "changed_lines", title: "changed lines", format: ",d" },
  carbon: { field: "kg_co2", title: "kg CO\u2082e", format: ",.1f" },
};

/// The points with a measure in `y`, and in `x` the first setting or another measure.
function rows(y, x) {
  const all = data.points.map((point) => ({
    x: x ? point[x.field] : point.values[0],
    y: point[y.field],
    series: second ? `${point.values[1]}` : "",
    order: point.values[0],
    label: data.settings.map((name, at) => `${name} ${point.values[at]}`).join(", "),
    status: point.status,
  }));
  return all.filter((row) => row.x !== null && row.y !== null);
}

/// Labels each place with the values of the setting that lead there; with two settings there is no
/// room for that.
function labelled(all) {
  return all.map((row) => {
    const here = all.filter((other) => other.x === row.x && other.y === row.y);
    const orders = here.map((other) => other.order);
    const text = orders.length > 3 ? `${orders[0]} \u2026 ${orders.at(-1)}` : orders.join(", ");
    return { ...row, text: second || here[0] !== row ? "" : text };
  });
}

/// A scale around a value where there is but one.
function widen(channel, values, field) {
  const [low, high] = [Math.min(...values.map((row) => row[field])), Math.max(...values.map((row) => row[field]))];
  if (low === high) channel.scale.domain = [low - 1, low + 1];
}

/// Without a second setting there is one line, and nothing to tell apart.
function single(encoding) {
  encoding.color = { value: COLOUR.blue };
  if ("shape" in encoding) encoding.shape = { value: "circle" };
}

function outcome(id) {
  const measure = MEASURES[id];
  const change = (spec, values) => {
    widen(spec.encoding.x, values, "x");
    widen(spec.encoding.y, values, "y");
    spec.encoding.x.axis.title = first;
    spec.encoding.tooltip[1].format = measure.format;
    if (second) {
      spec.encoding.color.legend.title = second;
      spec.encoding.shape.legend.title = second;
    } else single(spec.encoding);
    return spec;
  };
  return draw("outcome", rows(measure), { shown: id, change, empty: "There is nothing to show." });
}

function trade(id) {
  const against = MEASURES[id];
  const change = (spec, values) => {
    widen(spec.encoding.x, values, "x");
    widen(spec.encoding.y, values, "y");
    spec.encoding.x.axis.title = against.title;
    spec.encoding.tooltip[1].format = against.format;
    spec.encoding.tooltip[2].format = amountFormat;
    const [line, point] = spec.layer;
    if (second) {
      line.encoding.color.legend.title = second;
      point.encoding.color.legend.title = second;
      point.encoding.shape.legend.title = second;
    } else [line.encoding, point.encoding].forEach(single);
    return spec;
  };
  const shown = labelled(rows(MEASURES.paid, against));
  return draw("trade", shown, { shown: `paid_${id}`, change, empty: "There is nothing to show." });
}

const decided = data.has_decisions ? ["changed"] : [];
ready(Promise.all([
  ...["paid", "splits", "late", "carbon", ...decided].map(outcome),
  ...["splits", "late", "carbon", "served", ...decided].map(trade),
]));
