/** One flashcard: recall, turn, then say how well it went. */

import { button, disable, emit, make, modeOf, notice, one } from "./dom.js";
import { store } from "./store.js";

const RATINGS = ["Again", "Hard", "Good", "Easy"];

/** @param {HTMLElement} card */
export function adopt(card) {
  const answer = /** @type {HTMLDetailsElement} */ (one(card, "[data-part=answer]"));
  const status = one(card, ".quiz-status");
  if (!answer || card.dataset.view === "reference" || one(card, "[data-action=reveal]")) return;
  const reveal = button("reveal", "Show the answer");
  const rates = RATINGS.map((name) => button(name.toLowerCase(), name));
  const rating = make("div", { class: "quiz-controls", role: "group", "aria-label": "How well did you know it?" }, ...rates);
  let began = Date.now();

  /** Each rating says when the card would come back. */
  const foresee = async () => {
    const { intervals, words } = await import("./schedule.js");
    const times = intervals(store.attempts, card.id, Date.now());
    rates.forEach((node, at) => node.replaceChildren(RATINGS[at], make("br", {}), make("small", {}, words(times[at]))));
  };

  /** @param {boolean} back */
  const turn = (back) => {
    card.dataset.state = back ? "back" : "front";
    answer.hidden = rating.hidden = !back;
    reveal.textContent = back ? "Hide the answer" : "Show the answer";
    for (const node of rates) {
      disable(node, false);
      node.removeAttribute("aria-pressed");
    }
    status.textContent = back ? "How well did you know it?" : "";
    // Without the scheduler a card can still be rated.
    if (back) foresee().catch(() => {});
    if (!back) began = Date.now();
  };

  /** @param {number} at index of the rating */
  const rate = (at) => {
    if (rates[at].hasAttribute("aria-disabled")) return;
    rates.forEach((node, other) => {
      disable(node, true);
      node.setAttribute("aria-pressed", `${other === at}`);
    });
    const { id, dataset } = card;
    const [hash, chosen, score] = [dataset.hash ?? "", `${at + 1}`, at ? 1 : 0];
    const [mode, time] = [modeOf(card), store.time(id)];
    const seconds = Math.max(0, Math.round((Date.now() - began) / 100) / 10);
    store.record([id, hash, chosen, score, 0, seconds, time, mode]);
    status.textContent = `Noted: ${RATINGS[at]}.`;
    notice(store.problem);
    const state = at ? "right" : "wrong";
    emit(card, "quiz-answered", { id, kind: "flashcard", hash, state, chosen: [chosen], score, hints: 0, seconds, time, mode });
  };

  reveal.addEventListener("click", () => turn(card.dataset.state !== "back"));
  rates.forEach((node, at) => node.addEventListener("click", () => rate(at)));
  answer.open = true;
  answer.closest("quiz-hidden")?.before(make("div", { class: "quiz-controls" }, reveal));
  status.after(rating);
  turn(false);
  notice(store.problem);
}
