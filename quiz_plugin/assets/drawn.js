/** A set whose questions come out of the bank, one at a time: what the strength test and the review share. */

import { openBank } from "./bank.js";
import { button, disable, make } from "./dom.js";
import { lead } from "./player.js";

/** @typedef {import("./question.js").Question} Question */
/** @typedef {import("./bank.js").Bank} Bank */

const LOST = "The questions could not be loaded. Check the connection, then try again.";

/** @param {string} [text] */
export const words = (text) => (text ?? "").split(" ").filter(Boolean);

/** @type {(set: HTMLElement, Set: new (set: HTMLElement, bank: Bank) => Drawn) => Promise<void>} */
export async function open(set, Set) {
  const name = set.dataset.bank;
  // Without the plugin there is no bank: what the page says of that stays.
  if (!name || set.querySelector(":scope > .quiz-panel")) return;
  const waiting = make("p", { role: "status" }, "Loading the questions…");
  const again = button("start", "Try again");
  const panel = make("div", { class: "quiz-panel" }, waiting);
  set.replaceChildren(panel);
  const attempt = async () => {
    waiting.textContent = "Loading the questions…";
    disable(again, true);
    try {
      const bank = await openBank(name);
      const focused = panel.contains(document.activeElement);
      set.replaceChildren();
      const made = new Set(set, bank);
      await made.ready();
      made.busy = false;
      if (focused) lead(made.heading);
    } catch (error) {
      console.warn(error);
      if (!panel.isConnected) set.replaceChildren(panel);
      waiting.textContent = LOST;
      disable(again, false);
      if (!again.isConnected) panel.append(make("div", { class: "quiz-controls" }, again));
    }
  };
  again.addEventListener("click", () => !again.hasAttribute("aria-disabled") && attempt());
  return attempt();
}

export class Drawn {
  heading = make("p", { class: "quiz-position" });
  about = make("div", { class: "quiz-about" });
  live = make("p", { class: "quiz-live", role: "status" });
  start = button("start", "Start");
  missed = button("retry-missed", "Try the missed ones again");
  next = button("next", "Skip");
  end = button("finish", "Finish");
  slot = make("div", { class: "quiz-slot" });
  buttons = make("div", { class: "quiz-controls" }, this.start, this.missed);
  nav = make("div", { class: "quiz-controls quiz-nav" }, this.next, this.end);
  /** @type {string[]} */
  ids = [];
  at = 0;
  /** What is in the page now. @type {Map<string, HTMLElement>} */
  shown = new Map();
  busy = true;

  /** @param {HTMLElement} set @param {Bank} bank */
  constructor(set, bank) {
    this.set = set;
    this.bank = bank;
    set.append(make("div", { class: "quiz-panel" }, this.heading, this.about, this.buttons, this.live), this.slot, this.nav);
    for (const event of ["toggle", "quiz-answered"]) this.slot.addEventListener(event, () => this.scrollable(), true);
    // Until it is known where the reader stands.
    this.buttons.hidden = this.nav.hidden = true;
    for (const node of [this.start, this.missed, this.next, this.end])
      node.addEventListener("click", () => this.#press(node.dataset.action ?? ""));
  }

  /** Show where the reader stands. */
  async ready() {}

  /** @param {string} _action @returns {Promise<void> | void} */
  act(_action) {}

  /** A question that has just come into the page. @param {HTMLElement} _item */
  prepare(_item) {}

  /** One thing at a time; what could not be loaded can be tried again. @param {string} action */
  async #press(action) {
    if (this.busy) return;
    this.busy = true;
    const slow = setTimeout(() => (this.live.textContent = "Loading…"), 300);
    try {
      await this.act(action);
      if (["Loading…", LOST].includes(this.live.textContent ?? "")) this.live.textContent = "";
    } catch (error) {
      console.warn(error);
      this.live.textContent = LOST;
    }
    this.live.classList.toggle("quiz-live", this.live.textContent !== LOST);
    clearTimeout(slow);
    this.busy = false;
  }

  get item() {
    return /** @type {Question} */ (this.shown.get(this.ids[this.at]));
  }

  /** @param {string} id */
  async load(id) {
    const known = this.shown.get(id);
    if (known) return known;
    const item = /** @type {Question} */ (await this.bank.load(id));
    item.hidden = true;
    this.slot.append(item);
    await item.ready;
    // Two may have asked.
    const other = this.shown.get(id);
    if (other) {
      item.remove();
      return other;
    }
    this.shown.set(id, item);
    this.prepare(item);
    return item;
  }

  /** Take away what is shown. */
  clear() {
    this.shown.clear();
    this.slot.replaceChildren();
  }

  /** @param {number} at the question to show; nothing changes before it is there */
  async go(at) {
    await this.load(this.ids[at]);
    this.at = at;
    this.only(this.ids[at]);
    const following = this.ids[at + 1];
    if (following) this.bank.fetch(following).catch(() => {});
  }

  /** @param {string} [id] show this one; without it all */
  only(id) {
    for (const [name, item] of this.shown) item.hidden = Boolean(id) && name !== id;
    this.scrollable();
  }

  /** Code that is wider than its place can be scrolled by keyboard; themes see to that only where a page brings it. */
  scrollable() {
    requestAnimationFrame(() => {
      for (const code of this.slot.querySelectorAll("pre, pre > code"))
        if (code.scrollWidth > code.clientWidth && code.clientWidth) code.setAttribute("tabindex", "0");
    });
  }

  /** The controls of a running set. @param {boolean} running @param {string} noun */
  controls(running, noun) {
    const last = this.at >= this.ids.length - 1;
    this.nav.hidden = !running;
    this.about.hidden = this.buttons.hidden = running;
    this.next.hidden = last;
    this.end.hidden = !last;
    if (running) this.heading.textContent = `${noun} ${this.at + 1} of ${this.ids.length}`;
  }
}
