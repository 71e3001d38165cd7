/** Review: what is due, the longest overdue first, from the cards that were rated and the questions that were missed. */

import { emit, make } from "./dom.js";
import { Drawn, open, words } from "./drawn.js";
import { lead, titleOf } from "./player.js";
import { schedule, words as inWords } from "./schedule.js";
import { store } from "./store.js";
import { several } from "./words.js";

/** @typedef {import("./question.js").Question} Question */

const HOUR = 3_600_000;

/** @param {HTMLElement} set */
export const review = (set) => open(set, Review);

class Review extends Drawn {
  /** @type {number | undefined} */
  #timer;
  #stage = "ready";
  /** @type {Map<string, string>} */
  #results = new Map();
  /** What is due, and when the first of the others will be. */
  #due = /** @type {import("./schedule.js").Due[]} */ ([]);
  #later = 0;

  /** @param {HTMLElement} set @param {import("./bank.js").Bank} bank */
  constructor(set, bank) {
    super(set, bank);
    this.count = Number(set.dataset.count) || Infinity;
    this.topics = words(set.dataset.topics);
    this.missed.remove();
    this.next.textContent = "Skip";
    this.slot.addEventListener("quiz-answered", (event) => {
      const { id, state } = /** @type {CustomEvent} */ (event).detail;
      if (this.#stage !== "running") return;
      this.#results.set(id, state);
      this.#render();
    });
  }

  async ready() {
    this.#render();
  }

  /** @param {string} action */
  async act(action) {
    if (action === "start") await this.#begin();
    else if (action === "next") await this.go(this.at + 1);
    else this.#finish();
    this.#render();
    lead(this.heading);
  }

  /** @param {HTMLElement} item */
  prepare(item) {
    if (item.dataset.kind === "choice") /** @type {Question} */ (item).tries = 1;
  }

  #look() {
    const now = Date.now();
    const mine = schedule(store.attempts, now).filter(({ id }) => {
      const item = this.bank.items.get(id);
      return item && (!this.topics.length || item.topics.some((name) => this.topics.includes(name)));
    });
    this.#due = mine.filter(({ due }) => due <= now);
    this.#later = mine.find(({ due }) => due > now)?.due ?? 0;
  }

  async #begin() {
    this.#look();
    const ids = this.#due.slice(0, this.count).map(({ id }) => id);
    if (!ids.length) return;
    await this.bank.fetch(ids[0]);
    this.clear();
    this.#results.clear();
    this.ids = ids;
    await this.go(0);
    this.#stage = "running";
  }

  #finish() {
    this.#stage = "done";
    this.only("nothing");
    const { set, mode } = this.set.dataset;
    const results = [...this.#results].map(([id, state]) => ({ id, state }));
    const right = results.filter(({ state }) => state === "right").length;
    emit(this.set, "quiz-finished", { set, mode, right, total: results.length, results });
  }

  #render() {
    const running = this.#stage === "running";
    clearTimeout(this.#timer);
    this.set.dataset.state = this.#stage;
    this.controls(running, "Due");
    if (running) {
      const item = this.bank.items.get(this.ids[this.at]);
      this.heading.textContent = `${item?.kind === "flashcard" ? "Card" : "Question"}, ${this.at + 1} of ${this.ids.length}`;
      this.next.textContent = this.#results.has(this.ids[this.at]) ? "Next" : "Skip";
      return;
    }
    this.#look();
    const due = this.#due.length;
    this.start.hidden = !due;
    this.start.textContent = this.#stage === "done" ? `Review ${Math.min(due, this.count)} more` : "Start";
    this.heading.textContent = this.#stage === "done" ? this.#reviewed() : due ? `${due} due` : "Nothing is due";
    this.about.replaceChildren(...(this.#stage === "done" ? this.#report() : []), ...this.#outlook());
    this.#wait();
  }

  #reviewed() {
    return this.#results.size ? `${this.#results.size} reviewed` : "Nothing reviewed";
  }

  /** What is there to do, now or later. */
  #outlook() {
    const kinds = this.#due.map(({ id }) => this.bank.items.get(id)?.kind);
    const cards = kinds.filter((kind) => kind === "flashcard").length;
    const counts = [cards && several(cards, "card"), kinds.length - cards && several(kinds.length - cards, "question")];
    if (kinds.length) {
      const waited = inWords(Date.now() - this.#due[0].due);
      const limit = this.count < kinds.length ? ` ${this.count} at a time.` : "";
      return [make("p", {}, `Due now: ${counts.filter(Boolean).join(" and ")}, the first of them for ${waited}.${limit}`)];
    }
    if (this.#later) {
      const date = new Date(this.#later);
      const day = date.toDateString() === new Date().toDateString() ? {} : /** @type {const} */ ({ day: "numeric", month: "long" });
      const when = date.toLocaleString(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit", ...day });
      return [make("p", {}, `The next one is due in ${inWords(this.#later - Date.now())} (${when}).`)];
    }
    return [make("p", {}, "A card comes here once you have rated it, a question once you have missed it.")];
  }

  /** Each one with when it comes back. */
  #report() {
    const due = new Map(schedule(store.attempts).map((entry) => [entry.id, entry.due]));
    const lines = [...this.#results].map(([id, state]) => {
      const wait = inWords(Math.max(0, (due.get(id) ?? 0) - Date.now()));
      const word = state === "right" ? "✓ recalled" : state === "partial" ? "○ partly" : "✗ missed";
      const item = /** @type {HTMLElement} */ (this.shown.get(id));
      return make("li", { "data-state": state }, `${titleOf(item)} `, make("span", { class: "quiz-mark" }, `${word}, back in ${wait}`));
    });
    return lines.length ? [make("ul", { class: "quiz-results" }, ...lines)] : [];
  }

  /** What becomes due while the page is open is shown. */
  #wait() {
    const ms = this.#later - Date.now();
    if (!this.#later || ms > HOUR) return;
    this.#timer = setTimeout(() => {
      if (!this.set.isConnected || this.#stage === "running") return;
      this.#render();
      this.live.textContent = `${this.#due.length} due now.`;
    }, Math.max(1000, ms + 500));
  }
}
