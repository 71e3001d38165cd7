/**
 * <quiz-lab>: controls around a Python function that answers at every change. Nothing is fetched before Start.
 *
 * @typedef {import("./lab-run.js").Settings} Settings
 * @typedef {object} Control
 * @property {string} name
 * @property {string} label
 * @property {"range" | "choices" | "switch"} kind
 * @property {string | number | boolean} value
 * @property {string} [unit]
 * @property {[low: number, high: number, step: number]} [range]
 * @property {[value: string, words: string][]} [choices]
 */
import { button, make, one } from "./dom.js";
import { LabRun } from "./lab-run.js";
import { show } from "./lab-show.js";

const MANIFEST = new URL(new URL(import.meta.url).searchParams.get("runtime") ?? "", new URL("./", import.meta.url)).href;
const INTENT = "Start loads Python and the lab's files, once. Everything runs on your device.";
/** A result is said once the reader has rested for so long (ms). */
const REST = 700;
/** A step that takes longer (ms) shows that it is under way, and can be stopped. */
const SLOW = 400;

/** @param {HTMLInputElement} input @param {string} [unit] */
function spoken(input, unit = "") {
  const words = unit && unit !== "%" ? `${input.value} ${unit}` : `${input.value}${unit && " "}${unit}`;
  input.setAttribute("aria-valuetext", words);
  return words;
}

export class QuizLab extends HTMLElement {
  /** @type {LabRun | null} */
  #run = null;
  /** @type {HTMLFormElement} */
  #form = document.createElement("form");
  /** @type {Control[]} */
  #controls = [];
  #rest = 0;
  #slow = 0;

  connectedCallback() {
    if (one(this, "[data-part=tools]")) return;
    this.#controls = JSON.parse(this.dataset.controls ?? "[]");
    this.#part("note").textContent = INTENT;
    this.#draw();
    this.#become("idle");
  }

