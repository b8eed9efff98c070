// Makes the outline of coasts and borders for the map of the report: lines from world-atlas (Natural
// Earth, 1:50m) and us-atlas (Census Bureau, 1:10m), simplified. Run by scripts/vendor.
//
//   node scripts/outline.js MODULES > vendor/outline/outline.json
//
// A line is a list of whole numbers: longitude and latitude of its first point in 1/50 degree, then
// the steps to each further point.
"use strict";
const path = require("path");
const modules = path.resolve(process.argv[2]);
const load = (name) => require(path.join(modules, name));
const { mesh } = load("topojson-client");
const { presimplify, simplify, sphericalTriangleArea } = load("topojson-simplify");

const PER_DEGREE = 50;
const USA = "840";

function lines(topology, object, steradians, filter) {
    const simple = simplify(presimplify(topology, sphericalTriangleArea), steradians);
    return mesh(simple, simple.objects[object], filter).coordinates;
}

function coded(line) {
    const code = [];
    let [x, y] = [0, 0];
    for (const [longitude, latitude] of line) {
        const [u, v] = [Math.round(longitude * PER_DEGREE), Math.round(latitude * PER_DEGREE)];
        if (code.length === 0 || u !== x || v !== y) code.push(u - x, v - y);
        [x, y] = [u, v];
    }
    return code;
}

// The borders of the United States come from us-atlas, which has them finer.
const world = lines(load("world-atlas/countries-50m.json"), "countries", 4e-6,
    (a, b) => a.id !== USA && b.id !== USA);
const states = lines(load("us-atlas/states-10m.json"), "states", 6e-7);
const all = [...world, ...states].map(coded).filter((line) => line.length > 4);
process.stdout.write(`[\n${all.map((line) => JSON.stringify(line)).join(",\n")}\n]\n`);
