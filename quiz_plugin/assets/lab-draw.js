/**
 * The figures of a lab: each a function from a view, as the lab's Python describes it, to SVG. Colours are the page's
 * own; nothing is told by colour alone.
 *
 * @typedef {{label: string, ticks: [number, string][]}} Axis
 * @typedef {{label: string, points: [x: number, mean: number, low: number, high: number][], chosen: boolean}} Line
 * @typedef {object} View
 * @property {"curve" | "bars" | "histogram" | "kernels" | "cells" | "digits"} kind
 * @property {string} title
 * @property {string} text what it says, in words
 * @property {string[]} head of its table
 * @property {string[][]} rows
 * @property {Axis} x
 * @property {Axis} y
 * @property {Line[]} lines
 * @property {{x: number, y: number, words: string}} live
 * @property {number} [limit]
 * @property {[label: string, value: number, words: string][]} bars
 * @property {number} most
 * @property {number[]} shares
 * @property {string[]} ends
 * @property {(number | null)[][]} kernels
 * @property {{name: string, width: number, cells: string}[]} maps
 * @property {{index: number, label: number, before: number, now: number, pixels: string}[]} digits
 */
import { draw } from "./charts.js";
import { make } from "./dom.js";

/** Narrow, so that 14 px text stays legible where two figures stand side by side, and on a phone. */
const WIDTH = 340;
const DASHES = ["", "6 4", "2 4", "10 3 2 3", "1 3"];

/** @param {number} height @param {string} label @param {Element[]} parts */
const picture = (height, label, parts) =>
  draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label, class: "lab-picture" }, ...parts);

/** @param {number} x @param {number} y @param {string} words */
const text = (x, y, words, anchor = "start", name = "") =>
  draw("text", { x, y, "text-anchor": anchor, class: name }, words);

/** @param {string} d @param {string} name */
const path = (d, name, more = {}) => draw("path", { d, class: name, ...more });

