// The page of a simulation: every measure over the policies, a series for each strategy.

const MEASURES = {
  splits: { field: "shipments_per_order", format: ",.3f" },
  speed: { field: "days_to_customer", format: ",.2f" },
  late: { field: "days_late", format: ",.1f" },
  changed: { field: "changed_lines", format: ",.1f" },
};

const named = ({ policy, strategy }) => ({ policy, strategy });

function outcome(id) {
  const measure = MEASURES[id];
  const all = data.policies.map((row) => ({ ...named(row), y: row.means[measure.field] }));
  const values = all.filter((row) => row.y !== null);
  const change = (spec) => {
    spec.encoding.tooltip[2].format = measure.format;
    const [low, high] = [Math.min(...values.map((row) => row.y)), Math.max(...values.map((row) => row.y))];
    if (low === high) spec.encoding.y.scale.domain = [low - 1, low + 1];
    return spec;
  };
  return draw("outcome", values, { shown: id, change, empty: "There is nothing to show." });
}

/// The worth of each policy, with its interval where there are several seeds.
function value() {
  const values = data.policies.map((row) => {
    const spread = data.paired.find((pair) =>
      pair.figure === "objective" && pair.policy === row.policy && pair.strategy === row.strategy);
    const ends = spread ? { low: -spread.high95, high: -spread.low95 } : { low: null, high: null };
    return { ...named(row), y: row.value, ...ends };
  });
  const change = (spec) => {
    spec.encoding.tooltip[2].format = amountFormat;
    // One seed has no interval.
    if (values.every((row) => row.low === null)) spec.layer.pop();
    return spec;
  };
  return draw("value", values, { change, empty: "There is nothing to show." });
}

function costs() {
  const change = (spec) => {
    spec.encoding.tooltip[3].format = amountFormat;
    return spec;
  };
  return draw("costs", data.costs, { change, empty: "Nothing costs anything." });
}

ready(Promise.all([value(), ...["splits", "speed", "late", "changed"].map(outcome), costs()]));
