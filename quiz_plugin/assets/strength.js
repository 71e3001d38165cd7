/** The strength test: a draw over the levels, one try each, and a verdict on each outcome, or topic. */

import { disable, emit, make } from "./dom.js";
import { calibration, draw, perSubject, pool, ruleOf, verdict } from "./draw.js";
import { Drawn, open } from "./drawn.js";
import { expire, lead, titleOf } from "./player.js";
import { store } from "./store.js";
import { several } from "./words.js";

/** @typedef {import("./question.js").Question} Question */
/** @typedef {import("./draw.js").Rule} Rule */
/** @typedef {{ state: string, score: number, chosen: string, hash: string, sure: number }} Result */
/**
 * @typedef {{ version: 1, stage: string, at: number, ids: string[], last: string[], retry: boolean,
 *   results: Record<string, Result> }} Run `last`: the newest draw; `retry`: only what was missed in it
 */

const SURE = ["", "guess", "think so", "sure"];
const VERDICTS = { strong: "✓ strong", shaky: "○ shaky", weak: "✗ weak", few: "– too few to say" };
const STATES = { strong: "right", shaky: "partial", weak: "wrong", few: "unanswered" };
const READ_FIRST = ["weak", "few", "shaky", "strong"];
const RULE =
  "Strong: at least 4 of 5 of its points. Shaky: at least half. Weak: less than half. One question alone is too few to say.";

/** @param {HTMLElement} set */
export const strength = (set) => open(set, Strength);

class Strength extends Drawn {
  /** @param {HTMLElement} set @param {import("./bank.js").Bank} bank */
  constructor(set, bank) {
    super(set, bank);
    /** @type {Rule} */
    this.rule = ruleOf(set.dataset);
    this.name = `run.${set.dataset.set ?? location.pathname}`;
    /** @type {Run} */
    this.run = this.#restored();
    this.slot.addEventListener("quiz-answered", (event) => this.#answered(/** @type {CustomEvent} */ (event).detail));
  }

  async ready() {
    const { stage, at, ids } = this.run;
    this.ids = ids;
    if (stage === "running") await this.#go(at);
    else if (stage === "done") await this.#report();
    this.#render();
  }

  /** @param {string} action */
  async act(action) {
    const { run } = this;
    const missed = run.ids.filter((id) => run.results[id]?.state !== "right");
    if (action === "next") await this.#go(this.at + 1);
    else if (action === "finish") await this.#finish();
    else if (action === "retry-missed") await this.#begin(missed, true);
    else {
      const ids = draw([...this.bank.items.values()], this.bank.levels, this.rule, run.last);
      await this.#begin(ids, false);
    }
    this.#render();
    lead(this.heading);
  }

  /** @param {HTMLElement} node */
  prepare(node) {
    const item = /** @type {Question} */ (node);
    item.tries = 1;
    const choices = [3, 2, 1].map((sure) => {
      const input = make("input", { type: "radio", name: `${item.id}--sure`, value: `${sure}` });
      return make("label", {}, input, ` ${SURE[sure]}`);
    });
    const legend = make("legend", {}, "How sure are you? You need not say.");
    const field = make("fieldset", { class: "quiz-confidence" }, legend, make("div", {}, ...choices));
    item.querySelector("fieldset")?.after(field);
  }

  /** @type {(item: HTMLElement) => HTMLInputElement[]} */
  #radios(item) {
    return [...item.querySelectorAll(/** @type {"input"} */ (".quiz-confidence input"))];
  }

  /** @type {(item: HTMLElement) => number} 0: nothing said */
  #sure(item) {
    return Number(this.#radios(item).find((radio) => radio.checked)?.value ?? 0);
  }

  /** @param {{ id: string, state: string, score: number, chosen: string[], hash: string }} detail */
  #answered({ id, state, score, chosen, hash }) {
    const item = /** @type {HTMLElement} */ (this.shown.get(id));
    const sure = this.#sure(item);
    for (const radio of this.#radios(item)) disable(radio, true);
    const row = store.latest(id);
    if (row && sure) store.record(/** @type {any} */ ([...row.slice(0, 8), sure]));
    this.run.results[id] = { state, score, chosen: chosen.join(""), hash, sure };
    this.#render();
    this.#keep();
  }

