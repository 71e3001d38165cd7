/** Defines the elements of a page with questions. Cards and sets load what they need. */

import { lost } from "./dom.js";
import { Question } from "./question.js";

class Card extends HTMLElement {
  connectedCallback() {
    import("./card.js").then(({ adopt }) => adopt(this)).catch(lost);
  }
}

class QuizSet extends HTMLElement {
  connectedCallback() {
    import("./player.js").then(({ play }) => play(this)).catch(lost);
  }
}

customElements.define("quiz-question", Question);
customElements.define("quiz-card", Card);
customElements.define("quiz-set", QuizSet);

// stay.js says why.
let back = document.readyState !== "complete";
addEventListener("popstate", ({ state }) => (back = !!state));
addEventListener("click", () => (back = false), true);
/** @type {any} */ (globalThis).document$?.subscribe(() => {
  if (location.hash && !back) import("./stay.js").then(({ stay }) => stay()).catch(() => {});
  back = false;
});
