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
