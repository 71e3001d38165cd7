/** The reference page's search field: it leaves the questions that have every word. Loaded by that page alone. */

import { all, make, one } from "./dom.js";
import { several } from "./words.js";

class Find extends HTMLElement {
  field = /** @type {HTMLInputElement} */ (make("input", { type: "search", id: "quiz-find", autocomplete: "off" }));
  live = make("p", { role: "status" });
  /** Of each question its text in lower case, once it is asked for. @type {Map<HTMLElement, string>} */
  #texts = new Map();

  connectedCallback() {
    if (!this.childElementCount) {
      this.append(make("label", { for: "quiz-find" }, "Find in questions, answers and proofs"), this.field, this.live);
      this.field.addEventListener("input", () => this.#show(this.field.value));
    }
    addEventListener("hashchange", this.#linked);
    addEventListener("beforeprint", this.#print);
    addEventListener("afterprint", this.#printed);
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#linked);
    removeEventListener("beforeprint", this.#print);
    removeEventListener("afterprint", this.#printed);
  }

  get #entries() {
    return all(this.parentElement ?? document, ".quiz-entry");
  }

  /** @param {string} text */
  #show(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const entries = this.#entries;
    for (const entry of entries) entry.hidden = !words.every((word) => this.#text(entry).includes(word));
    for (const heading of all(this.parentElement ?? document, "[id^=topic-]")) {
      const mine = below(heading);
      for (const node of [heading, ...mine.filter((node) => !entries.includes(node))])
        node.hidden = mine.every((node) => node.hidden || !entries.includes(node));
    }
    const found = entries.filter((entry) => !entry.hidden).length;
    this.live.textContent = words.length ? `${several(found, "question")} of ${entries.length}` : "";
  }

  /** @param {HTMLElement} entry */
  #text(entry) {
    const known = this.#texts.get(entry) ?? (entry.textContent ?? "").toLowerCase();
    this.#texts.set(entry, known);
    return known;
  }

  /** A link leads to a question that was left out. */
  #linked = () => {
    const target = one(document, ":target");
    if (!target?.closest("[hidden]")) return;
    this.field.value = "";
    this.#show("");
    target.scrollIntoView();
  };

  /** On paper stand all of them: their numbers are those of the answers at the end. */
  #print = () => this.#show("");
  #printed = () => this.#show(this.field.value);
}

/** What follows a heading, up to the next. @param {HTMLElement} heading */
function below(heading) {
  const found = [];
  for (let node = heading.nextElementSibling; node && !node.matches("[id^=topic-]"); node = node.nextElementSibling)
    found.push(/** @type {HTMLElement} */ (node));
  return found;
}

customElements.define("quiz-find", Find);
