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

// A theme that swaps pages has been to the place that a link leads to before our elements took their shape.
let late = document.readyState === "complete";
/** @type {any} */ (globalThis).document$?.subscribe(() => {
  const here = late || (document.readyState === "complete" && !history.state);
  if (location.hash && here) import("./stay.js").then(({ stay }) => stay()).catch(() => {});
  late = false;
});
