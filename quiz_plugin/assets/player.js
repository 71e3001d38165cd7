/** A set of questions shown one at a time. Loaded only on pages that have one. */

import { button, disable, emit, make, one } from "./dom.js";
import { store } from "./store.js";
import { styled } from "./style.js";

/** @typedef {import("./question.js").Question} Question */

/** @param {HTMLElement} set */
export async function play(set) {
  const mode = set.dataset.mode ?? "";
  // A bank is on its way while the code that draws from it is.
  if (set.dataset.bank) import("./bank.js").then(({ openBank }) => openBank(set.dataset.bank ?? "")).catch(() => {});
  const [start] = await Promise.all([MODES[mode]?.(set), styled("player.css")]);
  await Promise.all(new Steps(set).items.map((item) => item.ready));
  if (!start || !set.isConnected || set.querySelector(":scope > .quiz-panel")) return;
  if (set.dataset.bank === undefined && !new Steps(set).items.length) return;
  await start(set);
}

/** Each mode's code comes when it is met. @type {Record<string, (set: HTMLElement) => Promise<(set: HTMLElement) => unknown>>} */
const MODES = {
  challenge: async ({ dataset: { count, levels, topics } }) => {
    const drawn = count || levels || topics;
    const [{ Challenge }, rules] = await Promise.all([import("./challenge.js"), drawn && import("./draw.js")]);
    return (set) => set.querySelector("[data-kind=choice]") && new Challenge(set, rules || undefined);
  },
  strength: async () => (await import("./strength.js")).strength,
  review: async () => (await import("./review.js")).review,
  practice: async () => (set) => new Practice(set),
  flashcards: async () => (set) => new Practice(set),
};

/** @param {HTMLElement} item @returns its title, without the link mark of its heading */
export function titleOf(item) {
  const title = item.querySelector(".quiz-title")?.cloneNode(true);
  if (!(title instanceof HTMLElement)) return item.id;
  title.querySelector(".headerlink")?.remove();
  return title.textContent?.trim() || item.id;
}

/** A focus that follows what happened, read out with its text. @param {HTMLElement} node */
export function lead(node) {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  node.scrollIntoView();
}

/** Show the answer and judge nothing. @param {Question} item @param {string} text @param {string} [live] */
export function expire(item, text, live) {
  item.used = item.tries;
  item.show({ state: "unanswered", earned: 0, of: 1 }, [], live, text);
}

/** The questions and cards of a set, each with what stands before it. */
export class Steps {
  /** @param {HTMLElement} set */
  constructor(set) {
    this.items = /** @type {Question[]} */ ([...set.querySelectorAll("quiz-question, quiz-card")]);
    let seen = 0;
    this.blocks = [...set.children].map((node) => {
      const held = this.items.filter((item) => node.contains(item)).length;
      const from = Math.min(seen, this.items.length - 1);
      seen += held;
      return { node: /** @type {HTMLElement} */ (node), from, to: Math.max(from, seen - 1) };
    });
  }

  /** @param {number[]} shown their places in the set */
  show(shown) {
    for (const { node, from, to } of this.blocks) node.hidden = !shown.some((at) => from <= at && at <= to);
    this.items.forEach((item, at) => (item.hidden = !shown.includes(at)));
  }

  /** @param {string} hash "#id" @returns the index of the item it names or is inside, or -1 */
  find(hash) {
    const target = hash.length > 1 && document.getElementById(nameIn(hash));
    return target ? this.items.findIndex((item) => item.contains(target)) : -1;
  }
}

/** The id in "#id"; as it stands where it cannot be decoded. @param {string} hash */
function nameIn(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
}

class Practice {
  /** @type {Map<string, string>} */
  results = new Map();
  finished = false;
  at = 0;

  /** @param {HTMLElement} set */
  constructor(set) {
    this.set = set;
    this.steps = new Steps(set);
    this.what = set.dataset.mode === "flashcards" ? "Card" : "Problem";
    this.name = `run.${set.dataset.set ?? location.pathname}`;
    this.position = make("p", { class: "quiz-position" });
    this.summary = make("p", { class: "quiz-summary", role: "status" });
    this.jumps = this.steps.items.map((_, at) => make("button", { type: "button", "data-jump": `${at}` }, `${at + 1}`));
    this.previous = button("previous", "Previous");
    this.next = button("next", "Next");
    this.missed = button("retry-missed", "Try the missed ones again");
    this.again = button("start", "Start again");
    const list = make("div", { class: "quiz-jumps", role: "group", "aria-label": "All of this set" }, ...this.jumps);
    set.prepend(make("div", { class: "quiz-panel" }, this.position, list));
    set.append(
      make("div", { class: "quiz-controls quiz-nav" }, this.previous, this.next, this.missed, this.again),
      this.summary,
    );
    const kept = store.get(this.name);
    for (const { id, dataset } of this.steps.items) this.note(id, stateOf(kept?.results?.[id], dataset));
    this.finished = this.results.size === this.steps.items.length;
    set.addEventListener("click", (event) => this.click(/** @type {HTMLElement} */ (event.target)));
    set.addEventListener("quiz-answered", (event) => {
      const { id, state } = /** @type {CustomEvent} */ (event).detail;
      this.note(id, state);
      this.keep();
      this.render();
      this.finish();
    });
    addEventListener("hashchange", () => this.follow());
    this.go(Number.isInteger(kept?.at) ? kept.at : 0);
    this.follow();
  }

