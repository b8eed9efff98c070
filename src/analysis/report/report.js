// The report: charts of the plan that is picked, beside the base, and the search for orders.

const ROWS = 50;
/// Pixels below which charts leave things out.
const NARROW = 560;
const [base] = data.plans;
const picker = figure("shown");
const shownIndex = () => (picker ? Number(picker.value) : 0);
const words = (key) => key.replaceAll("_", " ");

/// Gives number formats of amounts to the fields that hold them.
function amounts(...fields) {
  const visit = (node) => {
    if (node === null || typeof node !== "object") return;
    if (fields.includes(node.field) && node.type === "quantitative" && !("scale" in node)) node.format = amountFormat;
    Object.values(node).forEach(visit);
  };
  return (spec) => { visit(spec); return spec; };
}

const both = (one, other) => (spec, values, width) => other(one(spec, values, width), values, width);

/// The steps from the objective of the base to that of a plan.
function waterfall(plan) {
  const counted = (of) => new Map(of.cost.map((term) => [term.key, term.counted]));
  const [before, after] = [counted(base), counted(plan)];
  const steps = [...new Set([...before.keys(), ...after.keys()])].map((key) => {
    const [a, b] = [before.get(key) ?? 0, after.get(key) ?? 0];
    return { name: words(key), before: a, after: b, step: b - a };
  });
  const half = 0.5 * 10 ** -data.places;
  const moved = steps.filter((row) => Math.abs(row.step) > half).sort((a, b) => a.step - b.step);
  const ends = (name, end) => ({ name, kind: "objective", start: 0, end, label: number(end, data.places) });
  let at = base.objective;
  const rows = [{ ...ends(`${base.name} (base)`, at), total: true }];
  for (const row of moved) {
    const sign = row.step > 0 ? "+" : "";
    rows.push({ ...row, start: at, end: at + row.step, kind: row.step > 0 ? "adds" : "saves", label: sign + number(row.step, data.places) });
    at += row.step;
  }
  rows.push({ ...ends(plan.name, plan.objective), total: true });
  // The scale starts below the lowest step, so that steps are seen; both ends start there too.
  const all = rows.filter((row) => !row.total).flatMap((row) => [row.start, row.end]).concat(base.objective, plan.objective);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const floor = low > 0 ? Math.max(0, low - 0.35 * (high - low || high)) : Math.min(0, low);
  rows.filter((row) => row.total).forEach((row) => { row.start = floor; });
  return { rows, floor, high };
}

/// Bars of the base and of a plan, or of the plan alone.
function shares(plan, field, label) {
  const one = (of) => of[field].map((bar) => ({ ...bar, name: words(bar.name), plan: of.name, label: label(bar) }));
  return plan === base ? one(plan) : [...one(base), ...one(plan)];
}

function dropEmptyEnds(rows) {
  const used = new Set(rows.filter((row) => row.count > 0).map((row) => row.name));
  const names = [...new Set(rows.map((row) => row.name))];
  const last = names.findLastIndex((name) => used.has(name));
  return rows.filter((row) => names.indexOf(row.name) <= last);
}

/// Bars as long as a field says, of one plan or of two.
function oneOrTwo(plan, length) {
  return (spec, values, width) => {
    for (const layer of spec.layer) layer.encoding.x.field = length;
    room(length)(spec, values, width);
    if (plan === base) {
      delete spec.encoding.yOffset;
      spec.layer[0].encoding.color = { value: COLOUR.blue };
      spec.height.step = 24;
    }
    return spec;
  };
}

const percent = (bar) => `${(100 * bar.share).toFixed(1)} %`;