  /** @returns {Run} the kept run, as far as it still fits the bank */
  #restored() {
    /** @type {Run | null} */
    const run = store.get(this.name);
    /** @type {Run} */
    const fresh = { version: 1, stage: "ready", at: 0, ids: [], last: [], retry: false, results: {} };
    if (run?.version !== 1 || !["running", "done"].includes(run.stage) || ![run.ids, run.last].every(Array.isArray) || !run.results) return fresh;
    const { items } = this.bank;
    const known = run.ids.every((id) => items.get(id)?.kind === "choice") && run.ids[run.at] !== undefined;
    const same = Object.entries(run.results).every(([id, result]) => typeof result?.chosen === "string" && items.get(id)?.hash === result.hash);
    if (known && same) return run;
    this.#changed = run.stage === "running";
    return { ...fresh, last: run.last };
  }

  #changed = false;

  #keep() {
    store.set(this.name, this.run);
  }

  /** @param {string[]} ids @param {boolean} retry */
  async #begin(ids, retry) {
    const { run } = this;
    // Nothing is lost before the first question is there.
    await this.bank.fetch(ids[0]);
    this.clear();
    this.ids = ids;
    this.#changed = false;
    this.run = { version: 1, stage: "running", at: 0, ids, last: retry ? run.last : ids, retry, results: {} };
    await this.#go(0);
  }

  /** @param {number} at */
  async #go(at) {
    await this.go(at);
    this.run.at = at;
    this.#restore(this.ids[at], false);
    this.#keep();
  }

  /** An answer as it was given. @param {string} id @param {boolean} final */
  #restore(id, final) {
    const item = /** @type {Question} */ (this.shown.get(id));
    const result = this.run.results[id];
    if (item.dataset.state !== "unanswered") return;
    if (result) item.restore(result.chosen);
    else if (final) expire(item, "Not answered.", "off");
    if (!result && !final) return;
    for (const radio of this.#radios(item)) {
      radio.checked = radio.value === `${result?.sure}`;
      disable(radio, true);
    }
  }

  async #finish() {
    await this.#report();
    this.run.stage = "done";
    this.#keep();
    const { set, mode } = this.set.dataset;
    const results = this.ids.map((id) => ({ id, ...this.run.results[id] }));
    const verdicts = Object.fromEntries(this.#sums().map(({ name, found }) => [name, found]));
    const by = this.bank.byOutcome ? "outcome" : "topic";
    emit(this.set, "quiz-finished", { set, mode, right: this.#right(), total: results.length, by, verdicts, results });
  }

  #right() {
    return this.ids.filter((id) => this.run.results[id]?.state === "right").length;
  }

  /** In the site's order of outcomes, or topics. */
  #sums() {
    const { bank, ids, run } = this;
    const sums = perSubject(ids.map((id) => ({ subjects: bank.subjectsOf(id), score: run.results[id]?.score ?? 0 })));
    return [...bank.subjects].flatMap(([name, subject]) => {
      const sum = sums.get(name);
      return sum ? [{ name, subject, ...sum, found: verdict(sum.points, sum.of) }] : [];
    });
  }

  #render() {
    const { stage, results } = this.run;
    const running = stage === "running";
    this.set.dataset.state = stage;
    this.controls(running, "Question");
    this.next.textContent = results[this.ids[this.at]] ? "Next" : "Skip";
    this.missed.hidden = stage !== "done" || this.#right() === this.ids.length;
    this.start.textContent = stage === "done" ? "New test" : "Start";
    if (stage !== "ready") return;
    this.heading.textContent = this.set.dataset.name ?? "Strength test";
    const there = pool([...this.bank.items.values()], this.rule).length;
    const rules = [
      this.#changed && "The questions of your last test have changed since; it cannot go on.",
      `${several(this.rule.count, "question")}, drawn from ${there}; easier ones first.`,
      "One try each, hints, and no time limit. You can leave and come back.",
      "Before you check, you can say how sure you are.",
    ];
    this.about.replaceChildren(make("ul", {}, ...rules.filter(Boolean).map((rule) => make("li", {}, `${rule}`))));
  }

  /** The result; every question is below it, with its answer. */
  async #report() {
    await Promise.all(this.ids.map((id) => this.load(id)));
    for (const id of this.ids) {
      this.#restore(id, true);
      this.slot.append(/** @type {HTMLElement} */ (this.shown.get(id)));
    }
    this.only();
    const { retry, results } = this.run;
    this.heading.textContent = `${this.#right()} of ${this.ids.length} right${retry ? " this time" : ""}`;
    const lines = make("ol", { class: "quiz-results" }, ...this.ids.map((id) => this.#line(id)));
    if (retry) {
      const note = "You had just seen these questions. A new test gives a new verdict.";
      return this.about.replaceChildren(make("p", {}, note), lines);
    }
    const said = calibration(Object.values(results)).map((line) => make("li", {}, line));
    const parts = [this.#verdicts(), make("p", { class: "quiz-rule" }, RULE)];
    if (said.length) parts.push(make("p", { class: "quiz-part-title" }, "How well you knew what you know"), make("ul", {}, ...said));
    this.about.replaceChildren(...parts, ...this.#reading(), make("p", { class: "quiz-part-title" }, "Your answers"), lines);
  }

  #verdicts() {
    const rows = this.#sums().map(({ subject, points, of, found }) =>
      make(
        "tr",
        { "data-state": STATES[found] },
        make("th", { scope: "row" }, subject.title),
        make("td", {}, `${Number(points.toFixed(1))} of ${of}`),
        make("td", {}, make("span", { class: "quiz-mark" }, VERDICTS[found])),
      ),
    );
    const head = [this.bank.byOutcome ? "Outcome" : "Topic", "Points", "Verdict"].map((name) => make("th", { scope: "col" }, name));
    return make("table", { class: "quiz-verdicts" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
  }

  /** Of each outcome, or topic, with a miss: where all of it is listed, and the pages of what was missed. */
  #reading() {
    const missed = this.ids.filter((id) => this.run.results[id]?.state !== "right");
    const sums = this.#sums().sort((a, b) => READ_FIRST.indexOf(a.found) - READ_FIRST.indexOf(b.found));
    const lines = sums.flatMap(({ name, subject: { title, href } }) => {
      const pages = this.#pages(missed.filter((id) => this.bank.subjectsOf(id).includes(name)));
      return pages.length ? [make("li", {}, href ? make("a", { href }, title) : title, ": ", ...pages)] : [];
    });
    const others = this.#pages(missed.filter((id) => !this.bank.subjectsOf(id).length));
    if (others.length) lines.push(make("li", {}, ...others));
    if (!lines.length) return [];
    return [make("p", { class: "quiz-part-title" }, "What to read next"), make("ul", { class: "quiz-reading" }, ...lines)];
  }

  /** The pages of these questions, each once, with commas. @param {string[]} ids */
  #pages(ids) {
    /** @type {Map<number, string>} */
    const first = new Map();
    for (const id of ids) {
      const page = this.bank.items.get(id)?.page ?? -1;
      if (!first.has(page)) first.set(page, id);
    }
    return [...first].flatMap(([page, id], n) => {
      const { href, title } = this.bank.pages[page];
      return [n ? ", " : "", make("a", { href: `${href}#${id}` }, title)];
    });
  }

  /** @param {string} id */
  #line(id) {
    const { state = "unanswered", sure = 0 } = this.run.results[id] ?? {};
    const text = { right: "✓ right", partial: "○ partly right", wrong: "✗ wrong" }[state] ?? "– not answered";
    const word = make("span", { class: "quiz-mark" }, sure ? `${text}, ${SURE[sure]}` : text);
    const title = titleOf(/** @type {HTMLElement} */ (this.shown.get(id)));
    return make("li", { "data-state": state }, make("a", { href: `#${id}` }, title), " ", word);
  }
}
