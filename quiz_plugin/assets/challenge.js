/** A set against the clock: so many seconds and attempts for each problem, a result, a badge. */

import { button, emit, make } from "./dom.js";
import { expire, lead, Steps } from "./player.js";
import { duration, report, rightOf, secondsOf, span } from "./result.js";
import { store } from "./store.js";
import { several } from "./words.js";

/** @typedef {import("./types").Run} Run */
/** @typedef {import("./types").Result} Result */

const TICK = 500;
/** What lies between two ticks when the device slept, or the page was put away, is longer than this (seconds). */
const AWAY = 5;
const ANNOUNCE = [10, 30, 60];
const LATE = "Time is up: this counts as not answered.";
const STAGES = ["running", "paused", "done"];

export class Challenge {
  /** @type {number | undefined} */
  #timer;
  /** Whether a run was kept that cannot go on. */
  changed = false;
  /** Up to when time has been counted. */
  #last = 0;
  /** The problem that stands in the page as the reader left it. @type {import("./player.js").Question | undefined} */
  #open;
  heading = make("p", { class: "quiz-position" });
  about = make("div", { class: "quiz-about" });
  clock = make("p", { class: "quiz-clock", role: "timer", "data-part": "clock" });
  bar = /** @type {HTMLProgressElement} */ (make("progress", { class: "quiz-bar", "aria-hidden": "true" }));
  live = make("p", { class: "quiz-live", role: "status" });
  start = button("start", "Start");
  off = button("timer-off", "Timer off");
  extend = button("extend", "+1 minute");
  missed = button("retry-missed", "Try the missed ones again");
  next = button("next", "Skip");
  end = button("finish", "Finish");
  nav = make("div", { class: "quiz-controls quiz-nav" }, this.next, this.end);

  /**
   * @param {HTMLElement} set
   * @param {typeof import("./draw.js")} [rules] where only some of the questions are asked
   */
  constructor(set, rules) {
    this.set = set;
    this.rules = rules;
    this.steps = new Steps(set);
    this.attempts = Number(set.dataset.attempts) || 2;
    this.name = `run.${set.dataset.set ?? location.pathname}`;
    this.#build();
    this.run = this.#restore() ?? this.#fresh();
    set.addEventListener("click", (event) => this.#click(/** @type {HTMLElement} */ (event.target)));
    set.addEventListener("quiz-answered", (event) => this.#answered(/** @type {CustomEvent} */ (event).detail));
    // The clock is right before an attempt is recorded.
    set.addEventListener("quiz-check", () => this.#count());
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.#leave());
    addEventListener("storage", ({ key, newValue }) => {
      const deleted = newValue === null && (key === null || key === `${store.scope}.${this.name}`);
      if (deleted && set.isConnected && this.run.stage !== "ready") this.#drop();
    });
    this.#render();
  }

  get item() {
    const id = this.run.ids[this.run.at];
    return /** @type {import("./player.js").Question} */ (this.#named(id));
  }

  /** @param {string} id */
  #named(id) {
    return this.steps.items.find((item) => item.id === id);
  }

  /** @returns {Result} */
  get result() {
    const { id, dataset } = this.item;
    const empty = { state: "unanswered", used: 0, chosen: "", seconds: 0, hash: dataset.hash ?? "", late: false };
    return (this.run.results[id] ??= empty);
  }

  /** Whether there is nothing more to do for the problem: right, or no try left. */
  get #settled() {
    const { closed, dataset, used, tries } = this.item;
    return closed && (dataset.state === "right" || used >= tries);
  }

  /** What has a key: a card or an open question on the page cannot be judged. */
  get items() {
    return this.steps.items.filter(({ dataset }) => dataset.kind === "choice");
  }

  /** The questions of one attempt, in the order of the page. @param {string[]} [avoid] what was asked last */
  #draw(avoid) {
    const ids = this.items.map((item) => item.id);
    if (!this.rules) return ids;
    const pool = this.items.map(({ id, dataset: { kind = "", level = "", topics = "", hash = "" } }) => {
      return { id, page: 0, kind, level, topics: topics.split(" "), hash };
    });
    const levels = [...new Set(pool.map(({ level }) => level))];
    const drawn = this.rules.draw(pool, levels, this.rules.ruleOf(this.set.dataset), avoid);
    return ids.filter((id) => drawn.includes(id));
  }

  /** @returns {Run} */
  #fresh(timer = true, ids = this.#draw()) {
    return { version: 1, stage: "ready", at: 0, left: this.#limit(ids[0]), timer, ids, results: {} };
  }

  /** Seconds for a question: its own, or what the page says. @param {string} id */
  #limit(id) {
    return Number(this.#named(id)?.dataset.seconds ?? this.set.dataset.seconds) || 120;
  }

  /** @returns {Run | undefined} the kept run, if it still fits the questions of the page */
  #restore() {
    const run = store.get(this.name);
    if (!isRun(run)) return;
    const items = new Map(this.items.map((item) => [item.id, item.dataset.hash]));
    const known = run.ids.every((id) => items.has(id));
    const same = Object.entries(run.results).every(([id, result]) => items.get(id) === result.hash);
    this.changed = run.stage !== "done" && !(known && same);
    if (!known || !same) return;
    if (run.stage === "running") run.stage = "paused";
    return run;
  }