function drawMap(index) {
  if (!data.map) return;
  const { nodes, flows, left_out } = data.map.plans[index];
  const outline = data.map.outline.map((line) => ({ type: "Feature", geometry: { type: "LineString", coordinates: line } }));
  const change = (spec, _, width) => {
    if (width < NARROW) spec.layer[2].encoding.size.legend = null;
    spec.height = Math.round(Math.min(600, width / data.map.aspect));
    [outline, flows, nodes].forEach((values, layer) => { spec.layer[layer].data = { values }; });
    const kinds = new Set(nodes.map((node) => node.kind));
    for (const channel of ["shape", "color"]) {
      const scale = spec.layer[2].encoding[channel].scale;
      const kept = scale.domain.map((kind) => kinds.has(kind));
      scale.range = scale.range.filter((_, at) => kept[at]);
      scale.domain = scale.domain.filter((_, at) => kept[at]);
    }
    // Nothing has no scale.
    if (flows.length === 0) spec.layer.splice(1, 1);
    return spec;
  };
  return draw("map", nodes, { change }).then(() => {
    if (left_out === 0) return;
    const drawn = flows.filter((flow) => flow.way === "parcels").reduce((sum, flow) => sum + flow.count, 0);
    note("map", `${number(left_out, 0)} of ${number(drawn + left_out, 0)} shipments to customers are in flows too small to be drawn.`);
  });
}

/// A date as people say it.
function day(date) {
  const weekday = document.body.clientWidth < NARROW ? undefined : "short";
  const format = { weekday, day: "numeric", month: "short", timeZone: "UTC" };
  return new Date(`${date}T00:00:00Z`).toLocaleDateString("en-GB", format);
}

/// The rows of a plan's loads by date, so that the dates of the chart stand in order.
function loads(plan) {
  const rows = plan.load.map((row, at) => ({ ...row, at, day: day(row.date) }));
  return rows.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.at - b.at));
}

function drawNode(plan) {
  const rows = loads(plan).filter((row) => row.name === figure("node").value);
  const change = (spec) => {
    spec.layer[0].encoding.y.axis.title = rows[0].unit;
    return spec;
  };
  return draw("load_node", rows, { change, empty: "No node has a capacity." });
}

function drawLoad(plan) {
  const select = figure("node");
  const before = select.value;
  const names = [...new Set(plan.load.map((row) => row.name))];
  select.replaceChildren(...names.map((name) => new Option(name)));
  if (names.includes(before)) select.value = before;
  select.parentElement.hidden = names.length === 0;
  const change = (spec, _, width) => {
    spec.encoding.y.sort = names;
    if (width < NARROW) spec.layer[2].mark.fontSize = 9;
    return spec;
  };
  return draw("load", loads(plan), { change, empty: "No node has a capacity." }).then(() => {
    if (plan.load_of > names.length) note("load", `The ${names.length} busiest of ${plan.load_of}.`);
    return drawNode(plan);
  });
}

/// First plans can be so dear that nothing is seen of what follows: they are above the edge.
function drawProgress(plan) {
  const edge = plan.objective + 0.5 * Math.abs(plan.objective);
  const isBeyond = plan.progress.some((point) => point.amount > edge);
  const change = (spec) => {
    if (isBeyond) {
      spec.encoding.y.scale.domainMax = edge;
      spec.layer.forEach((layer) => { layer.mark.clip = true; });
    }
    return amounts("amount")(spec);
  };
  return draw("progress", plan.progress, { change, empty: "This plan has no record of its run." }).then(() => {
    if (isBeyond) note("progress", "The first plans cost more than is shown.");
  });
}

