/**
 * What a lab shows, put into the page: facts, and figures with their words and tables. A figure stays the same element
 * from step to step, so that what the reader has opened stays open.
 *
 * @typedef {import("./lab-draw.js").View} View
 * @typedef {{name: string, value: string, note: string}} Fact
 * @typedef {{say: string, facts: Fact[], views: View[]}} Result
 */
import { table } from "./charts.js";
import { make, one } from "./dom.js";
import { drawView } from "./lab-draw.js";

/** @param {HTMLElement} place @param {Result} result */
export function show(place, { facts, views }) {
  const list = one(place, "[data-part=facts]") ?? make("dl", { "data-part": "facts" });
  list.replaceChildren(...facts.map(({ name, value, note }) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value), ...(note ? [make("dd", { class: "lab-note" }, note)] : []))));
  if (!list.isConnected) place.append(list);
  for (const view of views) renew(figure(place, view), view);
}

/** The figure of a view; its title names it. @param {HTMLElement} place @param {View} view */
function figure(place, { title, kind }) {
  const known = [.../** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("figure"))].find((node) => node.dataset.title === title);
  if (known) return known;
  const details = make("details", {}, make("summary", {}, "The same as a table"));
  const caption = make("figcaption", {}, title);
  const made = make("figure", { "data-title": title, "data-kind": kind }, caption, make("div", { "data-part": "drawing" }), make("p", {}), details);
  details.addEventListener("toggle", () => fill(/** @type {HTMLDetailsElement} */ (details)));
  place.append(made);
  return made;
}

/** @type {WeakMap<Element, View>} what each closed table will hold */
const waiting = new WeakMap();

/** @param {HTMLElement} place @param {View} view */
function renew(place, view) {
  one(place, "[data-part=drawing]").replaceChildren(drawView(view));
  one(place, "p").textContent = view.text;
  const details = /** @type {HTMLDetailsElement} */ (one(place, "details"));
  details.hidden = !view.rows.length;
  waiting.set(details, view);
  fill(details);
}

/** A closed table costs nothing. @param {HTMLDetailsElement} details */
function fill(details) {
  const view = waiting.get(details);
  if (!details.open || !view) return;
  const old = one(details, ".quiz-table");
  const [left, top, focused] = [old?.scrollLeft ?? 0, old?.scrollTop ?? 0, old === document.activeElement];
  old?.remove();
  const fresh = table(view.title, view.head, view.rows);
  details.append(fresh);
  fresh.scrollTo(left, top);
  if (focused) fresh.focus();
}