/** From a value to a place. @param {Axis} axis @param {number} from @param {number} to */
function scale({ ticks }, from, to) {
  const values = ticks.map(([value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (/** @type {number} */ value) => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return Math.round(10 * (from + (to - from) * share)) / 10;
  };
}

/** @param {View} view */
function curve({ title, x, y, lines, live, limit }) {
  const [left, right, top, bottom] = [36, WIDTH - 12, 30, 220];
  const [across, up] = [scale(x, left, right), scale(y, bottom, top)];
  const parts = y.ticks.flatMap(([value, words]) => [
    path(`M${left} ${up(value)}H${right}`, "lab-grid"), text(left - 6, up(value) + 5, words, "end"),
  ]);
  for (const [value, words] of x.ticks) {
    parts.push(path(`M${across(value)} ${bottom}v5`, "lab-tick"), text(across(value), bottom + 20, words, "middle"));
  }
  parts.push(text(right, bottom + 40, x.label, "end"), text(0, 14, y.label));
  const order = [...lines.keys()].sort((a, b) => Number(lines[a].chosen) - Number(lines[b].chosen));
  for (const n of order) parts.push(...strand(lines[n], n, across, up));
  if (limit !== undefined) parts.push(path(`M${across(limit)} ${top}V${bottom}`, "lab-limit"));
  parts.push(draw("circle", { cx: across(live.x), cy: up(live.y), r: 8, class: "lab-live" }));
  lines.forEach((line, n) => parts.push(...key(line, n, bottom + 66 + 22 * n)));
  return picture(bottom + 76 + 22 * (lines.length - 1), `${title}; ${live.words}`, parts);
}

/** One curve; of the chosen one also what the seeds differ by.
 * @param {Line} line @param {number} n @param {(value: number) => number} across @param {(value: number) => number} up */
function strand({ points, chosen }, n, across, up) {
  const at = (/** @type {number} */ which) => points.map((point) => `${across(point[0])},${up(point[which])}`);
  const line = draw("polyline", {
    points: at(1).join(" "), class: chosen ? "lab-line lab-line--chosen" : "lab-line", "stroke-dasharray": DASHES[n],
  });
  if (!chosen) return [line];
  return [draw("polygon", { points: [...at(3), ...at(2).reverse()].join(" "), class: "lab-band" }), line];
}

/** @param {Line} line @param {number} n @param {number} y */
const key = ({ label, chosen }, n, y) => [
  path(`M4 ${y - 5}h34`, chosen ? "lab-line lab-line--chosen" : "lab-line", { "stroke-dasharray": DASHES[n] }),
  text(48, y, label, "start", chosen ? "lab-chosen" : ""),
];

/** @param {View} view */
function bars({ title, text: words, bars: rows, most, limit }) {
  const wide = (/** @type {number} */ value) => Math.round((10 * WIDTH * Math.min(value, most)) / most) / 10;
  const parts = rows.flatMap(([label, value, said], n) => [
    text(0, 42 * n + 16, label), text(WIDTH, 42 * n + 16, said, "end"),
    draw("rect", { x: 0, y: 42 * n + 22, width: WIDTH, height: 12, class: "lab-rail" }),
    draw("rect", { x: 0, y: 42 * n + 22, width: wide(value), height: 12, class: "lab-bar" }),
  ]);
  const height = 42 * rows.length;
  if (limit !== undefined) parts.push(path(`M${wide(limit)} 0V${height}`, "lab-limit"));
  return picture(height, `${title}: ${words}`, parts);
}

/** @param {View} view */
function histogram({ title, text: words, shares, ends }) {
  const [wide, bottom] = [WIDTH / shares.length, 140];
  const most = Math.max(...shares);
  const parts = shares.map((share, n) => {
    const height = (130 * share) / most;
    const clipped = n === 0 || n === shares.length - 1;
    return draw("rect", {
      x: n * wide + 1, y: bottom - height, width: wide - 2, height, class: clipped ? "lab-clipped" : "lab-bar",
    });
  });
  parts.push(path(`M0 ${bottom}H${WIDTH}`, "lab-tick"));
  ends.forEach((end, n) => parts.push(text(wide + ((WIDTH - 2 * wide) * n) / (ends.length - 1), bottom + 18, end, "middle")));
  parts.push(text(WIDTH / 2, bottom + 38, "error, in steps; outlined: clipped", "middle"));
  return picture(bottom + 46, `${title}: ${words}`, parts);
}

/** A square's area says how large a weight is: filled positive, hollow negative. @param {View} view */
function kernels({ title, kernels: all }) {
  const d = { frames: "", full: "", hollow: "", gone: "", zero: "" };
  all.forEach((weights, n) => {
    const [left, top] = [(n % 8) * 42.5 + 1, Math.floor(n / 8) * 42.5 + 1];
    d.frames += `M${left} ${top}h39v39h-39z`;
    weights.forEach((weight, place) => {
      const [x, y] = [left + (place % 3) * 13 + 6.5, top + Math.floor(place / 3) * 13 + 6.5];
      if (weight === null) d.gone += `M${x - 2.5} ${y - 2.5}l5 5m0 -5l-5 5`;
      else if (!weight) d.zero += `M${x - 1} ${y - 1}h2v2h-2z`;
      else {
        const side = Math.max(1.5, 11 * Math.sqrt(Math.min(1, Math.abs(weight))));
        const box = `M${round(x - side / 2)} ${round(y - side / 2)}h${round(side)}v${round(side)}h${-round(side)}z`;
        d[weight > 0 ? "full" : "hollow"] += box;
      }
    });
  });
  const parts = Object.entries(d).map(([name, line]) => path(line, `lab-kernel--${name}`));
  return picture(Math.ceil(all.length / 8) * 42.5, title, parts);
}

/** @param {number} value */
const round = (value) => Math.round(10 * value) / 10;

/** The more of its weights are left, the darker a cell. @param {View} view */
function cells({ title, maps, most }) {
  const side = 4;
  let [left, top, height] = [0, 0, 0];
  const parts = maps.flatMap(({ name, width, cells: levels }) => {
    const [wide, tall] = [width * side, (levels.length / width) * side];
    if (left + wide > WIDTH) [left, top, height] = [0, top + height + 12, 0];
    const from = left;
    left += Math.max(wide, 60) + 20;
    height = Math.max(height, tall + 22);
    return [text(from, top + 14, name), ...shades(levels, width, from, top + 22, side, most),
      path(`M${from} ${top + 22}h${wide}v${tall}h${-wide}z`, "lab-frame")];
  });
  return picture(top + height + 2, title, parts);
}

/** One path for each shade. @param {string} levels @param {number} width @param {number} left @param {number} top @param {number} side @param {number} most */
function shades(levels, width, left, top, side, most) {
  /** @type {string[]} */
  const d = [];
  for (let from = 0; from < levels.length;) {
    const level = parseInt(levels[from], 36);
    const row = Math.floor(from / width);
    let to = from + 1;
    while (to < (row + 1) * width && levels[to] === levels[from]) to += 1;
    const run = `M${left + (from - row * width) * side} ${top + row * side}h${(to - from) * side}v${side}h${(from - to) * side}z`;
    if (level) d[level] = (d[level] ?? "") + run;
    from = to;
  }
  return d.flatMap((line, level) => (line ? [path(line, "lab-shade", { "fill-opacity": level / most })] : []));
}

/** @type {Map<number, Element>} a digit's picture never changes */
const drawn = new Map();

/** @param {View} view */
function digits({ title, digits: items }) {
  const list = make("ul", { class: "lab-digits", role: "list", "aria-label": title });
  for (const { index, label, before, now, pixels } of items) {
    const known = drawn.get(index) ?? draw("svg", { viewBox: "0 0 8 8", "aria-hidden": "true" }, ...shades(pixels, 8, 0, 0, 1, 16));
    drawn.set(index, known);
    const verdict = now === label ? "right" : "wrong";
    const words = make("span", {}, `${before} → ${now} `, make("span", { class: `lab-${verdict}` }, now === label ? "✓ right" : "✗ wrong"));
    list.append(make("li", {}, known, words));
  }
  return list;
}

/** @type {Record<View["kind"], (view: View) => Element>} */
const KINDS = { curve, bars, histogram, kernels, cells, digits };

/** @param {View} view */
export const drawView = (view) => KINDS[view.kind](view);
