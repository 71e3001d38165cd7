/** Another order each time. Loaded where a question asks for it, and where questions are drawn. */

import { all, one } from "./dom.js";

/** @type {<T>(items: T[], random?: () => number) => T[]} */
export function shuffled(items, random = Math.random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [order[last], order[pick]] = [order[pick], order[last]];
  }
  return order;
}

/** The choices in another order, with the letters of their places. @param {import("./question.js").Question} item */
export function shuffle(item) {
  const choices = shuffled(all(item, ".quiz-choice"));
  one(item, ".quiz-choices").append(...choices);
  choices.forEach((choice, at) => (one(choice, ".quiz-letter").textContent = String.fromCharCode(65 + at)));
  one(item, ".quiz-key strong").textContent = item.shownKey;
}