  /** A link to a question that is not shown now shows it. */
  follow() {
    const at = this.set.isConnected ? this.steps.find(location.hash) : -1;
    if (at < 0) return;
    this.go(at);
    this.steps.items[at].scrollIntoView();
  }

  /**
   * @param {string} id
   * @param {string} state
   */
  note(id, state) {
    if (["right", "partial", "wrong"].includes(state)) this.results.set(id, state);
  }

  /** @param {number} at */
  go(at) {
    this.at = Math.max(0, Math.min(at, this.steps.items.length - 1));
    this.steps.show([this.at]);
    this.set.dataset.state = this.finished ? "done" : "running";
    this.keep();
    this.render();
  }

  /** A question's last answer is kept with its attempts; what a card was rated this time is part of the run. */
  keep() {
    const rated = this.steps.items.filter((item) => item.matches("quiz-card") && this.results.has(item.id));
    const results = rated.map(({ id, dataset: { hash } }) => [id, { state: this.results.get(id), hash }]);
    store.set(this.name, { at: this.at, results: Object.fromEntries(results) });
  }

  /** @param {HTMLElement} target */
  click(target) {
    const pressed = /** @type {HTMLElement | null} */ (target.closest("button"));
    if (!pressed || pressed.getAttribute("aria-disabled")) return;
    const { items } = this.steps;
    if (pressed === this.missed) this.retry(items.filter((item) => this.results.get(item.id) !== "right"));
    else if (pressed === this.again) this.retry(items);
    else if (pressed === this.previous) this.go(this.at - 1);
    else if (pressed === this.next) this.go(this.at + 1);
    else if (this.jumps.includes(pressed)) this.go(this.jumps.indexOf(pressed));
    else return;
    lead(this.position);
  }

  /** @param {Question[]} items */
  retry(items) {
    for (const item of items) {
      this.results.delete(item.id);
      if (item.reset) item.reset(true);
      else if (item.dataset.state === "back") one(item, "[data-action=reveal]").click();
    }
    this.finished = false;
    this.go(this.steps.items.indexOf(items[0]));
  }

  finish() {
    if (this.finished || this.results.size < this.steps.items.length) return;
    this.finished = true;
    this.set.dataset.state = "done";
    const { set, mode } = this.set.dataset;
    const results = [...this.results].map(([id, state]) => ({ id, state }));
    emit(this.set, "quiz-finished", { set, mode, right: this.right, total: results.length, results });
  }

  get right() {
    return [...this.results.values()].filter((state) => state === "right").length;
  }

  render() {
    const { at, steps, results } = this;
    const total = steps.items.length;
    this.position.textContent = `${this.what} ${at + 1} of ${total}`;
    this.jumps.forEach((node, index) => {
      const state = results.get(steps.items[index].id);
      node.dataset.state = state ?? "unanswered";
      node.setAttribute("aria-label", `${this.what} ${index + 1}${state ? `, ${state === "partial" ? "partly right" : state}` : ""}`);
      if (index === at) node.setAttribute("aria-current", "step");
      else node.removeAttribute("aria-current");
    });
    disable(this.previous, at === 0);
    disable(this.next, at === total - 1);
    const whole = results.size === total;
    this.missed.hidden = !whole || this.right === total;
    // An answered question has its own way to try again.
    this.again.hidden = !whole || this.what !== "Card";
    const words = whole ? `All ${total} answered: ${this.right} right.` : "";
    if (this.summary.textContent !== words) this.summary.textContent = words;
  }
}

/** As it stands in the page, or as kept of a card that is still the same. @type {(kept: any, dataset: DOMStringMap) => string} */
const stateOf = (kept, { kind, state = "", hash }) => (kind === "flashcard" && kept?.hash === hash ? kept.state : state);
