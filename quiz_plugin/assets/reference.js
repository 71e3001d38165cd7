/** The reference page on paper: where its answers are printed. Loaded by that page alone. */

import { all, button, make, one } from "./dom.js";

const PLACES = { "in-place": "with each question", end: "at the end", none: "not at all" };

class Print extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    const radios = Object.entries(PLACES).map(([value, words]) => {
      const input = /** @type {HTMLInputElement} */ (make("input", { type: "radio", name: "quiz-print", value }));
      input.checked = value === "in-place";
      input.addEventListener("change", () => this.#choose(value));
      return make("label", {}, input, ` ${words}`);
    });
    const print = button("print", "Print this page");
    print.addEventListener("click", () => window.print());
    const field = make("fieldset", {}, make("legend", {}, "On paper, the answers stand"), ...radios);
    this.append(field, make("div", { class: "quiz-controls" }, print));
  }

  /** @param {string} place */
  #choose(place) {
    this.dataset.answers = place;
    const entries = all(this.parentElement ?? document, ".quiz-entry");
    if (place === "end" && !one(document, ".quiz-keys")) entries.at(-1)?.after(keys(entries));
  }
}

/** Numbered as the questions are. @param {HTMLElement[]} entries */
function keys(entries) {
  const rows = entries.map((entry) => make("li", {}, ...answerOf(entry)));
  return make("section", { class: "quiz-keys" }, make("h2", {}, "Answers"), make("ol", {}, ...rows));
}

/** Of a choice question its key, of a card its back, of an open question the model answer. @param {HTMLElement} entry */
function answerOf(entry) {
  const { key } = one(entry, "[data-part=answer]").dataset;
  if (!key) return all(entry, "[data-part=back], [data-part=explanation]").map(copy);
  return key.split(" ").map((letter) => {
    const text = one(entry, `.quiz-choice[data-letter="${letter}"] .quiz-text`);
    return make("div", {}, make("strong", {}, letter), " ", copy(text));
  });
}

/** Without what may stand only once in a page, or does something. @param {HTMLElement} node */
function copy(node) {
  const found = /** @type {HTMLElement} */ (node.cloneNode(true));
  for (const inner of [found, ...all(found, "[id]")]) inner.removeAttribute("id");
  for (const code of all(found, "quiz-code")) code.replaceWith(...one(code, "[data-part=source]").childNodes);
  return found;
}

customElements.define("quiz-print", Print);