  #build() {
    const head = make("div", { class: "quiz-head" }, this.heading, this.clock);
    const controls = make("div", { class: "quiz-controls" }, this.start, this.missed, this.off, this.extend);
    this.set.prepend(
      make("div", { class: "quiz-panel" }, head, this.bar, this.about, controls, this.live),
    );
    this.set.append(this.nav);
  }

  /** @param {HTMLElement} target */
  #click(target) {
    const pressed = /** @type {HTMLElement | null} */ (target.closest("[data-action]"));
    // What a lab or a block of code calls its buttons is its own affair.
    if (![this.start, this.missed, this.off, this.extend, this.next, this.end].some((node) => node === pressed)) return;
    const action = pressed?.dataset.action;
    const { run } = this;
    if (action === "start" && run.stage === "paused") this.#begin(run);
    else if (action === "start") this.#begin(this.#fresh(run.timer, this.#draw(run.stage === "done" ? run.ids : [])));
    else if (action === "retry-missed") this.#retry();
    else if (action === "timer-off") this.#switch();
    else if (action === "extend") this.#add(60);
    else if (action === "next") this.#go(run.at + 1);
    else if (action === "finish") this.#finish();
  }

  /** @param {Run} run new, or one to go on with */
  #begin(run) {
    run.stage = "running";
    this.run = run;
    this.#show();
    lead(this.heading);
  }

  #retry() {
    const { results, timer } = this.run;
    const missed = this.run.ids.filter((id) => results[id]?.state !== "right");
    const kept = Object.entries(results).filter(([id]) => !missed.includes(id));
    // Those already right stay in the run, behind its position.
    const ids = [...kept.map(([id]) => id), ...missed];
    const left = this.#limit(missed[0]);
    this.#begin({ ...this.#fresh(timer, ids), at: kept.length, left, results: Object.fromEntries(kept) });
  }

  #switch() {
    this.run.timer = !this.run.timer;
    this.live.textContent = this.run.timer ? "The timer is on." : "The timer is off.";
    this.#render();
    this.#keep();
  }

  /** @param {number} seconds */
  #add(seconds) {
    this.run.left += seconds;
    this.#face();
    this.live.textContent = `1 minute added: ${this.clock.textContent}.`;
    this.#keep();
  }

  /** @param {number} at */
  #go(at) {
    this.run.at = at;
    this.run.left = this.#limit(this.run.ids[at]);
    this.#show();
    lead(this.heading);
  }

  /** Show the problem `at`, as it was left. */
  #show() {
    const { item, result } = this;
    if (this.#open === item) this.#skip(Date.now() - this.#last);
    else {
      item.tries = this.attempts;
      item.reset(true);
      this.#review(item, result, false);
      item.began = Date.now();
    }
    this.#open = item;
    this.#last = Date.now();
    this.#render();
    this.#tick();
    this.#keep();
  }

  /**
   * @param {import("./player.js").Question} item
   * @param {Result | undefined} result
   * @param {boolean} final whether what is not answered by now never will be
   */
  #review(item, result, final) {
    item.used = result?.used ?? 0;
    const settled = result?.state === "right" || item.used >= item.tries;
    if (result?.chosen && (settled || final)) {
      item.used = item.tries;
      item.restore(result.chosen);
    } else if (result?.late) expire(item, LATE, "off");
    else if (final) expire(item, "Not answered.", "off");
  }

  /** @param {{ id: string, state: string, chosen: string[] }} detail */
  #answered(detail) {
    const { run, item, result } = this;
    if (run.stage !== "running" || detail.id !== item.id || result.late) return;
    Object.assign(result, { state: detail.state, chosen: detail.chosen.join(""), used: item.used });
    this.#render();
    this.#keep();
  }

  /** Count what passed since the last time. @returns {boolean} false when the reader was away, which does not count */
  #count() {
    const { run } = this;
    const passed = Math.max(0, (Date.now() - this.#last) / 1000);
    this.#last = Date.now();
    if (run.stage !== "running" || this.#settled) return true;
    if (passed > AWAY) {
      this.#skip(1000 * passed);
      return false;
    }
    this.result.seconds += passed;
    if (run.timer) run.left -= passed;
    return true;
  }

  /** The attempt under way did not take that time. @param {number} ms */
  #skip(ms) {
    if (this.item.began) this.item.began += ms;
  }

  #tick() {
    clearTimeout(this.#timer);
    const { run } = this;
    if (run.stage !== "running" || this.#settled || !this.set.isConnected) return;
    const before = run.left;
    if (!this.#count() && run.timer) return this.#pause();
    this.#keep();
    this.#face();
    const mark = ANNOUNCE.find((seconds) => run.left <= seconds && before > seconds);
    if (mark && run.left > 0) this.live.textContent = `${mark} seconds left.`;
    if (run.left <= 0) return this.#late();
    this.#timer = setTimeout(() => this.#tick(), TICK);
  }

  #late() {
    Object.assign(this.result, { state: "unanswered", chosen: "", late: true, used: this.attempts });
    expire(this.item, LATE);
    this.#render();
    this.#keep();
  }

  /** The reader goes elsewhere. Where no time runs, what they read stays open. */
  #leave() {
    const { run, set } = this;
    if (run.stage !== "running" || !set.isConnected || !run.timer || this.#settled) return;
    this.#count();
    this.#pause();
  }

  #pause() {
    this.run.stage = "paused";
    this.#close("Paused: you were away.");
    this.#keep();
  }

  /** Everything was deleted in another tab: a run under way is not kept again. */
  #drop() {
    this.run = this.#fresh(this.run.timer);
    this.#open = undefined;
    this.#close("");
    try {
      store.area().removeItem(`${store.scope}.${this.name}`);
    } catch {
      // Where nothing can be removed nothing was kept.
    }
  }

  /** No problem is shown any more. The focus is not lost with it. @param {string} words said if it was elsewhere */
  #close(words) {
    clearTimeout(this.#timer);
    const inside = this.set.contains(document.activeElement);
    this.#render();
    if (inside) lead(this.heading);
    else this.live.textContent = words;
  }

  #finish() {
    this.run.stage = "done";
    this.#render();
    this.#keep();
    lead(this.heading);
    const { set, mode } = this.set.dataset;
    const results = this.run.ids.map((id) => ({ id, ...this.run.results[id] }));
    const [right, total] = [rightOf(this.run), results.length];
    const detail = { set, mode, right, total, seconds: secondsOf(this.run), badge: this.#earned(), results };
    emit(this.set, "quiz-finished", detail);
  }

  #earned() {
    // A page that has got more questions since asks for those as well.
    const all = this.run.ids.length >= this.#draw().length && rightOf(this.run) === this.run.ids.length;
    return Boolean(this.set.dataset.badge) && all;
  }

  #keep() {
    if (this.run.stage !== "ready" && this.set.isConnected) store.set(this.name, this.run);
  }

  #face() {
    const { timer, left } = this.run;
    this.clock.textContent = timer ? `${duration(left)} left` : "No time limit";
    this.bar.max = Math.max(this.#limit(this.item.id), left);
    this.bar.value = timer ? Math.max(0, left) : 0;
  }

  #render() {
    const { run, steps } = this;
    const running = run.stage === "running";
    const last = run.at === run.ids.length - 1;
    this.set.dataset.state = run.stage;
    const shown = running ? [run.ids[run.at]] : run.stage === "done" ? run.ids : [];
    steps.show(steps.items.flatMap(({ id }, at) => (shown.includes(id) ? [at] : [])));
    for (const node of [this.clock, this.nav]) node.hidden = !running;
    this.bar.hidden = !running || !run.timer;
    this.extend.hidden = !running || !run.timer;
    this.about.hidden = running;
    this.start.hidden = running;
    this.off.hidden = run.stage === "done";
    this.off.setAttribute("aria-pressed", `${!run.timer}`);
    this.next.hidden = last;
    this.end.hidden = !last;
    this.missed.hidden = run.stage !== "done" || rightOf(run) === run.ids.length;
    this.next.textContent = running && this.#settled ? "Next" : "Skip";
    this.start.textContent = { ready: "Start", paused: "Continue", running: "", done: "Start again" }[run.stage];
    this.#face();
    if (running) this.heading.textContent = `Problem ${run.at + 1} of ${run.ids.length}`;
    else this.about.replaceChildren(...this.#words());
  }

  #words() {
    const { stage, at, ids, timer } = this.run;
    if (stage === "done") return this.#report();
    this.heading.textContent = stage === "paused" ? "Paused" : (this.set.dataset.name ?? "Challenge");
    if (stage === "paused") {
      const still = timer ? "While you were away, the time stood still. " : "";
      const left = timer ? `, with ${this.clock.textContent}` : "";
      return [make("p", {}, `${still}You are at problem ${at + 1} of ${ids.length}${left}.`)];
    }
    const { items } = this;
    const time = timer ? `${span(items.map(({ id }) => this.#limit(id)))} for each` : "no time limit";
    const from = ids.length < items.length ? ` drawn from ${items.length}` : "";
    const rules = [
      this.changed && "The questions of your last attempt have changed since; it cannot go on.",
      `${several(ids.length, "problem")}${from}, ${time}.`,
      `${several(this.attempts, "attempt")} for each, and hints.`,
      timer && "When the time runs out, the problem counts as not answered, and its answer is shown.",
      timer && "You can switch the timer off, now or later, and add a minute as often as you like.",
      "You can leave and come back: the time stops while you are away.",
      this.set.dataset.badge && `All right earns the badge “${this.set.dataset.badge}”.`,
    ];
    const lines = rules.filter(Boolean).map((rule) => make("li", {}, `${rule}`));
    return [make("ul", {}, ...lines)];
  }

  /** The result page; every problem is below it, with its answer. */
  #report() {
    const { run, steps } = this;
    const asked = steps.items.filter(({ id }) => run.ids.includes(id));
    this.#open = undefined;
    for (const item of asked) {
      item.tries = this.attempts;
      item.reset(true);
      this.#review(item, run.results[item.id], true);
    }
    this.heading.textContent = `${rightOf(run)} of ${run.ids.length} right`;
    return report(this.set.dataset, asked, run, this.#earned());
  }
}

/** Whether what was kept can be gone on with. @type {(run: any) => run is Run} */
function isRun(run) {
  if (run?.version !== 1 || !STAGES.includes(run.stage) || !Array.isArray(run.ids) || !Number.isFinite(run.left)) return false;
  const whole = (/** @type {any} */ result) => [result?.seconds, result?.used].every(Number.isFinite) && typeof result.chosen === "string";
  return Object.values(run.results ?? {}).every(whole) && run.ids[run.at] !== undefined;
}