  /** One that is only moved goes on; one that left the page forgets what it waited for. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#leave());
  }

  #leave() {
    clearTimeout(this.#rest);
    if (this.dataset.state === "ready" && !this.#run?.busy) return;
    this.#stop();
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return one(this, `[data-part="${name}"]`);
  }

  #draw() {
    const tools = make("div", { "data-part": "tools" }, button("start", "Start the lab"), button("stop", "Stop"), button("reset", "Back to the beginning"));
    tools.addEventListener("click", ({ target }) => this.#act(/** @type {HTMLElement} */ (target).dataset.action));
    const progress = make("progress", { "aria-label": "Loading", max: "1" });
    this.#form.append(make("fieldset", {}, make("legend", {}, "Settings"), ...this.#controls.map((control) => this.#input(control))));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", () => this.#change());
    const shown = make("div", { "data-part": "result" });
    this.prepend(this.#form, tools, progress, make("p", { class: "lab-loading", "aria-hidden": "true" }));
    this.#part("status").after(shown);
  }

  /** @param {Control} control */
  #input({ name, label, kind, value, unit, range, choices }) {
    const id = `${this.id}-${name}`;
    if (kind === "choices") {
      const rows = (choices ?? []).map(([key, words]) => {
        const input = make("input", { type: "radio", name, value: key, ...(key === value ? { checked: "" } : {}) });
        return make("label", {}, input, make("span", {}, words));
      });
      return make("fieldset", { class: "lab-control" }, make("legend", {}, label), ...rows);
    }
    if (kind === "switch") {
      const input = make("input", { type: "checkbox", name, ...(value ? { checked: "" } : {}) });
      return make("div", { class: "lab-control" }, make("label", {}, input, make("span", {}, label)));
    }
    const [low, high, step] = (range ?? [0, 1, 1]).map(String);
    const attributes = { type: "range", id, name, min: low, max: high, step, value: String(value), "data-unit": unit ?? "" };
    const input = /** @type {HTMLInputElement} */ (make("input", attributes));
    // The slider says its value itself; its label stays what it is.
    const shown = make("span", { class: "lab-value", "aria-hidden": "true" }, spoken(input, unit));
    return make("div", { class: "lab-control" }, make("label", { for: id }, label), shown, input);
  }

  /** What the controls say; not as FormData, which leaves out what is disabled. @returns {Settings} */
  get #settings() {
    return Object.fromEntries(this.#controls.map(({ name, kind }) => {
      const input = /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
      return [name, kind === "range" ? Number(input.value) : kind === "switch" ? input.checked : input.value];
    }));
  }

  #change() {
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.#form.querySelectorAll("[type=range]"))) {
      const words = spoken(input, input.dataset.unit);
      const shown = input.previousElementSibling;
      if (shown && shown.textContent !== words) shown.textContent = words;
    }
    clearTimeout(this.#rest);
    if (this.dataset.state !== "ready") return;
    this.#wait();
    this.#run?.want(this.#settings);
  }

  /** @param {string | undefined} action */
  #act(action) {
    if (action === "start") this.#start();
    else if (action === "stop") this.#stop();
    else if (action === "reset") {
      this.#form.reset();
      this.#change();
    }
  }

  #start() {
    const { call = "", packages = "", seconds } = this.dataset;
    const links = /** @type {HTMLAnchorElement[]} */ ([...this.querySelectorAll("[data-part=files] a")]);
    const files = links.map((link) => link.href);
    const lab = { id: this.id, call, packages: packages.split(" ").filter(Boolean), seconds: Number(seconds) || 10, files };
    this.#become("loading");
    this.#progress("Loading…", null);
    this.#say("Loading the lab.");
    this.#run = new LabRun(lab, MANIFEST, {
      progress: (words, share) => this.#progress(words, share),
      result: (result) => this.#show(result),
      failed: (words) => this.#end("failed", words),
    });
    this.#run.start(this.#settings);
  }

  #stop() {
    if (!this.#run) return;
    this.#run.stop();
    this.#end("stopped", "Stopped. Press Start to go on.");
  }

  /** @param {string} words @param {number | null} share */
  #progress(words, share) {
    const bar = /** @type {HTMLProgressElement} */ (one(this, "progress"));
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    bar.setAttribute("aria-valuetext", words);
    one(this, ".lab-loading").textContent = words;
  }

  /** @param {import("./lab-show.js").Result} result */
  #show(result) {
    show(this.#part("result"), result);
    clearTimeout(this.#slow);
    const first = this.dataset.state !== "ready";
    if (first) this.#become("ready");
    if (this.#run?.busy) this.#wait();
    else delete this.dataset.busy;
    this.#arrange();
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => this.#say(result.say), first ? 0 : REST);
    this.dispatchEvent(new CustomEvent("quiz-lab-shown", { bubbles: true, detail: { say: result.say } }));
  }

  #wait() {
    clearTimeout(this.#slow);
    this.#slow = window.setTimeout(() => {
      this.dataset.busy = "";
      this.#arrange();
    }, SLOW);
  }

  /** @param {"failed" | "stopped"} state @param {string} words */
  #end(state, words) {
    clearTimeout(this.#rest);
    clearTimeout(this.#slow);
    this.#run = null;
    this.#become(state);
    this.#say(words);
  }

  /** @param {string} text */
  #say(text) {
    this.#part("status").textContent = text;
  }

  /** @param {"idle" | "loading" | "ready" | "failed" | "stopped"} state */
  #become(state) {
    this.dataset.state = state;
    delete this.dataset.busy;
    this.#arrange();
  }

  /** Show the controls that apply; one that goes gives its focus to what comes in its place. */
  #arrange() {
    const { state } = this.dataset;
    const loading = state === "loading";
    const shown = { start: !loading && state !== "ready", stop: loading || this.dataset.busy === "", reset: state === "ready" };
    const focused = this.#part("tools").contains(document.activeElement);
    for (const [action, visible] of Object.entries(shown)) one(this, `[data-action="${action}"]`).hidden = !visible;
    for (const name of ["progress", ".lab-loading"]) one(this, name).hidden = !loading;
    this.#form.hidden = state === "idle";
    this.#part("note").hidden = state !== "idle";
    /** @type {HTMLFieldSetElement} */ (one(this.#form, "fieldset")).disabled = state !== "ready";
    if (focused && document.activeElement?.matches("[hidden], body")) {
      one(this, state === "ready" ? "input" : "[data-action]:not([hidden])")?.focus();
    }
  }
}

// Instant navigation may bring a newer copy of this file into a tab that has an older one.
if (!customElements.get("quiz-lab")) customElements.define("quiz-lab", QuizLab);
