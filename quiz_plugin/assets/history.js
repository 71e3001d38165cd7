/** The attempts, newest first, with filters. */

import { button, make } from "./dom.js";
import { resultOf } from "./mastery.js";
import { capital, moment, several } from "./words.js";

/** @typedef {import("./types").Row} Row */
/** @typedef {import("./bank.js").Bank} Bank */
/** @typedef {{ topic: string, level: string, mode: string, result: string }} Filter an empty text lets all through */

const PAGE = 20;
const RESULTS = { right: "✓ right", partial: "○ partly right", wrong: "✗ wrong" };
const RATINGS = /** @type {Record<string, string>} */ ({ 1: "✗ again", 2: "○ hard", 3: "✓ good", 4: "✓ easy" });
const HARD = "2";
const MODES = /** @type {Record<string, string>} */ ({
  study: "Self-check",
  practice: "Practice",
  challenge: "Challenge",
  flashcards: "Flashcards",
  strength: "Strength test",
  review: "Review",
});

/** @type {(rows: Row[], filter: Filter, bank: Bank) => Row[]} */
export function filtered(rows, { topic, level, mode, result }, { items }) {
  const fits = (/** @type {Row} */ row) => {
    const item = items.get(row[0]);
    if (topic && !item?.topics.includes(topic)) return false;
    return (!level || item?.level === level) && (!mode || row[7] === mode) && (!result || resultOf(row) === result);
  };
  return rows.filter(fits).reverse();
}

export class History {
  #shown = PAGE;
  /** @type {Row[]} */
  #rows = [];
  /** @type {Map<string, string>} */
  #titles = new Map();
  /** @type {Filter} */
  filter = { topic: "", level: "", mode: "", result: "" };
  form = make("form", { class: "quiz-filters", "aria-label": "Filters" });
  status = make("p", { class: "quiz-count", role: "status" });
  list = make("ol", { class: "quiz-history", role: "list" });
  more = button("more", "Show more");
  controls = make("div", { class: "quiz-controls" }, this.more);

  constructor(/** @type {Bank} */ bank) {
    this.bank = bank;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", ({ target }) => {
      const { name, value } = /** @type {HTMLSelectElement} */ (target);
      this.filter = { ...this.filter, [name]: value };
      this.#shown = PAGE;
      this.#render();
    });
    this.more.addEventListener("click", () => this.#more());
    this.nodes = [this.form, this.status, this.list, this.controls];
  }

  /** Without its title a question still says what happened. @type {(rows: Row[], titles: Map<string, string>) => void} */
  update(rows, titles) {
    this.#rows = rows;
    this.#titles = titles;
    const modes = [...new Set(rows.map((row) => row[7]))].sort();
    // Made anew only when there is something else to choose: a list in use is not taken away.
    if (this.form.dataset.modes !== modes.join(" ")) this.#filters(modes);
    this.#render();
  }

  /** The focus goes to the first of those that come. */
  #more() {
    const at = this.#shown;
    this.#shown += PAGE;
    this.#render();
    const next = /** @type {HTMLElement} */ (this.list.children[at]);
    next.tabIndex = -1;
    next.focus();
  }

  /** @param {string[]} modes */
  #filters(modes) {
    const { topics, levels } = this.bank;
    this.form.dataset.modes = modes.join(" ");
    this.form.replaceChildren(
      ...(topics.size ? [this.#select("topic", "Topic", [...topics])] : []),
      ...(this.bank.items.size ? [this.#select("level", "Level", levels.map((level) => [level, capital(level)]))] : []),
      this.#select("mode", "Mode", modes.map((mode) => [mode, MODES[mode] ?? mode])),
      this.#select("result", "Result", [["right", "Right"], ["partial", "Partly right"], ["wrong", "Wrong"]]),
    );
  }

  /** @type {(name: keyof Filter, label: string, options: [string, string][]) => HTMLElement} */
  #select(name, label, options) {
    const nodes = [["", "All"], ...options].map(([value, text]) => make("option", { value }, text));
    const select = /** @type {HTMLSelectElement} */ (make("select", { name }, ...nodes));
    select.value = this.filter[name];
    if (select.selectedIndex < 0) this.filter[name] = select.value = "";
    return make("label", {}, make("span", {}, label), select);
  }

  #render() {
    const found = filtered(this.#rows, this.filter, this.bank);
    const shown = found.slice(0, this.#shown);
    this.list.replaceChildren(...shown.map((row) => this.#item(row)));
    this.controls.hidden = shown.length === found.length;
    const all = several(this.#rows.length, "answer");
    const text = found.length === this.#rows.length ? `${all}.` : `${found.length.toLocaleString("en")} of ${all}.`;
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /** @param {Row} row */
  #item(row) {
    const [id, hash, chosen, , hints, seconds, time, mode] = row;
    const item = this.bank.items.get(id);
    const state = resultOf(row);
    const title = this.#titles.get(id) || id;
    const gone = this.bank.items.size > 0 && "no longer on this site";
    const facts = [
      moment(time),
      MODES[mode] ?? mode,
      hints && several(hints, "hint"),
      seconds && `${Math.round(seconds) || "under 1"} s`,
      item ? item.hash !== hash && "the question has changed since" : gone,
    ];
    return make(
      "li",
      { "data-state": chosen === HARD ? "partial" : state },
      item ? make("a", { href: this.bank.address(id) }, title) : make("span", {}, title),
      make("span", { class: "quiz-mark" }, RATINGS[chosen] ?? RESULTS[state]),
      make("span", { class: "quiz-facts" }, facts.filter(Boolean).join(" · ")),
    );
  }
}