async function show() {
  const plan = data.plans[shownIndex()];
  const drawings = [];
  if (figure("plans")) {
    const rows = data.plans.map(({ name, objective, bound }, at) => ({ name, objective, bound, base: at === 0 }));
    drawings.push(draw("plans", rows, { change: both(room("objective"), amounts("objective")) }));
  }
  if (plan === base) {
    const rows = plan.cost.map((term) => ({ ...term, name: words(term.key) })).sort((a, b) => b.counted - a.counted);
    drawings.push(draw("cost", rows, { shown: "cost", change: both(room("counted"), amounts("amount", "counted")), empty: "It costs nothing." }));
  } else {
    const { rows, floor, high } = waterfall(plan);
    const change = (spec, _, width) => {
      Object.assign(spec.layer[0].encoding.x.scale, { domainMin: floor, domainMax: ceiling(floor, high, width) });
      return amounts("before", "after", "step")(spec);
    };
    drawings.push(draw("waterfall", rows, { change }).then(() => {
      if (floor > 0) note("waterfall", `The scale starts at ${number(floor, data.places)}.`);
    }));
  }
  drawings.push(drawMap(shownIndex()));
  const bars = (id, length, label, empty) => {
    const rows = dropEmptyEnds(shares(plan, id, label));
    return draw("bars", rows, { shown: id, change: oneOrTwo(plan, length), empty });
  };
  drawings.push(
    bars("per_order", "share", percent, "There are no orders."),
    bars("lateness", "share", percent, "Nothing is served."),
    bars("unfilled", "count", (bar) => number(bar.count, 0), "Every unit is served."),
    drawLoad(plan),
  );
  for (const of of ["stock", "capacity"]) {
    const rows = plan.prices.filter((row) => row.of === of);
    const empty = plan.bound === null ? "The method of this plan has no prices." : "Nothing was scarce.";
    drawings.push(draw("price", rows, { shown: `price_${of}`, change: both(room("price"), amounts("price")), empty }));
  }
  drawings.push(drawProgress(plan));
  listOrders(ROWS);
  await Promise.all(drawings);
}

function cell(row, text) {
  row.insertCell().textContent = text;
}

/// The nodes that an order comes from before and after, each id unbroken.
function sources(row, [before, after]) {
  const td = row.insertCell();
  const list = (nodes) => nodes.forEach((node, at) => {
    const id = document.createElement("span");
    id.textContent = node;
    td.append(at > 0 ? " + " : "", id);
  });
  const name = (nodes) => (nodes.length > 0 ? nodes : ["nothing"]);
  list(name(before));
  if (before.join() === after.join()) return;
  td.append(" \u2192 ");
  list(name(after));
}

/// Lists the changed orders that match the search, so many of them.
function listOrders(most) {
  const table = figure("changed");
  if (!table) return;
  const { orders, changed, by_kind, rows } = data.changes[shownIndex() - 1];
  const wanted = figure("search").value.trim().toLowerCase().split(/\s+/);
  const text = (row) => [row.order, row.what, row.from].flat(2).join(" ").toLowerCase();
  const found = rows.filter((row) => wanted.every((word) => text(row).includes(word)));
  const kinds = Object.entries(by_kind).map(([kind, count]) => `${kind} ${number(count, 0)}`).join(", ");
  const listed = rows.length < changed ? ` The ${number(rows.length, 0)} with the largest difference are listed.` : "";
  const matches = figure("search").value.trim() ? ` ${number(found.length, 0)} match the search.` : "";
  figure("changed-count").textContent =
    `${number(changed, 0)} of ${number(orders, 0)} orders changed${kinds ? ` (${kinds})` : ""}.${listed}${matches}`;
  const body = table.tBodies[0];
  body.replaceChildren();
  const pair = ([a, b]) => (a === b ? `${a}` : `${a} \u2192 ${b}`);
  for (const row of found.slice(0, most)) {
    const line = body.insertRow();
    const [before, after] = row.cost;
    cell(line, row.order);
    cell(line, row.what.join(", "));
    sources(line, row.from);
    cell(line, pair(row.shipments));
    cell(line, pair(row.days_late));
    cell(line, pair(row.open));
    cell(line, number(before, data.places));
    cell(line, number(after, data.places));
    cell(line, (after > before ? "+" : "") + number(after - before, data.places));
  }
  const more = figure("more");
  more.hidden = found.length <= most;
  more.onclick = () => listOrders(most + 4 * ROWS);
}

if (picker) picker.addEventListener("change", show);
figure("node").addEventListener("change", () => drawNode(data.plans[shownIndex()]));
figure("search")?.addEventListener("input", () => listOrders(ROWS));
ready(show());
