/** Charts as inline SVG: told apart by pattern as well as by colour, and always beside a table. */

import { make } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** @type {(tag: string, attributes: Record<string, string | number>, ...children: (Element | string)[]) => Element} */
export function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
  node.append(...children);
  return node;
}

/** @type {(x: number, y: number, width: number, height: number, part: string) => Element} */
const box = (x, y, width, height, part) => draw("rect", { x, y, width, height, class: `quiz-fill quiz-fill--${part}` });

/** Stripes that keep their width however the chart is stretched. @type {(x: number, width: number, part: string, step: number) => Element[]} */
function stripes(x, width, part, step) {
  const lines = Array.from({ length: Math.floor(width / step) }, (_, at) => x + (at + 0.5) * step);
  return lines.map((at) => draw("line", { x1: at, y1: 0, x2: at, y2: 10, class: `quiz-stripe quiz-stripe--${part}` }));
}

/** One bar of parts, left to right; `wide`: 100 as wide as the text. @type {(label: string, parts: [part: string, count: number][], of: number, wide?: number) => Element} */
export function bar(label, parts, of, wide = 100) {
  let x = 0;
  const boxes = parts.flatMap(([part, count]) => {
    const width = of ? (100 * count) / of : 0;
    const from = x;
    x += width;
    if (!width) return [];
    const step = { missed: 160, shaky: 320 }[part];
    return [box(from, 0, width, 10, part), ...(step ? stripes(from, width, part, step / wide) : [])];
  });
  const attributes = { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": label, class: "quiz-chart-bar" };
  return draw("svg", attributes, ...boxes);
}

/** Upright bars of two parts, the first below. @type {(label: string, bars: [number, number][]) => Element} */
export function columns(label, bars) {
  const most = Math.max(1, ...bars.map(([a, b]) => a + b));
  const boxes = bars.flatMap(([a, b], at) => {
    const [low, high] = [(60 * a) / most, (60 * b) / most];
    const x = at * 10 + 1;
    return [
      ...(a ? [box(x, 60 - low, 8, low, "known")] : []),
      ...(b ? [box(x, 60 - low - high, 8, high, "other")] : []),
    ];
  });
  const width = bars.length * 10;
  const base = draw("line", { x1: 0, y1: 60, x2: width, y2: 60, class: "quiz-axis" });
  const attributes = { viewBox: `0 0 ${width} 60`, preserveAspectRatio: "none", role: "img", "aria-label": label, class: "quiz-chart-columns" };
  return draw("svg", attributes, ...boxes, base);
}

/** What the patterns mean. @type {(parts: [part: string, words: string][]) => HTMLElement} */
export function legend(parts) {
  const items = parts.map(([part, words]) => {
    const sample = bar("", [[part, 1]], 1, 8);
    sample.removeAttribute("role");
    sample.setAttribute("aria-hidden", "true");
    return make("li", {}, sample, words);
  });
  return make("ul", { class: "quiz-legend", role: "list" }, ...items);
}

/** A table that scrolls in its own place; `total`: its last row sums up. @type {(caption: string, head: string[], rows: string[][], total?: boolean) => HTMLElement} */
export function table(caption, head, rows, total = false) {
  const cells = (/** @type {string[]} */ row) => {
    const [first, ...others] = row;
    return make("tr", {}, make("th", { scope: "row" }, first), ...others.map((text) => make("td", {}, text)));
  };
  const titles = make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)));
  const whole = make("table", {}, make("caption", {}, caption), make("thead", {}, titles), make("tbody", {}, ...rows.map(cells)));
  // Themes style tables without a class.
  whole.className = total ? "quiz-numbers quiz-total" : "quiz-numbers";
  return make("div", { class: "quiz-table", role: "region", tabindex: "0", "aria-label": caption }, whole);
}
